//! Region "Executions": every execution that was found, newest first.

use crate::view::answers::Answers;
use crate::view::frame::Frame;
use crate::view::parts::format::{count_short, duration, usd};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{plain, shown};
use crate::view::parts::time;
use crate::viewer::{Shelf, Viewer, LISTED};
use crate::wording::{common, executions as words};
use crewscope_analysis::Summary;
use crewscope_trace::model::{Execution, Flags, Status, Trace};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Executions listed before "show more": a file of ten thousand runs must not become ten thousand elements at once.
const PAGE: usize = LISTED;

/// One line of the list, ready to be shown. Equal items keep their elements when a growing trace is read on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Item {
    id: String,
    name: String,
    status: Status,
    derived: bool,
    start: Option<i64>,
    duration: Option<String>,
    tokens: Option<String>,
    cost: Option<String>,
}

impl Item {
    fn new(trace: &Trace, execution: &Execution, summary: &Summary) -> Self {
        let duration = match (summary.execution_time, summary.time_so_far) {
            (Some(time), _) => Some(duration(time)),
            (None, Some(so_far)) => Some(words::so_far(&duration(so_far))),
            (None, None) => None,
        };
        let tokens = summary
            .total_tokens
            .map(|tokens| [&count_short(tokens), common::TOK].concat());
        Self {
            id: trace.str(execution.id).to_owned(),
            name: name::of_execution(trace, execution),
            status: execution.status,
            derived: execution.flags.has(Flags::DERIVED_STATUS),
            start: execution.start,
            duration,
            tokens,
            cost: summary.cost.usd.map(usd),
        }
    }

    /// When it began, and what it took.
    fn facts(&self) -> String {
        let start = self.start.map(time::brief);
        let facts = [start, self.tokens.clone(), self.cost.clone()];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        facts.join(common::BETWEEN)
    }
}

/// The lines of the list, up to the limit.
fn items(viewer: Viewer, answers: Answers, limit: RwSignal<usize>) -> Memo<Vec<Item>> {
    let data = Memo::new(move |_| viewer.data.get());
    Memo::new(move |_| {
        let prices = answers.prices();
        data.with(|data| {
            let Some(data) = data else { return Vec::new() };
            let at = viewer.execution_in(&data.trace);
            let known = at.map(|at| viewer.answer(at, |known| &known.summaries, Vec::new));
            let mut known = known.unwrap_or_default().into_iter();
            let executions = data.trace.executions.iter().take(limit.get());
            executions
                .map(|execution| {
                    let summary = known.next().unwrap_or_else(|| {
                        crewscope_analysis::summary(&data.trace, execution, &prices)
                    });
                    Item::new(&data.trace, execution, &summary)
                })
                .collect()
        })
    })
}

/// The list of executions.
#[component]
pub fn Executions() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let limit = RwSignal::new(PAGE);
    let items = items(viewer, answers, limit);
    let total = Memo::new(move |_| {
        viewer.data.with(|data| {
            data.as_ref()
                .map_or(0, |loaded| loaded.trace.executions.len())
        })
    });
    let more = move || total.get() > limit.get();
    let current = Memo::new(move |_| {
        let shown = answers.shown.get()?;
        let execution = shown.execution()?;
        Some(shown.trace.str(execution.id).to_owned())
    });
    view! {
        <section
            class="cs-executions"
            part="executions"
            role="region"
            aria-label=common::EXECUTIONS
        >
            <h2 class="cs-heading">
                {common::EXECUTIONS}
                {move || {
                    let total = total.get();
                    (total > 1).then(|| [common::BETWEEN, &total.to_string()].concat())
                }}
            </h2>
            <ul class="cs-plain">
                <For each=move || items.get() key=Item::clone let(item)>
                    <ExecutionRow item current />
                </For>
            </ul>
            <Show when=more>
                <button
                    type="button"
                    class="cs-button"
                    data-size="small"
                    on:click=move |_| limit.update(|limit| *limit += PAGE)
                >
                    {words::SHOW_MORE}
                </button>
            </Show>
            {move || {
                let shelf = viewer.shelf.get();
                (!shelf.names.is_empty()).then(|| view! { <Traces shelf /> })
            }}
        </section>
    }
}

/// An execution; pressed, it is shown.
#[component]
fn ExecutionRow(
    item: Item,
    /// Id of the execution shown.
    current: Memo<Option<String>>,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let facts = item.facts();
    let id = StoredValue::new(item.id);
    let is_current = Memo::new(move |_| {
        current.with(|current| id.with_value(|id| current.as_ref() == Some(id)))
    });
    view! {
        <li>
            <button
                type="button"
                class="cs-execution"
                title=plain(&item.name)
                aria-current=move || is_current.get().then_some("true")
                on:click=move |_| {
                    viewer.select_execution(id.get_value());
                    frame.executions.set(false);
                }
            >
                <b class="cs-ellipsis">
                    <bdi>{shown(&item.name)}</bdi>
                </b>
                <span>
                    <StatusMark status=item.status derived=item.derived />
                    {item.duration.map(|duration| [common::BETWEEN, &duration].concat())}
                </span>
                <span>{facts}</span>
            </button>
        </li>
    }
}

/// The traces that can be opened in place of this one.
#[component]
fn Traces(shelf: Shelf) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let open = move |at: usize| {
        viewer.shelf.update(|shelf| shelf.current = at);
        if let Some(Some(open)) = viewer.open_from_shelf.try_get_value() {
            // A failure is the script's to tell.
            let _ = open.call1(&JsValue::UNDEFINED, &at.into());
        }
    };
    let rows = shelf.names.iter().enumerate().map(|(at, name)| {
        view! {
            <li>
                <button
                    type="button"
                    class="cs-execution"
                    title=plain(name)
                    aria-current=(at == shelf.current).then_some("true")
                    on:click=move |_| open(at)
                >
                    <b class="cs-ellipsis">
                        <bdi>{shown(name)}</bdi>
                    </b>
                </button>
            </li>
        }
    });
    view! {
        <h2 class="cs-heading">{words::traces(shelf.names.len())}</h2>
        <ul class="cs-plain">{rows.collect_view()}</ul>
    }
}

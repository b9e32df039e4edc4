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

fn item(trace: &Trace, execution: &Execution, summary: &Summary) -> Item {
    let duration = match (summary.execution_time, summary.time_so_far) {
        (Some(time), _) => Some(duration(time)),
        (None, Some(so_far)) => Some(words::so_far(&duration(so_far))),
        (None, None) => None,
    };
    Item {
        id: trace.str(execution.id).to_owned(),
        name: name::of_execution(trace, execution),
        status: execution.status,
        derived: execution.flags.has(Flags::DERIVED_STATUS),
        start: execution.start,
        duration,
        tokens: summary
            .total_tokens
            .map(|tokens| [&count_short(tokens), common::TOK].concat()),
        cost: summary.cost.usd.map(usd),
    }
}

/// The list of executions.
#[component]
pub fn Executions() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let limit = RwSignal::new(PAGE);
    let trace = Memo::new(move |_| viewer.data.get());
    let total =
        move || trace.with(|data| data.as_ref().map_or(0, |data| data.trace.executions.len()));
    let items = Memo::new(move |_| {
        let prices = answers.prices();
        trace.with(|data| {
            let Some(data) = data else { return Vec::new() };
            let known = viewer.execution_in(&data.trace);
            let known = known.and_then(|at| viewer.prepared(at, |known| &known.summaries));
            let mut known = known.unwrap_or_default().into_iter();
            let executions = data.trace.executions.iter().take(limit.get());
            executions
                .map(|execution| {
                    let summary = known.next();
                    let summary = summary.unwrap_or_else(|| {
                        crewscope_analysis::summary(&data.trace, execution, &prices)
                    });
                    item(&data.trace, execution, &summary)
                })
                .collect()
        })
    });
    let current = Memo::new(move |_| {
        let shown = answers.shown.get()?;
        shown
            .execution()
            .map(|execution| shown.trace.str(execution.id).to_owned())
    });
    let choose = move |id: String| {
        viewer.select_execution(id);
        frame.executions.set(false);
    };
    let row = move |item: Item| {
        let id = item.id.clone();
        let is_current =
            Memo::new(move |_| current.with(|current| current.as_deref() == Some(&id)));
        let chosen = item.id.clone();
        view! {
            <li>
                <button
                    type="button"
                    class="cs-execution"
                    title=plain(&item.name)
                    aria-current=move || is_current.get().then_some("true")
                    on:click=move |_| choose(chosen.clone())
                >
                    <b class="cs-ellipsis">
                        <bdi>{shown(&item.name)}</bdi>
                    </b>
                    <span>
                        <StatusMark status=item.status derived=item.derived badge=false />
                        {item.duration.clone().map(|text| [common::BETWEEN, &text].concat())}
                    </span>
                    <span>{facts(&item)}</span>
                </button>
            </li>
        }
    };
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
                    (total() > 1).then(|| [common::BETWEEN, &total().to_string()].concat())
                }}
            </h2>
            <ul class="cs-plain">
                <For each=move || items.get() key=Item::clone children=row />
            </ul>
            {move || {
                (total() > limit.get())
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="cs-button"
                                data-size="small"
                                on:click=move |_| limit.update(|limit| *limit += PAGE)
                            >
                                {words::SHOW_MORE}
                            </button>
                        }
                    })
            }}
            {move || {
                let shelf = viewer.shelf.get();
                (!shelf.names.is_empty()).then(|| view! { <Traces viewer shelf /> })
            }}
        </section>
    }
}

/// The traces that can be opened in place of this one.
#[component]
fn Traces(viewer: Viewer, shelf: Shelf) -> impl IntoView {
    let open = move |at: usize| {
        viewer.shelf.update(|shelf| shelf.current = at);
        if let Some(Some(open)) = viewer.open_from_shelf.try_get_value() {
            // A failure is the script's to tell.
            let _ = open.call1(&JsValue::UNDEFINED, &at.into());
        }
    };
    let row = |(at, name): (usize, &String)| {
        let current = (at == shelf.current).then_some("true");
        view! {
            <li>
                <button
                    type="button"
                    class="cs-execution"
                    title=plain(name)
                    aria-current=current
                    on:click=move |_| open(at)
                >
                    <b class="cs-ellipsis">
                        <bdi>{shown(name)}</bdi>
                    </b>
                </button>
            </li>
        }
    };
    let rows = shelf.names.iter().enumerate().map(row).collect_view();
    let heading = words::traces(shelf.names.len());
    view! {
        <h2 class="cs-heading">{heading}</h2>
        <ul class="cs-plain">{rows}</ul>
    }
}

fn facts(item: &Item) -> String {
    let start = item.start.map(time::brief);
    let parts: Vec<String> = [start, item.tokens.clone(), item.cost.clone()]
        .into_iter()
        .flatten()
        .collect();
    parts.join(common::BETWEEN)
}

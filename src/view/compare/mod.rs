//! Region "Compare": the execution shown beside another one.

mod difference;
mod trend;

use crate::view::answers::Shown;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, duration, fixed, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::status::{word, StatusMark};
use crate::view::parts::text::{plain, Named};
use crate::view::parts::time;
use crate::viewer::Viewer;
use crate::wording::{common, compare as words};
use crewscope_analysis::compare::{call_pairs, compare, differs, Comparison, Pair, Why};
use crewscope_analysis::TaskRow;
use crewscope_trace::model::{Field, SpanIndex, Trace};
use difference::{TextDifference, Wanted};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};

/// The key under which a link carries the other execution.
pub const KEY: &str = "compare";

/// Executions offered at most.
const MOST: usize = 500;

/// What is compared.
#[derive(Clone)]
struct Compared {
    trace: Arc<Trace>,
    a: usize,
    b: usize,
    told: Arc<Comparison>,
}

impl PartialEq for Compared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.trace, &other.trace) && (self.a, self.b) == (other.a, other.b)
    }
}

/// The region.
#[component]
pub fn Comparison() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let compared = Memo::new(move |_| {
        let Shown { trace, at } = frame.answers.shown.get()?;
        let id = viewer.extra(KEY)?;
        let is_it = |other: &_| -> bool {
            let other: &crewscope_trace::model::Execution = other;
            trace.str(other.id) == id
        };
        let b = trace.executions.iter().position(is_it)?;
        let prices = viewer.prices.get();
        let (one, other) = (trace.executions.get(at)?, trace.executions.get(b)?);
        let told = Arc::new(compare(&trace, one, other, &prices));
        Some(Compared {
            trace,
            a: at,
            b,
            told,
        })
    });
    view! {
        <section class="cs-panel cs-compare" role="region" aria-label=common::COMPARE>
            <div class="cs-panel-head">
                <h2 class="cs-heading">{common::COMPARE}</h2>
                <div class="cs-actions">
                    {move || view! { <Chooser viewer compared=compared.get() /> }}
                    <button
                        type="button"
                        class="cs-button"
                        data-look="quiet"
                        data-size="small"
                        on:click=move |_| viewer.set_extra(KEY, None)
                    >
                        {Icon::Cross.draw()}
                        {common::CLOSE}
                    </button>
                </div>
            </div>
            {move || match compared.get() {
                Some(compared) => view! { <CompareBody viewer frame compared /> }.into_any(),
                None => view! { <p class="cs-nothing">{words::OTHER_NOT_OPEN}</p> }.into_any(),
            }}
        </section>
    }
}

fn title(trace: &Trace, at: usize) -> String {
    let execution = trace.executions.get(at);
    execution.map_or_else(String::new, |execution| {
        let start = execution.start.map(time::local).unwrap_or_default();
        [
            &plain(&name::of_execution(trace, execution)),
            common::BETWEEN,
            &start,
        ]
        .concat()
    })
}

#[component]
fn Chooser(viewer: Viewer, compared: Option<Compared>) -> impl IntoView {
    let Compared { trace, a, b, .. } = compared?;
    let others: Vec<usize> = (0..trace.executions.len().min(MOST))
        .filter(|other| *other != a)
        .collect();
    let options = others.iter().map(|&other| {
        view! { <option selected=other == b>{title(&trace, other)}</option> }
    });
    let options = options.collect_view();
    let choose = move |event: Event| {
        let field = event.target();
        let field = field.and_then(|field| field.dyn_into::<HtmlSelectElement>().ok());
        let index = field.and_then(|field| usize::try_from(field.selected_index()).ok());
        let other = index.and_then(|index| others.get(index));
        let id = other.and_then(|other| Some(trace.executions.get(*other)?.id));
        if let Some(id) = id {
            viewer.set_extra(KEY, Some(trace.str(id).to_owned()));
        }
    };
    Some(view! {
        <select class="cs-compare-with" aria-label=words::COMPARE_WITH on:change=choose>
            {options}
        </select>
    })
}

/// A table that is scrolled by itself where it is too wide.
#[component]
fn Scrolled(
    /// What the table holds.
    label: &'static str,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="cs-compare-scroll" tabindex="0" role="group" aria-label=label>
            {children()}
        </div>
    }
}

/// A row of a table: what, the two values, and the change.
#[component]
fn FigureRow(label: &'static str, values: [String; 2], change: Option<f64>) -> impl IntoView {
    let [a, b] = values;
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td>{a}</td>
            <td>{b}</td>
            <td>{change.map(percent)}</td>
        </tr>
    }
}

/// `+12%`; the second against the first.
fn percent(share: f64) -> String {
    let sign = if share > 0.0 {
        words::MORE
    } else {
        words::LESS
    };
    match (share * 100.0).abs() {
        small if small < 0.5 => words::NO_CHANGE.to_owned(),
        size => [sign, &fixed(size, 0), "%"].concat(),
    }
}

fn change(values: [Option<f64>; 2]) -> Option<f64> {
    let [Some(a), Some(b)] = values else {
        return None;
    };
    (a > 0.0).then(|| b / a - 1.0)
}

#[component]
fn Counts(label: &'static str, values: [Option<u64>; 2]) -> impl IntoView {
    let told = values.map(|value| value.map_or(common::UNKNOWN.to_owned(), count));
    view! {
        <FigureRow
            label
            values=told
            change=change(values.map(|value| value.map(|value| value as f64)))
        />
    }
}

fn times(values: [Option<i64>; 2]) -> ([String; 2], Option<f64>) {
    let told = values.map(|value| value.map_or(common::UNKNOWN.to_owned(), duration));
    (
        told,
        change(values.map(|value| value.map(|value| value as f64))),
    )
}

#[component]
fn CompareBody(viewer: Viewer, frame: Frame, compared: Compared) -> impl IntoView {
    let Compared { trace, a, b, told } = compared;
    let [x, y] = &told.figures;
    let both = [a, b].map(|at| trace.executions.get(at));
    let statuses = both.map(|execution| {
        execution.map_or(String::new(), |execution| word(execution.status).to_owned())
    });
    let (time, time_change) = times([x.execution_time, y.execution_time]);
    let money = [x.cost.usd, y.cost.usd];
    let figures = view! {
        <table class="cs-compare-figures">
            <thead>
                <tr>
                    <th scope="col">{words::FIGURE}</th>
                    <th scope="col">{words::this_one(&title(&trace, a))}</th>
                    <th scope="col">{words::other_one(&title(&trace, b))}</th>
                    <th scope="col">{words::CHANGE}</th>
                </tr>
            </thead>
            <tbody>
                <FigureRow label=common::STATUS values=statuses change=None />
                <FigureRow label=common::EXECUTION_TIME values=time change=time_change />
                <Counts label=common::TOTAL_TOKENS values=[x.total_tokens, y.total_tokens] />
                <Counts label=common::PROMPT_TOKENS values=[x.prompt_tokens, y.prompt_tokens] />
                <Counts
                    label=common::COMPLETION_TOKENS
                    values=[x.completion_tokens, y.completion_tokens]
                />
                <Counts label=common::REQUESTS values=[x.requests, y.requests] />
                <Counts
                    label=words::FAILED_REQUESTS
                    values=[x.failed_requests, y.failed_requests]
                />
                <FigureRow
                    label=common::ESTIMATED_COST
                    values=money.map(|money| money.map_or(common::UNKNOWN.to_owned(), usd))
                    change=change(money)
                />
            </tbody>
        </table>
    };
    let wanted = RwSignal::new(None::<Wanted>);
    let parting = match told.divergence {
        None => view! { <p class="cs-compare-apart">{words::SAME_ALL_THROUGH}</p> }.into_any(),
        Some(apart) => {
            let why = match apart.why {
                Why::Task => words::PART_BY_TASK,
                Why::Call => words::PART_BY_CALL,
                Why::Input => words::PART_BY_INPUT,
                Why::Output => words::PART_BY_OUTPUT,
                Why::Status => words::PART_BY_STATUS,
            };
            let what = apart.a.or(apart.b);
            let what = what.map(|at| name::at(&trace, at)).unwrap_or_default();
            let pair = Pair {
                a: apart.a,
                b: apart.b,
            };
            view! {
                <p class="cs-compare-apart">
                    {words::PART_AT} <b>
                        <Named text=what />
                    </b> ": " {why} ". " {buttons(viewer, frame, &trace, pair, wanted)}
                </p>
            }
            .into_any()
        }
    };
    let rows = told
        .tasks
        .iter()
        .map(|pair| task_row(viewer, frame, &trace, pair, wanted));
    let tasks = view! {
        <table>
            <thead>
                <tr>
                    {[
                        common::TASK,
                        common::STATUS,
                        common::TIME,
                        common::TOKENS,
                        common::COST,
                        words::CALLS,
                    ]
                        .map(|head| view! { <th scope="col">{head}</th> })
                        .into_iter()
                        .collect_view()}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    };
    let agents = told.agents.iter().map(|pair| {
        let role = pair.a.as_ref().or(pair.b.as_ref());
        let role = role.map(|agent| agent.role.clone()).unwrap_or_default();
        let both = [pair.a.as_ref(), pair.b.as_ref()];
        let tokens = both.map(|agent| agent.and_then(|agent| agent.total_tokens));
        let requests = both.map(|agent| agent.and_then(|agent| agent.requests));
        view! {
            <tr>
                <th scope="row">
                    <Named text=role />
                </th>
                <td>{beside(requests.map(|n| n.map(count)), None)}</td>
                <td>
                    {beside(
                        tokens.map(|n| n.map(count)),
                        change(tokens.map(|n| n.map(|n| n as f64))),
                    )}
                </td>
            </tr>
        }
    });
    let agents = view! {
        <table>
            <thead>
                <tr>
                    {[common::AGENT, common::REQUESTS, common::TOKENS]
                        .map(|head| view! { <th scope="col">{head}</th> })}
                </tr>
            </thead>
            <tbody>{agents.collect_view()}</tbody>
        </table>
    };
    let chosen = trace.clone();
    view! {
        {trend::trend(viewer, &trace, a, b)}
        <Scrolled label=words::FIGURES>{figures}</Scrolled>
        {parting}
        {move || {
            let chosen = chosen.clone();
            wanted.get().map(|wanted| view! { <TextDifference viewer trace=chosen wanted /> })
        }}
        <Scrolled label=words::TASKS>{tasks}</Scrolled>
        <Scrolled label=words::AGENTS>{agents}</Scrolled>
    }
}

/// `a → b (+12%)`, or one value if both are the same.
fn beside(values: [Option<String>; 2], change: Option<f64>) -> String {
    let [a, b] = values.map(|value| value.unwrap_or_else(|| words::NO_VALUE.to_owned()));
    let change = change.filter(|_| a != b).map(percent);
    if a == b {
        return a;
    }
    words::beside(&a, &b, change.as_deref())
}

fn task_row(
    viewer: Viewer,
    frame: Frame,
    trace: &Arc<Trace>,
    pair: &Pair<TaskRow>,
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let both = [pair.a.as_ref(), pair.b.as_ref()];
    let label = both.iter().flatten().next().map(|row| row.label.clone());
    let statuses = both.map(|row| row.map(|row| row.status));
    let times = both.map(|row| row.and_then(|row| row.duration));
    let tokens = both.map(|row| row.and_then(|row| row.total_tokens));
    let costs = both.map(|row| row.and_then(|row| row.cost.usd));
    let calls = call_pairs(trace, pair);
    let unlike = calls.iter().filter(|calls| is_unlike(trace, calls)).count();
    let missing = match both {
        [Some(_), None] => Some(words::ONLY_THIS),
        [None, Some(_)] => Some(words::ONLY_OTHER),
        _ => None,
    };
    let open = RwSignal::new(false);
    let many = words::differ(&count(calls.len() as u64), &count(unlike as u64));
    let inside = trace.clone();
    let spans = Pair {
        a: pair.a.as_ref().map(|row| row.span),
        b: pair.b.as_ref().map(|row| row.span),
    };
    let list = move || {
        open.get().then(|| {
            let items = calls.iter().map(|calls| {
                let span = calls.a.or(calls.b);
                let what = span.map(|at| name::at(&inside, at)).unwrap_or_default();
                let state = match (calls.a, calls.b) {
                    (Some(_), None) => words::ONLY_THIS,
                    (None, Some(_)) => words::ONLY_OTHER,
                    _ if is_unlike(&inside, calls) => words::DIFFERS,
                    _ => words::SAME,
                };
                view! {
                    <li>
                        <Named text=what />
                        " "
                        <span class="cs-muted">{state}</span>
                        " "
                        {buttons(viewer, frame, &inside, calls.clone(), wanted)}
                    </li>
                }
            });
            view! {
                <tr>
                    <td colspan="6">
                        <ol class="cs-compare-calls">{items.collect_view()}</ol>
                    </td>
                </tr>
            }
        })
    };
    let marks = statuses
        .into_iter()
        .flatten()
        .map(|status| view! { <StatusMark status derived=false badge=false /> });
    view! {
        <tr>
            <th scope="row">
                <Named text=label.unwrap_or_default() />
                {missing
                    .map(|missing| {
                        view! { <span class="cs-muted">{[" ", missing].concat()}</span> }
                    })}
                " "
                {buttons(viewer, frame, trace, spans, wanted)}
            </th>
            <td>{marks.collect_view()}</td>
            <td>
                {beside(
                    times.map(|time| time.map(duration)),
                    change(times.map(|time| time.map(|time| time as f64))),
                )}
            </td>
            <td>
                {beside(
                    tokens.map(|tokens| tokens.map(count)),
                    change(tokens.map(|tokens| tokens.map(|tokens| tokens as f64))),
                )}
            </td>
            <td>{beside(costs.map(|cost| cost.map(usd)), change(costs))}</td>
            <td>
                <button
                    type="button"
                    class="cs-link"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {many}
                </button>
            </td>
        </tr>
        {list}
    }
}

fn is_unlike(trace: &Trace, pair: &Pair<SpanIndex>) -> bool {
    let get = |at: Option<SpanIndex>| trace.spans.get(at? as usize);
    match (get(pair.a), get(pair.b)) {
        (Some(a), Some(b)) => differs(trace, a, b).is_some(),
        _ => true,
    }
}

/// Goes to either span, or shows what is different between them.
fn buttons(
    viewer: Viewer,
    frame: Frame,
    trace: &Arc<Trace>,
    pair: Pair<SpanIndex>,
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let small = |label: &'static str, act: Box<dyn Fn()>| {
        view! {
            <button type="button" class="cs-link" on:click=move |_| act()>
                {label}
            </button>
        }
    };
    let show = |at: SpanIndex, label: &'static str| {
        let trace = trace.clone();
        let act = move || {
            viewer.jump(&trace, at);
            frame.details.set(true);
        };
        small(label, Box::new(act))
    };
    let other = if pair.a.is_some() {
        words::SHOW_OTHER
    } else {
        words::SHOW
    };
    let has = |at: SpanIndex, field: Field| {
        let span = trace.spans.get(at as usize);
        span.is_some_and(|span| span.get(field).is_some())
    };
    let differences = pair.a.zip(pair.b).map(|(a, b)| {
        [
            (words::INPUT_DIFF, Field::Input),
            (words::OUTPUT_DIFF, Field::Output),
        ]
        .into_iter()
        .filter(|(_, field)| has(a, *field) || has(b, *field))
        .map(|(label, field)| {
            let act = move || wanted.set(Some(Wanted { a, b, field }));
            view! {
                " "
                {small(label, Box::new(act))}
            }
        })
        .collect_view()
    });
    view! {
        <span class="cs-compare-buttons">
            {pair.a.map(|a| show(a, words::SHOW))} " " {pair.b.map(|b| show(b, other))}
            {differences}
        </span>
    }
}

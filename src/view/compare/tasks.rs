//! The tasks of both, paired, and the calls inside of them.

use crate::view::compare::difference::Wanted;
use crate::view::compare::figures::beside_changed;
use crate::view::compare::links::SpanLinks;
use crate::view::parts::format::{count, duration, usd};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::Named;
use crate::wording::{common, compare as words};
use crewscope_analysis::compare::{call_pairs, differs, Pair};
use crewscope_analysis::TaskRow;
use crewscope_trace::model::{SpanIndex, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// What stands over the columns.
const HEADS: [&str; 6] = [
    common::TASK,
    common::STATUS,
    common::TIME,
    common::TOKENS,
    common::COST,
    words::CALLS,
];

/// A row for each pair.
#[component]
pub fn Tasks(
    /// The trace of both.
    trace: Arc<Trace>,
    /// The pairs.
    pairs: Vec<Pair<TaskRow>>,
    /// The texts to compare.
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let heads = HEADS
        .into_iter()
        .map(|head| view! { <th scope="col">{head}</th> });
    let rows = pairs
        .into_iter()
        .map(|pair| view! { <PairOfTasks trace=trace.clone() pair wanted /> });
    view! {
        <table>
            <thead>
                <tr>{heads.collect_view()}</tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// Two tasks, and below them their calls on demand.
#[component]
fn PairOfTasks(
    /// The trace of both.
    trace: Arc<Trace>,
    /// The tasks.
    pair: Pair<TaskRow>,
    /// The texts to compare.
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let both = [pair.a.as_ref(), pair.b.as_ref()];
    let label = both.iter().flatten().next().map(|task| &*task.label);
    let marks = both.into_iter().flatten();
    let marks = marks.map(|task| view! { <StatusMark status=task.status /> });
    let times = both.map(|task| task?.duration);
    let tokens = both.map(|task| task?.total_tokens);
    let costs = both.map(|task| task?.cost.usd);
    let [a, b] = both.map(|task| Some(task?.span));
    let calls = call_pairs(&trace, &pair);
    let unlike = calls
        .iter()
        .filter(|calls| is_unlike(&trace, calls))
        .count();
    let many = words::differ(&count(calls.len() as u64), &count(unlike as u64));
    let open = RwSignal::new(false);
    view! {
        <tr>
            <th scope="row">
                <Named text=label.unwrap_or_default() />
                {only_one(a, b)
                    .map(|missing| {
                        view! { <span class="cs-muted">{[" ", missing].concat()}</span> }
                    })}
                " "
                <SpanLinks trace=trace.clone() pair=Pair { a, b } wanted />
            </th>
            <td>{marks.collect_view()}</td>
            <td>{beside_changed(times, duration, |time| time as f64)}</td>
            <td>{beside_changed(tokens, count, |tokens| tokens as f64)}</td>
            <td>{beside_changed(costs, usd, |cost| cost)}</td>
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
        <Show when=move || open.get()>
            <Calls trace=trace.clone() pairs=calls.clone() wanted />
        </Show>
    }
}

/// The calls of two tasks, as a row of the table.
#[component]
fn Calls(
    /// The trace of both.
    trace: Arc<Trace>,
    /// The calls, paired.
    pairs: Vec<Pair<SpanIndex>>,
    /// The texts to compare.
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let items = pairs.into_iter().map(|pair| {
        let what = pair.a.or(pair.b).map(|at| name::at(&trace, at));
        let state = only_one(pair.a, pair.b).unwrap_or(if is_unlike(&trace, &pair) {
            words::DIFFERS
        } else {
            words::SAME
        });
        view! {
            <li>
                <Named text=what.unwrap_or_default() />
                " "
                <span class="cs-muted">{state}</span>
                " "
                <SpanLinks trace=trace.clone() pair wanted />
            </li>
        }
    });
    view! {
        <tr>
            <td colspan=HEADS.len().to_string()>
                <ol class="cs-compare-calls">{items.collect_view()}</ol>
            </td>
        </tr>
    }
}

/// Says which of the two it is, if it is only one.
fn only_one(a: Option<SpanIndex>, b: Option<SpanIndex>) -> Option<&'static str> {
    match (a, b) {
        (Some(_), None) => Some(words::ONLY_THIS),
        (None, Some(_)) => Some(words::ONLY_OTHER),
        _ => None,
    }
}

fn is_unlike(trace: &Trace, pair: &Pair<SpanIndex>) -> bool {
    let get = |at: Option<SpanIndex>| trace.spans.get(at? as usize);
    match (get(pair.a), get(pair.b)) {
        (Some(a), Some(b)) => differs(trace, a, b).is_some(),
        _ => true,
    }
}

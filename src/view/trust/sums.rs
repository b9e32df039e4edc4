//! Whether the sums over the calls and the run's own totals agree.

use super::{Disclosure, MOST};
use crate::view::parts::format::count;
use crate::view::parts::icon::Icon;
use crate::view::parts::text::shown as text;
use crate::wording::{common, summary as words};
use crewscope_analysis::{Reconciliation, Verdict};
use crewscope_trace::model::Trace;
use leptos::prelude::*;

/// The verdict, and what it rests on.
pub fn sums_mark(trace: &Trace, found: &Reconciliation) -> impl IntoView {
    let (icon, look, told) = match found.verdict {
        Verdict::Agrees => (Icon::Check, "agrees", words::AGREE),
        Verdict::Differs if found.is_explained() => {
            (Icon::Note, "explained", words::DIFFER_EXPLAINED)
        }
        Verdict::Differs => (Icon::Question, "differs", words::DIFFER),
        Verdict::CallsOnly => (Icon::Note, "one", words::CALLS_ONLY),
        Verdict::ReportedOnly => (Icon::Note, "one", words::REPORTED_ONLY),
        Verdict::Nothing => (Icon::Question, "one", words::NO_USAGE),
    };
    let sentence = found.sentence();
    let lines = found
        .details(trace)
        .iter()
        .map(|line| view! { <li>{text(line)}</li> })
        .collect_view();
    let table = (!found.checks.is_empty()).then(|| checks(trace, found));
    view! {
        <Disclosure name="verdict" look label=words::SUMS icon words=told>
            <p>{sentence}</p>
            <ul class="cs-plain">{lines}</ul>
            {table}
        </Disclosure>
    }
}

/// The comparisons, line by line.
fn checks(trace: &Trace, found: &Reconciliation) -> impl IntoView {
    let heads = [
        words::COUNTED_BY,
        common::WHAT,
        words::SUM_OVER_CALLS,
        words::OWN_COUNT,
    ];
    let heads = heads
        .into_iter()
        .map(|head| view! { <th scope="col">{head}</th> })
        .collect_view();
    let rows = found
        .checks
        .iter()
        .take(MOST)
        .filter_map(|check| Some((check, trace.spans.get(check.span as usize)?)))
        .map(|(check, span)| {
            let calls = check.calls.map_or(common::UNKNOWN.to_owned(), count);
            view! {
                <tr data-differs=check.reason.map(|_| "true")>
                    <th scope="row">
                        {span.kind.label()} " " <bdi>{text(trace.str(span.name))}</bdi>
                    </th>
                    <td>{check.quantity.unit()}</td>
                    <td>{calls}</td>
                    <td>{count(check.reported)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

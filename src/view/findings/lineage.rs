//! Which task's output reached which later task: a small graph, and the same as a table. What was found by its wording is drawn dashed: it is evidence,
//! and never certain.

use crate::view::answers::Answers;
use crate::view::parts::format::counted;
use crate::view::parts::text::{clipped, plain, Named};
use crate::viewer::{Shown, Viewer};
use crate::wording::findings as words;
use crewscope_analysis::findings::{label, Edge, Findings};
use crewscope_trace::model::SpanIndex;
use leptos::prelude::*;

/// Height of a task's line in the graph, in CSS pixels.
const LINE: usize = 22;

/// Tasks that are drawn; the table has the others.
const MOST: usize = 40;

/// Lines of the table.
const LISTED: usize = 500;

/// The disclosure.
#[component]
pub fn Lineage() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let viewer = expect_context::<Viewer>();
    move || {
        let shown = answers.shown.get()?;
        let found = viewer.data.with(|data| data.as_ref()?.found.clone())?;
        drawn(&shown, &found)
    }
}

fn drawn(shown: &Shown, found: &Findings) -> Option<impl IntoView> {
    let execution = shown.execution()?;
    let within = execution.first_span..execution.last_span;
    let edges: Vec<Edge> = found
        .edges
        .iter()
        .filter(|edge| within.contains(&edge.from))
        .copied()
        .collect();
    if edges.is_empty() {
        return None;
    }
    let name = |at: SpanIndex| label(&shown.trace, execution, at);
    let mut tasks: Vec<SpanIndex> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    tasks.sort_unstable();
    tasks.dedup();
    let labels: Vec<String> = tasks.iter().take(MOST).map(|&at| name(at)).collect();
    Some(view! {
        <details class="cs-lineage">
            <summary>{words::lineage(&counted(edges.len() as u64, words::HAND_OVERS_OF))}</summary>
            <p class="cs-muted">{words::LINEAGE_MEANS}</p>
            {graph(&tasks, &labels, &edges)}
            {table(&edges, &name)}
        </details>
    })
}

/// A line for each of them.
fn table(edges: &[Edge], name: &dyn Fn(SpanIndex) -> String) -> impl IntoView {
    let heads = [
        words::OUTPUT_OF,
        words::REACHED,
        words::HOW_MUCH,
        words::HOW_KNOWN,
    ];
    let heads = heads
        .into_iter()
        .map(|head| view! { <th scope="col">{head}</th> });
    let rows = edges.iter().take(LISTED).map(|edge| {
        let of = counted(edge.of.into(), words::STATEMENTS_OF);
        let how = if edge.declared {
            words::RECORDED_CONTEXT
        } else {
            words::FOUND_IN_PROMPTS
        };
        view! {
            <tr>
                <td>
                    <Named text=name(edge.from) />
                </td>
                <td>
                    <Named text=name(edge.to) />
                </td>
                <td>{words::place_of(&edge.found.to_string(), &of)}</td>
                <td>{how}</td>
            </tr>
        }
    });
    view! {
        <table>
            <thead>
                <tr>{heads.collect_view()}</tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// Tasks below each other, arcs from output to prompt.
fn graph(tasks: &[SpanIndex], labels: &[String], edges: &[Edge]) -> impl IntoView {
    let place = |at: SpanIndex| {
        tasks
            .binary_search(&at)
            .ok()
            .filter(|place| *place < labels.len())
    };
    let height = (labels.len() * LINE).to_string();
    let middle = |line: usize| line * LINE + LINE / 2;
    let arcs = edges.iter().filter_map(|edge| {
        let (from, to) = (middle(place(edge.from)?), middle(place(edge.to)?));
        let bow = 70usize.saturating_sub((to.abs_diff(from) / 3).min(62));
        let number = |value: usize| value.to_string();
        let path = [
            "M78 ",
            &number(from),
            "C",
            &number(bow),
            " ",
            &number(from),
            " ",
            &number(bow),
            " ",
            &number(to),
            " 74 ",
            &number(to),
            "m-5 -3l5 3l-5 3",
        ]
        .concat();
        let class = if edge.declared {
            "cs-declared"
        } else {
            "cs-found"
        };
        Some(view! { <path class=class d=path /> })
    });
    let names = labels.iter().enumerate().map(|(line, label)| {
        view! {
            <text x="84" y=(middle(line) + 4).to_string()>
                {plain(&clipped(label, 60))}
            </text>
        }
    });
    view! {
        <svg class="cs-lineage-graph" width="100%" height=height aria-hidden="true">
            {arcs.collect_view()}
            {names.collect_view()}
        </svg>
    }
}

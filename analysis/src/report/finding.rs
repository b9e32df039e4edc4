//! Findings and context lineage in the report.

use crate::findings::{self, Findings};
use crate::report::json::{Json, Members};
use crate::Prices;
use crewscope_trace::model::{SpanIndex, Trace};

fn id(trace: &Trace, at: SpanIndex) -> &str {
    let span = trace.spans.get(at as usize);
    span.map_or("", |span| trace.str(span.id))
}

/// The findings of an execution, as they are shown.
pub fn findings(trace: &Trace, found: &Findings, at: usize, prices: &Prices) -> Json {
    let mut list = Vec::new();
    for shown in findings::show(trace, found, at, prices) {
        let Some(finding) = found.list.get(shown.at) else {
            continue;
        };
        let kind = finding.what.definition();
        // Ids lead to the records; offsets would differ between two recordings of one run.
        let ids: Vec<String> = finding
            .evidence
            .iter()
            .map(|&at| id(trace, at).to_owned())
            .collect();
        let told = Members::default()
            .word("kind", kind.id)
            .word("use", kind.of.label())
            .word("severity", shown.severity.name())
            .text("title", &shown.title)
            .word("advice", kind.advice)
            .texts("evidence", &ids)
            .counts([("evidence_count", Some(finding.places.into()))])
            .millis("cost_ms", finding.time)
            .counts([("cost_tokens", shown.tokens)])
            .number("cost_usd", shown.usd)
            .done();
        list.push(told);
    }
    Json::List(list)
}

/// The outputs of tasks in the prompts of others: found by their wording, unless they stand in the context that crewai recorded.
pub fn lineage(trace: &Trace, found: &Findings, at: usize) -> Json {
    let mut list = Vec::new();
    let Some(execution) = trace.executions.get(at) else {
        return Json::Null;
    };
    // They stand in the order of the executions, whose spans do.
    let first = found
        .edges
        .partition_point(|edge| edge.to < execution.first_span);
    let edges = found.edges.iter().skip(first);
    for edge in edges.take_while(|edge| edge.to < execution.last_span) {
        let told = Members::default()
            .text("from", id(trace, edge.from))
            .text("to", id(trace, edge.to))
            .word("evidence", if edge.declared { "context" } else { "text" })
            .counts([
                ("statements_found", Some(edge.found.into())),
                ("statements", Some(edge.of.into())),
            ])
            .done();
        list.push(told);
    }
    Json::List(list)
}

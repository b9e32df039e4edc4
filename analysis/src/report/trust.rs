//! The parts of the report that say how far its numbers can be trusted: reconciliation, coverage, where prices come from.

use crate::coverage::{Affects, Note};
use crate::report::json::{Json, Members};
use crate::{reconcile, Cost, Prices};
use crewscope_trace::model::{Execution, Trace};

/// Where prices come from.
pub fn price_source(prices: &Prices) -> Json {
    Members::default()
        .text("source", &prices.source)
        .text("date", &prices.date)
        .counts([("own_prices", Some(prices.own_count() as u64))])
        .maybe_text("own_source", prices.own_source.as_deref())
        .done()
}

/// Where a cost comes from: `recorded`, `computed`, `mixed`; `None`: there is none.
pub fn cost_source(cost: &Cost) -> Option<&'static str> {
    cost.usd?;
    Some(match (cost.recorded, cost.mixed) {
        (true, _) => "recorded",
        (_, true) => "mixed",
        _ => "computed",
    })
}

/// Whether calls and totals agree.
pub fn reconciliation(trace: &Trace, execution: &Execution) -> Json {
    let found = reconcile(trace, execution);
    let mut checks = Vec::new();
    for check in &found.checks {
        if let Some(span) = trace.spans.get(check.span as usize) {
            let checked = Members::default()
                .text("span", trace.str(span.id))
                .word("quantity", check.quantity.name())
                .counts([("calls", check.calls), ("reported", Some(check.reported))])
                .maybe_word("reason", check.reason.map(|reason| reason.name()))
                .done();
            checks.push(checked);
        }
    }
    Members::default()
        .word("verdict", found.verdict.name())
        .flag("explained", found.is_explained())
        .text("message", &found.sentence())
        .texts("details", &found.details(trace))
        .put("checks", Json::List(checks))
        .done()
}

/// Something that a trace does not hold.
pub fn missing(note: &Note) -> Json {
    Members::default()
        .word("kind", note.kind)
        .text("message", &note.text)
        .counts([("count", note.count)])
        .put("affects", words(note.affects))
        .places("places", &note.places)
        .done()
}

/// Which figures something affects.
pub fn words(affects: &[Affects]) -> Json {
    let names = affects.iter().map(|figure| Json::Word(figure.name()));
    Json::List(names.collect())
}

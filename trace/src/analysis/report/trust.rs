//! The parts of the report that say how far its numbers can be trusted: reconciliation, coverage, where prices come from.

use crate::analysis::coverage::{Affects, Note};
use crate::analysis::{reconcile, Cost, Prices};
use crate::model::{Execution, Place, Trace};
use serde::Serialize;

/// Where prices come from.
#[derive(Debug, Serialize)]
pub struct PriceSource {
    source: String,
    date: String,
    own_prices: usize,
    own_source: Option<String>,
}

impl PriceSource {
    pub fn of(prices: &Prices) -> Self {
        Self {
            source: prices.source.clone(),
            date: prices.date.clone(),
            own_prices: prices.own_count(),
            own_source: prices.own_source.clone(),
        }
    }
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
#[derive(Debug, Serialize)]
pub struct Trust {
    verdict: &'static str,
    explained: bool,
    message: String,
    details: Vec<String>,
    checks: Vec<Compared>,
}

#[derive(Debug, Serialize)]
struct Compared {
    span: String,
    quantity: &'static str,
    calls: Option<u64>,
    reported: u64,
    reason: Option<&'static str>,
}

impl Trust {
    pub fn of(trace: &Trace, execution: &Execution) -> Self {
        let found = reconcile(trace, execution);
        Self {
            verdict: found.verdict.name(),
            explained: found.is_explained(),
            message: found.sentence(),
            details: found.details(trace),
            checks: found
                .checks
                .iter()
                .filter_map(|check| Some((check, trace.spans.get(check.span as usize)?)))
                .map(|(check, span)| Compared {
                    span: trace.str(span.id).to_owned(),
                    quantity: check.quantity.name(),
                    calls: check.calls,
                    reported: check.reported,
                    reason: check.reason.map(|reason| reason.name()),
                })
                .collect(),
        }
    }
}

/// Something that a trace does not hold.
#[derive(Debug, Serialize)]
pub struct Missing {
    kind: &'static str,
    message: String,
    count: Option<u64>,
    affects: Vec<&'static str>,
    places: Vec<At>,
}

/// A place in a source.
#[derive(Debug, Serialize)]
pub struct At {
    source: u32,
    offset: u64,
}

impl Missing {
    pub fn of(note: Note) -> Self {
        Self {
            kind: note.kind,
            message: note.text,
            count: note.count,
            affects: words(note.affects),
            places: places(&note.places),
        }
    }
}

pub fn words(affects: &[Affects]) -> Vec<&'static str> {
    affects.iter().map(|figure| figure.name()).collect()
}

pub fn places(places: &[Place]) -> Vec<At> {
    places
        .iter()
        .map(|place| At {
            source: place.source,
            offset: place.offset,
        })
        .collect()
}

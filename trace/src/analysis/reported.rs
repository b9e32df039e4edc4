//! Figures that a saved report holds: they were summed when it was made, and the calls they were summed over are not in it.

use super::rows::AgentRow;
use super::tokens::{Cost, Totals};
use crate::model::{Execution, Field, Flags, Kind, Span, SpanIndex, Trace, Value, LIST_SEPARATOR};

/// The sums of a span, if it stands as a report says.
pub fn totals(trace: &Trace, span: &Span) -> Option<Totals> {
    if !span.flags.has(Flags::AS_REPORTED) {
        return None;
    }
    let count = |field| span.int(field).and_then(|n| u64::try_from(n).ok());
    let usd = match span.get(Field::Cost) {
        Some(Value::Float(usd)) => Some(usd),
        Some(Value::Int(usd)) => Some(usd as f64),
        _ => None,
    };
    Some(Totals {
        total: span.usage.total,
        prompt: span.usage.prompt,
        completion: span.usage.completion,
        cached: span.usage.cached,
        cache_write: span.usage.cache_write,
        reasoning: span.usage.reasoning,
        requests: count(Field::Requests),
        failed: count(Field::FailedRequests),
        without_usage: count(Field::CallsWithoutUsage).unwrap_or(0),
        cost: Cost {
            usd,
            recorded: trace.name_of(span, Field::CostSource) == Some("recorded"),
            mixed: trace.name_of(span, Field::CostSource) == Some("mixed"),
            own_prices: span.bool(Field::OwnPrices) == Some(true),
            unpriced_models: names(trace, span, Field::UnpricedModels).unwrap_or_default(),
            ..Cost::default()
        },
    })
}

/// The names that a span of a report lists in a field.
pub fn list(trace: &Trace, at: SpanIndex, field: Field) -> Option<Vec<String>> {
    names(trace, trace.spans.get(at as usize)?, field)
}

fn names(trace: &Trace, span: &Span, field: Field) -> Option<Vec<String>> {
    let list = trace.str(span.sym(field)?);
    Some(list.split(LIST_SEPARATOR).map(str::to_owned).collect())
}

/// The agents, as the report lists them.
pub fn agents(trace: &Trace, execution: &Execution) -> Vec<AgentRow> {
    let all = execution.first_span..execution.last_span;
    let of_kind = |kind: Kind| {
        all.clone()
            .filter_map(|at| Some((at, trace.spans.get(at as usize)?)))
            .filter(move |(_, span)| span.kind == kind)
    };
    let tasks: Vec<(SpanIndex, &str)> = of_kind(Kind::Task)
        .map(|(at, span)| (at, trace.name_of(span, Field::TaskName).unwrap_or_default()))
        .collect();
    of_kind(Kind::Agent)
        .filter_map(|(_, span)| Some((span, trace.name_of(span, Field::AgentRole)?)))
        .map(|(span, role)| {
            let totals = totals(trace, span).unwrap_or_default();
            // Several tasks may have one name: each place in the list means the next of them.
            let mut from = 0;
            let mut worked_in = Vec::new();
            for name in names(trace, span, Field::Tasks).unwrap_or_default() {
                let rest = tasks.get(from..).unwrap_or_default();
                let found = rest.iter().position(|(_, task)| *task == name);
                if let Some((at, _)) = found.and_then(|found| rest.get(found)) {
                    worked_in.push(*at);
                    from += found.unwrap_or_default() + 1;
                }
            }
            AgentRow {
                role: role.to_owned(),
                models: names(trace, span, Field::Models).unwrap_or_default(),
                tasks: worked_in,
                total_tokens: totals.total,
                requests: totals.requests,
                cost: totals.cost,
            }
        })
        .collect()
}

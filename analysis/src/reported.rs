//! Figures that a saved report holds: they were summed when it was made, and the calls they were summed over are not in it.

use crate::tokens::{Cost, Totals};
use crewscope_trace::model::{Field, Flags, Span, SpanIndex, Trace, Value, LIST_SEPARATOR};

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

/// The names that a field lists.
pub fn names(trace: &Trace, span: &Span, field: Field) -> Option<Vec<String>> {
    let list = trace.str(span.sym(field)?);
    Some(list.split(LIST_SEPARATOR).map(str::to_owned).collect())
}

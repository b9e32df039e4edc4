//! Sums of tokens, requests and cost over LLM calls.

use super::prices::Prices;
use crate::model::{Field, Kind, Span, Status, Trace, Usage, Value};

/// What a set of LLM calls cost. USD.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Sum over the calls that have a price; `None` if none has.
    pub usd: Option<f64>,
    /// Every amount in the sum was recorded in the trace; otherwise prices of the bundled table were used.
    pub recorded: bool,
    /// Models that were priced.
    pub priced_models: Vec<String>,
    /// Models with usage and no known price: their calls are not in the sum.
    pub unpriced_models: Vec<String>,
}

/// Sums over LLM calls. A sum is `None` if no call recorded the number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Tokens in all.
    pub total: Option<u64>,
    /// Prompt tokens, cached ones included.
    pub prompt: Option<u64>,
    /// Completion tokens, reasoning included.
    pub completion: Option<u64>,
    /// Prompt tokens read from the provider's cache (a part of `prompt`).
    pub cached: Option<u64>,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: Option<u64>,
    /// Reasoning tokens (a part of `completion`).
    pub reasoning: Option<u64>,
    /// LLM calls, failed ones included.
    pub requests: u64,
    /// LLM calls that failed.
    pub failed: u64,
    /// LLM calls that ended well and recorded no usage: the sums are a lower bound.
    pub without_usage: u64,
    /// What they cost.
    pub cost: Cost,
}

/// Sums the LLM calls among some spans.
pub fn totals<'a>(
    trace: &Trace,
    spans: impl IntoIterator<Item = &'a Span>,
    prices: &Prices,
) -> Totals {
    let mut sum = Totals::default();
    let (mut priced, mut unpriced) = (Vec::new(), Vec::new());
    let (mut usd, mut all_recorded) = (None::<f64>, true);
    for call in spans.into_iter().filter(|span| span.kind == Kind::Llm) {
        sum.requests += 1;
        sum.failed += u64::from(call.status == Status::Failed);
        let usage = call.usage;
        if !usage.is_recorded() {
            sum.without_usage += u64::from(call.status == Status::Completed);
        }
        add(&mut sum.total, usage.total());
        add(&mut sum.prompt, usage.prompt);
        add(&mut sum.completion, usage.completion);
        add(&mut sum.cached, usage.cached);
        add(&mut sum.cache_write, usage.cache_write);
        add(&mut sum.reasoning, usage.reasoning);
        let model = model_of(trace, call).unwrap_or_default();
        let recorded = match call.get(Field::Cost) {
            Some(Value::Float(cost)) => Some(cost),
            Some(Value::Int(cost)) => Some(cost as f64),
            _ => None,
        };
        let computed = || prices.cost(model, &usage);
        match recorded.or_else(computed) {
            Some(cost) => {
                all_recorded &= recorded.is_some();
                usd = Some(usd.unwrap_or(0.0) + cost);
                insert(&mut priced, model);
            }
            None if usage.is_recorded() => {
                insert(
                    &mut unpriced,
                    if model.is_empty() {
                        "unknown model"
                    } else {
                        model
                    },
                );
            }
            None => {}
        }
    }
    sum.cost = Cost {
        usd,
        recorded: usd.is_some() && all_recorded,
        priced_models: priced.into_iter().map(str::to_owned).collect(),
        unpriced_models: unpriced.into_iter().map(str::to_owned).collect(),
    };
    sum
}

/// The model of an LLM call: the one that was asked for (prices and settings go by it), else the one that answered.
pub fn model_of<'a>(trace: &'a Trace, call: &Span) -> Option<&'a str> {
    trace
        .name_of(call, Field::Model)
        .or_else(|| trace.name_of(call, Field::ResponseModel))
}

/// Adds a name to a sorted list, once.
fn insert<'a>(list: &mut Vec<&'a str>, name: &'a str) {
    if let Err(at) = list.binary_search(&name) {
        list.insert(at, name);
    }
}

fn add(sum: &mut Option<u64>, count: Option<u64>) {
    if let Some(count) = count {
        *sum = Some(sum.unwrap_or(0).saturating_add(count));
    }
}

/// Tokens that count as prompt at the plain price: not read from the cache, not written to it.
pub(super) fn plain_prompt(usage: &Usage) -> u64 {
    let prompt = usage.prompt.unwrap_or(0);
    prompt
        .saturating_sub(usage.cached.unwrap_or(0))
        .saturating_sub(usage.cache_write.unwrap_or(0))
}

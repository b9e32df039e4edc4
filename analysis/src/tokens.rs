//! Sums of tokens, requests and cost over LLM calls.

use crate::prices::{Found, NoPrice, Prices};
use crewscope_trace::model::{Field, Flags, Kind, Span, Status, Sym, Trace, Value};
use crewscope_trace::slices::{pause, Slices, Work};
use std::collections::{BTreeMap, BTreeSet};

/// What a set of LLM calls cost. USD.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Sum over the calls that have a price; `None` if none has.
    pub usd: Option<f64>,
    /// Every amount in the sum was recorded in the trace; otherwise prices were used.
    pub recorded: bool,
    /// Some amounts were recorded and some are computed from prices.
    pub mixed: bool,
    /// Some of the prices are the user's own.
    pub own_prices: bool,
    /// Answered calls that are not in the sum (no usage, no price), or only with a part of their tokens: the sum is a lower bound.
    pub missing_calls: u64,
    /// Models that were priced.
    pub priced_models: Vec<String>,
    /// Models with usage and no known price: their calls are not in the sum.
    pub unpriced_models: Vec<String>,
    /// Why each of them has none, in the same order.
    pub reasons: Vec<NoPrice>,
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
    pub requests: Option<u64>,
    /// LLM calls that failed.
    pub failed: Option<u64>,
    /// LLM calls that ended well and recorded no usage, or only a part of it: the sums are a lower bound.
    pub without_usage: u64,
    /// What they cost.
    pub cost: Cost,
}

impl Totals {
    /// The same sums of an execution with these remarks: where its form records no calls, none found does not mean that there were none.
    pub fn known(mut self, flags: Flags) -> Self {
        if flags.has(Flags::NO_CALLS) && self.requests == Some(0) {
            (self.requests, self.failed) = (None, None);
        }
        self
    }
}

/// Sums the LLM calls among some spans.
pub fn totals<'a>(
    trace: &Trace,
    spans: impl IntoIterator<Item = &'a Span>,
    prices: &Prices,
) -> Totals {
    let mut sum = Sum::new(trace, prices);
    for call in spans.into_iter().filter(|span| span.kind == Kind::Llm) {
        sum.add(call);
    }
    sum.finish()
}

/// [`totals`] in slices.
pub(super) fn totals_in<'a>(
    slices: &'a Slices,
    trace: &'a Trace,
    spans: &'a [Span],
    prices: &'a Prices,
) -> Work<'a, Totals> {
    Box::pin(async move {
        let mut sum = Sum::new(trace, prices);
        for call in spans.iter().filter(|span| span.kind == Kind::Llm) {
            sum.add(call);
            if slices.due() {
                pause().await;
            }
        }
        sum.finish()
    })
}

/// Adds up LLM calls.
struct Sum<'a> {
    trace: &'a Trace,
    prices: &'a Prices,
    sum: Totals,
    requests: u64,
    failed: u64,
    cost: Cost,
    priced: BTreeSet<&'a str>,
    unpriced: BTreeMap<&'a str, NoPrice>,
    all_recorded: bool,
    /// A trace has a handful of models and any number of calls.
    known: Vec<(Names, Result<Found, NoPrice>)>,
}

impl<'a> Sum<'a> {
    fn new(trace: &'a Trace, prices: &'a Prices) -> Self {
        Self {
            trace,
            prices,
            sum: Totals::default(),
            requests: 0,
            failed: 0,
            cost: Cost::default(),
            priced: BTreeSet::new(),
            unpriced: BTreeMap::new(),
            all_recorded: true,
            known: Vec::new(),
        }
    }

    fn add(&mut self, call: &Span) {
        let (sum, cost) = (&mut self.sum, &mut self.cost);
        self.requests += 1;
        self.failed += u64::from(call.status == Status::Failed);
        let usage = &*call.usage;
        let partial = usage.prompt.is_none() || usage.completion.is_none();
        if partial && usage.total.is_none() {
            sum.without_usage += u64::from(call.status == Status::Completed);
        }
        add(&mut sum.total, usage.total());
        add(&mut sum.prompt, usage.prompt);
        add(&mut sum.completion, usage.completion);
        add(&mut sum.cached, usage.cached);
        add(&mut sum.cache_write, usage.cache_write);
        add(&mut sum.reasoning, usage.reasoning);
        let model = model_of(self.trace, call).unwrap_or_default();
        if let Some(amount) = recorded_cost(call) {
            cost.recorded = true;
            cost.usd = Some(cost.usd.unwrap_or(0.0) + amount);
            self.priced.insert(model);
            return;
        }
        if !usage.is_recorded() {
            cost.missing_calls += u64::from(call.status == Status::Completed);
            return;
        }
        let found = price_of(self.trace, call, model, self.prices, &mut self.known);
        let amount = found.ok().and_then(|found| found.price.cost(usage));
        cost.missing_calls += u64::from(amount.is_none() || partial);
        match (found, amount) {
            (Ok(found), Some(amount)) => {
                self.all_recorded = false;
                cost.own_prices |= found.own;
                cost.usd = Some(cost.usd.unwrap_or(0.0) + amount);
                self.priced.insert(model);
            }
            (Err(why), _) => {
                let name = if model.is_empty() {
                    "unknown model"
                } else {
                    model
                };
                self.unpriced.entry(name).or_insert(why);
            }
            // Only a total: what of it was prompt and what completion is not known, and they have different prices.
            (Ok(_), None) => {}
        }
    }

    fn finish(self) -> Totals {
        let (mut sum, mut cost) = (self.sum, self.cost);
        cost.mixed = cost.recorded && !self.all_recorded;
        cost.recorded &= self.all_recorded;
        cost.priced_models = self.priced.into_iter().map(str::to_owned).collect();
        for (model, why) in self.unpriced {
            cost.unpriced_models.push(model.to_owned());
            cost.reasons.push(why);
        }
        sum.cost = cost;
        (sum.requests, sum.failed) = (Some(self.requests), Some(self.failed));
        sum
    }
}

/// What each of some spans cost in USD by itself, in their order; `None`: no call, nothing recorded, or no price.
pub(super) fn cost_of(trace: &Trace, spans: &[Span], prices: &Prices) -> Vec<Option<f64>> {
    let mut known = Vec::new();
    let costs = spans.iter().map(|call| {
        if call.kind != Kind::Llm {
            return None;
        }
        recorded_cost(call).or_else(|| {
            let model = model_of(trace, call).unwrap_or_default();
            let found = price_of(trace, call, model, prices, &mut known).ok()?;
            found.price.cost(&call.usage)
        })
    });
    costs.collect()
}

/// The cost of a call in USD as its producer recorded it.
fn recorded_cost(call: &Span) -> Option<f64> {
    match call.get(Field::Cost)? {
        Value::Float(cost) => Some(cost),
        Value::Int(cost) => Some(cost as f64),
        _ => None,
    }
}

/// Model, model that answered, provider.
type Names = [Option<Sym>; 3];

/// The price of a call's model; `known` are the models met before.
fn price_of(
    trace: &Trace,
    call: &Span,
    model: &str,
    prices: &Prices,
    known: &mut Vec<(Names, Result<Found, NoPrice>)>,
) -> Result<Found, NoPrice> {
    let names = [Field::Model, Field::ResponseModel, Field::Provider].map(|field| call.sym(field));
    if let Some((_, found)) = known.iter().find(|(known, _)| *known == names) {
        return *found;
    }
    let found = if model.is_empty() {
        Err(NoPrice::Unnamed)
    } else {
        let provider = trace.name_of(call, Field::Provider);
        let found = prices.find(model, provider);
        // An alias (`my-router`) may be unknown where the model that answered is not.
        match (found, trace.name_of(call, Field::ResponseModel)) {
            (Err(NoPrice::Unknown), Some(answered)) => prices.find(answered, provider).or(found),
            _ => found,
        }
    };
    known.push((names, found));
    found
}

/// The model of an LLM call: the one that was asked for (prices and settings go by it), else the one that answered.
pub fn model_of<'a>(trace: &'a Trace, call: &Span) -> Option<&'a str> {
    trace
        .name_of(call, Field::Model)
        .or_else(|| trace.name_of(call, Field::ResponseModel))
}

fn add(sum: &mut Option<u64>, count: Option<u64>) {
    if let Some(count) = count {
        *sum = Some(sum.unwrap_or(0).saturating_add(count));
    }
}

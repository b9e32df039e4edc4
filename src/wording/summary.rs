//! Region "Execution Summary": the title, the six figures with what stands beneath them, and what they rest on.

use crate::wording::{fill, Noun};

pub const EXECUTION_SUMMARY: &str = "Execution Summary";

// --- the title ---
pub const AGENTS_OF: Noun = "agent|agents";
pub const METHODS_OF: Noun = "method|methods";
pub const SAVED_REPORT: &str = "saved report, a summary";

/// The version of crewai, behind the facts.
pub fn crewai(version: &str) -> String {
    fill(" · crewai {0}", &[version])
}

// --- tokens ---
pub const HOW_PROMPT: &str = "Sum over LLM calls; cached tokens are a part of it.";
pub const HOW_COMPLETION: &str = "Sum over LLM calls; reasoning tokens are a part of it.";
pub const FROM_CALLS: &str = "Sum over LLM calls.";
pub const FROM_CREW: &str = "The crew's own total; the trace records no usage per call.";
pub const FROM_REPORT: &str = "As the saved report says; the calls are not in it.";
pub const FROM_NOTHING: &str = "The trace records no usage.";
pub const AS_CREW_REPORTS: &str = "as the crew reports";
pub const LOWER_BOUND: &str = " Calls that recorded no usage are not in it: a lower bound.";

/// A sum in which calls are missing.
pub fn at_least(number: &str) -> String {
    fill("≥ {0}", &[number])
}

/// Tokens that a model thought with.
pub fn reasoning(number: &str) -> String {
    fill("{0} reasoning", &[number])
}

/// Tokens that came from a cache, with their share where it is known.
pub fn cached(number: &str, share: Option<&str>) -> String {
    match share {
        Some(share) => fill("{0} cached ({1})", &[number, share]),
        None => fill("{0} cached", &[number]),
    }
}

/// Calls that recorded no usage.
pub fn without_usage(calls: &str) -> String {
    fill("{0} without usage", &[calls])
}

/// The crew's own total, beneath another sum.
pub fn crew_reports(number: &str) -> String {
    fill("crew reports {0}", &[number])
}

/// The same as a sentence that follows another.
pub fn crew_total(number: &str) -> String {
    fill(" The crew's own total is {0}.", &[number])
}

// --- requests ---
pub const NONE_FAILED: &str = "none failed";
pub const HOW_REQUESTS: &str =
    "LLM API calls, failed ones included. Retries inside a provider's SDK are not recorded by anyone.";

/// Requests that failed.
pub fn failed(number: &str) -> String {
    fill("{0} failed", &[number])
}

// --- time ---
pub const NO_TIMES: &str = "No start and end are recorded.";
pub const SO_FAR: &str = "so far; no end recorded";

/// How long an LLM was at work, and which share of the time that is.
pub fn in_llm(time: &str, share: &str) -> String {
    fill("{0} in LLM ({1})", &[time, share])
}

/// How the time of what has no end came about.
pub fn time_open(time: &str) -> String {
    fill(
        "{0}, from the start to the last moment in the trace; no end is recorded.",
        &[time],
    )
}

/// How the time came about.
pub fn wall_time(time: &str) -> String {
    fill(
        "{0} of wall time. LLM time counts each moment once, however many calls were under way.",
        &[time],
    )
}

// --- cost ---
pub const MODELS_OF: Noun = "model|models";
pub const AS_RECORDED: &str = "as recorded";
pub const PARTLY_RECORDED: &str = "partly recorded";
pub const A_LOWER_BOUND: &str = "a lower bound";
pub const BY_YOUR_PRICES: &str = "by your prices";
pub const AS_REPORTED: &str = "as reported";
pub const COST_OF_REPORT: &str = "As the saved report says, by the prices of its day.";
pub const COST_RECORDED: &str = "Recorded by the producer of the trace.";
pub const COST_UNKNOWN: &str = "Needs recorded usage and a price for the model.";

/// Models that no table has a price for.
pub fn no_price(models: &str) -> String {
    fill("no price for {0}", &[models])
}

/// Models that have a price.
pub fn priced(models: &str) -> String {
    fill("{0} priced", &[models])
}

/// How a cost was worked out: in part from the trace (`mixed`), by own prices too, for these models.
pub fn cost_how(mixed: bool, own: bool, models: &str) -> String {
    let sentence = match (mixed, own) {
        (false, false) => "Recorded tokens times list prices, cache prices included, for {0}.",
        (false, true) => "Recorded tokens times your prices and list prices, cache prices included, for {0}.",
        (true, false) => "Partly recorded, partly recorded tokens times list prices, cache prices included, for {0}.",
        (true, true) => "Partly recorded, partly recorded tokens times your prices and list prices, cache prices included, for {0}.",
    };
    fill(sentence, &[models])
}

// --- whether the sums agree with the run's own totals ---
pub const SUMS: &str = "Sums and the run's own totals";
pub const AGREE: &str = "Sums agree with the run's own totals";
pub const DIFFER_EXPLAINED: &str = "Sums differ from the run's own totals: explained";
pub const DIFFER: &str = "Sums differ from the run's own totals";
pub const CALLS_ONLY: &str = "Sums over calls; no total of the run's own";
pub const REPORTED_ONLY: &str = "The run's own total; no usage per call";
pub const NO_USAGE: &str = "No usage recorded";
pub const COUNTED_BY: &str = "Counted by";
pub const SUM_OVER_CALLS: &str = "Sum over calls";
pub const OWN_COUNT: &str = "Own count";

// --- where prices come from ---
pub const PRICE_FILE: &str = "Price file";
pub const WHERE_FROM: &str = "Where prices come from";
pub const ALL_RECORDED: &str = "Cost as recorded in the trace";
pub const CACHE_READ: &str = "Cache read";
pub const CACHE_WRITE: &str = "Cache write";
pub const LIKE_ANY: &str = "like any";
pub const YOURS: &str = " (yours)";
pub const BY_PROVIDER: &str = "recorded, or priced by its provider";
pub const CALLS_MISSING_OF: Noun = "call is|calls are";
pub const CALLS_MISSING: &str = " not in the sum, or not with all tokens: it is a lower bound.";
pub const OPEN_PRICE_FILE: &str = "Open price file…";
pub const LIST_PRICES_ONLY: &str = "Use list prices only";
pub const WHAT_A_PRICE_FILE_IS: &str = "A price file is JSON: {\"prices\": {\"my-model\": {\"input\": 2.5, \"output\": 10}}}. LiteLLM's price file is read too.";

/// What a cost rests on: the list and its date, behind the person's own prices where there are any (an empty name: a file).
pub fn basis(mixed: bool, own: Option<&str>, list: &str, date: &str) -> String {
    let sentence = match (mixed, own) {
        (false, None) => "Prices: {1}, {2}",
        (false, Some("")) => "Prices: your file; else {1}, {2}",
        (false, Some(_)) => "Prices: yours, {0}; else {1}, {2}",
        (true, None) => "Cost partly recorded, else by prices of {1}, {2}",
        (true, Some("")) => "Cost partly recorded, else by prices of your file; else {1}, {2}",
        (true, Some(_)) => "Cost partly recorded, else by prices of yours, {0}; else {1}, {2}",
    };
    fill(sentence, &[own.unwrap_or_default(), list, date])
}

/// Which prices count, and where the list is from.
pub fn order_of_prices(list: &str, date: &str) -> String {
    fill("Recorded cost comes first, then your own prices, then list prices of {0} as of {1}. USD for one million tokens:", &[list, date])
}

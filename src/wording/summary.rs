//! Region "Execution Summary": the title, the six figures with what stands beneath them, and what they rest on.

use super::Noun;

pub const EXECUTION_SUMMARY: &str = "Execution Summary";

// --- the title ---
pub const AGENTS_OF: &Noun = &["agent", "agents"];
pub const METHODS_OF: &Noun = &["method", "methods"];
pub const SAVED_REPORT: &str = "saved report, a summary";

/// The version of crewai, behind the facts.
pub fn crewai(version: &str) -> String {
    [" · crewai ", version].concat()
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
    ["≥ ", number].concat()
}

/// Tokens that a model thought with.
pub fn reasoning(number: &str) -> String {
    [number, " reasoning"].concat()
}

/// Tokens that came from a cache, with their share where it is known.
pub fn cached(number: &str, share: Option<&str>) -> String {
    match share {
        Some(share) => [number, " cached (", share, ")"].concat(),
        None => [number, " cached"].concat(),
    }
}

/// Calls that recorded no usage.
pub fn without_usage(calls: &str) -> String {
    [calls, " without usage"].concat()
}

/// The crew's own total, beneath another sum.
pub fn crew_reports(number: &str) -> String {
    ["crew reports ", number].concat()
}

/// The same as a sentence that follows another.
pub fn crew_total(number: &str) -> String {
    [" The crew's own total is ", number, "."].concat()
}

// --- requests ---
pub const NONE_FAILED: &str = "none failed";
pub const HOW_REQUESTS: &str =
    "LLM API calls, failed ones included. Retries inside a provider's SDK are not recorded by anyone.";

/// Requests that failed.
pub fn failed(number: &str) -> String {
    [number, " failed"].concat()
}

// --- time ---
pub const NO_TIMES: &str = "No start and end are recorded.";
pub const SO_FAR: &str = "so far; no end recorded";

/// How long an LLM was at work, and which share of the time that is.
pub fn in_llm(time: &str, share: &str) -> String {
    [time, " in LLM (", share, ")"].concat()
}

/// How the time of what has no end came about.
pub fn time_open(time: &str) -> String {
    [
        time,
        ", from the start to the last moment in the trace; no end is recorded.",
    ]
    .concat()
}

/// How the time came about.
pub fn wall_time(time: &str) -> String {
    [
        time,
        " of wall time. LLM time counts each moment once, however many calls were under way.",
    ]
    .concat()
}

// --- cost ---
pub const MODELS_OF: &Noun = &["model", "models"];
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
    ["no price for ", models].concat()
}

/// Models that have a price.
pub fn priced(models: &str) -> String {
    [models, " priced"].concat()
}

/// How a cost was worked out: in part from the trace (`mixed`), by own prices too, for these models.
pub fn cost_how(mixed: bool, own: bool, models: &str) -> String {
    [
        if mixed {
            "Partly recorded, partly recorded tokens times "
        } else {
            "Recorded tokens times "
        },
        if own {
            "your prices and list prices"
        } else {
            "list prices"
        },
        ", cache prices included, for ",
        models,
        ".",
    ]
    .concat()
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
pub const CALLS_MISSING_OF: &Noun = &["call is", "calls are"];
pub const CALLS_MISSING: &str = " not in the sum, or not with all tokens: it is a lower bound.";
pub const OPEN_PRICE_FILE: &str = "Open price file…";
pub const LIST_PRICES_ONLY: &str = "Use list prices only";
pub const WHAT_A_PRICE_FILE_IS: &str = "A price file is JSON: {\"prices\": {\"my-model\": {\"input\": 2.5, \"output\": 10}}}. LiteLLM's price file is read too.";

/// What a cost rests on: the list and its date, behind the person's own prices where there are any (an empty name: a file).
pub fn basis(mixed: bool, own: Option<&str>, list: &str, date: &str) -> String {
    [
        if mixed {
            "Cost partly recorded, else by prices of "
        } else {
            "Prices: "
        },
        match own {
            Some("") => "your file",
            Some(_) => "yours, ",
            None => "",
        },
        own.unwrap_or_default(),
        if own.is_some() { "; else " } else { "" },
        list,
        ", ",
        date,
    ]
    .concat()
}

/// Which prices count, and where the list is from.
pub fn order_of_prices(list: &str, date: &str) -> String {
    [
        "Recorded cost comes first, then your own prices, then list prices of ",
        list,
        " as of ",
        date,
        ". USD for one million tokens:",
    ]
    .concat()
}

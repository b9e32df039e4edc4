//! Region "Tasks & Agents".

use crate::wording::fill;

pub const TASKS_AND_AGENTS: &str = "Tasks & Agents";
pub const NOTHING: &str = "No task in this execution. Its calls are in the timeline.";
pub const GROUP_BY_AGENT: &str = "Group by agent";
pub const NO_AGENT: &str = "No agent recorded";
pub const SHARE: &str = "Share of the execution's time; parallel tasks add up \
 to more than all";

// --- what the tokens of a task are made of, after their number ---
pub const PROMPT: &str = " prompt";
pub const COMPLETION: &str = " completion";
pub const REQUESTS_MADE: &str = " requests";
pub const REQUESTS_FAILED: &str = " failed";

// --- what its cost rests on ---
pub const COST_RECORDED: &str = "Recorded by the producer";
pub const COST_UNKNOWN: &str = "Needs recorded usage and a price for the model";

/// Models without a price.
pub fn no_price(models: &str) -> String {
    fill("{0}{1}", &[crate::wording::common::NO_PRICE_FOR, models])
}

/// Models whose list prices were taken.
pub fn list_prices(models: &str) -> String {
    fill("Recorded tokens times list prices of {0}", &[models])
}

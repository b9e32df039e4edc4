//! Region "Usage".

pub const USAGE: &str = "Usage";
pub const BY_AGENT: &str = "by agent";
pub const NOTHING: &str = "No agent in this execution.";
pub const MODELS: &str = "Models";
pub const TASKS: &str = "Tasks";
/// Calls that no agent made.
pub const OUTSIDE: &str = "Outside of agents";

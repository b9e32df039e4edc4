//! Region "Task Details": what is selected, its facts, its failure, its records.

use crate::wording::{fill, Noun};

pub const TASK_DETAILS: &str = "Task Details";
pub const CLOSE_DETAILS: &str = "Close details (Esc)";
pub const NOTHING: &str = "Nothing is recorded for this execution.";
pub const WHERE: &str = "Where this lies";

/// Which of the execution's tasks this is.
pub fn task_of(number: usize, all: usize) -> String {
    fill("Task {0} of {1}", &[&number.to_string(), &all.to_string()])
}

// --- its parts ---
pub const PARTS: &str = "Parts of the details";
pub const OVERVIEW: &str = "Overview";
pub const RAW: &str = "Raw";

/// The way to its calls.
pub fn conversation_of(calls: &str) -> String {
    fill("Conversation · {0}", &[calls])
}

// --- facts ---
pub const CONCLUDED: &str = " (concluded)";
pub const CONCLUDED_HOW: &str = "Concluded from other records";
pub const CLOCKS: &str = " (the clocks contradict each other here)";
pub const START_TIME: &str = "Start Time";
pub const END_TIME: &str = "End Time";
pub const TASK_KEY: &str = "Task Key";
pub const TASK_ID: &str = "Task ID";
pub const TASK_DESCRIPTION: &str = "Task Description";
pub const EXPECTED_OUTPUT: &str = "Expected Output";
pub const CACHED: &str = "Cached";
pub const WRITTEN_TO_CACHE: &str = "Written to cache";
pub const REASONING: &str = "Reasoning";
pub const CALL_TYPE: &str = "Call type";
pub const FROM_CACHE: &str = "From cache";
pub const ATTEMPTS: &str = "Attempts";
pub const FAILURE_REASON: &str = "Failure reason";
pub const PROCESS: &str = "Process";
pub const METHOD: &str = "Method";
pub const CALL_ID: &str = "Call ID";
pub const GOAL: &str = "Goal";
pub const BACKSTORY: &str = "Backstory";

// --- failure ---
pub const CAME_FROM: &str = "Came from ";
pub const NO_MESSAGE: &str = "Failed. The trace records no error message.";

// --- records ---
pub const RECORDS_OF: Noun = "record|records";
pub const NO_RECORD: &str = "No record of its own; it is known only from what \
 refers to it.";

/// Where a record stands.
pub fn place(source: &str, offset: &str, size: &str) -> String {
    fill("{0}, byte {1}, {2}", &[source, offset, size])
}

// --- stepping ---
pub const STEP_THROUGH: &str = "Step through";
pub const CALLS: &str = "calls";
pub const SAME_NAME: &str = "same name";
pub const SAME_AGENT: &str = "same agent";
pub const ERRORS: &str = "errors";
pub const OTHER_EXECUTIONS: &str = "other executions";

/// What a button steps to, and its key.
pub fn step_to(forward: bool, what: &str, key: &str) -> String {
    let way = if forward { "Next: " } else { "Previous: " };
    fill("{0}{1} ({2})", &[way, what, key])
}

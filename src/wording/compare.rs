//! Region "Compare": two executions side by side.

use crate::wording::fill;

pub const COMPARE_WITH: &str = "Compare with";
pub const OTHER_NOT_OPEN: &str = "The other execution is not in what is open.";

// --- tables ---
pub const FIGURES: &str = "Figures";
pub const TASKS: &str = "Tasks";
pub const AGENTS: &str = "Agents";
pub const FIGURE: &str = "Figure";
pub const CHANGE: &str = "Change";
pub const CALLS: &str = "Calls";
pub const FAILED_REQUESTS: &str = "Failed requests";
pub const NO_VALUE: &str = "–";
pub const NO_CHANGE: &str = "±0%";
pub const MORE: &str = "+";
pub const LESS: &str = "−";

/// The head of the column of this execution.
pub fn this_one(title: &str) -> String {
    fill("This: {0}", &[title])
}

/// The head of the column of the other.
pub fn other_one(title: &str) -> String {
    fill("Other: {0}", &[title])
}

/// Two values and how much they differ.
pub fn beside(a: &str, b: &str, change: Option<&str>) -> String {
    match change {
        Some(change) => fill("{0} → {1} ({2})", &[a, b, change]),
        None => fill("{0} → {1}", &[a, b]),
    }
}

/// How many calls, and how many of them differ.
pub fn differ(calls: &str, unlike: &str) -> String {
    fill("{0} ({1} differ)", &[calls, unlike])
}

// --- where they part ---
pub const SAME_ALL_THROUGH: &str = "The two do not part: same tasks, same calls, same texts.";
pub const PART_AT: &str = "They first part at ";
pub const PART_BY_TASK: &str = "only one of them has this task";
pub const PART_BY_CALL: &str = "they call something else from here on";
pub const PART_BY_INPUT: &str = "this is given something else";
pub const PART_BY_OUTPUT: &str = "the same input leads to another output";
pub const PART_BY_STATUS: &str = "one fails, the other does not";

// --- pairs ---
pub const ONLY_THIS: &str = "only in this";
pub const ONLY_OTHER: &str = "only in the other";
pub const DIFFERS: &str = "differs";
pub const SAME: &str = "same";
pub const SHOW: &str = "show";
pub const SHOW_OTHER: &str = "show other";
pub const INPUT_DIFF: &str = "input diff";
pub const OUTPUT_DIFF: &str = "output diff";

// --- the difference of two texts ---
pub const DIFFERENCE: &str = "Difference";
pub const INPUT_OF: &str = "Input of ";
pub const OUTPUT_OF: &str = "Output of ";
pub const COMPARING: &str = "Comparing…";
pub const SAME_TEXTS: &str = "The texts are the same.";
pub const TOO_LONG: &str = "These texts are too long to be compared here.";
pub const WORKER_BROKE: &str = "The worker that compares broke down. Try again.";
pub const NO_WORKER: &str = "The browser did not start the worker.";

/// In place of a long stretch that is the same.
pub fn same_letters(number: usize) -> String {
    fill(
        "\n… {0} characters that are the same …\n",
        &[&number.to_string()],
    )
}

// --- runs of one crew ---
pub const RUNS: &str = "Runs of this crew, the oldest first";

/// A run: when it started, its value, its status.
pub fn run(start: &str, value: &str, status: &str) -> String {
    fill("{0}: {1}, {2}", &[start, value, status])
}

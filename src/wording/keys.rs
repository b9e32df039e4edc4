//! Keys, commands, and the list of both.

use crate::wording::fill;

/// Keys and what they do; the palette offers the same.
pub const KEYS: [(&str, &str); 24] = [
    ("/", "Search"),
    ("Ctrl+K", "Commands (also ⌘K)"),
    ("n", "Next match"),
    ("N", "Previous match"),
    ("o", "Open trace files"),
    ("[", "Previous execution"),
    ("]", "Next execution"),
    ("j", "Next task"),
    ("k", "Previous task"),
    (".", "Next call"),
    (",", "Previous call"),
    (">", "Next of the same name: tool, model, task"),
    ("<", "Previous of the same name"),
    ("g", "Next call of the same agent"),
    ("G", "Previous call of the same agent"),
    ("e", "Next error"),
    ("E", "Previous error"),
    ("u", "The same task in the execution before"),
    ("U", "The same task in the execution after"),
    ("y", "Copy a value that is shown"),
    ("x", "Take along: Markdown, report, Chrome trace"),
    ("c", "Compare with another execution"),
    ("t", "Theme: system, light, dark"),
    ("Esc", "Close details, clear the selection"),
];

/// Keys of the timeline.
pub const TIMELINE_KEYS: [(&[&str], &str); 12] = [
    (&["↑", "↓"], "Previous, next row"),
    (
        &["←", "→"],
        "Previous, next call in a row; close, open a row",
    ),
    (&["Enter"], "Show the call in Task Details"),
    (&["w", "s"], "Zoom in, out (also + −, Ctrl + wheel, pinch)"),
    (
        &["a", "d"],
        "Move in time (also Shift + ← →, drag, Shift + wheel)",
    ),
    (&["0"], "Show all"),
    (&["f"], "Zoom to the measured range or the selection"),
    (
        &["m"],
        "Measure the selection (also drag on the axis, Shift + drag); Esc ends it",
    ),
    (&["c", "x"], "Collapse, expand one level; with Shift all"),
    (&["g"], "Rows by task, by agent"),
    (&["p"], "Critical path"),
    (&["i"], "Compress idle time"),
];

// --- the list of keys ---
pub const TITLE: &str = "Keys";
pub const IN_THE_TIMELINE: &str = "In the timeline";
pub const HELP_END: &str = "Traces are read in this browser and never leave it. \
 Times are in your time zone; hover for UTC.";

// --- commands without a key ---
pub const HELP: &str = "Keys and help";
pub const ID_OF_EXECUTION: &str = "id of the execution";
pub const ID_IN_DETAILS: &str = "id in the details";
/// What finds the commands that copy a value, when it is typed.
pub const COPY_TYPED: &str = "copy ";

/// Goes to a task.
pub fn go_to_task(name: &str) -> String {
    fill("Go to task {0}", &[name])
}

/// Goes to an agent.
pub fn go_to_agent(name: &str) -> String {
    fill("Go to agent {0}", &[name])
}

/// Opens an execution.
pub fn open_execution(name: &str, start: &str) -> String {
    fill("Open execution {0} {1}", &[name, start])
}

/// Copies a value.
pub fn copy_value(name: &str, value: &str) -> String {
    fill("Copy {0}: {1}", &[name, value])
}

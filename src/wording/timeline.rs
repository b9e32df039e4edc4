//! Region "Execution Timeline".

use crate::wording::{fill, Noun};

pub const EXECUTION_TIMELINE: &str = "Execution Timeline";
pub const NO_TIMES: &str = "The trace records no times, so there is no timeline. \
 The tasks are listed below.";

// --- the tree grid ---
pub const HOW_TO_MOVE: &str = "Tasks, agents and calls in time. Arrow keys move, \
 Enter shows details, W A S D zoom and move in time.";
pub const NAME: &str = "Name";
pub const START: &str = "Start";
pub const DURATION: &str = "Duration";
pub const ON_PATH: &str = ", on the critical path";

/// How many calls share a row.
pub fn times(number: &str) -> String {
    fill(" ×{0}", &[number])
}

/// What a row is, on hover.
pub fn row_title(kind: &str, name: &str) -> String {
    fill("{0}: {1}", &[kind, name])
}

/// Which of several calls in its row one is.
pub fn place_of(number: usize, calls: &str) -> String {
    fill(", {0} of {1}", &[&number.to_string(), calls])
}

/// When a call starts, after its name.
pub fn starts_at(time: &str) -> String {
    fill(", starts at {0}", &[time])
}

/// How long it takes.
pub fn takes(time: &str) -> String {
    fill(", takes {0}", &[time])
}

/// What a screen reader says about a call; `facts` are its place, its start and its time, each empty or with a comma before it, and
/// so is what `found` says of findings.
pub fn announced(kind: &str, name: &str, facts: [&str; 3], status: &str, found: &str) -> String {
    let [place, start, time] = facts;
    fill(
        "{0} {1}{2}{3}{4}, {5}{6}",
        &[kind, name, place, start, time, status, found],
    )
}

// --- what a pointer is on ---
pub const NO_END: &str = "no end recorded";
pub const GUESSED: &str = "Its place is a guess.";

/// The time of what has no times of its own.
pub fn about(time: &str) -> String {
    fill("about {0}", &[time])
}

/// How long, and from when.
pub fn time_from(time: &str, start: &str) -> String {
    fill("{0}, from {1}", &[time, start])
}

// --- colours ---
pub const COLOURS: &str = "Colours";
pub const CREW_FLOW: &str = "Crew, flow";
pub const OTHER: &str = "Other";
pub const OTHERS: &str = "Others";
pub const MEMORY_KNOWLEDGE: &str = "Memory, knowledge";
pub const HUMAN: &str = "Human";
pub const GUARDRAIL: &str = "Guardrail";
pub const LLM_CALL: &str = "LLM call";
pub const NONE_OR_SEVERAL: &str = "None or several";
pub const NO_COST: &str = "No cost known";
pub const LESS: &str = "less";
pub const PATH_MEANS: &str = "Critical path: what the end waited for";

/// A colour of costs from this one on.
pub fn from_cost(least: &str) -> String {
    fill("from {0}", &[least])
}

// --- findings on the bars ---
pub const MARK_ERROR: &str = "Finding: error";
pub const MARK_WARNING: &str = "Finding: warning";
pub const MARK_HINT: &str = "Finding: hint";
pub const MORE_FINDINGS_OF: Noun = "more finding|more findings";

/// After those that are named.
pub fn and_more(findings: &str) -> String {
    fill("and {0}", &[findings])
}

// --- the whole in little, and what runs at once ---
pub const ALL: &str = "All";
pub const OVERVIEW: &str = "Drag a range, or the window and its edges; double-click shows all";
pub const DRAG_TO_MEASURE: &str = "Drag to measure";
pub const STRIP: &str =
    "Calls that run at the same time: LLM calls below, tools above them, the rest on top";

/// The most calls that ran at the same time.
pub fn at_once(peak: u16) -> String {
    fill("At once: up to {0}", &[&peak.to_string()])
}

// --- shares of the time ---
pub const SHARES: &str = "Shares of the time";
pub const LLM_MEANS: &str = "At least one LLM call ran";
pub const WAITING: &str = "Waiting for a person";
pub const WAITING_MEANS: &str = "Feedback or input was waited for";
pub const TOOLS_MEANS: &str = "A tool ran, and no LLM call";
pub const OTHER_MEANS: &str = "Something else that is recorded ran";
pub const IDLE: &str = "Idle";
pub const IDLE_MEANS: &str =
    "No recorded call ran: the crew's own work, or what the trace does not hold";
pub const FORGET: &str = "Forget the measured range (Esc)";
pub const CLEAR: &str = "Clear";

/// Length of the measured range.
pub fn measured(length: &str) -> String {
    fill("Measured {0}", &[length])
}

/// Where it begins.
pub fn measured_from(start: &str) -> String {
    fill(" from {0}", &[start])
}

// --- buttons and choices, each with its key on hover ---
pub const ZOOM_OUT: &str = "Zoom out";
pub const ZOOM_OUT_KEYS: &str = "Zoom out (s, −)";
pub const ZOOM_IN: &str = "Zoom in";
pub const ZOOM_IN_KEYS: &str = "Zoom in (w, +, or Ctrl + wheel)";
pub const SELECTION: &str = "Selection";
pub const ZOOM_TO_SELECTION: &str = "Zoom to selection";
pub const ZOOM_TO_SELECTION_KEYS: &str =
    "Zoom to the measured range, else to what is in Task Details (f)";
pub const FIT: &str = "Fit";
pub const FIT_KEYS: &str = "Show all (0)";
pub const COMPRESS_IDLE: &str = "Compress idle";
pub const COMPRESS_IDLE_KEYS: &str = "Draw the stretches in which nothing ran short (i)";
pub const ROWS: &str = "Rows";
pub const ROWS_KEYS: &str = "By task or by agent (g)";
pub const BY_TASK: &str = "By task";
pub const BY_AGENT: &str = "By agent";
pub const COLOUR: &str = "Colour";
pub const COLOUR_MEANS: &str = "What the colour of a bar tells";
pub const CRITICAL_PATH_KEYS: &str = "Underline what the end of the execution waited for (p)";
pub const COLLAPSE_ALL: &str = "Collapse all";
pub const COLLAPSE_ALL_KEYS: &str = "Collapse all (Shift + C)";
pub const COLLAPSE_LEVEL: &str = "Collapse one level";
pub const COLLAPSE_LEVEL_KEYS: &str = "Collapse one level (c)";
pub const EXPAND_LEVEL: &str = "Expand one level";
pub const EXPAND_LEVEL_KEYS: &str = "Expand one level (x)";
pub const EXPAND_ALL: &str = "Expand all";
pub const EXPAND_ALL_KEYS: &str = "Expand all (Shift + X)";

/// The stretch of time that is shown.
pub fn range(start: &str, end: &str) -> String {
    fill("{0} – {1}", &[start, end])
}

//! The frame: header, opening, progress, notes, and the page while nothing is open.

use crate::wording::common::forms;
use crate::wording::{fill, Noun};

// --- header ---
/// The name of the program; never translated.
pub const CREWSCOPE: &str = "crewscope";
pub const TAKE_ALONG: &str = "Take along";
pub const SAVE_AS_HTML: &str = "Save as HTML";
pub const SAVE_AS_HTML_MEANS: &str =
    "Save as HTML: one file with the viewer and this trace, for a machine without network";
pub const HELP: &str = "Keys and help (?)";
pub const THEME_AUTO: &str = "as the system";
pub const THEME_LIGHT: &str = "light";
pub const THEME_DARK: &str = "dark";

/// A button with its key, on hover.
pub fn with_key(label: &str, key: &str) -> String {
    fill("{0} ({1})", &[label, key])
}

/// The button that changes the theme.
pub fn theme(now: &str) -> String {
    fill("Theme: {0}. Change (t)", &[now])
}

// --- search box ---
pub const SEARCH: &str = "Search prompts, outputs, tools, errors";
pub const SEARCH_KEYS: &str = "Search (/)";
pub const NEXT_MATCH: &str = "Next match (n)";
pub const PREVIOUS_MATCH: &str = "Previous match (N)";

/// Which match of how many.
pub fn match_of(at: usize, all: &str) -> String {
    fill("{0} / {1}", &[&at.to_string(), all])
}

// --- opening ---
pub const OPEN: &str = "Open trace…";
pub const OPEN_KEYS: &str = "Open trace files (o)";
pub const OPEN_FOLDER: &str = "Open a folder";
pub const OPEN_FOLDER_MEANS: &str = "Open a folder: all trace files in it";
pub const TRACE_FILES: &str = "Trace files";
pub const TRACE_FOLDER: &str = "Trace folder";
pub const OPEN_ANOTHER: &str = "Open another file…";
pub const DROP: &str = "Drop to open";

// --- reading ---
pub const READING_TRACE: &str = "Reading the trace";
pub const STOP_NOW: &str = "Stop now";
pub const CANCEL: &str = "Cancel";
pub const WAITING: &str = "Looking for the first records…";
pub const STOPPED: &str = "Reading was stopped. What was read until then is \
 shown; numbers cover that part only.";

/// What is read, how much of how much, which share that is, and how many records so far; what is not known is empty.
pub fn reading(
    stopping: bool,
    name: &str,
    done: &str,
    total: &str,
    share: &str,
    records: &str,
) -> String {
    let sentence = if stopping {
        "Stopping {0}: {1}"
    } else {
        "Reading {0}: {1}"
    };
    let mut told = fill(sentence, &[name, done]);
    for (sentence, value) in [(" of {0}", total), (" ({0})", share), (", {0}", records)] {
        if !value.is_empty() {
            told.push_str(&fill(sentence, &[value]));
        }
    }
    told
}

// --- notes ---
pub const NOTES_OF: Noun = "note|notes";
pub const RECORDS_OF: Noun = "record|records";
pub const ON_THIS_TRACE: &str = " on this trace";
pub const NOTES: &str = "Notes on this trace";
pub const NOTES_MEAN: &str = "What is missing, guessed or cut. Everything else is as recorded.";
pub const AFFECTS: &str = " · affects ";
pub const BYTE: &str = "byte ";
pub const NO_EXECUTION: &str = "No execution found yet";
pub const NO_EXECUTION_MEANS: &str = "Nothing in what was read tells of a crew, flow or agent.";

/// How often a note applies.
pub fn times(number: &str) -> String {
    fill("{0} ×", &[number])
}

/// Places that are not listed.
pub fn and_more(number: &str) -> String {
    fill("and {0} more", &[number])
}

// --- while nothing is open ---
pub const CLAIM: &str = "See what your crew did, why, and what to change";
pub const WHAT_IT_IS: &str = "crewscope opens the trace of a CrewAI run: tasks, \
 agents, LLM and tool calls, tokens, cost and errors.";
pub const DROP_HERE: &str = "Drop trace files here";
pub const OR_CHOOSE: &str = "or click to choose them. Several files of one run may \
 be opened together.";
pub const PRIVATE: &str = "Private";
pub const PRIVATE_MEANS: &str = "The file is read in this browser. Nothing is uploaded, \
 no account, no server.";
pub const OPENS: &str = "Opens";
pub const OPENS_WHAT: &str = concat!("What CrewAI leaves behind: ", forms!());
pub const LARGE_FILES: &str = "Large files";
pub const LARGE_FILES_HOW: &str = "Read as a stream. Gigabytes are fine, and the first \
 tasks appear while the rest is still being read.";
pub const OR_A_REAL_RUN: &str = "Or open a real run";

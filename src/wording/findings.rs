//! Region "Findings". What a finding says, its advice and what was looked for stand in `crewscope-trace`, with the report.

use crate::wording::{fill, Noun};

pub const FINDINGS: &str = "Findings";
pub const NOT_YET: &str = "Looked for when everything is read.";
pub const LOOKING: &str = "Looking…";
pub const NOTHING: &str = "Nothing found.";
pub const NOTHING_ELSE: &str = "Nothing else found.";
pub const SAVED_REPORT: &str =
    "A saved report is a summary: open the trace itself to have it looked through.";

// --- how many ---
pub const ERRORS_OF: Noun = "error|errors";
pub const WARNINGS_OF: Noun = "warning|warnings";
pub const HINTS_OF: Noun = "hint|hints";
pub const DISMISSED_OF: Noun = "dismissed finding|dismissed findings";
pub const MORE_OF: Noun = "more|more";
pub const KINDS_OF: Noun = "kind|kinds";
pub const PLACES_OF: Noun = "place|places";

/// On buttons: shows so many more, the dismissed ones, or the places of one.
pub fn show(what: &str) -> String {
    fill("Show {0}", &[what])
}

/// The head of the list of checks.
pub fn looked_for(kinds: &str) -> String {
    fill("What was looked for: {0}", &[kinds])
}

// --- one finding ---
pub const SHOW: &str = "Show";
pub const COST: &str = "What it cost, or would have saved, as far as that is recorded";
pub const DISMISS: &str = "Dismiss, in this view";

/// Which of its places is shown.
pub fn place_of(number: &str, all: &str) -> String {
    fill("{0} of {1}", &[number, all])
}

/// Behind the word of the button, for who hears it.
pub fn of(title: &str) -> String {
    fill(" of {0}", &[title])
}

/// The button that puts it aside.
pub fn dismiss(title: &str) -> String {
    fill("Dismiss: {0}", &[title])
}

// --- which output reached which prompt ---
pub const HAND_OVERS_OF: Noun = "hand-over|hand-overs";
pub const STATEMENTS_OF: Noun = "statement|statements";
pub const LINEAGE_MEANS: &str = "Which output reached which later prompt. Solid: in the context that crewai recorded. Dashed: the same wording was found in the prompts, which is evidence and not certain.";
pub const OUTPUT_OF: &str = "Output of";
pub const REACHED: &str = "reached";
pub const HOW_MUCH: &str = "how much";
pub const HOW_KNOWN: &str = "how known";
pub const RECORDED_CONTEXT: &str = "recorded as its context";
pub const FOUND_IN_PROMPTS: &str = "found in its prompts";

/// The head of the drawing.
pub fn lineage(hand_overs: &str) -> String {
    fill("Context lineage: {0}", &[hand_overs])
}

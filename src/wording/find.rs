//! Search and commands in one dialog.

use crate::wording::{fill, Noun};

pub const SEARCH_AND_COMMANDS: &str = "Search and commands";
pub const FIELD: &str = "Search, or > for commands";
pub const FIELD_HINT: &str = "Search everything, or > for commands";
pub const STOP: &str = "Stop";
pub const COMMANDS: &str = "Commands";
pub const COMMANDS_KEYS: &str = "What can be done, by name (Ctrl+K)";
pub const CLOSE_ESC: &str = "Close (Esc)";
pub const ENTER_RUNS: &str = "Enter runs a command.";
pub const HOW_TO_SEARCH: &str = "Words find names, prompts, answers, arguments, results and errors of all executions. \
 Terms narrow: status:failed kind:tool agent:\"…\" model:… tool:… min:2s tokens:1000, and -status:… excludes.";

/// On the button for more of what was found.
pub fn show_more(left: &str) -> String {
    fill("Show more ({0} left)", &[left])
}

// --- how far a search is ---
pub const MATCHES_OF: Noun = "match|matches";
pub const PLACES_OF: Noun = "place|places";

pub const NOT_ALL: &str =
    " · not all was searched: a file was changed since it was opened, or the reader broke down";

/// What was found: so many matches (and there are `more`) in so many places.
pub fn found(matches: &str, more: bool, places: &str) -> String {
    let more = if more { " and more in " } else { " in " };
    fill("{0}{1}{2}", &[matches, more, places])
}

/// While it is searched, with what was read until now.
pub fn searching(read: Option<&str>) -> String {
    match read {
        Some(read) => fill(" · searching, {0} read", &[read]),
        None => " · searching".to_owned(),
    }
}

/// How often a text holds what is searched for.
pub fn times(number: &str) -> String {
    fill(" × {0}", &[number])
}

// --- filters ---
pub const ONLY: &str = "Only";
pub const AT_LEAST: &str = "≥ ";

// --- what a field is called where something was found in it ---
pub const MESSAGES: &str = "Messages";
pub const DESCRIPTION: &str = "Description";
pub const EXPECTED_OUTPUT: &str = "Expected output";
pub const CONTEXT: &str = "Context";
pub const FACTS: &str = "Facts";

// --- values on the screen, as what can be copied ---
pub const NAME_OF_EXECUTION: &str = "name of the execution";
pub const NAME_IN_DETAILS: &str = "name in the details";
pub const START: &str = "start";

//! Taking something along.

use crate::wording::{fill, Noun};

pub const TAKE_ALONG: &str = "Take it along";
pub const THIS_TASK: &str = "This task, Markdown";
pub const THIS_EXECUTION: &str = "This execution, Markdown";
pub const REPORT: &str = "Report of all executions, JSON";
pub const CHROME_TRACE: &str = "Chrome trace for Perfetto, JSON";
pub const CLEAN: &str = "Take out keys, tokens and e-mail addresses";
pub const PREVIEW: &str = "Preview";
/// What its copy button copies.
pub const THE_PREVIEW: &str = "what the preview shows";
pub const NOTHING: &str = "Nothing of this kind is selected.";

// --- what was taken out ---
pub const SECRETS_OF: Noun = "secret|secrets";
pub const ADDRESSES_OF: Noun = "e-mail address|e-mail addresses";

/// The size, and what is not in it any more.
pub fn taken_out(size: &str, secrets: &str, addresses: &str) -> String {
    fill("{0}, {1} and {2} taken out", &[size, secrets, addresses])
}

/// The size of what holds everything.
pub fn as_it_stands(size: &str) -> String {
    fill(
        "{0}, as it stands in the trace: look for secrets before you share it",
        &[size],
    )
}

/// Below the beginning of a long one.
pub fn more_bytes(number: &str) -> String {
    fill("\n… {0} more bytes", &[number])
}

//! Region "Final Output".

use crate::wording::fill;

pub const FINAL_OUTPUT: &str = "Final Output";
pub const SHOW_AS: &str = "Show as";
/// What its copy button copies.
pub const THE_OUTPUT: &str = "the final output";
pub const LAST_TASK: &str = " Last completed task: ";
pub const WHOSE_OUTPUT: &str = ", whose output this is:";

/// Of a crew, a flow or an agent (`what`) that failed.
pub fn failed(what: &str) -> String {
    fill("The {0} failed before it produced a final output.", &[what])
}

/// Of one that still runs.
pub fn not_ended(what: &str) -> String {
    fill("The {0} has not ended in this trace.", &[what])
}

/// Of one without an output.
pub fn not_recorded(what: &str) -> String {
    fill("The trace records no output of the {0}.", &[what])
}

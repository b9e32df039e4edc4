//! Region "Executions".

use crate::wording::fill;

pub const UNNAMED_CREW: &str = "Unnamed crew";
pub const UNNAMED_FLOW: &str = "Unnamed flow";
pub const UNNAMED_AGENT: &str = "Unnamed agent";
pub const UNNAMED_TRACE: &str = "Unnamed trace";
pub const SHOW_MORE: &str = "Show more";

/// The time of what has not ended.
pub fn so_far(time: &str) -> String {
    fill("{0} so far", &[time])
}

/// Above the traces that can be opened in place of this one.
pub fn traces(number: usize) -> String {
    fill("Traces · {0}", &[&number.to_string()])
}

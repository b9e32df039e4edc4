//! How something stands, as colour, shape and word.

use super::icon::Icon;
use crate::dom::{el, Dom};
use crewscope_trace::model::Status;

/// The word for a person.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Completed => "Completed",
        Status::Failed => "Failed",
        Status::Running => "Running",
        Status::Unknown => "Unknown",
    }
}

/// The shape that goes with the word.
pub fn icon(status: Status) -> Icon {
    match status {
        Status::Completed => Icon::Check,
        Status::Failed => Icon::Cross,
        Status::Running => Icon::Running,
        Status::Unknown => Icon::Question,
    }
}

/// Says how a derived status came about, on hover.
pub const DERIVED: &str = "Concluded from other records; the trace does not record it here.";

/// Icon and word of a status.
pub fn status_mark(
    status: Status,
    // Concluded from other records.
    derived: bool,
    // Drawn as a pill on a soft ground.
    badge: bool,
) -> Dom {
    let title = if derived {
        Some(DERIVED)
    } else {
        match status {
            Status::Running => Some("Started, and no end is in the trace."),
            Status::Unknown => Some("The trace does not record how this ended."),
            _ => None,
        }
    };
    el("span")
        .class("cs-status")
        .class_if("cs-badge", badge)
        .attr("data-status", status.name())
        .attr("title", title)
        .child(icon(status).draw())
        .child(word(status))
        .dom()
}

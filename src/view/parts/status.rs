//! How something stands, as colour, shape and word.

use crate::view::parts::icon::Icon;
use crate::wording::{common, parts as words};
use crewscope_trace::model::Status;
use leptos::prelude::*;

/// The word for a person.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Completed => common::COMPLETED,
        Status::Failed => common::FAILED,
        Status::Running => common::RUNNING,
        Status::Unknown => common::STATUS_UNKNOWN,
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

/// Icon and word of a status.
#[component]
pub fn StatusMark(
    /// How it stands.
    status: Status,
    /// Concluded from other records.
    #[prop(optional)]
    derived: bool,
    /// Drawn as a pill on a soft ground.
    #[prop(optional)]
    badge: bool,
) -> impl IntoView {
    let title = if derived {
        Some(words::DERIVED)
    } else {
        match status {
            Status::Running => Some(words::NO_END),
            Status::Unknown => Some(words::NO_STATUS),
            _ => None,
        }
    };
    view! {
        <span class="cs-status" class:cs-badge=badge data-status=status.name() title=title>
            {icon(status).draw()}
            {word(status)}
        </span>
    }
}

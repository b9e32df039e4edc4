//! What could not be opened.

use crate::dom::{el, Dom};
use crate::reading::LoadError;
use crate::view::parts::icon::Icon;
use crate::view::parts::text::shown;
use crate::view::shell::picker::open_hint;

/// What could not be opened, why, and what would work.
pub fn error_card(error: LoadError) -> Dom {
    el("div")
        .class("cs-error-card")
        .attr("role", "alert")
        .attr("part", "error")
        .child(Icon::Cross.draw())
        .child(
            el("div")
                .child(el("h2").child(shown(&error.title)))
                .child(el("p").child(shown(&error.detail)))
                .child(
                    (!error.hint.is_empty())
                        .then(|| el("p").class("cs-muted").child(shown(&error.hint)).dom()),
                )
                .child(open_hint()),
        )
        .dom()
}

//! What is shown while files are dragged over the viewer.

use crate::dom::{el, live, Dom};
use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::prelude::*;

/// Covers the viewer and says that it may be dropped here.
pub fn drop_hint() -> Dom {
    let viewer = expect_context::<Viewer>();
    live(move || {
        viewer.dragging.get().then(|| {
            el("div")
                .class("cs-drop-hint")
                .attr("aria-hidden", "true")
                .child(el("p").child(words::DROP))
                .dom()
        })
    })
}

//! What is shown while files are dragged over the viewer.

use crate::live::live;
use crate::state::Viewer;
use leptos::prelude::*;

/// Covers the viewer and says that it may be dropped here.
#[component]
pub fn DropHint() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    live(move || {
        viewer.dragging.get().then(|| {
            view! {
                <div class="cs-drop-hint" aria-hidden="true">
                    <p>"Drop to open"</p>
                </div>
            }
            .into_any()
        })
    })
}

//! What is shown while files are dragged over the viewer.

use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::prelude::*;

/// Covers the viewer and says that it may be dropped here.
#[component]
pub fn DropHint() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    view! {
        <Show when=move || viewer.dragging.get()>
            <div class="cs-drop-hint" aria-hidden="true">
                <p>{words::DROP}</p>
            </div>
        </Show>
    }
}

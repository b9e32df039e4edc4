//! The viewer's components.

use leptos::prelude::*;

/// All style sheets, one text.
pub const STYLES: &str = "";

/// The whole viewer. Expects a [`crate::state::Viewer`] in context.
#[component]
pub fn App() -> impl IntoView {
    view! { <main>"crewscope"</main> }
}

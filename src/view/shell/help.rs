//! The list of keys.

use crate::view::frame::Frame;
use crate::wording::{common, keys as words};
use leptos::html;
use leptos::prelude::*;

/// A modal list of keys; `?` opens it. It is on the page while it is open.
#[component]
pub fn Help() -> impl IntoView {
    let frame = expect_context::<Frame>();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
            let _ = dialog.show_modal();
        }
    });
    let keys = words::KEYS
        .iter()
        .map(|(key, what)| row(&[key], what))
        .collect_view();
    let timeline_keys = words::TIMELINE_KEYS
        .iter()
        .map(|(keys, what)| row(keys, what))
        .collect_view();
    view! {
        <dialog
            class="cs-help"
            node_ref=dialog
            aria-labelledby="cs-help-title"
            on:close=move |_| frame.help.set(false)
        >
            <div class="cs-help-head">
                <h2 id="cs-help-title">{words::TITLE}</h2>

                // First, so that what has the focus is at the top.
                <form method="dialog">
                    <button class="cs-button">{common::CLOSE}</button>
                </form>
            </div>
            <div class="cs-help-lists">
                <dl>{keys}</dl>
                <div>
                    <h3 class="cs-heading">{words::IN_THE_TIMELINE}</h3>
                    <dl>{timeline_keys}</dl>
                    <p class="cs-muted">{words::HELP_END}</p>
                </div>
            </div>
        </dialog>
    }
}

/// Keys and what they do.
fn row(keys: &[&'static str], what: &'static str) -> impl IntoView {
    let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> });
    view! {
        <dt>{keys.collect_view()}</dt>
        <dd>{what}</dd>
    }
}

//! The list of keys.

use crate::view::frame::Frame;
use crate::wording::{common, keys as words};
use leptos::html;
use leptos::prelude::*;
use web_sys::Event;

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
    let actions = words::KEYS.iter().map(|(key, what)| {
        view! {
            <dt>
                <kbd>{*key}</kbd>
            </dt>
            <dd>{*what}</dd>
        }
    });
    let rows = |keys: &'static [(&'static [&'static str], &'static str)]| {
        keys.iter()
            .map(|(keys, what)| {
                view! {
                    <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt>
                    <dd>{*what}</dd>
                }
            })
            .collect_view()
    };
    view! {
        <dialog
            class="cs-help"
            node_ref=dialog
            aria-labelledby="cs-help-title"
            on:close=move |_: Event| frame.help.set(false)
        >
            <div class="cs-help-head">
                <h2 id="cs-help-title">{words::TITLE}</h2>

                // First, so that what has the focus is at the top.
                <form method="dialog">
                    <button class="cs-button">{common::CLOSE}</button>
                </form>
            </div>
            <div class="cs-help-lists">
                <dl>{actions.collect_view()}</dl>
                <div>
                    <h3 class="cs-heading">{words::IN_THE_TIMELINE}</h3>
                    <dl>{rows(&words::TIMELINE_KEYS)}</dl>
                    <p class="cs-muted">{words::HELP_END}</p>
                </div>
            </div>
        </dialog>
    }
}

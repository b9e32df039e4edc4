//! The list of keys.

use super::Frame;
use crate::live::effect;
use leptos::html;
use leptos::prelude::*;

/// Keys and what they do. `keys.rs` and the timeline act on them.
const KEYS: [(&[&str], &str); 5] = [
    (&["o"], "Open trace files"),
    (&["[", "]"], "Previous, next execution"),
    (&["j", "k"], "Next, previous task"),
    (&["t"], "Theme: system, light, dark"),
    (&["Esc"], "Close details, clear the selection"),
];

const TIMELINE_KEYS: [(&[&str], &str); 6] = [
    (&["↑", "↓"], "Previous, next row"),
    (
        &["←", "→"],
        "Previous, next call in a row; close, open a row",
    ),
    (&["Enter"], "Show the call in Task Details"),
    (&["+", "−"], "Zoom in, out (also Ctrl + wheel, pinch)"),
    (
        &["Shift", "←", "→"],
        "Move in time (also drag, Shift + wheel)",
    ),
    (&["0"], "Show all"),
];

/// A modal list of keys; `?` opens it.
#[component]
pub fn Help() -> impl IntoView {
    let frame = expect_context::<Frame>();
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let open = frame.help.get();
        let Some(dialog) = dialog.get() else { return };
        if open && !dialog.open() {
            // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let rows = |keys: &'static [(&'static [&'static str], &'static str)]| {
        keys.iter()
            .map(|(keys, what)| {
                view! {
                    <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }.into_any()).collect_view()}</dt>
                    <dd>{*what}</dd>
                }.into_any()
            })
            .collect_view()
    };
    view! {
        <dialog class="cs-help" node_ref=dialog aria-labelledby="cs-help-title" on:close=move |_| frame.help.set(false)>
            <h2 id="cs-help-title">"Keys"</h2>
            <dl>{rows(&KEYS)}</dl>
            <h3 class="cs-heading">"In the timeline"</h3>
            <dl>{rows(&TIMELINE_KEYS)}</dl>
            <p class="cs-muted">"Traces are read in this browser and never leave it. Times are in your time zone; hover for UTC."</p>
            <form method="dialog">
                <button class="cs-button" data-look="main">
                    "Close"
                </button>
            </form>
        </dialog>
    }
}

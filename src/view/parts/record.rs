//! A record of the source, folded until somebody asks for it.

use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::LongText;
use crewscope_trace::model::TextRef;
use leptos::prelude::*;

/// A record: where it stands, and its text on demand.
#[component]
pub fn RawRecord(
    /// Where it stands, in words.
    label: String,
    /// Gives its place. Asked when it is opened.
    text: impl Fn() -> TextRef + Send + Sync + 'static,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div class="cs-record">
            <button
                type="button"
                class="cs-call-toggle"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {Icon::Right.draw()}
                <span class="cs-mono">{label}</span>
            </button>
            <Show when=move || open.get()>
                <div class="cs-call-body">
                    <LongText text=text() />
                </div>
            </Show>
        </div>
    }
}

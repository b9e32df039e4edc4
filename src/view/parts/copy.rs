//! Copying and downloading a text.

use crate::view::parts::icon::Icon;
use crate::view::parts::text::plain;
use crate::wording::parts as words;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::HtmlElement;

/// How a copy went.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Waiting,
    Done,
    Refused,
}

/// How long the button says how it went.
const SAID_FOR: Duration = Duration::from_millis(1600);

/// How long a line that is not beside what was pressed says it.
const READ_IN: Duration = Duration::from_millis(5000);

/// A button that copies a text, and says for a while how that went.
#[component]
pub fn CopyButton(
    /// Gives the text at the click.
    #[prop(into)]
    text: Callback<(), String>,
    /// What is copied, for screen readers.
    #[prop(into)]
    label: String,
    /// The word on the button while it waits.
    #[prop(default = words::COPY)]
    word: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::Waiting);
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            outcome.set(match write_clipboard(&text).await {
                Ok(()) => Outcome::Done,
                Err(_) => Outcome::Refused,
            });
            set_timeout(move || outcome.set(Outcome::Waiting), SAID_FOR);
        });
    };
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="quiet"
            data-size="small"
            aria-label=words::copy_of(&plain(&label))
            on:click=copy
        >
            {Icon::Copy.draw()}
            <span aria-live="polite">
                {move || match outcome.get() {
                    Outcome::Waiting => word,
                    Outcome::Done => words::COPIED,
                    Outcome::Refused => words::REFUSED,
                }}
            </span>
        </button>
    }
}

/// Puts a text into the clipboard, and says at the foot of the viewer that holds `near` how that went.
pub fn copy_now(text: String, near: Option<HtmlElement>) {
    spawn_local(async move {
        // Refused where the page may not; then the clipboard stays as it was.
        let (words, role) = match write_clipboard(&text).await {
            Ok(()) => (words::COPIED, "status"),
            Err(_) => (words::NOT_COPIED, "alert"),
        };
        let _ = near.and_then(|near| say(&near, words, role));
    });
}

/// A line that goes after a while. No view of its own: what is said is said once, and nobody waits for it.
fn say(near: &HtmlElement, words: &str, role: &str) -> Option<()> {
    let line = document().create_element("p").ok()?;
    line.set_class_name("cs-said");
    line.set_attribute("role", role).ok()?;
    near.parent_element()?.append_child(&line).ok()?;
    // Only what changes in a line that is there already is read out everywhere.
    line.set_text_content(Some(words));
    set_timeout(move || line.remove(), READ_IN);
    Some(())
}

async fn write_clipboard(text: &str) -> Result<(), JsValue> {
    let navigator = window().navigator();
    // `clipboard` is undefined outside a secure context, where web-sys would hand out an object that is none.
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())?;
    let clipboard: web_sys::Clipboard = clipboard.dyn_into()?;
    JsFuture::from(clipboard.write_text(text)).await.map(drop)
}

/// Hands a text to the browser as a file to keep.
pub fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/plain;charset=utf-8");
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The click has started the download by now; the URL would keep the blob alive.
    web_sys::Url::revoke_object_url(&url)
}

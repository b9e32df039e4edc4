//! Copying and downloading a text.

use super::icon::Icon;
use super::long_text::ReadText;
use super::text::plain;
use crate::dom::{button, el, live, Dom};
use crate::live::RwSignal;
use crate::wording::parts as words;
use crate::worker::turn::spawn;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How a copy went.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Waiting,
    Done,
    Refused,
}

/// How long the button says how it went.
const SAID_FOR: Duration = Duration::from_millis(1600);

/// A button that copies the text that `text` gives at the click.
pub fn copy_button(
    text: Callback<(), String>,
    // What is copied, for screen readers.
    label: &str,
) -> Dom {
    button_of(text, label, words::COPY)
}

/// The same for a text that is read from the source: in the corner of what shows it, without a word until it was pressed.
#[inline(never)]
pub fn copy_read(read: RwSignal<Option<ReadText>>) -> Dom {
    live(move || {
        let more = read.with(|read| match read {
            Some(Ok((content, more))) if !content.is_empty() => Some(*more),
            _ => None,
        })?;
        let content = move |()| {
            read.with_untracked(|read| match read {
                Some(Ok((content, _))) => plain(content),
                _ => String::new(),
            })
        };
        let label = if more { words::PART_SHOWN } else { words::THIS };
        let button = button_of(Callback::new(content), label, "");
        Some(el("div").class("cs-copy").child(button).dom())
    })
}

/// Puts a text into the clipboard; nobody is told how that went.
pub fn copy_now(text: String) {
    spawn(async move {
        // Refused where the page may not; then the clipboard stays as it was.
        let _ = write_clipboard(&text).await;
    });
}

fn button_of(text: Callback<(), String>, label: &str, waiting: &'static str) -> Dom {
    let outcome = RwSignal::new(Outcome::Waiting);
    let copy = move || {
        let text = text.run(());
        spawn(async move {
            let done = write_clipboard(&text).await.is_ok();
            outcome.set(if done {
                Outcome::Done
            } else {
                Outcome::Refused
            });
            set_timeout(
                move || {
                    outcome.set(Outcome::Waiting);
                },
                SAID_FOR,
            );
        });
    };
    let word = move || match outcome.get() {
        Outcome::Waiting => waiting,
        Outcome::Done => words::COPIED,
        Outcome::Refused => words::REFUSED,
    };
    button()
        .class("cs-button")
        .attr("data-look", "quiet")
        .attr("data-size", "small")
        .attr("aria-label", words::copy_of(&plain(label)))
        .click(copy)
        .child(Icon::Copy.draw())
        .child(el("span").attr("aria-live", "polite").child(live(word)))
        .dom()
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

//! Choosing files or a folder.

use crate::dom::{button, el, group, Dom, Ref};
use crate::live::effect;
use crate::reading::Input;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{Event, HtmlInputElement};

/// The hidden file inputs and what opens them. Exactly one a viewer, so that the key `o` has one to open.
pub fn picker() -> Dom {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let files = Ref::<HtmlInputElement>::new();
    let folder = Ref::<HtmlInputElement>::new();
    let mut before = None;
    effect(move || {
        let now = frame.pick.get();
        if before.replace(now).is_some_and(|before| before != now) {
            if let Some(input) = files.get_untracked() {
                input.click();
            }
        }
    });
    // Not an attribute that the view macro knows; it is what every browser calls a folder picker.
    effect(move || {
        if let Some(input) = folder.get() {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let open = move |input: Ref<HtmlInputElement>| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        let chosen = inputs(input.files());
        // Emptied, or choosing the same file again would be no change.
        input.set_value("");
        if !chosen.is_empty() {
            viewer.open(chosen);
        }
    };
    group()
        .child(
            button()
                .class("cs-button")
                .attr("part", "open")
                .attr("title", words::OPEN_KEYS)
                .click(move || frame.pick.update(|n| *n = n.wrapping_add(1)))
                .child(Icon::Open.draw())
                .child(el("span").class("cs-open-word").child(words::OPEN)),
        )
        .child(
            button()
                .class("cs-button cs-folder")
                .attr("data-look", "square")
                .attr("aria-label", words::OPEN_FOLDER)
                .attr("title", words::OPEN_FOLDER_MEANS)
                .click(move || {
                    if let Some(input) = folder.get_untracked() {
                        input.click();
                    }
                })
                .child(Icon::Folder.draw()),
        )
        .child(
            el("input")
                .attr("type", "file")
                .flag("multiple", true)
                .flag("hidden", true)
                .class("cs-file-input")
                .node_ref(files)
                .attr("aria-label", words::TRACE_FILES)
                .on("change", move |_: Event| open(files)),
        )
        .child(
            el("input")
                .attr("type", "file")
                .flag("multiple", true)
                .flag("hidden", true)
                .class("cs-folder-input")
                .node_ref(folder)
                .attr("aria-label", words::TRACE_FOLDER)
                .on("change", move |_: Event| open(folder)),
        )
        .dom()
}

fn inputs(list: Option<web_sys::FileList>) -> Vec<Input> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length())
        .filter_map(|at| list.get(at))
        .map(|file| {
            let path = js_sys::Reflect::get(&file, &JsValue::from_str("webkitRelativePath"))
                .ok()
                .and_then(|path| path.as_string());
            let name = path
                .filter(|path| !path.is_empty())
                .unwrap_or_else(|| file.name());
            Input::Blob {
                name,
                blob: file.into(),
            }
        })
        .collect()
}

/// A line with a button, for places where opening another file is the way on.
pub fn open_hint() -> Dom {
    let frame = expect_context::<Frame>();
    el("p")
        .child(
            button()
                .class("cs-button")
                .click(move || frame.pick.update(|n| *n = n.wrapping_add(1)))
                .child(words::OPEN_ANOTHER),
        )
        .dom()
}

//! Choosing files or a folder.

use crate::reading::Input;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::Event;

/// The hidden file inputs and what opens them. Exactly one a viewer, so that the key `o` has one to open.
#[component]
pub fn Picker() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let files = NodeRef::<html::Input>::new();
    let folder = NodeRef::<html::Input>::new();
    let mut before = None;
    Effect::new(move |_| {
        let now = frame.pick.get();
        if before.replace(now).is_some_and(|before| before != now) {
            if let Some(input) = files.get_untracked() {
                input.click();
            }
        }
    });
    // Not an attribute that the view macro knows; it is what every browser calls a folder picker.
    Effect::new(move |_| {
        if let Some(input) = folder.get() {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let open = move |input: NodeRef<html::Input>| {
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
    view! {
        <button
            type="button"
            class="cs-button"
            part="open"
            title=words::OPEN_KEYS
            on:click=move |_| frame.pick.update(|n| *n = n.wrapping_add(1))
        >
            {Icon::Open.draw()}
            <span class="cs-open-word">{words::OPEN}</span>
        </button>
        <button
            type="button"
            class="cs-button cs-folder"
            data-look="square"
            aria-label=words::OPEN_FOLDER
            title=words::OPEN_FOLDER_MEANS
            on:click=move |_| {
                if let Some(input) = folder.get_untracked() {
                    input.click();
                }
            }
        >
            {Icon::Folder.draw()}
        </button>
        <input
            type="file"
            multiple=true
            hidden=true
            class="cs-file-input"
            node_ref=files
            aria-label=words::TRACE_FILES
            on:change=move |_: Event| open(files)
        />
        <input
            type="file"
            multiple=true
            hidden=true
            class="cs-folder-input"
            node_ref=folder
            aria-label=words::TRACE_FOLDER
            on:change=move |_: Event| open(folder)
        />
    }
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
#[component]
pub fn OpenHint() -> impl IntoView {
    let frame = expect_context::<Frame>();
    view! {
        <p>
            <button
                type="button"
                class="cs-button"
                on:click=move |_| frame.pick.update(|n| *n = n.wrapping_add(1))
            >
                {words::OPEN_ANOTHER}
            </button>
        </p>
    }
}

//! Choosing files or a folder.

use crate::reading::Input;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlInputElement;

/// Asks for files; the [`Picker`] hears it.
pub fn ask_for_files(frame: Frame) {
    frame.pick.update(|asked| *asked = asked.wrapping_add(1));
}

/// The hidden file inputs and what opens them. Exactly one a viewer, so that the key `o` has one to open.
#[component]
pub fn Picker() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let files = NodeRef::<html::Input>::new();
    let folder = NodeRef::<html::Input>::new();
    Effect::new(move |before: Option<u32>| {
        let asked = frame.pick.get();
        if before.is_some_and(|before| before != asked) {
            click(files);
        }
        asked
    });
    view! {
        <button
            type="button"
            class="cs-button"
            part="open"
            title=words::OPEN_KEYS
            on:click=move |_| ask_for_files(frame)
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
            on:click=move |_| click(folder)
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
            on:change:target=move |event| take(viewer, &event.target())
        />
        // The view macro does not know the attribute; every browser has the property that sets it.
        <input
            type="file"
            multiple=true
            hidden=true
            class="cs-folder-input"
            node_ref=folder
            aria-label=words::TRACE_FOLDER
            prop:webkitdirectory=true
            on:change:target=move |event| take(viewer, &event.target())
        />
    }
}

/// Opens the browser's own dialog of an input.
fn click(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}

/// Opens what was chosen in an input.
fn take(viewer: Viewer, input: &HtmlInputElement) {
    let chosen = inputs(input.files());
    // Emptied, or choosing the same file again would be no change.
    input.set_value("");
    if !chosen.is_empty() {
        viewer.open(chosen);
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
            <button type="button" class="cs-button" on:click=move |_| ask_for_files(frame)>
                {words::OPEN_ANOTHER}
            </button>
        </p>
    }
}

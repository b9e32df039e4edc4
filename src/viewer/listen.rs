//! Drops and pastes anywhere on a target: the window of a standalone page, the host element of an embedded viewer.

use crate::reading::gather::Dropped;
use crate::viewer::Viewer;
use crate::wording::errors as words;
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Element, Event, EventTarget, HtmlElement, Node,
};

/// Opens what is dropped or pasted onto `target`, until the listeners are dropped.
pub fn listen(target: &EventTarget, viewer: Viewer) -> Vec<EventListener> {
    let on = |name: &'static str, act: fn(Viewer, &Event)| {
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(target, name, options, move |event| act(viewer, event))
    };
    vec![
        on("dragenter", drag_over),
        on("dragover", drag_over),
        on("dragleave", drag_leave),
        on("drop", drop_here),
        on("paste", paste),
    ]
}

fn drag_over(viewer: Viewer, event: &Event) {
    let Some(event) = event.dyn_ref::<DragEvent>() else {
        return;
    };
    let Some(data) = event.data_transfer().filter(has_something) else {
        return;
    };
    // Without this the browser shows the file instead of the page.
    event.prevent_default();
    data.set_drop_effect("copy");
    if viewer.dragging.try_get_untracked() == Some(false) {
        viewer.dragging.set(true);
    }
}

fn drag_leave(viewer: Viewer, event: &Event) {
    let Some(event) = event.dyn_ref::<DragEvent>() else {
        return;
    };
    let to = event
        .related_target()
        .and_then(|to| to.dyn_into::<Node>().ok());
    let here = event
        .current_target()
        .and_then(|here| here.dyn_into::<Node>().ok());
    // Between two elements inside the target it only moves. Out of the window there is no element to go to.
    let inside = match (&here, &to) {
        (Some(here), Some(to)) => here.contains(Some(to)),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    if !inside {
        viewer.dragging.set(false);
    }
}

fn drop_here(viewer: Viewer, event: &Event) {
    viewer.dragging.set(false);
    let Some(event) = event.dyn_ref::<DragEvent>() else {
        return;
    };
    let Some(data) = event.data_transfer().filter(has_something) else {
        return;
    };
    event.prevent_default();
    open(viewer, Dropped::new(&data, words::DROPPED));
}

fn paste(viewer: Viewer, event: &Event) {
    let Some(event) = event.dyn_ref::<ClipboardEvent>() else {
        return;
    };
    let Some(data) = event.clipboard_data() else {
        return;
    };
    if is_typing(event) {
        return;
    }
    // With a trace open, a paste by accident must not close it: only what looks like a trace replaces one.
    let text = data.get_data("text/plain").unwrap_or_default();
    let has_files = data.files().is_some_and(|files| files.length() > 0);
    let opened = viewer.data.try_with_untracked(Option::is_some) == Some(true);
    if opened && !has_files && !text.trim_start().starts_with(['{', '[']) {
        return;
    }
    let pasted = Dropped::new(&data, words::PASTED);
    if !pasted.is_empty() {
        event.prevent_default();
        open(viewer, pasted);
    }
}

fn open(viewer: Viewer, dropped: Dropped) {
    spawn_local(async move {
        let inputs = dropped.inputs().await;
        if viewer.load.is_disposed() {
            return;
        }
        match inputs {
            Ok(inputs) => viewer.open(inputs),
            Err(error) => viewer.fail(error),
        }
    });
}

/// Files or text are on their way, and not, say, a tab of the browser.
fn has_something(data: &DataTransfer) -> bool {
    let types = data.types();
    types.includes(&"Files".into(), 0) || types.includes(&"text/plain".into(), 0)
}

/// The paste goes into a field, where it belongs.
fn is_typing(event: &Event) -> bool {
    // The first of the path is the real target even inside a shadow root.
    let Ok(target) = event.composed_path().get(0).dyn_into::<Element>() else {
        return false;
    };
    let editable = target
        .dyn_ref::<HtmlElement>()
        .is_some_and(HtmlElement::is_content_editable);
    editable
        || matches!(
            target.tag_name().to_ascii_lowercase().as_str(),
            "input" | "textarea"
        )
}

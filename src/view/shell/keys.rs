//! Keys of the whole viewer. They arrive on its own root: a host page has keys of its own. Where the viewer is the page, they are also heard while
//! nothing has the focus.

use crate::view::actions::Actions;
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// Acts on a key, unless it belongs to a field or to the browser.
pub fn handle(event: &KeyboardEvent, actions: Actions) {
    if event.default_prevented() || event.alt_key() {
        return;
    }
    let key = event.key();
    // An open dialog handles its own keys. The document knows at once that one was closed; the state hears of it by an event later.
    let root = actions.frame.root.get_untracked();
    let busy =
        root.is_some_and(|root| root.query_selector("dialog[open]").ok().flatten().is_some());
    let acted = if event.ctrl_key() || event.meta_key() {
        let palette = key == "k" && !busy;
        if palette {
            actions.find.show(actions.viewer, true);
        }
        palette
    } else {
        !busy && !is_typing(event) && actions.act(&key)
    };
    if acted {
        event.prevent_default();
    }
}

/// Acts on keys that reach no part of the viewer, for example after a click beside it.
pub fn hear_page(actions: Actions) {
    let options = EventListenerOptions::enable_prevent_default();
    let pressed = EventListener::new_with_options(&document(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let reached = actions
            .frame
            .root
            .get_untracked()
            .is_some_and(|root| event.composed_path().includes(&root, 0));
        if !reached {
            handle(event, actions);
        }
    });
    let pressed = SendWrapper::new(pressed);
    on_cleanup(move || drop(pressed));
}

fn is_typing(event: &KeyboardEvent) -> bool {
    // The path's first entry, since a target inside a nested shadow root would be retargeted.
    let Ok(element) = event
        .composed_path()
        .get(0)
        .dyn_into::<web_sys::HtmlElement>()
    else {
        return false;
    };
    let field = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    field || element.is_content_editable()
}

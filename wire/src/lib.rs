//! What the page and its reader say to each other: [`messages`], a model in [`pieces`], [`marks`] by which a file is known again, and the
//! [`trouble`] that kept a source from being read. Nothing here is worded: what a person reads is the page's matter.
//!
//! Both run in a browser, each on a thread of its own; [`turn`] gives such a thread's other work its turn.

pub mod marks;
pub mod messages;
pub mod pieces;
pub mod store;
pub mod trouble;
pub mod turn;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

/// The message of a JavaScript error.
pub fn words(error: &JsValue) -> String {
    let message = match error.dyn_ref::<js_sys::Error>() {
        Some(error) => Some(String::from(error.message())),
        // Errors of another realm are no `Error` of this one.
        None => Reflect::get(error, &"message".into())
            .ok()
            .and_then(|message| message.as_string()),
    };
    // Whatever was thrown instead: a text, or at least its type.
    message
        .or_else(|| error.as_string())
        .or_else(|| error.js_typeof().as_string())
        .unwrap_or_default()
}

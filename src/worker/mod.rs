//! Reading off the main thread: one worker a load, running this same program.
//!
//! The page orders ([`protocol`]) through [`host`]; the worker ([`reader`]) streams each source ([`stream`]) through the
//! importer and sends models back in [`pieces`], at the [`pace`] a person can follow; [`loader`] turns them into state.

pub mod diff;
mod finder;
mod gzip;
pub mod host;
mod line;
mod loader;
pub mod pace;
pub mod parts;
pub mod pieces;
pub mod protocol;
pub mod reader;
pub mod search;
pub mod stream;
pub mod turn;
mod unpack;

pub use loader::{retire, Loader};

use wasm_bindgen::{JsCast, JsValue};

/// What it takes to start a reading worker: given by the page's boot script, shared by all viewers of a page.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// The compiled `WebAssembly.Module`.
    pub module: JsValue,
    /// Returns a new `Worker` that runs this same program.
    pub spawn_worker: js_sys::Function,
}

impl Runtime {
    /// Settles when the second part of the program is here (`xtask/js/split.mjs` puts it beside the module); `None` where there is only one.
    /// What awaits it does not hold up the page for a request.
    pub fn second_part(&self) -> Option<js_sys::Promise> {
        js_sys::Reflect::get(&self.module, &"later".into())
            .ok()
            .and_then(|later| later.dyn_into().ok())
    }
}

/// The message of a JavaScript error.
pub fn words(error: &JsValue) -> String {
    let message = match error.dyn_ref::<js_sys::Error>() {
        Some(error) => Some(String::from(error.message())),
        // Errors of another realm are no `Error` of this one.
        None => js_sys::Reflect::get(error, &"message".into())
            .ok()
            .and_then(|message| message.as_string()),
    };
    // Whatever was thrown instead: a text, or at least its type. (`{:?}` writes nothing in the release page.)
    message
        .or_else(|| error.as_string())
        .or_else(|| error.js_typeof().as_string())
        .unwrap_or_default()
}

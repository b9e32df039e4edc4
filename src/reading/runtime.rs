//! What it takes to start a reader.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Worker;

/// Starts readers: given by the page's boot script, shared by all viewers of a page.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Returns a new `Worker` that runs the reader, or will as soon as its program is there: what it is told until then is kept.
    pub spawn_worker: Function,
}

impl Runtime {
    /// A reader on a thread of its own.
    pub fn worker(&self) -> Result<Worker, JsValue> {
        self.spawn_worker.call0(&JsValue::UNDEFINED)?.dyn_into()
    }
}

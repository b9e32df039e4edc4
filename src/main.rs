//! Entry of page and worker: the same WebAssembly module runs both.

use wasm_bindgen::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
}

/// Shows the viewer inside `host`. `spawn_worker` returns a new `Worker` that runs this same module; `module` is posted to it.
#[wasm_bindgen]
pub fn start_page(host: web_sys::HtmlElement, module: JsValue, spawn_worker: js_sys::Function) {
    let _ = (module, spawn_worker);
    host.set_text_content(Some("crewscope"));
}

/// Turns this thread into a reading worker: it listens for messages from the page.
#[wasm_bindgen]
pub fn start_worker() {}

//! Entry of page and worker: the same WebAssembly module runs both. The custom element's entry is `crewscope::embed::element`.

use crewscope::embed::page::{self, Surroundings};
use crewscope::worker::{reader, Runtime};
use wasm_bindgen::prelude::*;

fn main() {}

/// Shows the viewer inside `host`. `spawn_worker` returns a new `Worker` that runs this same module; `module` is posted to it.
/// `sources` are opened at once; `save` gets what is open and what is selected; `sample` is the address of a trace to try.
#[wasm_bindgen]
pub fn start_page(
    host: web_sys::HtmlElement,
    module: JsValue,
    spawn_worker: js_sys::Function,
    sources: js_sys::Array,
    save: Option<js_sys::Function>,
    sample: Option<String>,
) -> Result<(), JsError> {
    let runtime = Runtime {
        module,
        spawn_worker,
    };
    let with = Surroundings {
        sources,
        save,
        sample,
    };
    let handle =
        page::start(&host, runtime, with).map_err(|error| JsError::new(&error.to_string()))?;
    // The viewer stays as long as the page does.
    std::mem::forget(handle);
    Ok(())
}

/// Makes this thread a reading worker: it listens for orders of the page.
#[wasm_bindgen]
pub fn start_worker() {
    reader::start();
}

//! Entry of the page. The custom element's entry is `crewscope::embed::element`, the reader is a program of its own (`reader/`).

use crewscope::embed::element::Mounted;
use crewscope::embed::page::{self, Surroundings};
use crewscope::reading::Runtime;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

fn main() {}

/// Shows the viewer inside `host`. `spawn_worker` returns a new `Worker` that runs the reader.
/// `sources` are opened at once; `save` gets what is open and what is selected; `samples` are traces to try, `tell` is called with what
/// happens.
#[wasm_bindgen]
pub fn start_page(
    host: web_sys::HtmlElement,
    spawn_worker: js_sys::Function,
    sources: js_sys::Array,
    save: Option<js_sys::Function>,
    samples: js_sys::Array,
    tell: Option<js_sys::Function>,
) -> Result<Mounted, JsError> {
    let runtime = Runtime { spawn_worker };
    let with = Surroundings {
        sources,
        save,
        samples,
        tell,
    };
    let handle =
        page::start(&host, runtime, with).map_err(|error| JsError::new(&error.to_string()))?;
    let handle = Rc::new(handle);
    // The viewer stays as long as the page does, whatever becomes of the script's object.
    std::mem::forget(Rc::clone(&handle));
    Ok(handle.into())
}

//! Entry of the reader: a WebAssembly program of its own, which the page posts to its workers.

use wasm_bindgen::prelude::*;

fn main() {}

/// Makes this thread a reader: it listens for orders of the page.
#[wasm_bindgen]
pub fn start_reader() {
    crewscope_reader::start();
}

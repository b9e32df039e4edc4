//! Reading off the main thread.

/// What it takes to start a reading worker: given by the page's boot script.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// The compiled `WebAssembly.Module`.
    pub module: wasm_bindgen::JsValue,
    /// Returns a new `Worker` that runs this same program.
    pub spawn_worker: js_sys::Function,
}

/// Reads inputs into a [`crate::state::Viewer`]: one worker at a time.
#[derive(Debug)]
pub struct Loader {
    runtime: Runtime,
}

impl Loader {
    /// A loader that reads nothing.
    pub fn new(runtime: Runtime) -> Self {
        Self { runtime }
    }
}

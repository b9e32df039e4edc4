//! What changed between two texts: two long prompts take a while.

use crewscope_analysis::compare::diff;
use crewscope_wire::messages::{pack, ToPage};
use wasm_bindgen::JsValue;
use web_sys::DedicatedWorkerGlobalScope;

/// Compares them, and tells the page.
pub fn run(scope: &DedicatedWorkerGlobalScope, before: &str, after: &str) {
    let changes = ToPage::Differs(diff(before, after));
    // The page is gone, or it hears this.
    let _ = scope.post_message(&pack(&changes, &JsValue::UNDEFINED));
}

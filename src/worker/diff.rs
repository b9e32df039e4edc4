//! What changed between two texts, worked out in a worker: two long prompts take a while.

use super::protocol::{pack, ToPage, ToWorker};
pub use super::search::Helper;
use super::Runtime;
use crewscope_trace::analysis::compare::{diff, Change};
use wasm_bindgen::JsValue;
use web_sys::DedicatedWorkerGlobalScope;

/// Starts to compare two texts.
pub fn start(
    runtime: &Runtime,
    before: String,
    after: String,
    report: Box<dyn Fn(Vec<Change>)>,
) -> Option<Helper> {
    let order = pack(&ToWorker::Diff(before, after), &JsValue::UNDEFINED);
    let hear = move |head| {
        if let ToPage::Differs(changes) = head {
            report(changes);
        }
    };
    Helper::start(runtime, &order, Box::new(hear))
}

/// The worker's side.
pub fn run(scope: &DedicatedWorkerGlobalScope, before: &str, after: &str) {
    let changes = ToPage::Differs(diff(before, after));
    // The page is gone, or it hears this.
    let _ = scope.post_message(&pack(&changes, &JsValue::UNDEFINED));
}

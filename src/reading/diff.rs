//! What changed between two texts, worked out by a reader: two long prompts take a while.

use super::helper::Helper;
use super::Runtime;
use crewscope_analysis::compare::Change;
use crewscope_wire::messages::{pack, ToPage, ToWorker};
use wasm_bindgen::JsValue;

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

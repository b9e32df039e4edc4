//! What changed between two texts, worked out by a reader: two long prompts take a while.

use super::helper::Helper;
use super::Runtime;
use crewscope_analysis::compare::Change;
use crewscope_wire::messages::{pack, ToPage, ToWorker};
use wasm_bindgen::JsValue;

/// Starts to compare two texts. `None` is reported where the reader breaks down.
pub fn start(
    runtime: &Runtime,
    before: String,
    after: String,
    report: impl Fn(Option<Vec<Change>>) + 'static,
) -> Option<Helper> {
    let order = pack(&ToWorker::Diff(before, after), &JsValue::UNDEFINED);
    let hear = move |heard| match heard {
        Some(ToPage::Differs(changes)) => report(Some(changes)),
        Some(_) => {}
        None => report(None),
    };
    Helper::start(runtime, &order, hear)
}

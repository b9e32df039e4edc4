//! Looks for what went wrong, in the worker, once everything is read.

use crate::line::Line;
use crewscope_analysis::findings::{find_in, Earlier, Findings, Thresholds};
use crewscope_trace::evidence::Evidence;
use crewscope_trace::model::Trace;
use crewscope_wire::messages::ToPage;
use crewscope_wire::turn::next_turn;
use wasm_bindgen::JsValue;

/// Findings in one message, more or less: none may hold up the page.
const AT_ONCE: usize = 1000;

/// Looking without a break, in milliseconds: "stop" waits no longer than this and one execution.
const TURN_MS: f64 = 40.0;

/// Looks through all executions and sends what is found.
pub async fn find(line: &Line, trace: &Trace, evidence: &Evidence) {
    let (thresholds, _) = Thresholds::parse(&line.thresholds.borrow());
    let earlier = Earlier::of(trace);
    let begin = || Findings {
        thresholds: thresholds.clone(),
        ..Findings::default()
    };
    let mut found = begin();
    let mut began = js_sys::Date::now();
    for at in 0..trace.executions.len() {
        find_in(trace, at, evidence, &thresholds, &earlier, &mut found);
        if found.list.len() + found.edges.len() >= AT_ONCE {
            let full = std::mem::replace(&mut found, begin());
            say(line, full);
        }
        if js_sys::Date::now() - began > TURN_MS {
            next_turn().await;
            if line.stopped.get() {
                break;
            }
            began = js_sys::Date::now();
        }
    }
    say(line, found);
}

fn say(line: &Line, found: Findings) {
    line.say(&ToPage::Findings(found), &JsValue::UNDEFINED);
}

//! The reader: a worker without a page. It listens for orders ([`start`]), streams each source ([`stream`], [`unpack`]) through the importer and
//! sends models back, at the [`pace`] a person can follow; then it looks for what went wrong ([`finder`]). A reader of its own looks for a text
//! ([`search`]) or compares two ([`diff`]).

pub mod content;
mod diff;
mod finder;
mod gzip;
mod job;
mod line;
pub mod pace;
mod parts;
mod search;
pub mod stream;
mod unpack;
mod warm_up;

use crewscope_wire::messages::{pack, unpack, MessageError, ToPage, ToWorker};
use crewscope_wire::trouble::Breakdown;
use job::Job;
use js_sys::{Function, Reflect};
use line::Line;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Begins to listen for orders of the page.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    report_crashes(&scope);
    let line = Rc::new(Line::new(scope.clone()));
    let idle = Rc::clone(&line);
    spawn_local(async move { warm_up::warm_up(&idle).await });
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        line.ask();
        match unpack(&event.data()) {
            Ok((
                ToWorker::Open {
                    orders,
                    live,
                    thresholds,
                },
                blobs,
            )) => {
                line.thresholds.replace(thresholds);
                spawn_local(Job::new(Rc::clone(&line)).run(orders, blobs.unchecked_into(), live))
            }
            Ok((ToWorker::Append, blob)) => line.append(blob.unchecked_into()),
            Ok((ToWorker::Stop, _)) => line.stop(),
            Ok((ToWorker::Took, _)) => line.took(),
            Ok((ToWorker::Search(text), parts)) => spawn_local(crate::search::run(
                line.scope.clone(),
                text,
                parts.unchecked_into(),
            )),
            Ok((ToWorker::Diff(before, after), _)) => {
                crate::diff::run(&line.scope, &before, &after)
            }
            // The page sees by any answer that they do not understand each other.
            Err(MessageError::OtherVersion) => {
                line.say(&ToPage::Broken(Breakdown::Crash), &JsValue::UNDEFINED)
            }
            Err(MessageError::Foreign) => {}
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
}

/// Lets the page know of a panic, and of a crash after which no Rust code can run (out of memory, stack overflow): that
/// message is made now, and sent by a bound `postMessage` without any.
fn report_crashes(scope: &DedicatedWorkerGlobalScope) {
    let panicked = scope.clone();
    std::panic::set_hook(Box::new(move |info| {
        web_sys::console::error_1(&info.to_string().into());
        let _ = panicked.post_message(&pack(
            &ToPage::Broken(Breakdown::Panic(info.to_string())),
            &JsValue::UNDEFINED,
        ));
    }));
    let crashed = ToPage::Broken(Breakdown::Crash);
    let post = Reflect::get(scope, &"postMessage".into())
        .ok()
        .and_then(|post| post.dyn_into::<Function>().ok());
    if let Some(post) = post {
        let report = post.bind1(scope, &pack(&crashed, &JsValue::UNDEFINED));
        // Only rejections: an exception outside of a promise reaches the page as the worker's `error` event anyway.
        let _ =
            scope.add_event_listener_with_callback("unhandledrejection", report.unchecked_ref());
    }
}

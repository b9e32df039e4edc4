//! A worker of its own for one question: the page stays free, and whoever drops it ends it.

use super::Runtime;
use crewscope_wire::messages::{unpack, ToPage};
use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker};

/// A worker of its own for one order. Dropping it ends the worker.
pub struct Helper {
    worker: Worker,
    _listener: EventListener,
}

impl Helper {
    /// Starts a worker with an order; its answers go to `hear`. `None` if the browser starts none.
    pub fn start(runtime: &Runtime, order: &JsValue, hear: Box<dyn Fn(ToPage)>) -> Option<Self> {
        let worker = runtime.worker().ok()?;
        let listener = EventListener::new(&worker, "message", move |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            if let Some(Ok((head, _))) = data.map(|data| unpack(&data)) {
                hear(head);
            }
        });
        worker.post_message(order).ok()?;
        Some(Self {
            worker,
            _listener: listener,
        })
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

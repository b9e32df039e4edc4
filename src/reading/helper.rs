//! A worker of its own for one question: the page stays free, and whoever drops it ends it.

use super::Runtime;
use crewscope_wire::messages::{unpack, ToPage};
use gloo::events::EventListener;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker};

/// A worker of its own for one order. Dropping it ends the worker.
pub struct Helper {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Helper {
    /// Starts a worker with an order; its answers go to `hear`. `None` is heard where it breaks down, its program is not there, or it is of another
    /// version: then nothing more will come. Gives `None` if the browser starts none.
    pub fn start(
        runtime: &Runtime,
        order: &JsValue,
        hear: impl Fn(Option<ToPage>) + 'static,
    ) -> Option<Self> {
        let worker = runtime.worker().ok()?;
        let hear = Rc::new(hear);
        let failed = Rc::clone(&hear);
        let listeners = [
            EventListener::new(&worker, "message", move |event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                match data.map(|data| unpack(&data)) {
                    None => {}
                    Some(Ok((ToPage::Broken(_), _)) | Err(_)) => hear(None),
                    Some(Ok((head, _))) => hear(Some(head)),
                }
            }),
            EventListener::new(&worker, "error", move |_| failed(None)),
        ];
        worker.post_message(order).ok()?;
        Some(Self {
            worker,
            _listeners: listeners,
        })
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

//! The page's side of a reading worker.

use super::explain::{of_breakdown, of_piece, warning_of};
use super::{Input, LoadError, Runtime};
use crate::wording::errors as words;
use crewscope_trace::model::{Trace, Warning};
use crewscope_wire::messages::{pack, unpack, MessageError, Order, ToPage, ToWorker};
use crewscope_wire::pieces::Assembler;
use gloo::events::EventListener;
use js_sys::{Array, Reflect, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ErrorEvent, MessageEvent, Worker};

/// What is heard of a reader.
#[derive(Debug)]
pub enum Heard {
    /// What it said, with what was attached.
    Said(ToPage, JsValue),
    /// A model of what was read so far, or of everything: its pieces were put together.
    Trace(Trace),
    /// It broke down; nothing more will come.
    Broken(LoadError),
}

/// A worker. Dropping it ends it and gives its memory back.
#[derive(Debug)]
struct Hand(Worker);

impl Drop for Hand {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

/// A worker started ahead of its orders.
#[derive(Debug)]
pub struct Spare {
    failed: Rc<Cell<bool>>,
    _listener: EventListener,
    hand: Hand,
}

impl Spare {
    /// Starts one; what fails is tried again, and told, when there is something to read.
    pub fn start(runtime: &Runtime) -> Option<Self> {
        let hand = Hand(runtime.worker().ok()?);
        let failed = Rc::new(Cell::new(false));
        let heard = Rc::clone(&failed);
        let listener = EventListener::new(&hand.0, "error", move |_| heard.set(true));
        Some(Self {
            failed,
            _listener: listener,
            hand,
        })
    }

    fn able(self) -> Option<Hand> {
        (!self.failed.get()).then_some(self.hand)
    }
}

/// A worker at work.
#[derive(Debug)]
pub struct Reading {
    /// Removed before the worker is: nothing it said before is heard after that.
    _listeners: [EventListener; 3],
    worker: Hand,
}

impl Reading {
    /// Sets a worker, the spare one if there is one, on `inputs`; everything it reports goes to `report`. With `live` it waits for more at the
    /// end of the last one.
    pub fn start(
        runtime: &Runtime,
        spare: Option<Spare>,
        inputs: &[Input],
        live: bool,
        thresholds: String,
        report: impl Fn(Heard) + Clone + 'static,
    ) -> Result<Self, LoadError> {
        let refused = |error: JsValue| cannot_start(&crewscope_wire::words(&error));
        let worker = match spare.and_then(Spare::able) {
            Some(worker) => worker,
            None => Hand(runtime.worker().map_err(refused)?),
        };
        let reading = Self {
            _listeners: listen(&worker.0, report),
            worker,
        };
        // Dropped, and with it the worker, where this fails.
        let order = open(inputs, live, thresholds);
        reading.worker.0.post_message(&order).map_err(refused)?;
        Ok(reading)
    }

    /// Gives it the next bytes of the last source; only a live one waits for them.
    pub fn append(&self, blob: &Blob) {
        let _ = self.worker.0.post_message(&pack(&ToWorker::Append, blob));
    }

    /// Asks it to stop and to send what it has.
    pub fn stop(&self) {
        // A worker that cannot be told is ended by the second "stop".
        let _ = self
            .worker
            .0
            .post_message(&pack(&ToWorker::Stop, &JsValue::UNDEFINED));
    }
}

/// The order to read `inputs`.
fn open(inputs: &[Input], live: bool, thresholds: String) -> JsValue {
    let blobs = Array::new();
    let orders = inputs.iter().map(|input| match input {
        Input::Blob { name, blob } => {
            blobs.push(blob);
            Order {
                name: name.clone(),
                url: None,
            }
        }
        Input::Url { name, url } => {
            blobs.push(&JsValue::UNDEFINED);
            Order {
                name: name.clone(),
                url: Some(url.clone()),
            }
        }
    });
    let orders = orders.collect();
    let order = ToWorker::Open {
        orders,
        live,
        thresholds,
    };
    pack(&order, &blobs)
}

fn listen(worker: &Worker, report: impl Fn(Heard) + Clone + 'static) -> [EventListener; 3] {
    let (on_error, on_unreadable) = (report.clone(), report.clone());
    let mut arriving = Arriving::default();
    let back = worker.clone();
    let message = EventListener::new(worker, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else {
            return;
        };
        let (head, attachment) = match unpack(&event.data()) {
            Ok(said) => said,
            Err(MessageError::OtherVersion) => return report(Heard::Broken(other_version())),
            Err(MessageError::Foreign) => return,
        };
        // Each message is a task of its own, so a piece at a time keeps the page responsive.
        if matches!(head, ToPage::Piece) {
            let _ = back.post_message(&pack(&ToWorker::Took, &JsValue::UNDEFINED));
        }
        if let Some(heard) = arriving.understand(head, attachment) {
            report(heard);
        }
    });
    let error = EventListener::new(worker, "error", move |event| {
        let told = event
            .dyn_ref::<ErrorEvent>()
            .map(ErrorEvent::message)
            .filter(|told| !told.is_empty());
        on_error(Heard::Broken(match told {
            // A panic has said what it is before; a trap without one is no memory.
            Some(told) if told.contains("unreachable") => broken(words::OUT_OF_MEMORY),
            Some(told) => broken(&told),
            // The boot script says why there is no program (`web/element/guard.js`); an error without words is a script that did not load.
            None => match Reflect::get(event, &"why".into())
                .ok()
                .and_then(|why| why.as_string())
            {
                Some(why) => cannot_start(&why),
                None => cannot_start(words::NO_SCRIPT),
            },
        }));
    });
    let unreadable = EventListener::new(worker, "messageerror", move |_| {
        on_unreadable(Heard::Broken(broken(words::MESSAGE_LOST)));
    });
    [message, error, unreadable]
}

/// A model on its way, and what is known of its sources beside it.
#[derive(Default)]
struct Arriving {
    assembler: Assembler,
    troubles: Vec<Warning>,
}

impl Arriving {
    fn understand(&mut self, head: ToPage, attachment: JsValue) -> Option<Heard> {
        Some(match head {
            ToPage::Troubles(troubles) => {
                let warning = |(source, outcome): &_| warning_of(outcome, *source);
                self.troubles = troubles.iter().filter_map(warning).collect();
                return None;
            }
            ToPage::Piece => match self.assembler.take(&Uint8Array::new(&attachment).to_vec()) {
                Ok(trace) => {
                    let mut trace = trace?;
                    trace.warnings.append(&mut self.troubles);
                    Heard::Trace(trace)
                }
                Err(error) => Heard::Broken(broken(&of_piece(&error))),
            },
            ToPage::Broken(breakdown) => Heard::Broken(broken(&of_breakdown(&breakdown))),
            said => Heard::Said(said, attachment),
        })
    }
}

fn cannot_start(why: &str) -> LoadError {
    LoadError {
        title: words::NO_START.into(),
        detail: words::no_start(why),
        hint: words::NO_START_HINT.into(),
    }
}

fn other_version() -> LoadError {
    LoadError {
        title: words::OTHER_VERSION.into(),
        detail: words::OTHER_VERSION_WHY.into(),
        hint: words::OTHER_VERSION_HINT.into(),
    }
}

fn broken(why: &str) -> LoadError {
    LoadError {
        title: words::BROKE_DOWN.into(),
        detail: words::broke_down(why),
        hint: words::BROKE_DOWN_HINT.into(),
    }
}

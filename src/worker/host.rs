//! The page's side of a reading worker.

use super::pieces::Assembler;
use super::protocol::{pack, unpack, Order, ToPage, ToWorker};
use super::Runtime;
use crate::source::Input;
use crate::state::{LoadError, Progress};
use crate::wording::errors as words;
use crewscope_trace::model::Trace;
use gloo::events::EventListener;
use js_sys::{Array, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ErrorEvent, MessageEvent, Worker};

/// What a reading worker reports.
#[derive(Debug)]
pub enum Report {
    /// How far it is.
    Progress(Progress),
    /// The bytes of source `source` from `offset` on.
    Part {
        /// Index of the source.
        source: u32,
        /// Bytes from its start, after decompression.
        offset: u64,
        /// The bytes, a `Blob`; or marks of them, a `Uint8Array`.
        content: JsValue,
    },
    /// A model of what was read so far, or of everything.
    Trace(Trace),
    /// A part of what was found: in the model that came, or in the one that comes next where more may be appended.
    Findings(Vec<u8>),
    /// Everything that is there so far came; more may be appended.
    CaughtUp {
        /// What came so far is no trace; this is why.
        failure: Option<LoadError>,
        /// How often something was appended that has been read by now.
        appended: u32,
    },
    /// Nothing more will come.
    Done {
        /// It was asked to stop.
        cancelled: bool,
        /// Nothing was recognised; this is why.
        failure: Option<LoadError>,
    },
    /// The worker broke down; nothing more will come.
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
        report: impl Fn(Report) + Clone + 'static,
    ) -> Result<Self, LoadError> {
        let refused = |error: JsValue| cannot_start(&super::words(&error));
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

fn listen(worker: &Worker, report: impl Fn(Report) + Clone + 'static) -> [EventListener; 3] {
    let (on_error, on_unreadable) = (report.clone(), report.clone());
    let mut assembler = Assembler::default();
    let back = worker.clone();
    let message = EventListener::new(worker, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else {
            return;
        };
        let Some((head, attachment)) = unpack(&event.data()) else {
            return;
        };
        // Each message is a task of its own, so a piece at a time keeps the page responsive.
        if matches!(head, ToPage::Piece) {
            let _ = back.post_message(&pack(&ToWorker::Took, &JsValue::UNDEFINED));
        }
        if let Some(told) = understand(head, attachment, &mut assembler) {
            report(told);
        }
    });
    let error = EventListener::new(worker, "error", move |event| {
        let told = event
            .dyn_ref::<ErrorEvent>()
            .map(ErrorEvent::message)
            .filter(|told| !told.is_empty());
        on_error(Report::Broken(match told {
            // A panic has said what it is before; a trap without one is no memory.
            Some(told) if told.contains("unreachable") => broken(words::OUT_OF_MEMORY),
            Some(told) => broken(&told),
            // An error without words is a script that did not load.
            None => cannot_start(words::NO_SCRIPT),
        }));
    });
    let unreadable = EventListener::new(worker, "messageerror", move |_| {
        on_unreadable(Report::Broken(broken(words::MESSAGE_LOST)));
    });
    [message, error, unreadable]
}

fn understand(head: ToPage, attachment: JsValue, assembler: &mut Assembler) -> Option<Report> {
    Some(match head {
        ToPage::Progress(progress) => Report::Progress(progress),
        ToPage::Part { source, offset } => Report::Part {
            source,
            offset,
            content: attachment,
        },
        ToPage::Findings(bytes) => Report::Findings(bytes),
        ToPage::Piece => match assembler.take(&Uint8Array::new(&attachment).to_vec()) {
            Ok(trace) => Report::Trace(trace?),
            Err(error) => Report::Broken(broken(&error.to_string())),
        },
        ToPage::CaughtUp { failure, appended } => Report::CaughtUp { failure, appended },
        ToPage::Done { cancelled, failure } => Report::Done { cancelled, failure },
        ToPage::Broken(told) => Report::Broken(broken(&told)),
        // Never of a reading.
        ToPage::Found { .. } | ToPage::Differs(_) => return None,
    })
}

fn cannot_start(why: &str) -> LoadError {
    LoadError {
        title: words::NO_START.into(),
        detail: words::no_start(why),
        hint: words::NO_START_HINT.into(),
    }
}

fn broken(why: &str) -> LoadError {
    LoadError {
        title: words::BROKE_DOWN.into(),
        detail: words::broke_down(why),
        hint: words::BROKE_DOWN_HINT.into(),
    }
}

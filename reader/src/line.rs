//! The worker's line to the page: what it says, and what came over it and is not dealt with yet.

use crate::stream::Canceller;
use crewscope_trace::model::Trace;
use crewscope_wire::messages::{pack, ToPage};
use crewscope_wire::pieces::pieces;
use crewscope_wire::trouble::{Breakdown, Outcome};
use js_sys::{Array, Function, Promise, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, DedicatedWorkerGlobalScope};

/// Pieces of a model sent before the page has taken one in: bounds what waits in the message queue to some megabytes.
const AHEAD: u32 = 16;

/// The line to the page, and what came over it.
pub struct Line {
    pub(super) scope: DedicatedWorkerGlobalScope,
    /// An order came.
    asked: Cell<bool>,
    pub(super) stopped: Cell<bool>,
    /// Ends the read that is pending now.
    pub(super) reading: RefCell<Option<Canceller>>,
    pub(super) fetching: RefCell<Option<AbortController>>,
    /// Pieces sent and not yet taken in.
    ahead: Cell<u32>,
    /// Who waits for a piece to be taken in.
    waiting: RefCell<Option<Function>>,
    /// What was appended and is not read yet.
    pub(super) appended: RefCell<VecDeque<Blob>>,
    /// From when on something is worth saying, in the words of the page.
    pub(super) thresholds: RefCell<String>,
    /// Who waits for something to be appended.
    hungry: RefCell<Option<Function>>,
}

impl Line {
    pub(super) fn new(scope: DedicatedWorkerGlobalScope) -> Self {
        Self {
            scope,
            asked: Cell::new(false),
            stopped: Cell::new(false),
            reading: RefCell::default(),
            fetching: RefCell::default(),
            ahead: Cell::new(0),
            waiting: RefCell::default(),
            appended: RefCell::default(),
            thresholds: RefCell::default(),
            hungry: RefCell::default(),
        }
    }

    /// Notes that an order came.
    pub(super) fn ask(&self) {
        self.asked.set(true);
    }

    /// Whether an order came.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.get()
    }

    pub(super) fn append(&self, blob: Blob) {
        self.appended.borrow_mut().push_back(blob);
        self.feed();
    }

    fn feed(&self) {
        if let Some(hungry) = self.hungry.take() {
            let _ = hungry.call0(&JsValue::UNDEFINED);
        }
    }

    /// Waits for what is appended next; `None` once it was told to stop.
    pub(super) async fn next_appended(&self) -> Option<Blob> {
        loop {
            if self.stopped.get() {
                return None;
            }
            if let Some(blob) = self.appended.borrow_mut().pop_front() {
                return Some(blob);
            }
            let fed = Promise::new(&mut |resolve, _| {
                *self.hungry.borrow_mut() = Some(resolve.unchecked_into())
            });
            let _ = JsFuture::from(fed).await;
        }
    }

    pub(super) fn stop(&self) {
        self.stopped.set(true);
        if let Some(fetching) = self.fetching.take() {
            fetching.abort();
        }
        if let Some(reading) = self.reading.take() {
            reading.cancel();
        }
        self.feed();
    }

    pub(super) fn took(&self) {
        self.ahead.set(self.ahead.get().saturating_sub(1));
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.call0(&JsValue::UNDEFINED);
        }
    }

    pub(super) fn say(&self, head: &ToPage, attachment: &JsValue) {
        // Fails only for attachments that cannot be cloned, and blobs can.
        let _ = self.scope.post_message(&pack(head, attachment));
    }

    /// Tells what kept sources of the model that follows from being read to their end.
    pub(super) fn say_troubles(&self, outcomes: &[Outcome]) {
        let troubled = (0..)
            .zip(outcomes)
            .filter(|(_, outcome)| outcome.trouble.is_some());
        let troubles: Vec<_> = troubled
            .map(|(source, outcome)| (source, outcome.clone()))
            .collect();
        if !troubles.is_empty() {
            self.say(&ToPage::Troubles(troubles), &JsValue::UNDEFINED);
        }
    }

    pub(super) async fn send(&self, trace: &Trace) {
        for piece in pieces(trace) {
            while self.ahead.get() >= AHEAD {
                let taken = Promise::new(&mut |resolve, _| {
                    *self.waiting.borrow_mut() = Some(resolve.unchecked_into())
                });
                let _ = JsFuture::from(taken).await;
            }
            match piece {
                Ok(bytes) => {
                    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
                    let message = pack(&ToPage::Piece, &buffer);
                    let _ = self
                        .scope
                        .post_message_with_transfer(&message, &Array::of1(&buffer));
                    self.ahead.set(self.ahead.get() + 1);
                }
                Err(error) => {
                    let broken = ToPage::Broken(Breakdown::Piece(error));
                    return self.say(&broken, &JsValue::UNDEFINED);
                }
            }
        }
    }
}

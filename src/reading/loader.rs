//! One reader at a time, the newest wins; and what waits until a model is ready to be shown.

use super::host::{Heard, Reading, Spare};
use super::{Input, LoadError, Runtime};
use crewscope_analysis::findings::Findings;
use std::collections::VecDeque;
use wasm_bindgen_futures::spawn_local;

/// Reads what is opened: one reader at a time, the newest wins.
#[derive(Debug)]
pub struct Loader {
    runtime: Runtime,
    reading: Option<Reading>,
    /// Waits for what is opened first.
    spare: Option<Spare>,
    /// The reading goes on as more is appended.
    live: bool,
    /// How often something was appended that has been read by now.
    taken: u32,
    /// A trace is prepared in slices, and what came after it waits.
    preparing: bool,
    waiting: VecDeque<Heard>,
    /// Counts what was opened. Reports of anything but the newest are not heard.
    opened: u64,
    /// What was found and does not stand beside its model yet.
    found: Option<Findings>,
}

impl Loader {
    /// A loader that reads nothing.
    pub fn new(runtime: Runtime) -> Self {
        Self {
            runtime,
            reading: None,
            spare: None,
            live: false,
            taken: 0,
            preparing: false,
            waiting: VecDeque::new(),
            opened: 0,
            found: None,
        }
    }

    /// Starts a reader ahead of the first order, if nothing is open: what is opened then need not wait for one to be there.
    pub fn expect(&mut self) {
        if self.reading.is_none() && self.opened == 0 {
            self.spare = Spare::start(&self.runtime);
        }
    }

    /// Starts to read `inputs`; whatever was being read ends. With `live` the last one may grow. `hear` is told by which number of opening it is.
    pub fn open(
        &mut self,
        inputs: &[Input],
        live: bool,
        thresholds: String,
        hear: impl Fn(u64, Heard) + Clone + 'static,
    ) -> Result<(), LoadError> {
        self.close();
        let id = self.opened;
        self.reading = Some(Reading::start(
            &self.runtime,
            self.spare.take(),
            inputs,
            live,
            thresholds,
            move |heard| hear(id, heard),
        )?);
        self.live = live;
        self.taken = 0;
        Ok(())
    }

    /// Adds to the last source; `false` if nothing is open that may grow.
    pub fn append(&self, blob: &web_sys::Blob) -> bool {
        match &self.reading {
            Some(reading) if self.live => {
                reading.append(blob);
                true
            }
            _ => false,
        }
    }

    /// How often something was appended that is in the model by now.
    pub fn taken(&self) -> u32 {
        match self.reading {
            Some(_) => self.taken,
            // Nothing more will come.
            None => u32::MAX,
        }
    }

    /// What it takes to start another worker.
    pub fn runtime(&self) -> Runtime {
        self.runtime.clone()
    }

    /// Asks for the end of the reading; what was read will come.
    pub fn stop(&self) {
        if let Some(reading) = &self.reading {
            reading.stop();
        }
    }

    /// Ends the reading at once.
    pub fn close(&mut self) {
        self.opened += 1;
        self.preparing = false;
        self.waiting.clear();
        self.found = None;
        if let Some(reading) = self.reading.take() {
            // Often called from one of its own listeners, which must not be dropped while it runs.
            spawn_local(async move { drop(reading) });
        }
    }

    /// Whether the last source may grow.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Something was appended so often that is in the model by now.
    pub fn took(&mut self, appended: u32) {
        self.taken = appended;
    }

    /// What is heard from now on waits ([`Self::later`]): a model is being made ready.
    pub fn hold_on(&mut self) {
        self.preparing = true;
    }

    /// Keeps what was heard while a model is being made ready; gives it back if there is none.
    pub fn later(&mut self, heard: Heard) -> Option<Heard> {
        if !self.preparing {
            return Some(heard);
        }
        self.waiting.push_back(heard);
        None
    }

    /// The model of opening `id` is ready: what waited for it.
    pub fn go_on(&mut self, id: u64) -> VecDeque<Heard> {
        if !self.is_newest(id) {
            return VecDeque::new();
        }
        self.preparing = false;
        std::mem::take(&mut self.waiting)
    }

    /// Keeps a part of what was found until the model is here.
    pub fn hold(&mut self, found: Findings) {
        self.found.get_or_insert_default().add(found);
    }

    /// What was found and does not stand beside its model yet.
    pub fn take_found(&mut self) -> Option<Findings> {
        self.found.take()
    }

    /// Whether `id` is what was opened last.
    pub fn is_newest(&self, id: u64) -> bool {
        self.opened == id
    }
}

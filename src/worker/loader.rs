//! From "open these" to a loaded viewer: starts the worker, and turns its reports into the viewer's state.

use super::host::{Reading, Report, Spare};
use super::protocol::findings_of_bytes;
use super::turn::{after, in_slices, next_turn, slices};
use super::Runtime;
use crate::source::{Input, Texts};
use crate::state::{Load, LoadError, Loaded, Prepared, Progress, Viewer, REGIONS};
use crate::worker::turn::spawn;
use crewscope_trace::analysis::findings::Findings;
use crewscope_trace::model::Trace;
use std::collections::VecDeque;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;

/// Up to so many spans a trace is shown at once: what is said about it takes some milliseconds.
const AT_ONCE: usize = 20_000;

/// The page that was just put up is shown first.
const SETTLED_MS: u32 = 100;

/// Reads inputs for a [`Viewer`]: one worker at a time, the newest wins.
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
    waiting: VecDeque<Report>,
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

    /// Starts to read `inputs`; whatever was being read ends. With `live` the last one may grow.
    pub fn open(&mut self, viewer: Viewer, inputs: &[Input], live: bool) -> Result<(), LoadError> {
        self.close();
        let id = self.opened;
        let texts = Texts::new();
        let thresholds = viewer.thresholds.get_untracked();
        let report = move |report| viewer.hear(id, &texts, report);
        self.reading = Some(Reading::start(
            &self.runtime,
            self.spare.take(),
            inputs,
            live,
            thresholds,
            report,
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
            spawn(async move { drop(reading) });
        }
    }

    /// Keeps a report while a trace is prepared that came before it; gives it back if there is none.
    fn later(&mut self, report: Report) -> Option<Report> {
        if !self.preparing {
            return Some(report);
        }
        self.waiting.push_back(report);
        None
    }

    /// Keeps a part of what was found until the model is here.
    fn hold(&mut self, found: Findings) {
        self.found.get_or_insert_default().add(found);
    }

    /// Whether `id` is what was opened last.
    pub fn is_newest(&self, id: u64) -> bool {
        self.opened == id
    }
}

impl Viewer {
    /// Starts a worker ahead of the first order, as nothing is open: what is opened then need not wait for one to be there.
    pub fn expect_order(self) {
        spawn(async move {
            after(SETTLED_MS).await;
            self.with_loader(|loader| {
                if loader.reading.is_none() && loader.opened == 0 {
                    loader.spare = Spare::start(&loader.runtime);
                }
            });
        });
    }

    /// Takes in a report of the worker of load `id`: a large trace, what was found, and what comes after that, when the program has its
    /// second part.
    fn hear(&self, id: u64, texts: &Texts, report: Report) {
        let waits = match &report {
            Report::Findings(_) | Report::CaughtUp { .. } | Report::Done { failure: None, .. } => {
                true
            }
            Report::Trace(trace) => trace.spans.len() > AT_ONCE,
            _ => false,
        };
        let second_part = self.with_loader(|loader| loader.runtime.second_part());
        match second_part.flatten() {
            Some(second_part) if waits => {
                let (viewer, texts) = (*self, texts.clone());
                spawn(async move {
                    // Where it could not be had, whoever needs it says so.
                    let _ = JsFuture::from(second_part).await;
                    viewer.take_in(id, &texts, report);
                });
            }
            _ => self.take_in(id, texts, report),
        }
    }

    fn take_in(&self, id: u64, texts: &Texts, report: Report) {
        // Also false once the viewer is gone.
        if self.with_loader(|loader| loader.is_newest(id)) != Some(true) {
            return;
        }
        let report = match report {
            Report::Progress(_) | Report::Part { .. } => report,
            // In the order in which they came.
            _ => match self.with_loader(|loader| loader.later(report)).flatten() {
                Some(report) => report,
                None => return,
            },
        };
        match report {
            Report::Progress(progress) => self.hear_progress(progress),
            Report::Part {
                source,
                offset,
                content,
            } => texts.add(source, offset, content),
            Report::Findings(bytes) => {
                let Some(found) = findings_of_bytes(&bytes) else {
                    return;
                };
                let comes_after = self.with_loader(|loader| {
                    loader.hold(found);
                    !loader.live
                });
                if comes_after == Some(true) {
                    self.attach_found();
                }
            }
            Report::Trace(trace) if trace.spans.len() > AT_ONCE => self.prepare(id, trace, texts),
            Report::Trace(trace) => {
                self.show(trace, texts, None);
                self.put_up(id, texts);
            }
            Report::CaughtUp { failure, appended } => {
                self.attach_found();
                self.with_loader(|loader| loader.taken = appended);
                if self.data.with_untracked(Option::is_some) {
                    self.load.set(Load::Ready { cancelled: false });
                } else if let Some(error) = failure {
                    self.load.set(Load::Failed(error));
                } else {
                    // It waits for the first record; who counts what was appended looks again.
                    self.load.update(|_| {});
                }
            }
            Report::Done { cancelled, failure } => {
                self.with_loader(Loader::close);
                self.load.set(match failure {
                    None => Load::Ready { cancelled },
                    Some(_) if cancelled => Load::Empty,
                    Some(error) => Load::Failed(error),
                });
            }
            Report::Broken(error) => {
                self.with_loader(Loader::close);
                self.load.set(Load::Failed(error));
            }
        }
    }

    fn hear_progress(&self, new: Progress) {
        self.load.update(|load| {
            if let Load::Loading(progress) = load {
                let cancelled = progress.cancelled;
                *progress = Progress { cancelled, ..new };
            }
        });
    }

    /// Shows a large trace when what is said about it has been worked out.
    fn prepare(&self, id: u64, trace: Trace, texts: &Texts) {
        let (viewer, texts) = (*self, texts.clone());
        self.with_loader(|loader| loader.preparing = true);
        spawn(async move {
            let wanted = || viewer.with_loader(|loader| loader.is_newest(id)) == Some(true);
            let slices = slices();
            let work = Box::pin(async {
                let at = viewer.execution_in(&trace)?;
                let prices = viewer.prices.try_get_untracked()?;
                Prepared::new(&slices, &trace, at, prices).await
            });
            let prepared = in_slices(work, wanted).await;
            // Showing it is enough for one turn.
            next_turn().await;
            if !wanted() {
                return;
            }
            viewer.show(trace, &texts, prepared.flatten());
            viewer.put_up(id, &texts);
        });
    }

    /// Has the regions put up that are not on the page yet, one a turn, and then takes in what came meanwhile.
    fn put_up(&self, id: u64, texts: &Texts) {
        let (viewer, texts) = (*self, texts.clone());
        // What is open may be closed at any time, and the viewer gone.
        let next = move || {
            let open = viewer.data.try_with_untracked(Option::is_some) == Some(true);
            let up = viewer.regions.try_get_untracked()?;
            (open && up < REGIONS).then_some(up + 1)
        };
        if next().is_none() {
            return self.go_on(id, &texts);
        }
        self.with_loader(|loader| loader.preparing = true);
        spawn(async move {
            loop {
                next_turn().await;
                match next() {
                    Some(up) => viewer.regions.set(up),
                    None => break,
                }
            }
            viewer.go_on(id, &texts);
        });
    }

    /// Takes in what waited.
    fn go_on(&self, id: u64, texts: &Texts) {
        let waiting = self.with_loader(|loader| match loader.is_newest(id) {
            true => {
                loader.preparing = false;
                std::mem::take(&mut loader.waiting)
            }
            false => VecDeque::new(),
        });
        // One of them may be a large trace again: then the others wait once more.
        for report in waiting.unwrap_or_default() {
            self.take_in(id, texts, report);
        }
    }

    /// Puts what was found beside the model that it was found in.
    fn attach_found(&self) {
        let found = self.with_loader(|loader| loader.found.take()).flatten();
        if found.is_none() {
            return;
        }
        self.data.update(|data| {
            if let (Some(loaded), Some(found)) = (data, found) {
                let known = loaded.found.get_or_insert_default();
                Arc::make_mut(known).add(found);
            }
        });
    }

    fn show(&self, trace: Trace, texts: &Texts, prepared: Option<Prepared>) {
        let loaded = Loaded {
            trace: Arc::new(trace),
            texts: texts.clone(),
            prepared: prepared.map(Arc::new),
            found: self
                .with_loader(|loader| std::mem::take(&mut loader.found))
                .flatten()
                .map(Arc::new),
        };
        let old = self.data.try_update(|data| data.replace(loaded)).flatten();
        if let Some(old) = old {
            retire(old.trace);
        }
    }
}

/// Frees a model in steps: letting go of a million spans at once would hold up the page for a tenth of a second.
pub fn retire(mut trace: Arc<Trace>) {
    /// Spans freed in a turn, well under a millisecond.
    const STEP: usize = 4096;
    /// Times to look whether the views have let go of it; after that, whoever holds it last frees it.
    const PATIENCE: u32 = 40;
    const WAIT_MS: u32 = 250;
    spawn(async move {
        for _ in 0..PATIENCE {
            after(WAIT_MS).await;
            match Arc::try_unwrap(trace) {
                Ok(mut owned) => {
                    while !owned.spans.is_empty() {
                        owned.spans.truncate(owned.spans.len().saturating_sub(STEP));
                        next_turn().await;
                    }
                    return;
                }
                Err(shared) => trace = shared,
            }
        }
    });
}

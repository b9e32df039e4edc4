//! From what the reader says to the state of the viewer.

use super::{Load, Loaded, Prepared, Viewer, TURNS};
use crate::reading::explain::explain_unread;
use crate::reading::host::Heard;
use crate::reading::{Input, Loader, Texts};
use crewscope_analysis::findings::Findings;
use crewscope_trace::model::Trace;
use crewscope_wire::messages::{Progress, ToPage};
use crewscope_wire::turn::{after, in_slices, next_turn, slices};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

/// Up to so many spans a trace is shown at once: what is said about it takes some milliseconds.
const AT_ONCE: usize = 20_000;

/// The page that was just put up is shown first.
const SETTLED_MS: u32 = 100;

impl Viewer {
    /// Starts a worker ahead of the first order, as nothing is open: what is opened then need not wait for one to be there.
    pub fn expect_order(self) {
        spawn_local(async move {
            after(SETTLED_MS).await;
            self.with_loader(Loader::expect);
        });
    }

    /// Has `inputs` read.
    pub(super) fn read(self, inputs: &[Input], live: bool) {
        let texts = Texts::new();
        let thresholds = self.thresholds.get_untracked();
        let hear = move |id, heard| self.take_in(id, &texts, heard);
        let started = self.with_loader(|loader| loader.open(inputs, live, thresholds, hear));
        if let Some(Err(error)) = started {
            self.load.set(Load::Failed(error));
        }
    }

    /// Takes in what was heard of the reader of opening `id`.
    fn take_in(&self, id: u64, texts: &Texts, heard: Heard) {
        // Also false once the viewer is gone.
        if self.with_loader(|loader| loader.is_newest(id)) != Some(true) {
            return;
        }
        let heard = match heard {
            Heard::Said(ToPage::Progress(_) | ToPage::Part { .. } | ToPage::Marks { .. }, _) => {
                heard
            }
            // In the order in which they came.
            _ => match self.with_loader(|loader| loader.later(heard)).flatten() {
                Some(heard) => heard,
                None => return,
            },
        };
        match heard {
            Heard::Trace(trace) if trace.spans.len() > AT_ONCE => self.prepare(id, trace, texts),
            Heard::Trace(trace) => {
                self.show(trace, texts, None);
                self.put_up(id, texts);
            }
            Heard::Broken(error) => {
                self.with_loader(Loader::close);
                self.load.set(Load::Failed(error));
            }
            Heard::Said(said, attachment) => self.take_in_said(said, attachment, texts),
        }
    }

    fn take_in_said(&self, said: ToPage, attachment: JsValue, texts: &Texts) {
        match said {
            ToPage::Progress(progress) => self.hear_progress(progress),
            ToPage::Part { source, offset } => {
                if let Ok(blob) = attachment.dyn_into() {
                    texts.add(source, offset, blob);
                }
            }
            ToPage::Marks { source, marks } => texts.add_marks(source, &marks),
            ToPage::Findings(found) => self.hear_findings(found),
            ToPage::CaughtUp { failure, appended } => {
                self.attach_found();
                self.with_loader(|loader| loader.took(appended));
                if self.data.with_untracked(Option::is_some) {
                    self.load.set(Load::Ready { cancelled: false });
                } else if let Some(unread) = failure {
                    self.load.set(Load::Failed(explain_unread(&unread)));
                } else {
                    // It waits for the first record; who counts what was appended looks again.
                    self.load.update(|_| {});
                }
            }
            ToPage::Done { cancelled, failure } => {
                self.with_loader(Loader::close);
                self.load.set(match failure {
                    None => Load::Ready { cancelled },
                    Some(_) if cancelled => Load::Empty,
                    Some(unread) => Load::Failed(explain_unread(&unread)),
                });
            }
            // Understood before (`reading::host`), or never said of a reading.
            ToPage::Troubles(_)
            | ToPage::Piece
            | ToPage::Broken(_)
            | ToPage::Found { .. }
            | ToPage::Differs(_) => {}
        }
    }

    fn hear_findings(&self, found: Findings) {
        let comes_after = self.with_loader(|loader| {
            loader.hold(found);
            !loader.is_live()
        });
        if comes_after == Some(true) {
            self.attach_found();
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
        self.with_loader(Loader::hold_on);
        spawn_local(async move {
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
            let up = viewer.turns.try_get_untracked()?;
            (open && up < TURNS).then_some(up + 1)
        };
        if next().is_none() {
            return self.go_on(id, &texts);
        }
        self.with_loader(Loader::hold_on);
        spawn_local(async move {
            loop {
                next_turn().await;
                match next() {
                    Some(up) => viewer.turns.set(up),
                    None => break,
                }
            }
            viewer.go_on(id, &texts);
        });
    }

    /// Takes in what waited.
    fn go_on(&self, id: u64, texts: &Texts) {
        let waiting = self.with_loader(|loader| loader.go_on(id));
        // One of them may be a large trace again: then the others wait once more.
        for heard in waiting.unwrap_or_default() {
            self.take_in(id, texts, heard);
        }
    }

    /// Puts what was found beside the model that it was found in.
    fn attach_found(&self) {
        let found = self.with_loader(Loader::take_found).flatten();
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
            found: self.with_loader(Loader::take_found).flatten().map(Arc::new),
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
    spawn_local(async move {
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

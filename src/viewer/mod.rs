//! The viewer's reactive state: one [`Viewer`] a mount, handed to the components by context.

pub mod listen;
mod look;
mod prepared;
pub mod prices;
mod session;

pub use look::Look;
pub use prepared::{Prepared, Slot, LISTED};

use crate::reading::{Input, LoadError, Texts};
use crate::reading::{Loader, Runtime};
use crewscope_analysis::findings::Findings;
use crewscope_analysis::{PriceFileError, Prices};
use crewscope_trace::model::{Execution, SpanIndex, Trace};
use crewscope_wire::messages::Progress;
use js_sys::Function;
use leptos::prelude::*;
use session::retire;
use std::sync::Arc;

/// How many turns it takes to put up the regions of a trace.
pub const TURNS: u32 = 4;

/// What is being read, and how that ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load {
    /// Nothing is open.
    #[default]
    Empty,
    /// Reading. [`Viewer::data`] holds what was read so far, from the first partial result on.
    Loading(Progress),
    /// Everything was read, or everything up to the moment of "stop".
    Ready {
        /// A person stopped the reading; what was read until then is shown.
        cancelled: bool,
    },
    /// Nothing could be read. [`Viewer::data`] keeps a partial result if there was one.
    Failed(LoadError),
}

impl Load {
    /// The word for it in the host's `data-state` attribute.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Loading(_) => "loading",
            Self::Ready { .. } => "ready",
            Self::Failed(_) => "failed",
        }
    }
}

/// A trace (complete, or what was read so far) and the means to read its texts.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The model; a new allocation with every partial result.
    pub trace: Arc<Trace>,
    /// Reads the texts that the model only points to.
    pub texts: Texts,
    /// What was worked out before it is shown, if it is large.
    pub prepared: Option<Arc<Prepared>>,
    /// What was found; `None` before all is read.
    pub found: Option<Arc<Findings>>,
}

impl PartialEq for Loaded {
    /// By identity: comparing a million spans would cost more than drawing them.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.trace, &other.trace)
    }
}

/// Colours of the viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The word for it in attributes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one after it, in the order in which a button goes through them.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }

    /// Reads the word; anything unknown is [`Theme::Auto`].
    pub fn of(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }
}

/// The execution shown. Cheap to clone; equal if the trace is the same allocation and the index is the same.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The trace it is part of.
    pub trace: Arc<Trace>,
    /// Its index in [`Trace::executions`].
    pub at: usize,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.trace, &other.trace) && self.at == other.at
    }
}

impl Shown {
    /// The execution.
    pub fn execution(&self) -> Option<&Execution> {
        self.trace.executions.get(self.at)
    }
}

/// Names of traces that lie beside each other, and which of them is open.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// In the order of their manifest.
    pub names: Vec<String>,
    /// Index of the open one; beyond the end if what is open is none of them.
    pub current: usize,
}

/// The state of one mounted viewer. Small and `Copy`; get it with `expect_context::<Viewer>()`.
///
/// Selections are kept as external ids and not as indices: indices change with every partial result, ids do not.
#[derive(Clone, Copy)]
pub struct Viewer {
    /// What is being read, and how that ended.
    pub load: RwSignal<Load>,
    /// The trace, present from the first partial result on.
    pub data: RwSignal<Option<Loaded>>,
    /// Id of the selected execution; `None`: the newest.
    pub execution: RwSignal<Option<String>>,
    /// External id of the selected span within the execution.
    pub selected: RwSignal<Option<String>>,
    /// How the timeline is looked at.
    pub look: RwSignal<Look>,
    /// What else of the view a link carries, by key: the search, the execution compared with, a range of time.
    pub extras: RwSignal<Vec<(String, String)>>,
    /// Colours.
    pub theme: RwSignal<Theme>,
    /// Files are being dragged over the viewer.
    pub dragging: RwSignal<bool>,
    /// Prices: the built-in list, with the user's own before it.
    pub prices: RwSignal<Arc<Prices>>,
    /// What was wrong with the price file given last.
    pub prices_fault: RwSignal<Option<String>>,
    /// From when on something is worth saying, where the host says otherwise (`name=value`); counts for what is opened next.
    pub thresholds: RwSignal<String>,
    /// Findings that a person has put aside: kinds and ids of what they are about.
    pub dismissed: RwSignal<Vec<String>>,
    /// Words of the regions that the host shows; none: all are shown.
    pub sections: RwSignal<Vec<&'static str>>,
    /// How many turns have passed since a trace is shown, up to [`TURNS`]. Its regions are put up one after the other: all at once would hold up the page.
    pub turns: RwSignal<u32>,
    /// Traces that a manifest names, to be opened one at a time.
    pub shelf: RwSignal<Shelf>,
    /// Opens the trace of the shelf with that index.
    pub open_from_shelf: StoredValue<Option<Function>, LocalStorage>,
    /// The execution shown: the selected one if it is there, else the newest.
    pub shown: Memo<Option<Shown>>,
    selected_index: Memo<Option<SpanIndex>>,
    loader: StoredValue<Loader, LocalStorage>,
}

impl Viewer {
    /// A viewer with nothing open. Belongs to the reactive owner it is made in: when that is cleaned up, reading stops.
    pub fn new(runtime: Runtime) -> Self {
        let data = RwSignal::new(None::<Loaded>);
        let execution = RwSignal::new(None::<String>);
        let selected = RwSignal::new(None::<String>);
        let shown = Memo::new(move |_| {
            let trace = data.with(|data| data.as_ref().map(|loaded| loaded.trace.clone()))?;
            let at = execution.with(|id| index_of_execution(&trace, id.as_deref()))?;
            Some(Shown { trace, at })
        });
        let selected_index = Memo::new(move |_| {
            let shown = shown.get()?;
            let execution = shown.execution()?;
            selected.with(|id| shown.trace.find(execution, id.as_deref()?))
        });
        Self {
            load: RwSignal::new(Load::Empty),
            data,
            execution,
            selected,
            look: RwSignal::new(Look::default()),
            extras: RwSignal::new(Vec::new()),
            theme: RwSignal::new(Theme::Auto),
            dragging: RwSignal::new(false),
            prices: RwSignal::new(Arc::new(Prices::bundled())),
            prices_fault: RwSignal::new(None),
            thresholds: RwSignal::new(String::new()),
            dismissed: RwSignal::new(Vec::new()),
            sections: RwSignal::new(Vec::new()),
            turns: RwSignal::new(0),
            shelf: RwSignal::new(Shelf::default()),
            open_from_shelf: StoredValue::new_local(None),
            shown,
            selected_index,
            loader: StoredValue::new_local(Loader::new(runtime)),
        }
    }

    /// Opens sources together as one trace, in place of what was open or being read. Does nothing for an empty list.
    pub fn open(&self, inputs: Vec<Input>) {
        self.start(&inputs, false);
    }

    /// [`Viewer::open`], and the last source may grow: see [`Viewer::append`].
    pub fn open_live(&self, inputs: Vec<Input>) {
        self.start(&inputs, true);
    }

    /// Adds bytes where the last source ends; `false` if what is open was not opened by [`Viewer::open_live`].
    pub fn append(&self, blob: &web_sys::Blob) -> bool {
        self.with_loader(|loader| loader.append(blob)) == Some(true)
    }

    /// How often [`Viewer::append`] was called for what is in the model by now.
    pub fn appended(&self) -> u32 {
        self.with_loader(|loader| loader.taken())
            .unwrap_or(u32::MAX)
    }

    fn start(&self, inputs: &[Input], live: bool) {
        let Some(first) = inputs.first() else { return };
        let name = first.name().to_owned();
        self.shelf.update(|shelf| {
            if shelf.names.get(shelf.current) != Some(&name) {
                shelf.current = usize::MAX;
            }
        });
        self.clear();
        self.load.set(Load::Loading(Progress {
            name,
            ..Progress::default()
        }));
        self.read(inputs, live);
    }

    /// Shows why something could not be opened at all, in place of what was open or being read.
    pub fn fail(&self, error: LoadError) {
        self.clear();
        self.load.set(Load::Failed(error));
    }

    /// Stops reading and keeps what was read; a second call does not wait for the reader to finish its work.
    pub fn cancel(&self) {
        let Load::Loading(progress) = self.load.get_untracked() else {
            return;
        };
        if progress.cancelled {
            self.with_loader(Loader::close);
            self.load.set(if self.data.with_untracked(Option::is_some) {
                Load::Ready { cancelled: true }
            } else {
                Load::Empty
            });
        } else {
            self.with_loader(|loader| loader.stop());
            self.load.set(Load::Loading(Progress {
                cancelled: true,
                ..progress
            }));
        }
    }

    /// Takes the prices of a price file (its JSON text, see docs/prices.md) before the built-in ones, in place of those given
    /// before. A file with a mistake changes nothing; what is wrong with it is shown beside the cost, too.
    pub fn set_prices(&self, text: &str) -> Result<(), PriceFileError> {
        let made = Prices::bundled().with_overrides(text);
        let made = made.inspect_err(|error| self.fail_prices(error.to_string()))?;
        self.prices.set(Arc::new(made));
        self.prices_fault.set(None);
        Ok(())
    }

    /// Goes back to the built-in prices.
    pub fn clear_prices(&self) {
        self.prices.set(Arc::new(Prices::bundled()));
        self.prices_fault.set(None);
    }

    /// Says why a price file could not be used.
    pub fn fail_prices(&self, fault: String) {
        self.prices_fault.set(Some(fault));
    }

    /// Closes what is open, and stops what is being read.
    pub fn clear(&self) {
        self.with_loader(Loader::close);
        self.dismissed.set(Vec::new());
        self.selected.set(None);
        self.execution.set(None);
        self.look.update(|look| *look = look.for_another());
        self.extras.set(Vec::new());
        if let Some(old) = self.data.try_update(Option::take).flatten() {
            retire(old.trace);
        }
        self.turns.set(0);
        self.load.set(Load::Empty);
    }

    /// Ends what is being read, and leaves the state as it is: for a viewer that goes away.
    pub(crate) fn close(&self) {
        self.with_loader(Loader::close);
    }

    /// Works on the loader; `None` once the viewer is gone.
    pub(crate) fn with_loader<T>(&self, work: impl FnOnce(&mut Loader) -> T) -> Option<T> {
        self.loader.try_update_value(work)
    }

    /// Selects an execution by its id and drops the selection of a span.
    pub fn select_execution(&self, id: impl Into<String>) {
        self.selected.set(None);
        self.look.update(|look| *look = look.for_another());
        self.execution.set(Some(id.into()));
    }

    /// Selects a span of the current execution by its external id; `None` selects nothing.
    pub fn select_span(&self, id: Option<String>) {
        self.selected.set(id);
    }

    /// Whether the host shows the region of that word. Tracked.
    pub fn shows(&self, word: &str) -> bool {
        self.sections
            .with(|sections| sections.is_empty() || sections.contains(&word))
    }

    /// A part of the view that a link carries. Tracked.
    pub fn extra(&self, key: &str) -> Option<String> {
        self.extras.with(|extras| {
            let known = extras.iter().find(|(known, _)| known == key);
            known.map(|(_, value)| value.clone())
        })
    }

    /// Sets a part of the view that a link carries.
    pub fn set_extra(&self, key: &str, value: Option<String>) {
        if untrack(|| self.extra(key)) != value {
            self.extras.update(|extras| {
                extras.retain(|(known, _)| known != key);
                extras.extend(value.map(|value| (key.to_owned(), value)));
            });
        }
    }

    /// Selects a span by its index in the current trace.
    pub fn select_index(&self, index: SpanIndex) {
        let id = self.shown.with_untracked(|shown| {
            let trace = &shown.as_ref()?.trace;
            Some(trace.str(trace.spans.get(index as usize)?.id).to_owned())
        });
        self.select_span(id);
    }

    /// Selects a span of any execution of a trace.
    pub fn jump(&self, trace: &Trace, at: SpanIndex) {
        let Some(span) = trace.spans.get(at as usize) else {
            return;
        };
        let own = trace
            .executions
            .iter()
            .find(|execution| (execution.first_span..execution.last_span).contains(&at));
        if let Some(execution) = own {
            self.execution.set(Some(trace.str(execution.id).to_owned()));
        }
        self.select_span(Some(trace.str(span.id).to_owned()));
    }

    /// Index of the selected span, if it is in the execution shown. Tracked.
    pub fn selected_span(&self) -> Option<SpanIndex> {
        self.selected_index.get()
    }

    /// An answer about an execution of the trace in [`Viewer::data`]: the one that was prepared, which is taken once, else what `work` gives. Only what
    /// `work` reads is tracked.
    pub fn answer<T>(
        &self,
        execution: usize,
        which: impl FnOnce(&Prepared) -> &Slot<T>,
        work: impl FnOnce() -> T,
    ) -> T {
        let prices = self.prices.get_untracked();
        let prepared = self.data.with_untracked(|data| {
            let prepared = data.as_ref()?.prepared.as_ref()?;
            prepared.answer(execution, &prices, which)
        });
        prepared.unwrap_or_else(work)
    }

    /// Index of the execution of a trace that is shown when that trace is. Not tracked.
    pub(crate) fn execution_in(&self, trace: &Trace) -> Option<usize> {
        self.execution
            .with_untracked(|id| index_of_execution(trace, id.as_deref()))
    }

    /// The means to read texts of the trace shown. Tracked.
    pub fn texts(&self) -> Option<Texts> {
        self.data
            .with(|data| data.as_ref().map(|loaded| loaded.texts.clone()))
    }
}

/// The execution with this id, else the first (the newest).
fn index_of_execution(trace: &Trace, id: Option<&str>) -> Option<usize> {
    let selected = id.and_then(|id| {
        trace
            .executions
            .iter()
            .position(|execution| trace.str(execution.id) == id)
    });
    selected.or(if trace.executions.is_empty() {
        None
    } else {
        Some(0)
    })
}

//! Search: what was asked for, what was found, and stepping through it.

pub mod mark;
pub mod search;

pub use search::Search;

use crate::view::frame::Frame;
use crate::viewer::Viewer;
use crewscope_trace::model::{Field, SpanIndex, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// A text, or a name, in which something was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The span.
    pub at: SpanIndex,
    /// The text; `None`: the span's own name.
    pub field: Option<Field>,
    /// How often.
    pub count: u32,
    /// What stands before the first one, the words themselves, and what stands after.
    pub excerpt: [String; 3],
}

/// What was found so far.
#[derive(Clone, Default)]
pub struct Results {
    /// The trace that was searched; later ones have other indices.
    pub trace: Option<Arc<Trace>>,
    /// In the order of the trace.
    pub places: Vec<Place>,
    /// Bytes looked at.
    pub done: u64,
    /// It goes on.
    pub running: bool,
    /// There is more than is listed.
    pub more: bool,
    /// Not all of the texts could be looked at.
    pub lost: bool,
}

impl Results {
    /// Occurrences in all.
    pub fn count(&self) -> u64 {
        self.places.iter().map(|place| u64::from(place.count)).sum()
    }
}

/// The search of a viewer. Get it with `expect_context::<Find>()`.
#[derive(Clone, Copy)]
pub struct Find {
    /// The dialog is open.
    pub open: RwSignal<bool>,
    /// It was open once, or a link searches: it is on the page.
    pub used: RwSignal<bool>,
    /// What is written in it; commands begin with `>`.
    pub text: RwSignal<String>,
    /// What was found.
    pub results: RwSignal<Results>,
    /// The place that is stepped on.
    pub at: RwSignal<Option<usize>>,
    /// The work that goes on.
    pub search: StoredValue<Search, LocalStorage>,
}

impl Find {
    /// Nothing asked for.
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            used: RwSignal::new(false),
            text: RwSignal::new(String::new()),
            results: RwSignal::new(Results::default()),
            at: RwSignal::new(None),
            search: StoredValue::new_local(Search::default()),
        }
    }

    /// Opens the dialog, for a search or for commands.
    pub fn show(&self, viewer: Viewer, commands: bool) {
        if commands {
            self.command("");
            return;
        }
        if self.text.with_untracked(|text| text.starts_with('>')) {
            // After a command, what was looked for before it.
            self.text
                .set(untrack(|| viewer.extra("q")).unwrap_or_default());
        }
        self.used.set(true);
        self.open.set(true);
    }

    /// Opens the commands with the beginning of one.
    pub fn command(&self, begun: &str) {
        self.text.set([">", begun].concat());
        self.used.set(true);
        self.open.set(true);
    }

    /// Goes to a place that was found.
    pub fn go(&self, viewer: Viewer, frame: Frame, index: usize) {
        let target = self.results.with_untracked(|results| {
            let trace = results.trace.clone()?;
            let at = results.places.get(index)?.at;
            Some((trace, at))
        });
        let Some((trace, at)) = target else { return };
        self.at.set(Some(index));
        viewer.jump(&trace, at);
        frame.details.set(true);
    }

    /// Goes to the next place, or the one before.
    pub fn step(&self, viewer: Viewer, frame: Frame, forward: bool) {
        let len = self.results.with_untracked(|results| results.places.len());
        let next = match self.at.get_untracked() {
            None => 0,
            Some(at) if forward => at + 1,
            Some(at) => at.wrapping_sub(1),
        };
        if next < len {
            self.go(viewer, frame, next);
        }
    }
}

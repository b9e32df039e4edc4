//! From bytes to the model: framing, detection by content, one file per form, one per dialect of attributes, one builder for all.
//!
//! [`framing`] chooses how records are found, [`forms`] gives each to the reader of its form, these fill the [`builder`], and [`assemble`] puts
//! the spans into trees. Depends on `crewscope-trace` alone: what a trace says is the matter of `crewscope-analysis`.

mod assemble;
mod builder;
mod bus;
mod dialect;
mod draft;
mod evidence;
mod forms;
mod framing;
mod ids;
mod notes;
mod proto;
mod span;
mod span_names;
mod span_record;
mod store_facts;
mod time;
mod tree;

/// What only the fuzz targets look at directly.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::framing::framer::{Fault, Frame, Framer};
    pub use crate::framing::Framing;
    pub use crate::time::parse as time;
}

pub use forms::{Form, Line, FORMS};
pub use proto::{sniff, Sniffed, Unpacker};

use builder::Builder;
use crewscope_trace::evidence::Evidence;
use crewscope_trace::model::{Source, Trace, WarningKind};
use framing::Framing;

/// Reads sources in chunks and builds one [`Trace`] of all of them.
///
/// ```
/// use crewscope_import::Importer;
/// let mut importer = Importer::new();
/// importer.begin_source("run.jsonl");
/// importer.push(br#"{"type":"crew_kickoff_started","timestamp":"2026-11-20T23:32:43Z","crew_name":"demo"}"#);
/// importer.end_source();
/// assert_eq!(importer.finish().executions.len(), 1);
/// ```
#[derive(Default)]
pub struct Importer {
    builder: Builder,
    framing: Framing,
    open: Option<u32>,
}

impl Importer {
    /// An importer that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a source; the chunks that follow belong to it. Returns its index in [`Trace::sources`].
    pub fn begin_source(&mut self, name: &str) -> u32 {
        self.end_source();
        let index = u32::try_from(self.builder.sources.len()).unwrap_or(u32::MAX);
        self.builder.sources.push(Source {
            name: name.to_owned(),
            ..Source::default()
        });
        self.framing = Framing::default();
        self.open = Some(index);
        index
    }

    /// Reads the next bytes of the current source. Any split of the bytes gives the same model. Without a source it does nothing.
    pub fn push(&mut self, chunk: &[u8]) {
        let Some(index) = self.open else { return };
        if let Some(source) = self.builder.sources.get_mut(index as usize) {
            source.bytes += chunk.len() as u64;
        }
        let builder = &mut self.builder;
        self.framing
            .push(chunk, &mut |frame| forms::read(builder, index, frame));
    }

    /// Ends the current source.
    pub fn end_source(&mut self) {
        let Some(index) = self.open.take() else {
            return;
        };
        let builder = &mut self.builder;
        self.framing
            .finish(&mut |frame| forms::read(builder, index, frame));
    }

    /// What to ask for to get the page that follows the answer just read, if it said that there is one. Asked once, it counts as read.
    pub fn next_page(&mut self) -> Option<String> {
        self.builder.more.take().map(|(cursor, _)| cursor)
    }

    /// Bytes of a source read so far.
    pub fn bytes(&self, source: u32) -> u64 {
        self.builder
            .sources
            .get(source as usize)
            .map_or(0, |source| source.bytes)
    }

    /// Records read so far, of all sources.
    pub fn records(&self) -> u64 {
        self.builder
            .sources
            .iter()
            .map(|source| source.records)
            .sum()
    }

    /// The model of what was read so far. Costs a walk over all spans: call it at growing intervals.
    pub fn snapshot(&mut self) -> Trace {
        assemble::assemble(&mut self.builder, false)
    }

    /// What was noted so far about texts, for the findings.
    pub fn evidence(&self) -> &Evidence {
        &self.builder.evidence
    }

    /// The finished model.
    pub fn finish(self) -> Trace {
        self.finish_noted().0
    }

    /// The finished model, and what was noted about its texts for the findings.
    pub fn finish_noted(mut self) -> (Trace, Evidence) {
        self.end_source();
        if let Some((_, place)) = self.builder.more.take() {
            self.builder.notes.add(WarningKind::UnreadPage, Some(place));
        }
        let trace = assemble::assemble(&mut self.builder, true);
        (trace, self.builder.evidence)
    }
}

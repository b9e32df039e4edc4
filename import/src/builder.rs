//! Collects what all importers read, until the tree is put together.

use crate::draft::Definition;
use crate::draft::LogEntry;
use crate::draft::{BusEvent, Draft};
use crate::notes::Notes;
use crewscope_trace::evidence::Evidence;
use crewscope_trace::model::{Place, Source, Strings, Sym, WarningKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::hash_map::Entry;

/// Names longer than this are cut (characters): a name stands in tables and labels, a hostile trace puts a book there.
const MAX_NAME: usize = 1000;

fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// A name, bounded in length.
fn cut(text: &str) -> Cow<'_, str> {
    // No text has more characters than bytes, and nearly all are short.
    if text.len() <= MAX_NAME {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(MAX_NAME) {
        Some((at, _)) => Cow::Owned(format!("{}…", text.get(..at).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// A stream of bus events: one trace batch, or one event log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// The source it was first seen in.
    pub source: u32,
    /// Batch id, or a made-up name that no batch has.
    pub id: Sym,
    /// Whether it is a trace batch (then it is one execution even where nothing links its events).
    pub batch: bool,
    /// Crew or flow name of the batch's head.
    pub name: Option<Sym>,
    /// The head says that a flow was executed.
    pub flow: bool,
    /// crewai version.
    pub version: Option<Sym>,
    /// `execution_started_at` of the head, in nanoseconds.
    pub opened: Option<i64>,
    /// The batch was finalized or given up: what had not ended by then has no end in any record.
    pub closed: bool,
    /// Events of this batch were merged into that stream.
    pub merged_into: Option<u32>,
    /// Where its head stands.
    pub place: Option<Place>,
    /// Events of it were read before, from another source: it is not empty.
    pub repeated: bool,
}

/// What was read so far.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    /// Names and ids.
    pub strings: Strings,
    /// Warnings of reading.
    pub notes: Notes,
    /// What was opened.
    pub sources: Vec<Source>,
    /// Complete spans.
    pub spans: Vec<Draft>,
    /// Bus events, to be paired.
    pub events: Vec<BusEvent>,
    /// Streams of bus events.
    pub streams: Vec<Stream>,
    /// Crews and tasks as checkpoints define them.
    pub definitions: Vec<Definition>,
    /// Entries of crewai's log, to be cut into runs.
    pub log: Vec<LogEntry>,
    /// What was noted about texts.
    pub evidence: Evidence,
    /// crewai version by source (instrumentation scope of its spans).
    pub versions: Vec<(u32, Sym)>,
    /// The answer last read says that another page follows: what to ask for it, and where that stands.
    pub more: Option<(String, Place)>,
    /// What the recorder of a source cannot write.
    lacking: Vec<(u32, WarningKind)>,
    /// Hashes of task descriptions: an unnamed task has its description as name (trap 36).
    descriptions: FxHashSet<u64>,
    /// Where each span stands, by group and id.
    span_ids: FxHashMap<(Sym, Sym), usize>,
    event_ids: FxHashSet<Sym>,
    /// The stream of each batch id.
    batches: FxHashMap<Sym, u32>,
    /// The stream of each root of a source.
    roots: FxHashMap<(u32, u64), u32>,
}

impl Builder {
    /// Interns a name, bounded in length.
    pub fn name(&mut self, text: &str) -> Sym {
        self.strings.intern(&cut(text))
    }

    /// Remembers a task description.
    pub fn add_description(&mut self, text: &str) {
        self.descriptions.insert(hash(&cut(text)));
    }

    /// Whether a task name is in truth a description.
    pub fn is_description(&self, name: Sym) -> bool {
        self.descriptions.contains(&hash(self.strings.get(name)))
    }

    /// Whether a span with this id was not read before.
    pub fn is_new_span(&mut self, group: Sym, id: Sym) -> bool {
        self.span_before(group, id).is_none()
    }

    /// Where the span with this id stands that was read before; if there is none, the span that is kept next is taken for it.
    pub fn span_before(&mut self, group: Sym, id: Sym) -> Option<usize> {
        match self.span_ids.entry((group, id)) {
            Entry::Occupied(before) => Some(*before.get()),
            Entry::Vacant(free) => {
                free.insert(self.spans.len());
                None
            }
        }
    }

    /// Keeps a span.
    pub fn add_span(&mut self, mut draft: Draft) {
        draft.shrink();
        self.spans.push(draft);
    }

    /// Keeps an event, unless one with the same id was read before.
    pub fn add_event(&mut self, mut event: BusEvent) {
        event.facts.shrink();
        if let Some(id) = event.id {
            if !self.event_ids.insert(id) {
                let place = Place {
                    source: event.record.source,
                    offset: event.record.offset,
                };
                self.notes.add(WarningKind::DuplicateRecord, Some(place));
                let stream = self.stream_of(&event);
                if let Some(stream) = self.streams.get_mut(stream as usize) {
                    stream.repeated = true;
                }
                return;
            }
        }
        self.events.push(event);
    }

    /// Remembers the version of crewai that wrote a source.
    pub fn add_version(&mut self, source: u32, version: &str) {
        let version = self.strings.intern(version);
        if self.versions.iter().all(|(known, _)| *known != source) {
            self.versions.push((source, version));
        }
    }

    /// Counts a record that is no known form.
    pub fn unknown(&mut self, place: Place) {
        self.notes.add(WarningKind::UnknownRecord, Some(place));
    }

    /// Counts a record and remembers the form it came in.
    pub fn count(&mut self, source: u32, format: &str) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            source.records += 1;
            // The form of the records stands first, then what their attributes speak.
            if !source.formats.iter().any(|known| known == format) {
                source.formats.insert(0, format.to_owned());
            }
        }
    }

    /// Remembers a form that was seen in a source, beside the form of its records.
    pub fn add_format(&mut self, source: u32, format: &str) {
        if let Some(source) = self.sources.get_mut(source as usize) {
            if !format.is_empty() && !source.formats.iter().any(|known| known == format) {
                source.formats.push(format.to_owned());
            }
        }
    }

    /// Says once for a source what its recorder cannot write.
    pub fn lacks(&mut self, place: Place, things: &[WarningKind]) {
        for &thing in things {
            if !self.lacking.contains(&(place.source, thing)) {
                self.lacking.push((place.source, thing));
                self.notes.add(thing, Some(place));
            }
        }
    }

    /// The stream of an event log: one for each source.
    pub fn log_stream(&mut self, source: u32) -> u32 {
        self.root_stream(source, u64::MAX)
    }

    /// The stream of the events inside a root whose head is not read yet.
    pub fn root_stream(&mut self, source: u32, root: u64) -> u32 {
        if let Some(&known) = self.roots.get(&(source, root)) {
            return known;
        }
        let id = self.strings.intern(&format!("source {source} root {root}"));
        let made = self.new_stream(Stream {
            source,
            id,
            ..Stream::default()
        });
        self.roots.insert((source, root), made);
        made
    }

    /// The stream of a batch id; a stream that was made for this root before is merged into it.
    pub fn batch_stream(&mut self, source: u32, root: u64, batch: &str) -> u32 {
        let id = self.strings.intern(batch);
        let found = match self.batches.get(&id) {
            Some(&known) => known,
            None => {
                let made = self.new_stream(Stream {
                    source,
                    id,
                    batch: true,
                    ..Stream::default()
                });
                self.batches.insert(id, made);
                made
            }
        };
        let provisional = self.roots.get(&(source, root)).copied();
        if let Some(stream) = provisional
            .filter(|&provisional| provisional != found)
            .and_then(|provisional| self.streams.get_mut(provisional as usize))
        {
            stream.merged_into = Some(found);
            let repeated = stream.repeated;
            if let Some(found) = self.streams.get_mut(found as usize) {
                found.repeated |= repeated;
            }
        }
        found
    }

    fn new_stream(&mut self, stream: Stream) -> u32 {
        let index = u32::try_from(self.streams.len()).unwrap_or(u32::MAX);
        self.streams.push(stream);
        index
    }

    /// The stream that an event belongs to after merging.
    pub fn stream_of(&self, event: &BusEvent) -> u32 {
        let mut at = event.stream;
        while let Some(into) = self
            .streams
            .get(at as usize)
            .and_then(|stream| stream.merged_into)
        {
            at = into;
        }
        at
    }
}

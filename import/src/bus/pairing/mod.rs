//! Bus events to spans: which end belongs to which start.
//!
//! `started_event_id` is believed only where type and ids agree with it (trap 1); without ids (crewai before 1.9) ends are matched
//! by type, ids of task and call, name and order.

mod ends;
mod parents;

use crate::builder::Builder;
use crate::draft::{BusEvent, Draft, Phase};
use crate::notes::Notes;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value};
use crewscope_trace::order;
use rustc_hash::FxHashMap;

/// How far back open spans are searched for a partner: far more than any crew keeps open, and a bound for hostile logs.
const OPEN_LIMIT: usize = 2000;

/// What the sweep over the events knows.
pub struct Pairing<'b> {
    /// All that was read.
    pub builder: &'b mut Builder,
    /// Spans made so far.
    pub drafts: Vec<Draft>,
    /// Family (event type without its phase) of each span.
    pub families: Vec<Sym>,
    /// What a partner has in common with each span.
    pub subjects: Vec<Option<Sym>>,
    /// Span of a start event's id.
    pub by_id: FxHashMap<Sym, usize>,
    /// Span that an event's id belongs to: of its start or of an end.
    pub by_event: FxHashMap<Sym, usize>,
    /// Spans of the present stream without an end, oldest first.
    pub open: Vec<usize>,
    /// Inferred tasks of the present stream by task id.
    pub inferred: FxHashMap<Sym, usize>,
    /// All of these, and the agents inferred beside them.
    pub inferred_spans: Vec<usize>,
    /// Description by agent role, from `agent_logs_started`.
    pub described: FxHashMap<Sym, Value>,
    /// Whether events of the present stream name their parents.
    pub linked: bool,
    /// Warnings of this sweep (not of reading: a sweep may run again).
    pub notes: Notes,
    /// Spans that have an end, by index.
    closed: Vec<bool>,
    /// The tool calls that ended since the last request to a model, by what names them.
    pub(super) last_tool: FxHashMap<Sym, usize>,
    pub(super) last_llm: Option<usize>,
    /// The span that the event right before ended.
    pub(super) just_ended: Option<usize>,
    /// Requests to a model by their call id.
    pub(super) by_call: FxHashMap<Sym, usize>,
}

/// Pairs all events. Returns the spans and what was noticed.
pub fn pair(builder: &mut Builder) -> (Vec<Draft>, Notes) {
    let events = std::mem::take(&mut builder.events);
    let streams: Vec<u32> = events
        .iter()
        .map(|event| builder.stream_of(event))
        .collect();
    let mut pairing = Pairing::new(builder);
    pairing.pair_all(&events, &streams);
    let Pairing {
        mut drafts,
        notes,
        by_id,
        ..
    } = pairing;
    adopt_strays(&mut drafts, &by_id);
    drafts.retain(|draft| draft.id != Sym::EMPTY);
    builder.events = events;
    drop_described_names(&mut drafts, builder);
    (drafts, notes)
}

/// The events by stream, and in the order in which they happened. Handler order is not emission order (trap 20); numbers restart in each
/// execution, so time decides and the number breaks ties.
fn by_emission(events: &[BusEvent], streams: &[u32]) -> Vec<usize> {
    order::sorted(events.len(), &|at| {
        (
            i64::from(streams[at]),
            events[at].time.unwrap_or(i64::MAX),
            events[at].sequence.unwrap_or(i64::MAX),
        )
    })
}

/// Of each of `count` streams, whether its events name their parents.
fn linked_streams(events: &[BusEvent], streams: &[u32], count: usize) -> Vec<bool> {
    let mut linked = vec![false; count];
    for (event, &stream) in events.iter().zip(streams) {
        if event.parent.is_some() || event.sequence.is_some() {
            linked[stream as usize] = true;
        }
    }
    linked
}

/// An unnamed task has its description as name (trap 36): it stays unnamed.
fn drop_described_names(drafts: &mut [Draft], builder: &Builder) {
    for draft in drafts.iter_mut().filter(|draft| draft.kind == Kind::Task) {
        if draft
            .facts
            .sym(Field::TaskName)
            .is_some_and(|name| builder.is_description(name))
        {
            draft.facts.remove(Field::TaskName);
            draft.name = Sym::EMPTY;
        }
    }
}

/// Late events come in a second batch (trap 23): they belong to the group of the parent they name.
/// A crew or flow is a run of its own: after a failed run crewai 1.14 names a parent that has long ended.
fn adopt_strays(drafts: &mut [Draft], by_id: &FxHashMap<Sym, usize>) {
    for at in 0..drafts.len() {
        let parent = drafts[at].parent.and_then(|parent| by_id.get(&parent));
        let Some(group) = parent
            .and_then(|&parent| drafts.get(parent))
            .map(|parent| parent.group)
        else {
            continue;
        };
        if group != drafts[at].group && matches!(drafts[at].kind, Kind::Crew | Kind::Flow) {
            drafts[at].parent = None;
        } else {
            drafts[at].group = group;
        }
    }
}

impl<'b> Pairing<'b> {
    /// A sweep that has seen nothing.
    fn new(builder: &'b mut Builder) -> Self {
        Self {
            builder,
            drafts: Vec::new(),
            families: Vec::new(),
            subjects: Vec::new(),
            by_id: FxHashMap::default(),
            by_event: FxHashMap::default(),
            open: Vec::new(),
            inferred: FxHashMap::default(),
            inferred_spans: Vec::new(),
            described: FxHashMap::default(),
            linked: false,
            notes: Notes::default(),
            closed: Vec::new(),
            last_tool: FxHashMap::default(),
            last_llm: None,
            just_ended: None,
            by_call: FxHashMap::default(),
        }
    }
}

impl Pairing<'_> {
    /// Makes spans of all events, each of which came in the stream that `streams` says.
    fn pair_all(&mut self, events: &[BusEvent], streams: &[u32]) {
        let order = by_emission(events, streams);
        let linked = linked_streams(events, streams, self.builder.streams.len());
        // All starts first: an end in one batch may name a start in another.
        let mut draft_of: Vec<Option<usize>> = vec![None; events.len()];
        for &at in &order {
            let event = &events[at];
            if matches!(event.phase, Phase::Start | Phase::Instant) {
                draft_of[at] = Some(self.new_draft(event, streams[at]));
            }
        }
        let mut present = None;
        for &at in &order {
            if present != Some(streams[at]) {
                present = Some(streams[at]);
                self.enter_stream(linked[streams[at] as usize]);
            }
            self.sweep(&events[at], streams[at], draft_of[at]);
        }
    }

    /// Forgets what belongs to the stream before. `linked`: events of the new one name their parents. The maps are new ones: to clear a map
    /// that was large once takes long every time.
    fn enter_stream(&mut self, linked: bool) {
        self.open.clear();
        self.inferred = FxHashMap::default();
        self.inferred_spans.clear();
        self.just_ended = None;
        self.described = FxHashMap::default();
        self.last_tool = FxHashMap::default();
        self.last_llm = None;
        self.linked = linked;
    }

    /// Makes a span of an event.
    pub fn new_draft(&mut self, event: &BusEvent, stream: u32) -> usize {
        let group = self
            .builder
            .streams
            .get(stream as usize)
            .map_or(Sym::EMPTY, |stream| stream.id);
        let id = match event.id {
            Some(id) => id,
            // Before 1.9 the log has no ids: the place of the record is one.
            None => self
                .builder
                .strings
                .intern(&format!("{}@{}", event.record.source, event.record.offset)),
        };
        let mut draft = Draft::new(group, id, event.kind);
        draft.parent = event.parent;
        draft.flags = event.flags;
        draft.name = event.name;
        draft.usage = event.usage.clone();
        draft.facts = event.facts.clone();
        draft.records.push(event.record);
        if event.phase != Phase::Instant {
            draft.status = Status::Running;
        } else {
            draft.status = Status::Completed;
            draft.end = event.time;
            draft.flags.set(Flags::INSTANT);
        }
        draft.start = event.time;
        self.drafts.push(draft);
        self.families.push(event.family);
        self.subjects.push(event.subject);
        let index = self.drafts.len() - 1;
        self.by_id.insert(id, index);
        if event.id.is_some() {
            self.by_event.insert(id, index);
        }
        index
    }

    /// The span that another names as its parent, if it is known.
    pub(super) fn parent_of(&self, at: usize) -> Option<usize> {
        self.by_id.get(&self.drafts[at].parent?).copied()
    }

    pub(super) fn is_closed(&self, at: usize) -> bool {
        self.closed.get(at).copied().unwrap_or(false)
    }

    pub(super) fn set_closed(&mut self, at: usize, closed: bool) {
        if self.closed.len() <= at {
            self.closed.resize(at + 1, false);
        }
        self.closed[at] = closed;
    }

    fn sweep(&mut self, event: &BusEvent, stream: u32, draft: Option<usize>) {
        if matches!(event.phase, Phase::Start | Phase::Instant) {
            self.just_ended = None;
        }
        match (event.phase, draft) {
            (Phase::Start, Some(draft)) => self.start(event, draft),
            (Phase::Instant, Some(draft)) => parents::settle(self, draft),
            (Phase::End | Phase::Fail, _) => self.end(event, stream),
            (Phase::Marker, _) => self.marker(event, stream),
            (Phase::Note, _) => self.note(event),
            _ => {}
        }
    }

    fn start(&mut self, event: &BusEvent, draft: usize) {
        if let Some(known) = self.repeated_start(event, draft) {
            self.drafts[known].records.push(event.record);
            self.drafts[draft].id = Sym::EMPTY;
            if let Some(id) = event.id {
                self.by_id.insert(id, known);
                self.by_event.insert(id, known);
            }
            return;
        }
        parents::settle(self, draft);
        if self.open.len() >= OPEN_LIMIT {
            self.open.remove(0);
        }
        self.open.push(draft);
        if event.kind == Kind::Llm {
            // A new one, see `enter_stream`.
            self.last_tool = FxHashMap::default();
        }
        if let (Kind::Llm, Some(call)) = (event.kind, event.subject) {
            self.by_call.insert(call, draft);
        }
    }

    /// A start that repeats one: a task restarted for a guardrail retry (0.203, trap 26), a tool tried again within one request (trap 13).
    fn repeated_start(&mut self, event: &BusEvent, draft: usize) -> Option<usize> {
        match event.kind {
            Kind::Task => {
                let id = event.facts.sym(Field::TaskId)?;
                self.open.iter().rev().copied().find(|&at| {
                    self.drafts[at].kind == Kind::Task
                        && self.drafts[at].facts.sym(Field::TaskId) == Some(id)
                        && at != draft
                })
            }
            Kind::Tool => {
                let known = *self.last_tool.get(&event.subject?)?;
                let same_arguments = match (
                    self.drafts[known].facts.get(Field::Input),
                    event.facts.get(Field::Input),
                ) {
                    (Some(Value::Text(a)), Some(Value::Text(b))) => a.hash == b.hash,
                    (a, b) => a == b,
                };
                let same_agent = self.drafts[known].facts.sym(Field::AgentRole)
                    == event.facts.sym(Field::AgentRole);
                if self.drafts[known].status != Status::Failed || !same_arguments || !same_agent {
                    return None;
                }
                let attempts = match self.drafts[known].facts.get(Field::Attempts) {
                    Some(Value::Int(attempts)) => attempts + 1,
                    _ => 2,
                };
                self.drafts[known]
                    .facts
                    .set(Field::Attempts, Value::Int(attempts));
                self.drafts[known].status = Status::Running;
                self.drafts[known].end = None;
                self.set_closed(known, false);
                self.open.push(known);
                Some(known)
            }
            _ => None,
        }
    }

    fn note(&mut self, event: &BusEvent) {
        if let (Some(role), Some(description)) = (
            event.facts.sym(Field::AgentRole),
            event.facts.get(Field::Description),
        ) {
            self.described.insert(role, description);
        }
        let thought = event.facts.get(Field::Thought);
        if let (Some(at), Some(thought)) = (self.last_llm, thought) {
            self.drafts[at].facts.add(Field::Thought, thought);
        }
    }
}

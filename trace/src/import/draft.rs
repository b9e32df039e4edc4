//! What importers hand to the builder: spans without a place in the tree, and events of crewai's bus.

pub use crate::model::Facts;
use crate::model::{Flags, Kind, Place, Records, Status, Sym, TextForm, TextRef, Tokens};

/// The place of the record being read: makes [`TextRef`]s of values that borrow from it.
#[derive(Clone, Copy, Debug)]
pub struct RecordPlace<'a> {
    /// Index of the source.
    pub source: u32,
    /// Source offset of the record's first byte.
    pub offset: u64,
    /// The record.
    pub text: &'a str,
}

impl RecordPlace<'_> {
    /// The place of a value inside the record.
    pub fn text_of(&self, value: &str) -> TextRef {
        self.hashed(value, xxhash_rust::xxh3::xxh3_64(value.as_bytes()))
    }

    /// The same where the hash is another than that of the value's bytes.
    pub fn hashed(&self, value: &str, hash: u64) -> TextRef {
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        debug_assert!(
            within <= self.text.len(),
            "the value borrows from the record"
        );
        TextRef {
            source: self.source,
            offset: self.offset + within as u64,
            len: value.len() as u64,
            hash,
            form: TextForm::Json,
            cut_from: 0,
        }
    }

    /// The place of a value that is its own text, not JSON.
    pub fn plain(&self, value: &str) -> TextRef {
        TextRef {
            form: TextForm::Plain,
            ..self.text_of(value)
        }
    }

    /// The place of a record inside this one; `value` borrows from it.
    pub fn inner<'v>(&self, value: &'v str) -> RecordPlace<'v> {
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        RecordPlace {
            source: self.source,
            offset: self.offset.wrapping_add(within as u64),
            text: value,
        }
    }

    /// Whether a value lies inside the record.
    pub fn holds(&self, value: &str) -> bool {
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        within
            .checked_add(value.len())
            .is_some_and(|end| end <= self.text.len())
    }

    /// The place of the record itself.
    pub fn whole(&self) -> TextRef {
        self.text_of(self.text)
    }

    /// The place as a warning names it.
    pub fn place(&self) -> Place {
        Place {
            source: self.source,
            offset: self.offset,
        }
    }
}

/// How a recorder's tree differs from crewai's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// It does not.
    #[default]
    Own,
    /// Another recorder's, of the same shape. What it records may be recorded by the framework around it as well.
    Foreign,
    /// A task and its agent are one span: calls lie directly below tasks.
    NoAgents,
    /// Asynchronous tasks leave no span: their agents lie directly below the crew.
    NoAsyncTasks,
}

/// A task as its crew's span lists it, before its placeholders were filled in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// Id of the task.
    pub id: Option<Sym>,
    /// Role of its agent.
    pub role: Option<Sym>,
    /// Its description.
    pub description: TextRef,
    /// Its expected output.
    pub expected: TextRef,
}

/// A span that has no place in the tree yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Spans of one group have one id space and belong to the same executions: a trace id, a batch id, a source.
    pub group: Sym,
    /// Id of the execution, where recorded apart from the group.
    pub execution: Option<Sym>,
    /// Span id or id of the start event.
    pub id: Sym,
    /// Id of the parent, as recorded.
    pub parent: Option<Sym>,
    /// Id of the bus event that started it, where a span records that.
    pub event: Option<Sym>,
    /// What it is about.
    pub kind: Kind,
    /// How it stands.
    pub status: Status,
    /// Remarks.
    pub flags: Flags,
    /// Name for a person.
    pub name: Sym,
    /// Nanoseconds since 1970 UTC.
    pub start: Option<i64>,
    /// Nanoseconds since 1970 UTC.
    pub end: Option<i64>,
    /// Tokens.
    pub usage: Tokens,
    /// Facts.
    pub facts: Facts,
    /// Records.
    pub records: Records,
    /// Infrastructure of crewai (the flow inside every agent): hidden, its children move up.
    pub internal: bool,
    /// A second record of a call that has its own span: merged into it, not a call of its own.
    pub marker: bool,
    /// A lone agent's run (`Agent.kickoff`), no agent of a task.
    pub lite: bool,
    /// An agent whose executor finished: it has its answer, whether or not its own end is recorded.
    pub answered: bool,
    /// The record says that another span's end closed this one (trap 1): end, status and output are not its own.
    pub misended: bool,
    /// How its recorder draws trees.
    pub layout: Layout,
    /// Role of the agent that a delegating tool asked.
    pub coworker: Option<Sym>,
    /// Tasks that a crew's span lists.
    pub plan: Vec<Planned>,
}

impl Draft {
    /// A draft with nothing but its identity.
    pub fn new(group: Sym, id: Sym, kind: Kind) -> Self {
        Self {
            group,
            execution: None,
            id,
            parent: None,
            event: None,
            kind,
            status: Status::Unknown,
            flags: Flags::default(),
            name: Sym::EMPTY,
            start: None,
            end: None,
            usage: Tokens::default(),
            facts: Facts::default(),
            records: Records::default(),
            internal: false,
            marker: false,
            lite: false,
            answered: false,
            misended: false,
            layout: Layout::Own,
            coworker: None,
            plan: Vec::new(),
        }
    }
}

impl Draft {
    /// Gives back the room that its lists keep to grow.
    pub fn shrink(&mut self) {
        self.facts.shrink();
        self.records.shrink();
        self.plan.shrink_to_fit();
    }
}

/// What an event says about its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It starts.
    Start,
    /// It ended well.
    End,
    /// It ended with an error.
    Fail,
    /// It is a moment of its own.
    Instant,
    /// It marks the call that just ended as failed.
    Marker,
    /// It adds a thought to the LLM call that just ended.
    Note,
}

/// An event of crewai's bus, reduced to what pairing needs and to its facts.
#[derive(Clone, Debug, PartialEq)]
pub struct BusEvent {
    /// Index of the stream it came in.
    pub stream: u32,
    /// What the span is about.
    pub kind: Kind,
    /// The event type without its phase: `task`, `llm_call`, `tool_usage`, …
    pub family: Sym,
    /// What it says.
    pub phase: Phase,
    /// Nanoseconds since 1970 UTC.
    pub time: Option<i64>,
    /// Emission number; restarts at 1 in each execution.
    pub sequence: Option<i64>,
    /// Own id.
    pub id: Option<Sym>,
    /// Id of the enclosing start event.
    pub parent: Option<Sym>,
    /// Id of the event before it in the same context (crewai since 1.9).
    pub previous: Option<Sym>,
    /// Id of the start event that it claims to end.
    pub started: Option<Sym>,
    /// What it has in common with its partner: tool name, method name, crew name.
    pub subject: Option<Sym>,
    /// Name, remarks, tokens.
    pub name: Sym,
    /// Remarks.
    pub flags: Flags,
    /// Tokens.
    pub usage: Tokens,
    /// Facts.
    pub facts: Facts,
    /// The record.
    pub record: TextRef,
}

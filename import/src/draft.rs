//! What importers hand to the builder: spans without a place in the tree, and events of crewai's bus.

pub use crewscope_trace::model::Facts;
use crewscope_trace::model::{Flags, Kind, Records, Status, Sym, TextRef, Tokens};

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

/// What a dump says about a crew or a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The stream of the checkpoint's events.
    pub stream: u32,
    /// A crew, or a task.
    pub kind: Kind,
    /// Id of the event that started the crew, or id of the task.
    pub id: Sym,
    /// The event that started the task's crew.
    pub crew: Option<Sym>,
    /// What it says of itself.
    pub facts: Facts,
    /// When the task started and ended, in local time.
    pub times: [Option<i64>; 2],
    /// Where it stands.
    pub record: TextRef,
}

/// What an entry says about its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It starts.
    Started,
    /// It ended well.
    Completed,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// What it says.
    pub said: Said,
    /// Nanoseconds since 1970, as if the local time were UTC.
    pub time: Option<i64>,
    /// Task name, unless the task has none.
    pub name: Option<Sym>,
    /// Task description.
    pub description: Option<TextRef>,
    /// Agent role.
    pub agent: Option<Sym>,
    /// The task's output.
    pub output: Option<TextRef>,
    /// A name for the task and one for the run that this entry may begin.
    pub ids: (Sym, Sym),
    /// The entry.
    pub record: TextRef,
}

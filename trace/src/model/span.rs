//! Spans and executions.

use crate::model::{Facts, Field, Records, Sym, TextRef, Tokens, Value};
use serde::{Deserialize, Serialize};

/// Index into [`crate::model::Trace::spans`].
pub type SpanIndex = u32;

/// What a span is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A crew's kickoff.
    Crew,
    /// A flow's kickoff.
    Flow,
    /// A method of a flow.
    Method,
    /// A task.
    Task,
    /// An agent at work (in a task, or alone).
    Agent,
    /// A request to a language model.
    Llm,
    /// A tool call.
    Tool,
    /// A guardrail's judgement.
    Guardrail,
    /// Memory: query, retrieval, save.
    Memory,
    /// Knowledge: query, search.
    Knowledge,
    /// Reasoning and planning.
    Reasoning,
    /// A person was asked, or answered.
    Human,
    /// Anything else; kept and shown under its own name.
    Other,
}

impl Kind {
    /// Word for a person.
    pub fn label(self) -> &'static str {
        match self {
            Self::Crew => "Crew",
            Self::Flow => "Flow",
            Self::Method => "Flow method",
            Self::Task => "Task",
            Self::Agent => "Agent",
            Self::Llm => "LLM call",
            Self::Tool => "Tool",
            Self::Guardrail => "Guardrail",
            Self::Memory => "Memory",
            Self::Knowledge => "Knowledge",
            Self::Reasoning => "Reasoning",
            Self::Human => "Human feedback",
            Self::Other => "Step",
        }
    }
}

/// How a span or an execution stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Ended well.
    Completed,
    /// Ended with an error.
    Failed,
    /// Started, and no end is in the trace.
    Running,
    /// Not recorded.
    #[default]
    Unknown,
}

impl Status {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Unknown => "unknown",
        }
    }
}

/// Remarks on a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags(pub u16);

impl Flags {
    /// The span itself is not in the trace; it is known only from what refers to it.
    pub const INFERRED: u16 = 1;
    /// The parent is a guess (by time and keys, or as the producer says).
    pub const GUESSED_PARENT: u16 = 1 << 1;
    /// The status is concluded from other spans.
    pub const DERIVED_STATUS: u16 = 1 << 2;
    /// The end time is concluded from other spans.
    pub const DERIVED_END: u16 = 1 << 3;
    /// A time had no zone and was read as UTC.
    pub const NAIVE_TIME: u16 = 1 << 4;
    /// Ends before it starts, or lies outside its parent although nothing explains that.
    pub const CLOCK_CONFLICT: u16 = 1 << 5;
    /// A moment, not a stretch of time.
    pub const INSTANT: u16 = 1 << 6;
    /// The form records no calls: how many LLM and tool calls there were, and their tokens, is not known.
    pub const NO_CALLS: u16 = 1 << 7;
    /// Taken as it stands from a saved report: its figures are recorded ones, and nothing about it is concluded anew.
    pub const AS_REPORTED: u16 = 1 << 8;

    /// Whether `flag` is set.
    pub fn has(self, flag: u16) -> bool {
        self.0 & flag != 0
    }

    /// Sets `flag`.
    pub fn set(&mut self, flag: u16) {
        self.0 |= flag;
    }
}

/// A stretch of work: a crew, a task, an agent, an LLM call, a tool call, …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// External id: the span id, or the id of the start event.
    pub id: Sym,
    /// Index of the enclosing span; always smaller than the span's own.
    pub parent: Option<SpanIndex>,
    /// Index after the last descendant: descendants are `index + 1 .. subtree_end`.
    pub subtree_end: SpanIndex,
    /// Number of enclosing spans.
    pub depth: u16,
    /// What it is about.
    pub kind: Kind,
    /// How it stands.
    pub status: Status,
    /// Remarks.
    pub flags: Flags,
    /// Name for a person: task name, agent role, model, tool name, …; empty if none is recorded.
    pub name: Sym,
    /// Nanoseconds since 1970 UTC.
    pub start: Option<i64>,
    /// Nanoseconds since 1970 UTC.
    pub end: Option<i64>,
    /// Tokens, on LLM calls.
    pub usage: Tokens,
    /// Facts, each field at most once.
    pub fields: Facts,
    /// The records the span was read from.
    pub records: Records,
}

impl Span {
    /// The value of a field, if recorded.
    pub fn get(&self, field: Field) -> Option<Value> {
        self.fields.get(field)
    }

    /// The symbol of a field, if it is a short text.
    pub fn sym(&self, field: Field) -> Option<Sym> {
        match self.get(field) {
            Some(Value::Sym(sym)) => Some(sym),
            _ => None,
        }
    }

    /// The place of a field's text, if it is a long one.
    pub fn text(&self, field: Field) -> Option<TextRef> {
        match self.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The whole number of a field.
    pub fn int(&self, field: Field) -> Option<i64> {
        match self.get(field) {
            Some(Value::Int(number)) => Some(number),
            _ => None,
        }
    }

    /// The yes or no of a field.
    pub fn bool(&self, field: Field) -> Option<bool> {
        match self.get(field) {
            Some(Value::Bool(flag)) => Some(flag),
            _ => None,
        }
    }

    /// Wall time in nanoseconds, if both ends are recorded and in order, or if it is recorded by itself.
    pub fn duration(&self) -> Option<i64> {
        match (self.start, self.end) {
            (Some(start), Some(end)) if end >= start => end.checked_sub(start),
            (Some(_), Some(_)) => None,
            _ => self.int(Field::Duration),
        }
    }
}

/// What kind of thing was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecutionKind {
    /// A crew.
    Crew,
    /// A flow (with or without crews inside).
    Flow,
    /// A lone agent.
    Agent,
    /// A trace without any of these at its root.
    Trace,
}

impl ExecutionKind {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crew => "crew",
            Self::Flow => "flow",
            Self::Agent => "agent",
            Self::Trace => "trace",
        }
    }
}

/// One execution: a kickoff of a crew or flow, or a call of a lone agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// Execution id if recorded (`crewai.execution_uuid`, batch id), else trace id, else the id of its root.
    pub id: Sym,
    /// Name of the crew or flow, or role of the agent; empty if none is recorded.
    pub name: Sym,
    /// What was executed.
    pub kind: ExecutionKind,
    /// How it stands.
    pub status: Status,
    /// Remarks.
    pub flags: Flags,
    /// Nanoseconds since 1970 UTC.
    pub start: Option<i64>,
    /// Nanoseconds since 1970 UTC.
    pub end: Option<i64>,
    /// Index of its first span.
    pub first_span: SpanIndex,
    /// Index after its last span.
    pub last_span: SpanIndex,
    /// crewai version, if recorded.
    pub version: Option<Sym>,
    /// Index into [`crate::model::Trace::sources`] of the source it was first seen in.
    pub source: u32,
}

impl Execution {
    /// Wall time in nanoseconds, if both ends are known and in order.
    pub fn duration(&self) -> Option<i64> {
        match (self.start, self.end) {
            (Some(start), Some(end)) if end >= start => end.checked_sub(start),
            _ => None,
        }
    }
}

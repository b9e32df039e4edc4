//! What could not be read or believed.

use serde::{Deserialize, Serialize};

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Index into [`crate::model::Trace::sources`].
    pub source: u32,
    /// Bytes from its start.
    pub offset: u64,
}

/// The kinds of warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WarningKind {
    /// Bytes that are no JSON, or a JSON value that is broken.
    UnreadableRecord,
    /// The source ends inside a value.
    TruncatedSource,
    /// A JSON value that is no known form of trace.
    UnknownRecord,
    /// The producer cut a value.
    TruncatedValue,
    /// A value had to be repaired to be read: `NaN`, half a surrogate pair, invalid UTF-8.
    RepairedValue,
    /// A span or event that came twice.
    DuplicateRecord,
    /// An end without a start.
    MissingStart,
    /// A start without an end.
    MissingEnd,
    /// An end event that names the start of something else (crewai emits a failed LLM call twice).
    WrongStart,
    /// The parent span is not in the trace.
    MissingParent,
    /// The parent was not recorded and is a guess.
    GuessedParent,
    /// A child outside its parent, an end before a start.
    ClockConflict,
    /// A time without a zone, read as UTC.
    NaiveTime,
    /// LLM calls that recorded no usage: totals are a lower bound.
    MissingUsage,
    /// A batch that was opened and never filled.
    EmptyBatch,
    /// The trace store refused the upload of this trace.
    UploadFailed,
    /// Times are whole seconds.
    CoarseTime,
    /// An asynchronous task whose end was written when it was joined.
    JoinedEnd,
    /// A saved report was opened: figures without calls.
    SavedReport,
    /// A file of crewai's that holds nothing of the run.
    NothingOfRun,
    /// The answer of a trace store says that more of it follows, and that was not read.
    UnreadPage,
    /// The recorder writes no tool calls.
    NoToolCalls,
    /// The recorder writes no names of tasks.
    NoTaskNames,
    /// The recorder writes no function guardrails, memory, knowledge, reasoning.
    NoInnerSteps,
    /// The recorder writes no flows.
    NoFlows,
    /// The recorder writes no asynchronous tasks.
    NoAsyncTasks,
    /// The recorder writes no spans of agents that others delegate to.
    NoCoworkers,
    /// The recorder writes no reasoning tokens.
    NoTokenDetails,
}

impl WarningKind {
    /// All kinds, for who reads a name; a kind that is missing here is lost when a saved report is opened (a test finds it).
    pub const ALL: [Self; 28] = [
        Self::UnreadableRecord,
        Self::TruncatedSource,
        Self::UnknownRecord,
        Self::TruncatedValue,
        Self::RepairedValue,
        Self::DuplicateRecord,
        Self::MissingStart,
        Self::MissingEnd,
        Self::WrongStart,
        Self::MissingParent,
        Self::GuessedParent,
        Self::ClockConflict,
        Self::NaiveTime,
        Self::MissingUsage,
        Self::EmptyBatch,
        Self::UploadFailed,
        Self::CoarseTime,
        Self::JoinedEnd,
        Self::SavedReport,
        Self::NothingOfRun,
        Self::UnreadPage,
        Self::NoToolCalls,
        Self::NoTaskNames,
        Self::NoInnerSteps,
        Self::NoFlows,
        Self::NoAsyncTasks,
        Self::NoCoworkers,
        Self::NoTokenDetails,
    ];

    /// The stable name of the kind, as in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnreadableRecord => "unreadable-record",
            Self::TruncatedSource => "truncated-source",
            Self::UnknownRecord => "unknown-record",
            Self::TruncatedValue => "truncated-value",
            Self::RepairedValue => "repaired-value",
            Self::DuplicateRecord => "duplicate-record",
            Self::MissingStart => "missing-start",
            Self::MissingEnd => "missing-end",
            Self::WrongStart => "wrong-start",
            Self::MissingParent => "missing-parent",
            Self::GuessedParent => "guessed-parent",
            Self::ClockConflict => "clock-conflict",
            Self::NaiveTime => "naive-time",
            Self::MissingUsage => "missing-usage",
            Self::EmptyBatch => "empty-batch",
            Self::UploadFailed => "upload-failed",
            Self::CoarseTime => "coarse-time",
            Self::JoinedEnd => "joined-end",
            Self::SavedReport => "saved-report",
            Self::NothingOfRun => "nothing-of-run",
            Self::UnreadPage => "unread-page",
            Self::NoToolCalls => "no-tool-calls",
            Self::NoTaskNames => "no-task-names",
            Self::NoInnerSteps => "no-inner-steps",
            Self::NoFlows => "no-flows",
            Self::NoAsyncTasks => "no-async-tasks",
            Self::NoCoworkers => "no-coworkers",
            Self::NoTokenDetails => "no-token-details",
        }
    }
}

/// Warnings of one kind: how often, and where first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// One sentence for a person.
    pub message: String,
    /// How often.
    pub count: u64,
    /// The first places, at most [`Warning::PLACES`].
    pub places: Vec<Place>,
}

impl Warning {
    /// How many places a warning keeps: enough to look at, bounded for a file with a million of them.
    pub const PLACES: usize = 20;
}

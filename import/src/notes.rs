//! Collects warnings while reading.

use crewscope_trace::model::{Place, Warning, WarningKind};
use std::collections::BTreeMap;

/// Warnings, counted by kind, in the order of the kinds. Nothing is dropped silently: whoever passes something over notes it here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes(BTreeMap<WarningKind, Warning>);

impl Notes {
    /// Counts one more of a kind.
    pub fn add(&mut self, kind: WarningKind, place: Option<Place>) {
        let warning = self.of(kind);
        warning.count += 1;
        if warning.places.len() < Warning::PLACES {
            warning.places.extend(place);
        }
    }

    /// Counts several at once, whose places are not known.
    pub fn add_many(&mut self, kind: WarningKind, count: u64) {
        let warning = self.of(kind);
        warning.count = warning.count.saturating_add(count);
    }

    /// The warning of a kind.
    fn of(&mut self, kind: WarningKind) -> &mut Warning {
        self.0.entry(kind).or_insert_with(|| Warning {
            kind,
            message: message(kind).to_owned(),
            count: 0,
            places: Vec::new(),
        })
    }

    /// All warnings, in a fixed order.
    pub fn list(&self) -> Vec<Warning> {
        self.0.values().cloned().collect()
    }

    /// Takes in the warnings of another.
    pub fn extend(&mut self, other: &Notes) {
        for warning in other.0.values() {
            let known = self.of(warning.kind);
            known.count += warning.count;
            let room = Warning::PLACES.saturating_sub(known.places.len());
            known.places.extend(warning.places.iter().take(room));
        }
    }
}

fn message(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::UnreadableRecord => "Bytes that are no readable JSON were skipped.",
        WarningKind::TruncatedSource => "The file ends inside a record; everything before it was read.",
        WarningKind::UnknownRecord => "JSON that is no known form of trace was skipped.",
        WarningKind::TruncatedValue => "The recorder cut long values; their end is not in the file.",
        WarningKind::RepairedValue => "Records held NaN, Infinity, half a surrogate pair or invalid UTF-8; they were read with a stand-in.",
        WarningKind::DuplicateRecord => "Records that came twice were counted once.",
        WarningKind::MissingStart => "Ends without a start: when these began is not recorded.",
        WarningKind::MissingEnd => "Starts without an end: these were running when the trace ends, or their end was not written.",
        WarningKind::WrongStart => "End events named the start of something else; they were matched by type and id instead.",
        WarningKind::MissingParent => "Parents that are not in the trace: the run was still going, was killed, or did not export them.",
        WarningKind::GuessedParent => "Parents were not recorded and are concluded from time and keys.",
        WarningKind::ClockConflict => "Times contradict each other: an end before its start, or a child far outside its parent.",
        WarningKind::NaiveTime => "Times without a zone were read as UTC.",
        WarningKind::MissingUsage => "LLM calls recorded no token usage: sums over calls are a lower bound.",
        WarningKind::EmptyBatch => "A trace batch was opened and holds no events.",
        WarningKind::CoarseTime => "Times are whole seconds: durations are right to about a second.",
        WarningKind::JoinedEnd => "Asynchronous tasks were logged as completed when they were joined: they may have ended earlier, and the task that joined them began later than logged.",
        WarningKind::SavedReport => "This is a saved report: its figures are shown as it says. LLM calls, messages and records are not in it; open the trace itself for those.",
        WarningKind::NothingOfRun => "crewai's note of its last run (last_run.json) and its request for a place to send spans to hold nothing of the run: open the spans (OTLP), the event log, the checkpoint or the log file instead.",
        WarningKind::UnreadPage => "The store's answer is one page of several; the pages after it were not read.",
        WarningKind::UploadFailed => "The recorder could not upload this trace; its status says nothing about the run.",
        WarningKind::NoToolCalls => "This recorder writes no tool calls; what the model asked for stands in its answers.",
        WarningKind::NoTaskNames => "This recorder does not write the names of tasks.",
        WarningKind::NoInnerSteps => "This recorder writes nothing of function guardrails, memory, knowledge and reasoning.",
        WarningKind::NoFlows => "This recorder writes no flows: each crew of a flow stands alone.",
        WarningKind::NoAsyncTasks => "This recorder writes no asynchronous tasks; they are known only from the agents at work in them.",
        WarningKind::NoCoworkers => "This recorder writes no spans for agents that others delegate to: their calls lie below the delegating tool.",
        WarningKind::NoTokenDetails => "This recorder does not write reasoning tokens.",
    }
}

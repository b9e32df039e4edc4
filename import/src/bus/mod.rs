//! crewai's event bus: what each event type says. Shared by the event log and the trace batch.

mod fields;
pub mod pairing;

use crate::builder::Builder;
use crate::bus::fields::Reader;
use crate::draft::{BusEvent, Facts, Phase};
use crate::time::{self, Moment};
use crewscope_trace::json::Object;
use crewscope_trace::model::{Field, Flags, Kind, Value, WarningKind};
use crewscope_trace::text::RecordPlace;
use std::borrow::Cow;

/// The agent that crewai itself adds when `Crew(planning=True)`; its task is not one of the user's.
pub const PLANNER: &str = "Task Execution Planner";

/// Events that carry nothing for a reader: bookkeeping of crewai, repeated in the events around them.
const SILENT: &[&str] = &[
    "default_env",
    "flow_created",
    "flow_plot",
    "llm_stream_chunk",
    "checkpoint_started",
    "checkpoint_completed",
];

/// Reads one event. `envelope` has ids and time, `data` the event's own fields (the same object in the event log).
/// Returns `false` if it has no type and is none.
pub fn read_event(
    builder: &mut Builder,
    stream: u32,
    envelope: &Object<'_>,
    data: &Object<'_>,
    place: &RecordPlace<'_>,
) -> bool {
    let head = Head { envelope, data };
    let Some(event_type) = head.string("type") else {
        return false;
    };
    let moment = head.moment();
    let mut flags = Flags::default();
    if moment.is_some_and(|moment| moment.naive) {
        flags.set(Flags::NAIVE_TIME);
        builder
            .notes
            .add(WarningKind::NaiveTime, Some(place.place()));
    }
    let (kind, family, phase) = classify(&event_type);
    let mut id = |key: &str| Some(builder.strings.intern(&head.string(key)?));
    let (own, parent, previous, started) = (
        id("event_id"),
        id("parent_event_id"),
        id("previous_event_id"),
        id("started_event_id"),
    );
    let family = builder.strings.intern(family);
    let mut reader = Reader::new(builder, data, place);
    if !SILENT.contains(&&*event_type) {
        reader.read(kind, phase, &event_type);
    }
    let Reader {
        facts,
        name,
        subject,
        usage,
        ..
    } = reader;
    let event = BusEvent {
        stream,
        kind,
        family,
        phase: outcome(phase, &event_type, &facts, data),
        time: moment.map(|moment| moment.nanos),
        sequence: head.sequence(),
        id: own,
        parent,
        previous,
        started,
        subject,
        name,
        flags,
        usage: usage.into(),
        facts,
        record: place.whole(),
    };
    builder.add_event(event);
    true
}

/// What every event says of itself, in its envelope or among its own fields.
struct Head<'x, 'a> {
    envelope: &'x Object<'a>,
    data: &'x Object<'a>,
}

impl<'a> Head<'_, 'a> {
    /// A text of the envelope, else of the event's own fields.
    #[inline]
    fn string(&self, key: &str) -> Option<Cow<'a, str>> {
        self.envelope.string(key).or_else(|| self.data.string(key))
    }

    /// When it was emitted. 0.203.2 stamps the envelope when the listener runs; the event's own time is in its data.
    fn moment(&self) -> Option<Moment> {
        self.data
            .string("timestamp")
            .or_else(|| self.envelope.string("timestamp"))
            .and_then(|text| time::parse(&text))
    }

    /// Its number in the order of emission.
    fn sequence(&self) -> Option<i64> {
        self.envelope
            .int("emission_sequence")
            .or_else(|| self.data.int("emission_sequence"))
    }
}

/// The phase of an event after a look at its fields: some failures are told by them alone, not by the type.
fn outcome(phase: Phase, event_type: &str, facts: &Facts, data: &Object<'_>) -> Phase {
    match phase {
        // A guardrail that rejects ends with success = false.
        Phase::End if facts.get(Field::Success) == Some(Value::Bool(false)) => Phase::Fail,
        // An agent elsewhere that fails ends with that as its status.
        Phase::End if event_type.starts_with("a2a_") => match data.string("status").as_deref() {
            Some("failed" | "rejected") => Phase::Fail,
            _ => phase,
        },
        phase => phase,
    }
}

/// What a type is about, its family (the type without its phase) and its phase.
fn classify(event_type: &str) -> (Kind, &str, Phase) {
    if SILENT.contains(&event_type) {
        return (Kind::Other, "silent", Phase::Note);
    }
    match event_type {
        "tool_failure_detected" => return (Kind::Tool, "tool_usage", Phase::Marker),
        // They repeat what other events say, but for the thought of an agent and (before 1.9) which description belongs to which role.
        "agent_logs_started" | "agent_logs_execution" => {
            return (Kind::Agent, "agent_logs", Phase::Note)
        }
        _ => {}
    }
    let phases = [
        ("_started", Phase::Start),
        ("_completed", Phase::End),
        ("_finished", Phase::End),
        ("_paused", Phase::End),
        ("_failed", Phase::Fail),
        ("_error", Phase::Fail),
    ];
    let (family, phase) = phases
        .iter()
        .find_map(|(suffix, phase)| Some((event_type.strip_suffix(suffix)?, *phase)))
        .unwrap_or((event_type, Phase::Instant));
    let kind = match family {
        "crew_kickoff" | "crew_train" | "crew_test" => Kind::Crew,
        "flow" => Kind::Flow,
        "method_execution" => Kind::Method,
        "task" => Kind::Task,
        "agent_execution" | "lite_agent_execution" => Kind::Agent,
        "llm_call" => Kind::Llm,
        "tool_usage" | "mcp_tool_execution" => Kind::Tool,
        "llm_guardrail" => Kind::Guardrail,
        "agent_reasoning" => Kind::Reasoning,
        family if family.starts_with("memory_") => Kind::Memory,
        family if family.starts_with("knowledge_") => Kind::Knowledge,
        family if family.starts_with("human_feedback") => Kind::Human,
        _ => Kind::Other,
    };
    (kind, family, phase)
}

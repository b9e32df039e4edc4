//! crewai's checkpoint (`CheckpointConfig`, from 1.14 on): every event of the run so far, and whole dumps of its crews and tasks.
//!
//! The events are those of the bus, each with ids, times and clean JSON. What they lack is filled from the dumps (`entities`): definitions of tasks
//! that had not started, inputs, process. It stops at what triggered it, so the trigger's own crew may look unfinished.

use crate::builder::Builder;
use crate::bus;
use crate::draft::{Definition, Draft, Facts};
use crate::time;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value};
use crewscope_trace::text::RecordPlace;
use rustc_hash::FxHashMap;

/// The name of the form.
pub const FORMAT: &str = "crewai-checkpoint";

/// Reads one of `event_record.nodes`.
pub fn read_event(
    builder: &mut Builder,
    source: u32,
    node: &Object<'_>,
    place: &RecordPlace<'_>,
) -> bool {
    let Some(raw) = node.get("event") else {
        return false;
    };
    let Some(event) = Object::parse(raw.get()) else {
        return false;
    };
    let place = RecordPlace {
        source,
        offset: place.text_of(raw.get()).offset,
        text: raw.get(),
    };
    let stream = builder.log_stream(source);
    bus::read_event(builder, stream, &event, &event, &place)
}

/// Reads one of `entities`. Agents and flows say nothing that the events do not.
pub fn read_entity(
    builder: &mut Builder,
    source: u32,
    entity: &Object<'_>,
    place: &RecordPlace<'_>,
) -> bool {
    if !entity.has("entity_type") {
        return false;
    }
    let started = entity.string("checkpoint_kickoff_event_id");
    let Some(crew) = started.map(|id| builder.strings.intern(&id)) else {
        return true;
    };
    let stream = builder.log_stream(source);
    let mut facts = Facts::default();
    for (field, key) in [
        (Field::CrewName, "name"),
        (Field::CrewId, "id"),
        (Field::Process, "process"),
    ] {
        let value = entity
            .string(key)
            .map(|text| Value::Sym(builder.name(&text)));
        facts.add_some(field, value);
    }
    let tasks = entity.get("tasks").map(|raw| json::elements(raw.get()));
    let tasks = tasks.unwrap_or_default();
    let agents = entity
        .get("agents")
        .map(|raw| json::elements(raw.get()).len());
    let count = |count: usize| i64::try_from(count).ok().map(Value::Int);
    facts.add_some(Field::TaskCount, count(tasks.len()));
    facts.add_some(Field::AgentCount, agents.and_then(count));
    facts.add_some(Field::Input, text(place, entity.get("checkpoint_inputs")));
    let total = ["token_usage", "usage_metrics"]
        .iter()
        .find_map(|key| entity.object(key)?.int("total_tokens"));
    facts.add_some(Field::ReportedTotal, total.map(Value::Int));
    builder.definitions.push(Definition {
        stream,
        kind: Kind::Crew,
        id: crew,
        crew: None,
        facts,
        times: [None, None],
        record: place.whole(),
    });
    for task in tasks {
        read_task(builder, stream, crew, task, place);
    }
    true
}

fn text(place: &RecordPlace<'_>, raw: Option<Raw<'_>>) -> Option<Value> {
    let raw = raw.filter(|raw| !matches!(raw.get(), "\"\"" | "{}"))?;
    Some(Value::Text(place.text_of(raw.get())))
}

fn read_task(builder: &mut Builder, stream: u32, crew: Sym, raw: Raw<'_>, place: &RecordPlace<'_>) {
    let Some(task) = Object::parse(raw.get()) else {
        return;
    };
    let Some(id) = task.string("id").map(|id| builder.strings.intern(&id)) else {
        return;
    };
    let agent = task.object("agent").unwrap_or_default();
    let llm = agent.object("llm").unwrap_or_default();
    let model = llm.string("model").or_else(|| agent.string("llm"));
    let mut facts = Facts::default();
    facts.add(Field::TaskId, Value::Sym(id));
    for (field, text) in [
        (Field::TaskName, task.string("name")),
        (Field::AgentRole, agent.string("role")),
        (Field::AgentId, agent.string("id")),
        (Field::Model, model),
    ] {
        let value = text.map(|text| Value::Sym(builder.name(&text)));
        facts.add_some(field, value);
    }
    facts.add_some(Field::Description, text(place, task.get("description")));
    facts.add_some(
        Field::ExpectedOutput,
        text(place, task.get("expected_output")),
    );
    let output = task.object("output").unwrap_or_default();
    facts.add_some(Field::Output, text(place, output.get("raw")));
    let moment = |key: &str| Some(time::parse(&task.string(key)?)?.nanos);
    builder.definitions.push(Definition {
        stream,
        kind: Kind::Task,
        id,
        crew: Some(crew),
        facts,
        times: [moment("start_time"), moment("end_time")],
        record: place.text_of(raw.get()),
    });
}

/// Reads the document around the records: the version that wrote it.
pub fn read_shell(builder: &mut Builder, source: u32, shell: &Object<'_>) {
    let Some(version) = shell.string("crewai_version") else {
        return;
    };
    let version = builder.strings.intern(&version);
    if builder.versions.iter().all(|(known, _)| *known != source) {
        builder.versions.push((source, version));
    }
}

/// Fills spans from definitions, and adds the tasks that no event tells of.
pub fn apply(builder: &Builder, drafts: &mut Vec<Draft>) {
    // Spans by what a definition names them by. A task that ran twice has several.
    let mut first: FxHashMap<Sym, usize> = FxHashMap::default();
    let mut next: Vec<Option<usize>> = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let id = match draft.kind {
            Kind::Crew => Some(draft.id),
            Kind::Task => draft.facts.sym(Field::TaskId),
            _ => None,
        };
        next.push(id.and_then(|id| first.insert(id, at)));
    }
    for definition in &builder.definitions {
        let mut at = first.get(&definition.id).copied();
        if at.is_none() && definition.kind == Kind::Task {
            first.insert(definition.id, drafts.len());
            next.push(None);
            drafts.push(missing(builder, definition));
            continue;
        }
        while let Some(draft) = at.and_then(|at| drafts.get_mut(at)) {
            draft.facts.merge(&definition.facts);
            if !draft.records.contains(&definition.record) {
                draft.records.push(definition.record);
            }
            at = at.and_then(|at| next.get(at).copied().flatten());
        }
    }
}

/// A task without events: it had not started, or its events are not in the file.
fn missing(builder: &Builder, definition: &Definition) -> Draft {
    let stream = builder.streams.get(definition.stream as usize);
    let group = stream.map_or(Sym::EMPTY, |stream| stream.id);
    let mut draft = Draft::new(group, definition.id, Kind::Task);
    draft.parent = definition.crew;
    draft.flags.set(Flags::INFERRED);
    draft.facts = definition.facts.clone();
    draft.name = draft.facts.sym(Field::TaskName).unwrap_or_default();
    draft.records.push(definition.record);
    [draft.start, draft.end] = definition.times;
    if draft.start.is_some() {
        draft.flags.set(Flags::NAIVE_TIME);
    }
    if draft.facts.get(Field::Output).is_some() {
        draft.status = Status::Completed;
        draft.flags.set(Flags::DERIVED_STATUS);
    }
    draft
}

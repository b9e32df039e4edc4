//! OTLP JSON: one span at a time. camelCase (the OTLP JSON mapping) and snake_case (Phoenix, some exporters).

use super::attributes::Attributes;
use super::builder::Builder;
use super::dialect;
use super::draft::{Draft, RecordPlace};
use super::json::{self, Object, Raw};
use crate::model::{Field, Flags, Kind, Status, Value, WarningKind};

/// Reads one span record. Returns `false` if it has no span id and is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let get = |camel: &str, snake: &str| record.get(camel).or_else(|| record.get(snake));
    let text = |camel: &str, snake: &str| get(camel, snake).and_then(json::scalar);
    let Some(id) = text("spanId", "span_id") else {
        return false;
    };
    let trace = text("traceId", "trace_id").unwrap_or_default();
    let (group, id) = (builder.strings.intern(&trace), builder.strings.intern(&id));
    if !builder.is_new_span(group, id) {
        builder
            .notes
            .add(WarningKind::DuplicateRecord, Some(place.place()));
        return true;
    }
    let mut draft = Draft::new(group, id, Kind::Other);
    draft.parent =
        text("parentSpanId", "parent_span_id").map(|parent| builder.strings.intern(&parent));
    draft.start = get("startTimeUnixNano", "start_time_unix_nano").and_then(nanos);
    draft.end = get("endTimeUnixNano", "end_time_unix_nano").and_then(nanos);
    draft.records.push(place.whole());
    let attributes = get("attributes", "attributes")
        .map(Attributes::otlp)
        .unwrap_or_default();
    read_status(&mut draft, record, place);
    read_exception(builder, &mut draft, record, place);
    let name = text("name", "name").unwrap_or_default();
    dialect::apply(builder, &mut draft, &name, &attributes, place);
    if draft.start == draft.end && draft.start.is_some() {
        draft.flags.set(Flags::INSTANT);
    }
    builder.add_span(draft);
    true
}

/// Nanoseconds as string or number; 0 means "not set" in OTLP.
fn nanos(raw: Raw<'_>) -> Option<i64> {
    json::int(raw.get()).filter(|&nanos| nanos > 0)
}

fn read_status(draft: &mut Draft, record: &Object<'_>, place: &RecordPlace<'_>) {
    let status = record.object("status").unwrap_or_default();
    let failed = status.get("code").is_some_and(|code| {
        matches!(
            code.get(),
            "2" | "\"2\"" | "\"STATUS_CODE_ERROR\"" | "\"ERROR\""
        )
    });
    draft.status = if failed {
        Status::Failed
    } else {
        Status::Completed
    };
    if let Some(message) = status
        .get("message")
        .filter(|message| failed && message.get() != "\"\"")
    {
        draft
            .facts
            .add(Field::Error, Value::Text(place.text_of(message.get())));
    }
}

/// The last `exception` event holds class and stack trace (crewai writes one for raised tools only).
fn read_exception(
    builder: &mut Builder,
    draft: &mut Draft,
    record: &Object<'_>,
    place: &RecordPlace<'_>,
) {
    let Some(events) = record.get("events") else {
        return;
    };
    for event in json::elements(events.get())
        .iter()
        .rev()
        .filter_map(|event| Object::parse(event.get()))
    {
        if event.string("name").as_deref() != Some("exception") {
            continue;
        }
        let attributes = event
            .get("attributes")
            .map(Attributes::otlp)
            .unwrap_or_default();
        draft.facts.add_some(
            Field::StackTrace,
            attributes
                .text("exception.stacktrace", place)
                .map(Value::Text),
        );
        draft.facts.add_some(
            Field::Error,
            attributes.text("exception.message", place).map(Value::Text),
        );
        if let Some(class) = attributes.string("exception.type") {
            draft
                .facts
                .add(Field::ErrorType, Value::Sym(builder.strings.intern(&class)));
        }
        return;
    }
}

/// Reads what is left of an export request without its spans: the version of the instrumentation that wrote them.
pub fn read_shell(builder: &mut Builder, source: u32, shell: &Object<'_>) {
    let array = |object: &Object<'_>, keys: &[&str]| {
        keys.iter()
            .find_map(|key| object.get(key))
            .map(|raw| raw.get().to_owned())
    };
    let Some(resources) = array(shell, &["resourceSpans", "resource_spans"]) else {
        return;
    };
    for resource in json::elements(&resources)
        .iter()
        .filter_map(|raw| Object::parse(raw.get()))
    {
        let Some(scopes) = array(&resource, &["scopeSpans", "scope_spans"]) else {
            continue;
        };
        for scope in json::elements(&scopes)
            .iter()
            .filter_map(|raw| Object::parse(raw.get())?.object("scope"))
        {
            if scope.string("name").as_deref() == Some("crewai") {
                if let Some(version) = scope.string("version") {
                    let version = builder.strings.intern(&version);
                    if builder.versions.iter().all(|(known, _)| *known != source) {
                        builder.versions.push((source, version));
                    }
                }
            }
        }
    }
}

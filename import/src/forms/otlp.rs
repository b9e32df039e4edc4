//! OTLP JSON: one span at a time. camelCase (the OTLP JSON mapping) and snake_case (Phoenix, some exporters).

use crate::builder::Builder;
use crate::ids;
use crate::span;
use crate::span_record::SpanRecord;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// Reads one span record. Returns `false` if it has no span id and is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let get = |camel: &str, snake: &str| record.get(camel).or_else(|| record.get(snake));
    let text = |camel: &str, snake: &str| get(camel, snake).and_then(json::scalar);
    let Some(id) = text("spanId", "span_id") else {
        return false;
    };
    let status = record.object("status").unwrap_or_default();
    let failed = status.get("code").is_some_and(|code| {
        matches!(
            code.get(),
            "2" | "\"2\"" | "\"STATUS_CODE_ERROR\"" | "\"ERROR\""
        )
    });
    let span = SpanRecord {
        trace: ids::plain(text("traceId", "trace_id").unwrap_or_default()),
        id: ids::plain(id),
        parent: text("parentSpanId", "parent_span_id")
            .map(ids::plain)
            .filter(|parent| !ids::is_zero(parent)),
        name: text("name", "name").unwrap_or_default(),
        start: get("startTimeUnixNano", "start_time_unix_nano").and_then(nanos),
        end: get("endTimeUnixNano", "end_time_unix_nano").and_then(nanos),
        naive: false,
        failed,
        message: status.get("message"),
        attributes: record
            .get("attributes")
            .map(Attributes::read)
            .unwrap_or_default(),
        events: record.get("events"),
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

/// Nanoseconds as string or number; 0 means "not set" in OTLP.
fn nanos(raw: Raw<'_>) -> Option<i64> {
    json::int(raw.get()).filter(|&nanos| nanos > 0)
}

/// Reads what is left of an export request without its spans: the version of the instrumentation that wrote them.
pub fn read_shell(builder: &mut Builder, source: u32, shell: &Object<'_>) {
    let array = |object: &Object<'_>, keys: &[&str]| {
        keys.iter()
            .find_map(|key| object.get(key))
            .map(|raw| raw.get().to_owned())
    };
    // Stores wrap their answers.
    let inner = shell.object("result").or_else(|| shell.object("trace"));
    let shell = inner.as_ref().unwrap_or(shell);
    let Some(resources) = array(shell, &["resourceSpans", "resource_spans", "batches"]) else {
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
                    builder.add_version(source, &version);
                }
            }
        }
    }
}

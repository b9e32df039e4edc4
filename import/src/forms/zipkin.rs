//! Spans as Zipkin has them (`/api/v2/trace/{id}`, `/api/v2/traces`, and the requests that post them).
//!
//! Shape: `zipkin2-api.yaml` of openzipkin/zipkin-api; how a span of OpenTelemetry becomes that: `specification/compatibility` "Zipkin exporter" and
//! `opentelemetry-exporter-zipkin-json` 1.43. Attributes, resource, scope and status are tags, all of them texts; times are microseconds.

use crate::builder::Builder;
use crate::ids;
use crate::span;
use crate::span_record::SpanRecord;
use crewscope_trace::json::Object;
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The name of the form.
pub const FORMAT: &str = "zipkin";

/// Reads one span. Returns `false` if it is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let Some(id) = record.string("id") else {
        return false;
    };
    let tags = record.get("tags").map(Attributes::read).unwrap_or_default();
    let start = micros(record, "timestamp");
    let duration = micros(record, "duration");
    if tags.string("otel.library.name").as_deref() == Some("crewai") {
        if let Some(version) = tags.string("otel.library.version") {
            builder.add_version(place.source, &version);
        }
    }
    let span = SpanRecord {
        parent: record.string("parentId").map(ids::plain),
        trace: ids::plain(record.string("traceId").unwrap_or_default()),
        id: ids::plain(id),
        name: record.string("name").unwrap_or_default(),
        start,
        end: start
            .zip(duration)
            .and_then(|(start, duration)| start.checked_add(duration)),
        // The tag `error` is there only where something failed; what it says is the status message.
        failed: tags.get("error").is_some(),
        message: tags.get("error"),
        attributes: tags,
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

fn micros(record: &Object<'_>, key: &str) -> Option<i64> {
    record.int(key)?.checked_mul(1000)
}

//! Spans as the Jaeger query service answers them (`/api/traces/{id}`), and as its UI saves them.
//!
//! Shape: `internal/uimodel/model.go` of jaegertracing/jaeger 2.x; how OTLP becomes that: `pkg/translator/jaeger` of
//! opentelemetry-collector-contrib. (`/api/v3/traces/{id}` answers OTLP.) Attributes, status and scope are all tags, events are logs,
//! times are microseconds, and lists have become JSON texts.

use crate::builder::Builder;
use crate::ids;
use crate::span;
use crate::span_record::SpanRecord;
use crewscope_trace::json::{self, Object};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The name of the form.
pub const FORMAT: &str = "jaeger";

/// Reads one span. Returns `false` if it is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let Some(id) = record.string("spanID") else {
        return false;
    };
    let trace = record.string("traceID").unwrap_or_default();
    let tags = record.get("tags").map(Attributes::read).unwrap_or_default();
    let start = micros(record, "startTime");
    let duration = micros(record, "duration");
    scope(builder, place.source, &tags);
    let span = SpanRecord {
        parent: parent(record, &trace),
        trace: ids::plain(trace),
        id: ids::plain(id),
        name: record.string("operationName").unwrap_or_default(),
        start,
        end: start
            .zip(duration)
            .and_then(|(start, duration)| start.checked_add(duration)),
        naive: false,
        failed: tags.string("otel.status_code").as_deref() == Some("ERROR")
            || tags.bool("error") == Some(true),
        message: tags.get("otel.status_description"),
        events: record.get("logs"),
        attributes: tags,
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

fn micros(record: &Object<'_>, key: &str) -> Option<i64> {
    record.int(key)?.checked_mul(1000)
}

/// The span that this one is a child of. A link to the parent may have made the reference a `FOLLOWS_FROM`; links to other traces are none.
fn parent<'a>(record: &Object<'a>, trace: &str) -> Option<std::borrow::Cow<'a, str>> {
    let references: Vec<Object<'a>> = record
        .get("references")
        .map(|raw| json::elements(raw.get()))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|reference| Object::parse(reference.get()))
        .filter(|reference| reference.string("traceID").is_none_or(|of| of == trace))
        .collect();
    references
        .iter()
        .find(|reference| reference.string("refType").as_deref() == Some("CHILD_OF"))
        .or(references.first())
        .and_then(|reference| reference.string("spanID"))
        .or_else(|| record.string("parentSpanID"))
        .map(ids::plain)
}

/// The version of crewai is that of the scope, which is a tag of each span here.
fn scope(builder: &mut Builder, source: u32, tags: &Attributes<'_>) {
    for (name, version) in [
        ("otel.scope.name", "otel.scope.version"),
        ("otel.library.name", "otel.library.version"),
    ] {
        if let (Some("crewai"), Some(version)) =
            (tags.string(name).as_deref(), tags.string(version))
        {
            builder.add_version(source, &version);
        }
    }
}

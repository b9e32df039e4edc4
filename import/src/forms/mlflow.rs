//! Traces as MLflow gives them out: `Trace.to_json`, the rows of `search_traces`, the `traces.json` artifact, spans of the tracking API.
//!
//! Shapes: `mlflow/entities/{span,trace,trace_data}.py` of MLflow 3.17. Spans of schema 3 name their parts as OTLP does, with base64 ids (3.5.0
//! wrote hexadecimal ones and `OK`); those of schema 2 hold a `context`. Attributes are JSON texts. An API answer holds OTLP's attribute lists.

use crate::builder::Builder;
use crate::ids;
use crate::span;
use crate::span_record::SpanRecord;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The name of the form.
pub const FORMAT: &str = "mlflow";

/// The attribute that every span of MLflow has.
const TRACE: &str = "mlflow.traceRequestId";

/// Whether an object is a span of MLflow.
pub fn is_span(record: &Object<'_>) -> bool {
    record.has("attributes")
        && (record.has("trace_id") || record.has("context"))
        && record
            .get("attributes")
            .is_some_and(|attributes| attributes.get().contains(TRACE))
}

/// Reads one span. Returns `false` if it is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let context = record.object("context");
    let ids = context.as_ref().unwrap_or(record);
    let Some(id) = ids.string("span_id") else {
        return false;
    };
    let attributes = record
        .get("attributes")
        .map(Attributes::read)
        .unwrap_or_default();
    let first = |keys: &[&str]| keys.iter().find_map(|key| record.get(key));
    let status = record.object("status").unwrap_or_default();
    let code = status
        .string("code")
        .or_else(|| record.string("status_code"));
    let span = SpanRecord {
        // The id by which MLflow's own pages know the trace.
        trace: attributes
            .string(TRACE)
            .or_else(|| ids.string("trace_id"))
            .unwrap_or_default()
            .into_owned()
            .into(),
        id: ids::plain(id),
        parent: first(&["parent_span_id", "parent_id"])
            .and_then(json::scalar)
            .map(ids::plain),
        name: record.string("name").unwrap_or_default(),
        start: first(&["start_time_unix_nano", "start_time"]).and_then(nanos),
        end: first(&["end_time_unix_nano", "end_time"]).and_then(nanos),
        failed: matches!(code.as_deref(), Some("STATUS_CODE_ERROR" | "ERROR" | "2")),
        message: status
            .get("message")
            .or_else(|| record.get("status_message")),
        events: record.get("events"),
        attributes: attributes.in_json(),
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

fn nanos(raw: Raw<'_>) -> Option<i64> {
    json::int(raw.get()).filter(|&nanos| nanos > 0)
}

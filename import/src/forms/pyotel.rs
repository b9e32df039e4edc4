//! Spans as the Python SDK prints them (`ReadableSpan.to_json`): its console exporter, or one a line.
//!
//! Attributes are native values, times ISO 8601, ids begin with `0x`, the status is a word.

use crate::builder::Builder;
use crate::span;
use crate::span_record::SpanRecord;
use crate::time;
use crewscope_trace::json::Object;
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// Reads one span. Returns `false` if it is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    // Others have a `context` as well, with the kind or the status beside it and not inside an object.
    let Some(context) = record
        .object("context")
        .filter(|_| record.has("status") && record.has("start_time") && !record.has("span_kind"))
    else {
        return false;
    };
    let Some(id) = context.string("span_id") else {
        return false;
    };
    let bare = |id: &str| id.strip_prefix("0x").unwrap_or(id).to_owned();
    let moment = |key: &str| record.string(key).and_then(|text| time::parse(&text));
    let (start, end) = (moment("start_time"), moment("end_time"));
    let status = record.object("status").unwrap_or_default();
    let span = SpanRecord {
        trace: bare(&context.string("trace_id").unwrap_or_default()).into(),
        id: bare(&id).into(),
        parent: record.string("parent_id").map(|id| bare(&id).into()),
        name: record.string("name").unwrap_or_default(),
        start: start.map(|moment| moment.nanos),
        end: end.map(|moment| moment.nanos),
        naive: [start, end].iter().flatten().any(|moment| moment.naive),
        failed: status.string("status_code").as_deref() == Some("ERROR"),
        message: status.get("description"),
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

#[cfg(test)]
mod tests {
    use crate::Importer;
    use crewscope_trace::model::{Field, Flags, Status, Trace};

    fn open(text: &str) -> Trace {
        let mut importer = Importer::new();
        importer.begin_source("x");
        importer.push(text.as_bytes());
        importer.finish()
    }

    #[test]
    fn a_span_with_events_of_its_own_is_one_record() {
        let trace = open(
            r#"{"name":"call tool","context":{"trace_id":"0xab","span_id":"0x01","trace_state":"[]"},"kind":"SpanKind.INTERNAL","parent_id":null,
            "start_time":"2026-11-20T23:32:45.419163Z","end_time":"2026-11-20T23:32:45.469900Z","status":{"status_code":"ERROR","description":"No rate"},
            "attributes":{"gen_ai.tool.name":"f"},"events":[{"name":"exception","timestamp":"2026-11-20T23:32:45Z","attributes":{"exception.type":"ValueError","exception.stacktrace":"Traceback"}}],"links":[],"resource":{"attributes":{}}}
            {"name":"execute crew","context":{"trace_id":"0xab","span_id":"0x02"},"parent_id":null,"start_time":"2026-11-20T23:32:45","end_time":null,"status":{"status_code":"UNSET"},"attributes":{},"events":[]}"#,
        );
        assert!(trace
            .warnings
            .iter()
            .all(|warning| warning.kind.name() != "unknown-record"));
        assert_eq!(trace.sources[0].formats, ["python-otel"]);
        assert_eq!((trace.sources[0].records, trace.spans.len()), (2, 2));
        let tool = trace.spans.iter().find(|span| span.end.is_some()).unwrap();
        assert_eq!(trace.str(tool.id), "01");
        assert_eq!(
            (tool.status, tool.duration()),
            (Status::Failed, Some(50_737_000))
        );
        assert_eq!(trace.name_of(tool, Field::ErrorType), Some("ValueError"));
        assert!(tool.text(Field::StackTrace).is_some() && tool.text(Field::Error).is_some());
        let crew = trace.spans.iter().find(|span| span.end.is_none()).unwrap();
        assert_eq!(crew.status, Status::Running);
        assert!(crew.flags.has(Flags::NAIVE_TIME));
    }
}

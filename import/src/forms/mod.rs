//! Which reader a record belongs to: by its path and its content, never by a file name.

mod batch;
pub mod checkpoint;
mod jaeger;
mod langfuse;
mod langsmith;
pub mod log;
mod mlflow;
mod otlp;
mod phoenix;
mod pyotel;
pub mod saved_report;

use crate::builder::Builder;
use crate::bus;
use crate::evidence::Before;
use crate::framing::framer::{Fault, Frame};
use crate::framing::paths::RecordPath;
use crewscope_trace::json::mend;
use crewscope_trace::json::Object;
use crewscope_trace::model::{Place, WarningKind};
use crewscope_trace::text::RecordPlace;

/// Reads one frame into the builder.
pub fn read(builder: &mut Builder, source: u32, frame: Frame<'_>) {
    match frame {
        Frame::Record {
            path,
            root,
            offset,
            bytes,
            quotes,
        } => {
            with_object(
                builder,
                source,
                offset,
                (bytes, quotes),
                |builder, object, place| match path {
                    RecordPath::OtlpSpan => {
                        otlp::read_span(builder, object, place).then_some("otlp-json")
                    }
                    RecordPath::BatchEvent => {
                        let stream = builder.root_stream(source, root);
                        batch::read_event(builder, stream, object, place).then_some("crewai-batch")
                    }
                    RecordPath::StoreSpan => read_span(builder, object, place),
                    RecordPath::CheckpointEvent => {
                        checkpoint::read_event(builder, source, object, place)
                            .then_some(checkpoint::FORMAT)
                    }
                    RecordPath::CheckpointEntity => {
                        checkpoint::read_entity(builder, source, object, place)
                            .then_some(checkpoint::FORMAT)
                    }
                    RecordPath::SavedExecution => {
                        saved_report::read_execution(builder, object, place)
                            .then_some(saved_report::FORMAT)
                    }
                },
            );
        }
        Frame::Root {
            root,
            offset,
            bytes,
            elided: Some(path),
            ..
        } => {
            // A shell: offsets into it mean nothing, and it counts for no record of its own.
            let text = String::from_utf8_lossy(bytes);
            let head = Object::parse(&text).unwrap_or_default();
            match path {
                RecordPath::OtlpSpan => otlp::read_shell(builder, source, &head),
                RecordPath::CheckpointEvent | RecordPath::CheckpointEntity => {
                    checkpoint::read_shell(builder, source, &head);
                }
                RecordPath::SavedExecution => {
                    saved_report::read_shell(builder, &head, Place { source, offset });
                }
                RecordPath::BatchEvent => {
                    batch::read_head(builder, source, root, &head, Place { source, offset });
                }
                RecordPath::StoreSpan => {}
            }
        }
        Frame::Root {
            root,
            offset,
            bytes,
            quotes,
            elided: None,
        } => {
            with_object(
                builder,
                source,
                offset,
                (bytes, quotes),
                |builder, object, place| read_root(builder, source, root, object, place),
            );
        }
        Frame::Entry { offset, bytes } => log::read_text(builder, source, offset, bytes),
        Frame::Fault { fault, offset, .. } => {
            let kind = match fault {
                Fault::Truncated => WarningKind::TruncatedSource,
                Fault::NotJson | Fault::BrokenValue | Fault::TooLarge => {
                    WarningKind::UnreadableRecord
                }
            };
            builder.notes.add(kind, Some(Place { source, offset }));
        }
    }
}

/// A root that is a record itself. Returns the form, or `None` if it is no trace.
fn read_root(
    builder: &mut Builder,
    source: u32,
    root: u64,
    object: &Object<'_>,
    place: &RecordPlace<'_>,
) -> Option<&'static str> {
    if object.has("type") && object.has("timestamp") && !object.has("traceId") {
        let stream = builder.log_stream(source);
        if object.has("event_data") {
            return batch::read_event(builder, stream, object, place).then_some("crewai-batch");
        }
        return bus::read_event(builder, stream, object, object, place).then_some("crewai-events");
    }
    if let Some(format) = read_span(builder, object, place) {
        return Some(format);
    }
    if object.has("data") && (object.has("next_cursor") || object.has("meta")) {
        return phoenix::read_page(builder, object, place, read_span);
    }
    // An export with no spans in it is a valid, empty one.
    if ["resourceSpans", "resource_spans", "batches"]
        .iter()
        .any(|key| object.has(key))
    {
        return Some("otlp-json");
    }
    if let Some(format) = nothing_of_run(object) {
        builder
            .notes
            .add(WarningKind::NothingOfRun, Some(place.place()));
        return Some(format);
    }
    if object.has("event_record") && object.has("entities") {
        return Some(checkpoint::FORMAT);
    }
    if saved_report::is_report(object) {
        saved_report::read_shell(builder, object, place.place());
        return Some(saved_report::FORMAT);
    }
    if log::is_entry(object) {
        return log::read_json(builder, object, place).then_some(log::FORMAT);
    }
    batch::read_head(builder, source, root, object, place.place()).then_some("crewai-batch")
}

/// A single span: an element of a store's answer, one a line, or what is left of a cut file.
fn read_span(
    builder: &mut Builder,
    object: &Object<'_>,
    place: &RecordPlace<'_>,
) -> Option<&'static str> {
    let has = |keys: &[&str]| keys.iter().all(|key| object.has(key));
    // A run or observation that came from one may hold the keys of any other span.
    if langsmith::is_run(object) {
        return langsmith::read_run(builder, object, place).then_some(langsmith::FORMAT);
    }
    if langfuse::is_observation(object) {
        return langfuse::read_observation(builder, object, place).then_some(langfuse::FORMAT);
    }
    if langfuse::is_trace(object) {
        return langfuse::read_trace(builder, object, place).then_some(langfuse::FORMAT);
    }
    // Its spans look like OTLP's, with other ids and attributes.
    if mlflow::is_span(object) {
        return mlflow::read_span(builder, object, place).then_some(mlflow::FORMAT);
    }
    if has(&["traceId", "spanId"]) || has(&["trace_id", "span_id"]) {
        return otlp::read_span(builder, object, place).then_some("otlp-json");
    }
    if object.has("spanID") {
        return jaeger::read_span(builder, object, place).then_some(jaeger::FORMAT);
    }
    if object.has("span_kind") {
        return phoenix::read_span(builder, object, place).then_some(phoenix::FORMAT);
    }
    if object.has("context") {
        return pyotel::read_span(builder, object, place).then_some("python-otel");
    }
    None
}

/// Files of crewai's that hold nothing of the run: the request that asks for a place to send spans to, and the note of the last run.
fn nothing_of_run(object: &Object<'_>) -> Option<&'static str> {
    let path = object.string("path");
    if path.is_some_and(|path| path.ends_with("/tracing/grants")) {
        return Some("crewai-grant");
    }
    let note = ["execution_id", "tier", "started_at", "recorded_at"];
    note.iter()
        .all(|key| object.has(key))
        .then_some("crewai-last-run")
}

/// Parses a record and reads it; repairs it first if it cannot be parsed as it stands.
fn with_object(
    builder: &mut Builder,
    source: u32,
    offset: u64,
    (bytes, quotes): (&[u8], &[u32]),
    read: impl Fn(&mut Builder, &Object<'_>, &RecordPlace<'_>) -> Option<&'static str>,
) {
    let place = Place { source, offset };
    let parsed = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| Some((text, Object::of_record(text, quotes)?)));
    let mut owned;
    let (text, object, quotes) = match parsed {
        Some((text, object)) => (text, object, quotes),
        None => {
            owned = bytes.to_vec();
            let repaired = mend::repair(&mut owned)
                .then(|| std::str::from_utf8(&owned).ok())
                .flatten();
            match repaired.and_then(|text| Some((text, Object::parse(text)?))) {
                Some(parsed) => {
                    builder.notes.add(WarningKind::RepairedValue, Some(place));
                    (parsed.0, parsed.1, &[][..])
                }
                None => {
                    builder
                        .notes
                        .add(WarningKind::UnreadableRecord, Some(place));
                    return;
                }
            }
        }
    };
    let place_of = RecordPlace {
        source,
        offset,
        text,
    };
    let before = Before::of(builder);
    let format = read(builder, &object, &place_of);
    before.note(builder, &place_of, quotes);
    match format {
        Some(format) => builder.count(source, format),
        None => builder.notes.add(WarningKind::UnknownRecord, Some(place)),
    }
}

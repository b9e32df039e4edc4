//! The trace batch of crewai before 1.15: `TraceBatch.to_dict()`, and the requests that post it (`batches`, `…/events`, `…/finalize`).

use crate::builder::Builder;
use crate::bus;
use crate::forms::has_any;
use crate::time;
use crewscope_trace::json::Object;
use crewscope_trace::model::{Place, WarningKind};
use crewscope_trace::text::RecordPlace;

/// Reads one element of a batch's `events`.
pub fn read_event(
    builder: &mut Builder,
    stream: u32,
    record: &Object<'_>,
    place: &RecordPlace<'_>,
) -> bool {
    let data = record.object("event_data").unwrap_or_default();
    bus::read_event(builder, stream, record, &data, place)
}

/// Whether a document is the head of a batch: the document around its events, a request with its body, or the body alone.
pub fn is_head(head: &Object<'_>) -> bool {
    let body = head.object("body");
    let body = body.as_ref().unwrap_or(head);
    let path = head.string("path").unwrap_or_default();
    has_any(body, &["batch_metadata", "execution_metadata", "events"])
        || path.contains("/batches") && id(head, body, &path).is_some()
}

/// The id of a batch, as far as its head says it.
fn id(head: &Object<'_>, body: &Object<'_>, path: &str) -> Option<String> {
    let told = || {
        let context = body.object("user_context").unwrap_or_default();
        let id = head
            .string("batch_id")
            .or_else(|| body.string("trace_id"))
            .or_else(|| context.string("trace_id"))?;
        Some(id.into_owned())
    };
    path_id(path).map(str::to_owned).or_else(told)
}

/// Reads the head of a batch, or what is left of it.
pub fn read_head(builder: &mut Builder, root: u64, place: Place, head: &Object<'_>) {
    let body = head.object("body");
    let body = body.as_ref().unwrap_or(head);
    let path = head.string("path").unwrap_or_default();
    let metadata = body.object("execution_metadata").unwrap_or_default();
    let execution = body.object("execution_context").unwrap_or_default();
    let stream = match id(head, body, &path) {
        Some(id) => builder.batch_stream(place.source, root, &id),
        None => builder.root_stream(place.source, root),
    };
    let name = [&execution, &metadata].iter().find_map(|object| {
        object
            .string("crew_name")
            .or_else(|| object.string("flow_name"))
    });
    let version = [&execution, &metadata]
        .iter()
        .find_map(|object| object.string("crewai_version"));
    let version = version
        .or_else(|| head.string("version"))
        .map(|version| builder.strings.intern(&version));
    let flow = body.string("execution_type").as_deref() == Some("flow")
        || [&execution, &metadata].iter().any(|object| {
            object.string("crew_name").is_none() && object.string("flow_name").is_some()
        });
    let opened = metadata
        .string("execution_started_at")
        .or_else(|| metadata.string("execution_start"));
    let opened = opened
        .and_then(|text| time::parse(&text))
        .map(|moment| moment.nanos);
    let name = name.map(|name| builder.name(&name));
    // `finalize` says "completed" for a crew that failed too: its status is the upload's (trap 24).
    let finalized = path.ends_with("/finalize") || body.has("final_event_count");
    let upload_failed = body.string("failure_reason").is_some();
    let refused = head.int("status").is_some_and(|status| status >= 400);
    if upload_failed || refused {
        builder.notes.add(WarningKind::UploadFailed, Some(place));
    }
    if let Some(stream) = builder.streams.get_mut(stream as usize) {
        stream.batch = true;
        stream.name = stream.name.or(name);
        stream.version = stream.version.or(version);
        stream.flow |= flow;
        stream.opened = stream.opened.or(opened);
        stream.place = stream.place.or(Some(place));
        // After either nothing more is posted.
        stream.closed |= finalized || upload_failed;
    }
}

/// The batch id in `/…/batches/<id>/events`.
fn path_id(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/batches/")?;
    rest.split('/').next().filter(|id| !id.is_empty())
}

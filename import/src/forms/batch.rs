//! The trace batch of crewai before 1.15: `TraceBatch.to_dict()`, and the requests that post it (`batches`, `…/events`, `…/finalize`).

use crate::builder::Builder;
use crate::bus;
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

/// Reads the head of a batch: the document around its events, a request with its body, or the body alone.
/// Returns `false` if it is neither.
pub fn read_head(
    builder: &mut Builder,
    source: u32,
    root: u64,
    head: &Object<'_>,
    place: Place,
) -> bool {
    let body = head.object("body");
    let body = body.as_ref().unwrap_or(head);
    let path = head.string("path").unwrap_or_default();
    let context = body.object("user_context").unwrap_or_default();
    let id = path_id(&path).map(str::to_owned).or_else(|| {
        Some(
            head.string("batch_id")
                .or_else(|| body.string("trace_id"))
                .or_else(|| context.string("trace_id"))?
                .into_owned(),
        )
    });
    let metadata = body.object("execution_metadata").unwrap_or_default();
    let execution = body.object("execution_context").unwrap_or_default();
    let is_head =
        body.has("batch_metadata") || body.has("execution_metadata") || body.has("events");
    let stream = match &id {
        Some(id) if is_head || path.contains("/batches") => builder.batch_stream(source, root, id),
        None if is_head => builder.root_stream(source, root),
        _ => return false,
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
    true
}

/// The batch id in `/…/batches/<id>/events`.
fn path_id(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/batches/")?;
    rest.split('/').next().filter(|id| !id.is_empty())
}

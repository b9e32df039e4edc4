//! What span attributes mean, one file a dialect.

pub mod answer;

mod crewai;
mod gen_ai;
mod mlflow;
mod openinference;
mod openllmetry;
mod reader;
mod usage;

use crate::builder::Builder;
use crate::draft::Draft;
use crate::span_record::SpanRecord;
use crewscope_trace::text::gather;
use crewscope_trace::text::RecordPlace;
use crewscope_trace::text::SpanEvent;
use reader::Reader;

pub use usage::{from_object as usage_of_object, settle as settle_usage};

/// Names of crewai's own spans, for those whose attributes say nothing.
const CREWAI: &[&str] = &[
    "execute crew",
    "execute flow",
    "call method",
    "execute task",
    "execute agent",
    "execute lite agent",
    "call llm",
    "call tool",
    "execute mcp tool",
    "tool failure",
    "evaluate guardrail",
    "agent reasoning",
    "request human feedback",
    "receive human feedback",
    "retrieve memory",
    "query memory",
    "save memory",
    "query knowledge",
    "search knowledge",
];

/// Fills in what the attributes say about a span. The dialect is chosen for each span: a trace may mix several. MLflow's attributes stand beside
/// those of any other.
pub fn apply(
    builder: &mut Builder,
    draft: &mut Draft,
    span: &SpanRecord<'_>,
    events: &[SpanEvent<'_>],
    place: &RecordPlace<'_>,
) {
    of_attributes(builder, draft, span, events, place);
    if mlflow::speaks(&span.attributes) {
        mlflow::read(builder, draft, &span.name, &span.attributes, place).complete(draft);
    }
}

fn of_attributes(
    builder: &mut Builder,
    draft: &mut Draft,
    span: &SpanRecord<'_>,
    events: &[SpanEvent<'_>],
    place: &RecordPlace<'_>,
) {
    let has = |key: &str| span.attributes.get(key).is_some();
    let any = |prefix: &str| span.attributes.any(prefix);
    // crewai writes `gen_ai.*` as well.
    if has("crewai.execution_uuid") || has("crewai.event_name") {
        return crewai::apply(builder, draft, &span.name, &span.attributes, place);
    }
    let traceloop =
        has("traceloop.span.kind") || has("crewai.crew.tasks") || span.name == "crewai.workflow";
    let phoenix =
        has("openinference.span.kind") || any("llm.token_count.") || any("llm.input_messages");
    if !traceloop && !phoenix && (any("crewai.") || CREWAI.contains(&&*span.name)) {
        return crewai::apply(builder, draft, &span.name, &span.attributes, place);
    }
    let gen_ai = any("gen_ai.")
        || has("llm.request.type")
        || events
            .iter()
            .any(|event| gather::side_of(&event.name).is_some());
    let (format, read): (_, fn(&mut Reader<'_, '_, '_>)) = if traceloop {
        // Its `gen_ai.system` is no provider, and its tasks are `invoke_agent`: `traceloop.span.kind` decides.
        ("openllmetry", openllmetry::apply)
    } else if phoenix {
        ("openinference", openinference::apply)
    } else if gen_ai {
        ("gen-ai", gen_ai::apply)
    } else {
        ("", plain)
    };
    builder.add_format(place.source, format);
    read(&mut Reader {
        builder,
        draft,
        span,
        events,
        place,
    });
}

/// A span of something else: a request, a query, a step of the user's own.
fn plain(reader: &mut Reader<'_, '_, '_>) {
    let name = reader.span.name.clone();
    reader.label(Some(name));
    reader.error_type();
}

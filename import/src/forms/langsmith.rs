//! Runs as LangSmith gives them out: the JSON of `Run`, the answers of `/runs/query` and `/runs/{id}`, the JSON (Lines) of its command line tool.
//!
//! Shapes: `python/langsmith/schemas.py` and `js/src/schemas.ts` of langsmith 0.11; `internal/extract/extract.go` of langsmith-cli 0.2 (`run_id`,
//! `token_usage`, `costs`, `custom_metadata`). Attributes of spans that came by OpenTelemetry stand in `extra.metadata`.

use crate::builder::Builder;
use crate::dialect::usage_of_object;
use crate::span;
use crate::span_names;
use crate::span_record::{Known, SpanRecord};
use crate::store_facts;
use crate::time::{self, Moment};
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{Field, Kind, Usage, Value, WarningKind};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The name of the form.
pub const FORMAT: &str = "langsmith";

/// Runs nest in each other this deep; what lies deeper is counted as unreadable.
const MAX_DEPTH: usize = 128;

/// Whether an object is a run.
pub fn is_run(record: &Object<'_>) -> bool {
    record.has("run_type") && (record.has("id") || record.has("run_id"))
}

/// Reads one run and the runs nested in it. Returns `false` if it is none.
pub fn read_run(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    read_nested(builder, record, place, None, 0)
}

fn read_nested(
    builder: &mut Builder,
    record: &Object<'_>,
    place: &RecordPlace<'_>,
    above: Option<(&str, &str)>,
    depth: usize,
) -> bool {
    let Some(id) = record.string("id").or_else(|| record.string("run_id")) else {
        return false;
    };
    let run_type = record.string("run_type").unwrap_or_default();
    let name = record.string("name").unwrap_or_default();
    // A root's trace has its own id.
    let trace = record
        .string("trace_id")
        .unwrap_or_else(|| above.map_or_else(|| id.clone(), |(trace, _)| trace.to_owned().into()));
    let parent = record
        .string("parent_run_id")
        .or_else(|| above.map(|(_, parent)| parent.to_owned().into()));
    let (start, end) = (moment(record, "start_time"), moment(record, "end_time"));
    let extra = record.object("extra").unwrap_or_default();
    let metadata = extra
        .get("metadata")
        .or_else(|| record.get("custom_metadata"));
    let (input, output) = (content(record, "inputs"), content(record, "outputs"));
    let mut attributes = metadata.map(Attributes::read).unwrap_or_default();
    store_facts::restore(&mut attributes, input, output);
    let mut known = Known {
        kind: store_facts::kind(&run_type),
        ..Known::default()
    };
    if known.kind == Some(Kind::Llm) {
        llm(builder, &mut known, record, &extra, metadata);
    }
    span_names::read(builder, &mut known, &name);
    store_facts::in_and_out(builder, &mut known, place, input, output);
    let status = record.string("status").unwrap_or_default();
    let error = record.get("error").filter(|error| error.get() != "\"\"");
    let span = SpanRecord {
        trace: trace.clone(),
        id: id.clone(),
        parent,
        name,
        start: start.map(|moment| moment.nanos),
        end: end.map(|moment| moment.nanos),
        failed: error.is_some() || status == "error",
        message: error,
        attributes,
        known,
        ..SpanRecord::default()
    };
    // Times without a zone are UTC: the SDK writes and reads them so (`Run.__init__`).
    span::add(builder, span, place);
    let children = record
        .get("child_runs")
        .map(|raw| json::elements(raw.get()))
        .unwrap_or_default();
    for child in children {
        let inner = place.inner(child.get());
        let run = Object::parse(child.get()).filter(is_run);
        match run.filter(|_| depth < MAX_DEPTH) {
            Some(run) => {
                builder.count(place.source, FORMAT);
                read_nested(builder, &run, &inner, Some((&trace, &id)), depth + 1);
            }
            None => builder
                .notes
                .add(WarningKind::UnreadableRecord, Some(inner.place())),
        }
    }
    true
}

/// A time as text, or as JavaScript's number of milliseconds.
fn moment(record: &Object<'_>, key: &str) -> Option<Moment> {
    let raw = record.get(key)?;
    match json::int(raw.get()) {
        Some(millis) => Some(Moment {
            nanos: millis.checked_mul(1_000_000)?,
            naive: false,
        }),
        None => time::parse(&json::scalar(raw)?),
    }
}

/// Inputs and outputs are objects always; one that holds nothing but a value under a general name is that value.
fn content<'a>(record: &Object<'a>, key: &str) -> Option<Raw<'a>> {
    let raw = record.get(key)?;
    match Object::parse(raw.get())?.0.as_slice() {
        [(name, value)] if matches!(&**name, "input" | "output") => Some(*value),
        _ => Some(raw),
    }
}

fn llm(
    builder: &mut Builder,
    known: &mut Known,
    record: &Object<'_>,
    extra: &Object<'_>,
    metadata: Option<Raw<'_>>,
) {
    let metadata = metadata
        .and_then(|raw| Object::parse(raw.get()))
        .unwrap_or_default();
    let parameters = extra.object("invocation_params").unwrap_or_default();
    let inputs = record.object("inputs").unwrap_or_default();
    let model = metadata
        .string("ls_model_name")
        .or_else(|| parameters.string("model"))
        .or_else(|| parameters.string("model_name"))
        .or_else(|| inputs.string("model"));
    known.sym(builder, Field::Model, model);
    known.sym(builder, Field::Provider, metadata.string("ls_provider"));
    for (field, keys) in [
        (Field::Temperature, ["ls_temperature", "temperature"]),
        (Field::MaxTokens, ["ls_max_tokens", "max_tokens"]),
        (Field::TopP, ["ls_top_p", "top_p"]),
    ] {
        let number = metadata
            .get(keys[0])
            .or_else(|| parameters.get(keys[1]))
            .and_then(|raw| json::number(raw.get()));
        known.facts.add_some(field, number);
    }
    // The counts of other runs are sums over the calls below them.
    known.usage = usage(record);
    let cost = record
        .get("total_cost")
        .or_else(|| record.object("costs")?.get("total_cost"))
        .and_then(|raw| json::float(raw.get()));
    // 0 where LangSmith knows no price.
    known.facts.add_some(
        Field::Cost,
        cost.filter(|&cost| cost > 0.0).map(Value::Float),
    );
}

/// Tokens; 0 of everything where nothing was counted.
fn usage(record: &Object<'_>) -> Usage {
    let usage = match record.object("token_usage") {
        Some(usage) => usage_of_object(&usage),
        None => usage_of_object(record),
    };
    if usage.total() == Some(0) {
        return Usage::default();
    }
    usage
}

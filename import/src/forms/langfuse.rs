//! Observations and traces as Langfuse gives them out.
//!
//! Shapes: Langfuse 4.16, `web/src/features/traces/server/buildTraceExport.ts` (the download of its page, `{observations, scores}`),
//! `web/src/features/public-api/types/{observations,traces}.ts` (answers of the public API, v1 and v2),
//! `packages/shared/src/domain/observation-field-groups.ts` and `…/server/queries/clickhouse-sql/event-query-builder.ts` (blob storage export:
//! rows of snake case). What came by OpenTelemetry keeps its attributes in `metadata` (`packages/shared/src/server/otel`): as an object
//! `attributes`, as JSON in a string, or with the keys joined to `attributes.<key>`.

use crate::builder::Builder;
use crate::span;
use crate::span_names;
use crate::span_record::{Known, SpanRecord};
use crate::store_facts;
use crate::time;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{Field, Flags, Kind, Member, Status, TextForm, Usage, Value};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The name of the form.
pub const FORMAT: &str = "langfuse";

/// Whether an object is an observation.
pub fn is_observation(record: &Object<'_>) -> bool {
    let has = |camel: &str, snake: &str| record.has(camel) || record.has(snake);
    record.has("id")
        && record.has("type")
        && has("traceId", "trace_id")
        && has("startTime", "start_time")
        && has("parentObservationId", "parent_observation_id")
}

/// Whether an object is a trace without its observations.
pub fn is_trace(record: &Object<'_>) -> bool {
    record.has("id")
        && record.has("timestamp")
        && !record.has("type")
        && (record.has("htmlPath") || record.has("bookmarked"))
}

/// A member under its name in the API or in an exported row.
fn either<'a>(record: &Object<'a>, camel: &str, snake: &str) -> Option<Raw<'a>> {
    record.get(camel).or_else(|| record.get(snake))
}

/// Reads one observation. Returns `false` if it is none.
pub fn read_observation(
    builder: &mut Builder,
    record: &Object<'_>,
    place: &RecordPlace<'_>,
) -> bool {
    let Some(id) = record.string("id") else {
        return false;
    };
    let text = |camel, snake| either(record, camel, snake).and_then(json::scalar);
    let kind = record.string("type").unwrap_or_default();
    let name = record.string("name").unwrap_or_default();
    let (start, end) = (
        text("startTime", "start_time").and_then(|text| moment(&text)),
        text("endTime", "end_time").and_then(|text| moment(&text)),
    );
    let metadata = record.get("metadata");
    let (input, output) = (record.get("input"), record.get("output"));
    let inner = metadata.and_then(as_text);
    let mut attributes = metadata
        .map(|metadata| attributes(metadata, inner.as_deref()))
        .unwrap_or_default();
    store_facts::restore(&mut attributes, input, output);
    let mut known = Known {
        kind: store_facts::kind(&kind),
        usage: usage(record),
        ..Known::default()
    };
    if known.kind == Some(Kind::Llm) {
        llm(builder, &mut known, record);
    }
    span_names::read(builder, &mut known, &name);
    store_facts::in_and_out(builder, &mut known, place, input, output);
    let instant = kind.eq_ignore_ascii_case("event");
    let span = SpanRecord {
        trace: text("traceId", "trace_id").unwrap_or_default(),
        id,
        parent: text("parentObservationId", "parent_observation_id"),
        name,
        start,
        end: end.or(start.filter(|_| instant)),
        failed: record.string("level").as_deref() == Some("ERROR"),
        message: either(record, "statusMessage", "status_message"),
        attributes,
        known,
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

/// Times are UTC; rows of the blob storage export leave the zone out (`parseClickhouseUTCDateTimeFormat`).
fn moment(text: &str) -> Option<i64> {
    time::parse(text).map(|moment| moment.nanos)
}

/// The JSON text that `attributes` is inside of metadata, where the store kept it so.
fn as_text(metadata: Raw<'_>) -> Option<String> {
    let raw = Object::parse(metadata.get())?.get("attributes")?;
    let text = json::unescape(raw.get());
    (raw.get().starts_with('"') && text.starts_with('{')).then(|| text.into_owned())
}

/// The attributes of the span that became the observation.
fn attributes<'a>(metadata: Raw<'a>, inner: Option<&'a str>) -> Attributes<'a> {
    let Some(object) = Object::parse(metadata.get()) else {
        return Attributes::default();
    };
    if let Some(raw) = inner.and_then(json::Raw::parse) {
        return Attributes::read(raw).elsewhere();
    }
    match object.get("attributes") {
        Some(raw) if raw.get().starts_with('{') => Attributes::read(raw),
        _ => Attributes::with_prefix(&object, "attributes."),
    }
}

fn llm(builder: &mut Builder, known: &mut Known, record: &Object<'_>) {
    let model = record.string("model").or_else(|| {
        either(record, "providedModelName", "provided_model_name").and_then(json::scalar)
    });
    known.sym(builder, Field::Model, model);
    known
        .facts
        .add_some(Field::Cost, cost(record).map(Value::Float));
    let parameters = either(record, "modelParameters", "model_parameters")
        .map(|raw| json::unescape(raw.get()))
        .unwrap_or_default();
    let parameters = Object::parse(&parameters).unwrap_or_default();
    for (field, key) in [
        (Field::Temperature, "temperature"),
        (Field::MaxTokens, "max_tokens"),
        (Field::TopP, "top_p"),
    ] {
        let number = parameters.get(key).and_then(|raw| json::number(raw.get()));
        known.facts.add_some(field, number);
    }
}

/// The cost in USD. The API's total is 0 where no price is known (`reduceUsageOrCostDetails`); only the details tell it from a free model.
fn cost(record: &Object<'_>) -> Option<f64> {
    let float = |raw: Raw<'_>| json::float(raw.get());
    if let Some(details) = either(record, "costDetails", "cost_details") {
        return Object::parse(&json::unescape(details.get()))?
            .get("total")
            .and_then(float);
    }
    ["calculatedTotalCost", "totalCost", "total_cost"]
        .iter()
        .find_map(|key| record.get(key).and_then(float))
        .filter(|&cost| cost > 0.0)
}

/// Tokens. In `usageDetails` every key stands for tokens that no other counts (`input` leaves out `input_cached_tokens`), except `total`;
/// what belongs to the prompt has `input` in its key, what belongs to the completion `output` (Langfuse adds them up in the same way).
fn usage(record: &Object<'_>) -> Usage {
    let details = either(record, "usageDetails", "usage_details")
        .map(|raw| json::unescape(raw.get()))
        .unwrap_or_default();
    let details = Object::parse(&details).unwrap_or_default();
    if details.0.is_empty() {
        return old_usage(record);
    }
    let mut usage = Usage::default();
    let mut whole: (Option<u64>, Option<u64>) = (None, None);
    for (key, raw) in &details.0 {
        let Some(count) = json::int(raw.get()).and_then(|count| u64::try_from(count).ok()) else {
            continue;
        };
        let add = |sum: &mut Option<u64>| *sum = Some(sum.unwrap_or(0).saturating_add(count));
        let key = &**key;
        match key {
            "total" => usage.total = Some(count),
            "input" => whole.0 = Some(count),
            "output" => whole.1 = Some(count),
            _ => {}
        }
        if key.contains("input") {
            add(&mut usage.prompt);
            if key.contains("creation") || key.contains("write") {
                add(&mut usage.cache_write);
            } else if key.contains("cache") {
                add(&mut usage.cached);
            }
        } else if key.contains("output") {
            add(&mut usage.completion);
            if key.contains("reasoning") {
                add(&mut usage.reasoning);
            }
        } else if key == "reasoning_tokens" {
            // crewai's own key, which Langfuse does not know: a part of the output.
            usage.reasoning = Some(count);
        }
    }
    // An SDK's user may have counted the parts in; the total shows it.
    if let (Some(input), Some(output)) = whole {
        if usage.total == input.checked_add(output) {
            (usage.prompt, usage.completion) = whole;
        }
    }
    // Langfuse's own total is the sum of all keys, known or not.
    if usage.prompt.is_some() && usage.completion.is_some() {
        usage.total = None;
    }
    usage
}

/// `usage` and `promptTokens` of older answers: 0 where nothing was counted.
fn old_usage(record: &Object<'_>) -> Usage {
    let usage = record.object("usage").unwrap_or_default();
    let count = |inner: &str, outer: &str| {
        usage
            .int(inner)
            .or_else(|| record.int(outer))
            .and_then(|count| u64::try_from(count).ok())
    };
    let tokens =
        !usage.has("unit") || matches!(usage.string("unit").as_deref(), None | Some("TOKENS"));
    let found = Usage {
        prompt: count("input", "promptTokens"),
        completion: count("output", "completionTokens"),
        total: count("total", "totalTokens"),
        ..Usage::default()
    };
    if tokens && found.total().is_some_and(|total| total > 0) {
        found
    } else {
        Usage::default()
    }
}

/// Reads a trace that is given out without its observations: one step that says when it ran and what went in and out.
pub fn read_trace(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let Some(id) = record.string("id") else {
        return false;
    };
    let start = record.string("timestamp").and_then(|text| moment(&text));
    let seconds = record.get("latency").and_then(|raw| json::float(raw.get()));
    let mut known = Known {
        flags: Flags::NO_CALLS,
        // A trace has no level; its observations do.
        status: Some(Status::Unknown),
        ..Known::default()
    };
    let raw = TextForm::Inside(Member::Raw);
    known.text(place, Field::Input, record.get("input"), TextForm::Json);
    known.text(place, Field::Output, record.get("output"), raw);
    let span = SpanRecord {
        id: ["trace ", &id].concat().into(),
        trace: id,
        name: record.string("name").unwrap_or_default(),
        start,
        end: start.zip(seconds).and_then(|(start, seconds)| {
            // Latencies are seconds with three digits; a year is 3·10^16 ns.
            let nanos = seconds * 1e9;
            (nanos.is_finite() && (0.0..1e17).contains(&nanos))
                .then(|| start.checked_add(nanos as i64))
                .flatten()
        }),
        known,
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

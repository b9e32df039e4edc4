//! What several trace stores have in common: their words for kinds of spans, and messages and answers as the input and output of a span.

use crate::builder::Builder;
use crate::dialect::answer;
use crate::span_record::Known;
use crewscope_trace::json::Raw;
use crewscope_trace::model::{Field, Kind, TextForm};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The kind that a store's word stands for (Langfuse's observation types, LangSmith's run types); `None`: a step like any other.
pub fn kind(word: &str) -> Option<Kind> {
    Some(match word.to_ascii_lowercase().as_str() {
        "generation" | "llm" => Kind::Llm,
        "agent" => Kind::Agent,
        "tool" => Kind::Tool,
        "retriever" => Kind::Knowledge,
        "guardrail" => Kind::Guardrail,
        _ => return None,
    })
}

/// Input, output, and what an answer of a model says of itself.
pub fn in_and_out(
    builder: &mut Builder,
    known: &mut Known,
    place: &RecordPlace<'_>,
    input: Option<Raw<'_>>,
    output: Option<Raw<'_>>,
) {
    known.text(place, Field::Input, input, TextForm::Json);
    known.text(place, Field::Output, output, TextForm::Json);
    if known.kind != Some(Kind::Llm) {
        return;
    }
    if let Some(answer) = output.and_then(answer::read) {
        known.sym(builder, Field::FinishReason, answer.finish);
        known.sym(builder, Field::ResponseId, answer.id);
        known.sym(builder, Field::ResponseModel, answer.model);
        if !known.usage.is_recorded() {
            known.usage = answer.usage;
        }
        known.usage.cached = known.usage.cached.or(answer.usage.cached);
        known.usage.reasoning = known.usage.reasoning.or(answer.usage.reasoning);
    }
}

/// Puts back the attributes that a store took out and keeps as the span's input and output, under the keys that the dialect of the
/// others would have used.
pub fn restore<'a>(
    attributes: &mut Attributes<'a>,
    input: Option<Raw<'a>>,
    output: Option<Raw<'a>>,
) {
    let keys: &[(&'static str, &'static str)] = if attributes.any("openinference.") {
        &[("input.value", "output.value")]
    } else if attributes.any("traceloop.") || attributes.any("crewai.") || attributes.any("gen_ai.")
    {
        &[
            ("traceloop.entity.input", "traceloop.entity.output"),
            ("gen_ai.input.messages", "gen_ai.output.messages"),
            ("gen_ai.tool.call.arguments", "gen_ai.tool.call.result"),
        ]
    } else {
        &[]
    };
    for (into, out) in keys {
        for (key, value) in [(into, input), (out, output)] {
            let value = value.filter(|raw| !matches!(raw.get(), "{}" | "[]" | "\"\""));
            if let (Some(value), None) = (value, attributes.get(key)) {
                attributes.push(key, value);
            }
        }
    }
}

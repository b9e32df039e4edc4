//! MLflow's attributes (`mlflow.*`), and those that `mlflow.crewai.autolog` writes: every value is JSON in a string.
//!
//! Keys: `mlflow/tracing/constant.py`; the crewai ones are the fields of the traced objects (`mlflow/crewai/autolog.py`), MLflow 3.17.
//! Crew, flow and task are all of type `CHAIN`; what they are follows from `entity_type` and from the fields.

use crate::builder::Builder;
use crate::dialect::answer;
use crate::dialect::usage;
use crate::draft::{Draft, Layout};
use crate::span_record::Known;
use crewscope_trace::json::{self, Object};
use crewscope_trace::model::{Field, Kind, Member, Status, TextForm, Usage, Value, WarningKind};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

const INPUTS: &str = "mlflow.spanInputs";
const OUTPUTS: &str = "mlflow.spanOutputs";

/// Whether MLflow wrote the span.
pub fn speaks(attributes: &Attributes<'_>) -> bool {
    attributes.get("mlflow.spanType").is_some() || attributes.get("mlflow.traceRequestId").is_some()
}

/// What the attributes say; it counts where those of another dialect say nothing.
pub fn read(
    builder: &mut Builder,
    draft: &mut Draft,
    span_name: &str,
    attributes: &Attributes<'_>,
    place: &RecordPlace<'_>,
) -> Known {
    let kind = kind(span_name, attributes);
    let mut known = Known {
        kind: Some(kind),
        ..Known::default()
    };
    if draft.kind == Kind::Other {
        // Only `Task.execute_sync` is traced.
        draft.layout = Layout::NoAsyncTasks;
    }
    let sym = |builder: &mut Builder, known: &mut Known, field, key: &str| {
        known.sym(builder, field, attributes.string(key));
    };
    match kind {
        Kind::Crew => {
            sym(builder, &mut known, Field::CrewName, "name");
            sym(builder, &mut known, Field::CrewId, "id");
            sym(builder, &mut known, Field::Process, "process");
            known.text(
                place,
                Field::Input,
                attributes.get(INPUTS),
                TextForm::JsonTwice,
            );
            reported(&mut known, attributes);
        }
        Kind::Flow => {
            let name = attributes.string("name");
            let name = name.as_deref().or(span_name.strip_suffix(".kickoff"));
            known.sym(builder, Field::FlowName, name);
            known.text(
                place,
                Field::Input,
                attributes.get(INPUTS),
                TextForm::JsonTwice,
            );
        }
        Kind::Task => {
            sym(builder, &mut known, Field::TaskId, "id");
            sym(builder, &mut known, Field::TaskName, "name");
            sym(builder, &mut known, Field::AgentRole, "agent");
            for (field, key) in [
                (Field::Description, "description"),
                (Field::ExpectedOutput, "expected_output"),
            ] {
                known.text(place, field, attributes.get(key), TextForm::JsonTwice);
            }
            if let Some(description) = attributes.string("description") {
                builder.add_description(&description);
            }
        }
        Kind::Agent => {
            let executor = attributes.string("executor_class").unwrap_or_default();
            if executor.contains("experimental") {
                // Its tool calls are not traced (MLflow patches the executor that it took the place of).
                builder.lacks(place.place(), &[WarningKind::NoToolCalls]);
            }
            sym(builder, &mut known, Field::AgentRole, "role");
            sym(builder, &mut known, Field::AgentId, "id");
            sym(builder, &mut known, Field::Model, "llm");
            for (field, key) in [(Field::AgentGoal, "goal"), (Field::Backstory, "backstory")] {
                known.text(place, field, attributes.get(key), TextForm::JsonTwice);
            }
            task_of_agent(builder, &mut known, attributes, place);
        }
        Kind::Llm => llm(builder, draft, &mut known, attributes, place),
        _ => {
            if kind == Kind::Tool {
                known.sym(builder, Field::ToolName, Some(span_name));
            }
            known.text(
                place,
                Field::Input,
                attributes.get(INPUTS),
                TextForm::JsonTwice,
            );
        }
    }
    // What crews and tasks return is dumped whole; an agent's answer is the text alone.
    let form = match kind {
        Kind::Crew | Kind::Task => TextForm::Inside(Member::Raw),
        _ => TextForm::JsonTwice,
    };
    known.text(place, Field::Output, attributes.get(OUTPUTS), form);
    known
}

fn kind(span_name: &str, attributes: &Attributes<'_>) -> Kind {
    let has = |key: &str| attributes.get(key).is_some();
    let entity = attributes.string("entity_type");
    match (
        attributes.string("mlflow.spanType").as_deref(),
        entity.as_deref(),
    ) {
        (Some("LLM" | "CHAT_MODEL"), _) => Kind::Llm,
        (Some("AGENT"), _) => Kind::Agent,
        (Some("TOOL"), _) => Kind::Tool,
        (Some("MEMORY"), _) => Kind::Memory,
        (Some("RETRIEVER"), _) => Kind::Knowledge,
        (Some("GUARDRAIL"), _) => Kind::Guardrail,
        (Some("CHAIN"), Some("crew")) => Kind::Crew,
        (Some("CHAIN"), Some("flow")) => Kind::Flow,
        // crewai before 1.10 names no entity.
        (Some("CHAIN"), _) if has("expected_output") && has("description") => Kind::Task,
        (Some("CHAIN"), _) if has("tasks") && has("agents") => Kind::Crew,
        (Some("CHAIN"), _) if span_name.ends_with(".kickoff") => Kind::Flow,
        _ => Kind::Other,
    }
}

fn llm(
    builder: &mut Builder,
    draft: &mut Draft,
    known: &mut Known,
    attributes: &Attributes<'_>,
    place: &RecordPlace<'_>,
) {
    known.sym(
        builder,
        Field::Model,
        attributes
            .string("mlflow.llm.model")
            .or_else(|| attributes.string("model")),
    );
    known.sym(
        builder,
        Field::Provider,
        attributes.string("mlflow.llm.provider"),
    );
    known.text(
        place,
        Field::Input,
        attributes.get(INPUTS),
        TextForm::JsonTwice,
    );
    known.text(
        place,
        Field::ToolDefinitions,
        attributes.get("mlflow.chat.tools"),
        TextForm::JsonTwice,
    );
    known.usage = tokens(attributes);
    if let Some(answer) = attributes.get(OUTPUTS).and_then(answer::read) {
        // MLflow counts no reasoning tokens; the answer does.
        known.usage.reasoning = answer.usage.reasoning;
        known.usage.cached = known.usage.cached.or(answer.usage.cached);
        if !known.usage.is_recorded() {
            known.usage = answer.usage;
        }
        known.sym(builder, Field::FinishReason, answer.finish);
        known.sym(builder, Field::ResponseId, answer.id);
        known.sym(builder, Field::ResponseModel, answer.model);
    }
    let cost = inner(attributes, "mlflow.llm.cost", |cost| {
        cost.get("total_cost")
            .and_then(|raw| json::float(raw.get()))
    });
    known.facts.add_some(Field::Cost, cost.map(Value::Float));
    // Nothing was counted for a request that was refused; litellm's callback writes zeros.
    if draft.status == Status::Failed && known.usage.total() == Some(0) {
        known.usage = Usage::default();
        known.facts.remove(Field::Cost);
    }
}

/// `mlflow.chat.tokenUsage`: the prompt counts cached tokens in, whatever the provider does.
fn tokens(attributes: &Attributes<'_>) -> Usage {
    inner(attributes, "mlflow.chat.tokenUsage", |counts| {
        let count = |key| counts.int(key).and_then(|count| u64::try_from(count).ok());
        Some(Usage {
            prompt: count("input_tokens"),
            completion: count("output_tokens"),
            total: count("total_tokens"),
            cached: count("cache_read_input_tokens"),
            cache_write: count("cache_creation_input_tokens"),
            reasoning: None,
        })
    })
    .unwrap_or_default()
}

/// The crew's own count, in what it returned.
fn reported(known: &mut Known, attributes: &Attributes<'_>) {
    inner(attributes, OUTPUTS, |output| {
        usage::add_reported(&mut known.facts, &output.object("token_usage")?);
        Some(())
    });
}

/// An async task has no span of its own (only `Task.execute_sync` is traced); its agent's inputs hold it.
fn task_of_agent(
    builder: &mut Builder,
    known: &mut Known,
    attributes: &Attributes<'_>,
    place: &RecordPlace<'_>,
) {
    inner(attributes, INPUTS, |inputs| {
        let task = inputs.object("task")?;
        known.sym(builder, Field::TaskId, task.string("id"));
        known.sym(builder, Field::TaskName, task.string("name"));
        Some(())
    });
    for (field, member) in [
        (Field::Description, Member::TaskDescription),
        (Field::ExpectedOutput, Member::TaskExpectedOutput),
    ] {
        if known.facts.get(Field::TaskId).is_some() {
            known.text(
                place,
                field,
                attributes.get(INPUTS),
                TextForm::Inside(member),
            );
        }
    }
}

/// Reads the object that an attribute holds as JSON text.
fn inner<T>(
    attributes: &Attributes<'_>,
    key: &str,
    mut read: impl FnMut(&Object<'_>) -> Option<T>,
) -> Option<T> {
    let text = json::unescape(attributes.get(key)?.get());
    read(&Object::parse(&text)?)
}

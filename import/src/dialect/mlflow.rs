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
    if draft.kind == Kind::Other {
        // Only `Task.execute_sync` is traced.
        draft.layout = Layout::NoAsyncTasks;
    }
    let mut reader = Reader {
        builder,
        attributes,
        place,
        known: Known {
            kind: Some(kind),
            ..Known::default()
        },
    };
    match kind {
        Kind::Crew => reader.crew(),
        Kind::Flow => reader.flow(span_name),
        Kind::Task => reader.task(),
        Kind::Agent => reader.agent(),
        Kind::Llm => reader.llm(draft.status),
        _ => {
            if kind == Kind::Tool {
                reader
                    .known
                    .sym(reader.builder, Field::ToolName, Some(span_name));
            }
            reader.text(Field::Input, INPUTS);
        }
    }
    // What crews and tasks return is dumped whole; an agent's answer is the text alone.
    let form = match kind {
        Kind::Crew | Kind::Task => TextForm::Inside(Member::Raw),
        _ => TextForm::JsonTwice,
    };
    reader
        .known
        .text(place, Field::Output, attributes.get(OUTPUTS), form);
    reader.known
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

/// Reads the attributes of one span.
struct Reader<'r> {
    builder: &'r mut Builder,
    attributes: &'r Attributes<'r>,
    place: &'r RecordPlace<'r>,
    /// What was read so far.
    known: Known,
}

impl Reader<'_> {
    /// Adds the short text that an attribute holds.
    fn sym(&mut self, field: Field, key: &str) {
        self.known
            .sym(self.builder, field, self.attributes.string(key));
    }

    /// Adds the value that an attribute holds as JSON text.
    fn text(&mut self, field: Field, key: &str) {
        self.known.text(
            self.place,
            field,
            self.attributes.get(key),
            TextForm::JsonTwice,
        );
    }

    /// A crew, and its own count of tokens in what it returned.
    fn crew(&mut self) {
        self.sym(Field::CrewName, "name");
        self.sym(Field::CrewId, "id");
        self.sym(Field::Process, "process");
        self.text(Field::Input, INPUTS);
        inner(self.attributes, OUTPUTS, |output| {
            usage::add_reported(&mut self.known.facts, &output.object("token_usage")?);
            Some(())
        });
    }

    /// A flow. Where no attribute names it, the span does.
    fn flow(&mut self, span_name: &str) {
        let name = self.attributes.string("name");
        let name = name.as_deref().or(span_name.strip_suffix(".kickoff"));
        self.known.sym(self.builder, Field::FlowName, name);
        self.text(Field::Input, INPUTS);
    }

    /// A task.
    fn task(&mut self) {
        self.sym(Field::TaskId, "id");
        self.sym(Field::TaskName, "name");
        self.sym(Field::AgentRole, "agent");
        self.text(Field::Description, "description");
        self.text(Field::ExpectedOutput, "expected_output");
        if let Some(description) = self.attributes.string("description") {
            self.builder.add_description(&description);
        }
    }

    /// An agent, and the task it works on.
    fn agent(&mut self) {
        let executor = self.attributes.string("executor_class").unwrap_or_default();
        if executor.contains("experimental") {
            // Its tool calls are not traced (MLflow patches the executor that it took the place of).
            self.builder
                .lacks(self.place.place(), &[WarningKind::NoToolCalls]);
        }
        self.sym(Field::AgentRole, "role");
        self.sym(Field::AgentId, "id");
        self.sym(Field::Model, "llm");
        self.text(Field::AgentGoal, "goal");
        self.text(Field::Backstory, "backstory");
        self.task_of_agent();
    }

    /// An async task has no span of its own (only `Task.execute_sync` is traced); its agent's inputs hold it.
    fn task_of_agent(&mut self) {
        inner(self.attributes, INPUTS, |inputs| {
            let task = inputs.object("task")?;
            self.known
                .sym(self.builder, Field::TaskId, task.string("id"));
            self.known
                .sym(self.builder, Field::TaskName, task.string("name"));
            Some(())
        });
        for (field, member) in [
            (Field::Description, Member::TaskDescription),
            (Field::ExpectedOutput, Member::TaskExpectedOutput),
        ] {
            if self.known.facts.get(Field::TaskId).is_some() {
                self.known.text(
                    self.place,
                    field,
                    self.attributes.get(INPUTS),
                    TextForm::Inside(member),
                );
            }
        }
    }

    /// A call of a model. `status`: how the call ended.
    fn llm(&mut self, status: Status) {
        let attributes = self.attributes;
        self.known.sym(
            self.builder,
            Field::Model,
            attributes
                .string("mlflow.llm.model")
                .or_else(|| attributes.string("model")),
        );
        self.sym(Field::Provider, "mlflow.llm.provider");
        self.text(Field::Input, INPUTS);
        self.text(Field::ToolDefinitions, "mlflow.chat.tools");
        let known = &mut self.known;
        known.usage = tokens(attributes);
        if let Some(answer) = attributes.get(OUTPUTS).and_then(answer::read) {
            // MLflow counts no reasoning tokens; the answer does.
            known.usage.reasoning = answer.usage.reasoning;
            known.usage.cached = known.usage.cached.or(answer.usage.cached);
            if !known.usage.is_recorded() {
                known.usage = answer.usage;
            }
            known.sym(self.builder, Field::FinishReason, answer.finish);
            known.sym(self.builder, Field::ResponseId, answer.id);
            known.sym(self.builder, Field::ResponseModel, answer.model);
        }
        let cost = inner(attributes, "mlflow.llm.cost", |cost| {
            cost.get("total_cost")
                .and_then(|raw| json::float(raw.get()))
        });
        known.facts.add_some(Field::Cost, cost.map(Value::Float));
        // Nothing was counted for a request that was refused; litellm's callback writes zeros.
        if status == Status::Failed && known.usage.total() == Some(0) {
            known.usage = Usage::default();
            known.facts.remove(Field::Cost);
        }
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

/// Reads the object that an attribute holds as JSON text.
fn inner<T>(
    attributes: &Attributes<'_>,
    key: &str,
    mut read: impl FnMut(&Object<'_>) -> Option<T>,
) -> Option<T> {
    let text = json::unescape(attributes.get(key)?.get());
    read(&Object::parse(&text)?)
}

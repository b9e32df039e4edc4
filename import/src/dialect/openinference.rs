//! OpenInference (Phoenix, Arize): what a span is stands in `openinference.span.kind`, with crewai's own things beside it.
//!
//! Its instrumentation of crewai has two modes. The *wrapper* writes `<role>.<task>._execute_core` and leaves model calls to the
//! instrumentation of the provider's client (`ChatCompletion`); the *event listener* writes `<role>.<task>.execute` and `<model>.llm_call`.
//! Either way a task and its agent are one span. Its first versions called every task `Task._execute_core`; where the agent has a span of
//! its own (`<role>._execute_core`) inside a task, the tree has crewai's shape.

use crate::dialect::reader::Reader;
use crate::dialect::usage;
use crate::draft::Layout;
use crewscope_trace::json::{self, Object};
use crewscope_trace::model::{Field, Kind, Member, Pieces, TextForm, Usage, Value, WarningKind};
use std::borrow::Cow;

const WRAPPER: &[WarningKind] = &[WarningKind::NoInnerSteps, WarningKind::NoCoworkers];
const LISTENER: &[WarningKind] = &[WarningKind::NoInnerSteps, WarningKind::NoTokenDetails];

/// Fills in a draft.
pub fn apply(reader: &mut Reader<'_, '_, '_>) {
    (reader.draft.kind, reader.draft.layout) = kind(reader);
    reader.error_type();
    match reader.draft.kind {
        Kind::Crew => crew(reader),
        Kind::Flow => flow(reader),
        Kind::Method => method(reader),
        Kind::Task => task(reader),
        Kind::Agent => agent(reader),
        Kind::Llm => llm(reader),
        Kind::Tool => tool(reader),
        _ => {
            let name = reader.span.name.clone();
            reader.label(Some(name));
            reader.text(Field::Input, &["input.value"]);
            reader.text(Field::Output, &["output.value"]);
        }
    }
}

/// The wrapper's span around a task or its agent.
fn core(reader: &Reader<'_, '_, '_>) -> bool {
    reader.span.name.ends_with("._execute_core")
}

/// What a span is, and how the tree around it is drawn.
fn kind(reader: &Reader<'_, '_, '_>) -> (Kind, Layout) {
    let has = |keys: &[&str]| reader.get(keys).is_some();
    let kickoff = reader.span.name.ends_with(".kickoff");
    let task = || has(&["task_id", "task_key"]) || reader.span.name == "Task._execute_core";
    let kind = reader.string(&["openinference.span.kind"]);
    // The value is upper case; some exporters write it in lower case.
    let kind = match kind.unwrap_or_default().to_ascii_uppercase().as_str() {
        "AGENT" if core(reader) && !task() => return (Kind::Agent, Layout::Foreign),
        "CHAIN" if core(reader) && task() => return (Kind::Task, Layout::Foreign),
        "LLM" => Kind::Llm,
        "TOOL" => Kind::Tool,
        "AGENT" if task() => Kind::Task,
        "AGENT" => Kind::Agent,
        "GUARDRAIL" => Kind::Guardrail,
        "RETRIEVER" => Kind::Knowledge,
        "CHAIN" if has(&["flow.node.name"]) => Kind::Method,
        "CHAIN" if kickoff && has(&["crew_key", "crew_id", "crew_agents"]) => Kind::Crew,
        "CHAIN" if kickoff && has(&["flow_id", "flow_inputs"]) => Kind::Flow,
        "" if has(&["llm.model_name"]) => Kind::Llm,
        _ => Kind::Other,
    };
    (kind, Layout::NoAgents)
}

fn crew(reader: &mut Reader<'_, '_, '_>) {
    let name = reader
        .span
        .name
        .strip_suffix(".kickoff")
        .unwrap_or_default();
    // A crew without a name of its own is called `crew` by crewai and `Crew_<id>` here.
    let id = reader.string(&["crew_id"]).unwrap_or_default();
    let unnamed = name.strip_prefix("Crew_") == Some(&*id) || name == "Crew";
    let name = if unnamed { "crew" } else { name }.to_owned();
    reader.name(Field::CrewName, &name);
    reader.label(Some(name.into()));
    reader.sym(Field::CrewKey, &["crew_key"]);
    reader.sym(Field::CrewId, &["crew_id"]);
    reader.plan("crew_tasks", "agent_role");
    reader.length(Field::AgentCount, "crew_agents");
    reader.text(Field::Input, &["input.value", "crew_inputs"]);
    output(reader);
    if reader.span.attributes.any("llm.token_count.") {
        for (field, key) in [
            (Field::ReportedTotal, "llm.token_count.total"),
            (Field::ReportedPrompt, "llm.token_count.prompt"),
            (Field::ReportedCompletion, "llm.token_count.completion"),
        ] {
            let count = reader
                .count(&[key])
                .and_then(|count| i64::try_from(count).ok());
            reader.draft.facts.add_some(field, count.map(Value::Int));
        }
    } else if let Some(usage) = inner(reader, "output.value", "token_usage") {
        if let Some(metrics) = Object::parse(&usage) {
            usage::add_reported(&mut reader.draft.facts, &metrics);
        }
    }
}

/// A member of the JSON object in a string.
fn inner(reader: &Reader<'_, '_, '_>, key: &str, member: &str) -> Option<String> {
    let text = json::object_text(reader.get(&[key])?)?;
    let object = Object::parse(&text)?;
    Some(object.get(member)?.get().to_owned())
}

/// An output is a text, or (by its MIME type) JSON that holds the text under `raw`.
fn output(reader: &mut Reader<'_, '_, '_>) {
    let is_json = reader.string(&["output.mime_type"]).as_deref() == Some("application/json");
    let form = if is_json {
        TextForm::Inside(Member::Raw)
    } else {
        TextForm::Json
    };
    reader.text_as(Field::Output, &["output.value"], form);
}

fn flow(reader: &mut Reader<'_, '_, '_>) {
    let name = reader
        .span
        .name
        .strip_suffix(".kickoff")
        .unwrap_or_default();
    let id = reader.string(&["flow_id"]).unwrap_or_default();
    let unnamed = name.strip_prefix("Flow_") == Some(&*id) || name == "Flow";
    if !unnamed {
        let name = name.to_owned();
        reader.name(Field::FlowName, &name);
        reader.label(Some(name.into()));
    }
    reader.text(Field::Input, &["input.value", "flow_inputs"]);
    reader.text(Field::Output, &["output.value"]);
}

fn method(reader: &mut Reader<'_, '_, '_>) {
    let name = reader.string(&["flow.node.name"]);
    if let Some(name) = &name {
        reader.name(Field::MethodName, name);
    }
    reader.label(name);
    reader.text(Field::Input, &["input.value"]);
    reader.text(Field::Output, &["output.value"]);
}

fn task(reader: &mut Reader<'_, '_, '_>) {
    let wrapper = core(reader);
    reader.lacks(if wrapper { WRAPPER } else { LISTENER });
    for (field, keys) in [
        (Field::TaskKey, &["task_key"][..]),
        (Field::TaskId, &["task_id"]),
        (Field::AgentRole, &["graph.node.id"]),
        (Field::AgentId, &["agent_id"]),
        (Field::AgentKey, &["agent_key"]),
        (Field::CrewKey, &["crew_key"]),
        (Field::CrewId, &["crew_id"]),
    ] {
        reader.sym(field, keys);
    }
    let described = reader.string(&["task_description", "formatted_description"]);
    let name = reader
        .string(&["task_name"])
        .filter(|name| described.as_ref() != Some(name));
    if let Some(name) = &name {
        reader.name(Field::TaskName, name);
    }
    reader.label(name);
    reader.text(
        Field::Description,
        &["task_description", "formatted_description"],
    );
    reader.text(
        Field::ExpectedOutput,
        &["task_expected_output", "formatted_expected_output"],
    );
    reader.text(Field::AgentGoal, &["agent.goal"]);
    reader.text(Field::Backstory, &["agent.backstory"]);
    reader.text(Field::ToolDefinitions, &["agent.tools"]);
    if wrapper {
        wrapped_task(reader);
    } else {
        reader.text(Field::Input, &["input.value"]);
    }
    output(reader);
}

/// The wrapper writes the arguments of the call (agent, context, tools) and the whole output of the task as JSON.
fn wrapped_task(reader: &mut Reader<'_, '_, '_>) {
    let input = reader.get(&["input.value"]).and_then(json::object_text);
    let input = input.as_deref().and_then(Object::parse);
    if input.is_none() {
        reader.text(Field::Input, &["input.value"]);
    }
    let input = input.unwrap_or_default();
    let agent = input.object("agent").unwrap_or_default();
    for (field, key) in [
        (Field::AgentId, "id"),
        (Field::AgentKey, "key"),
        (Field::AgentRole, "role"),
    ] {
        if let Some(text) = agent.string(key) {
            reader.name(field, &text);
        }
    }
    if agent.has("goal") {
        reader.text_as(
            Field::AgentGoal,
            &["input.value"],
            TextForm::Inside(Member::Goal),
        );
        reader.text_as(
            Field::Backstory,
            &["input.value"],
            TextForm::Inside(Member::Backstory),
        );
    }
    let output = inner(reader, "output.value", "description");
    if output.is_some() {
        let key = &["output.value"];
        reader.text_as(
            Field::Description,
            key,
            TextForm::Inside(Member::Description),
        );
        reader.text_as(
            Field::ExpectedOutput,
            key,
            TextForm::Inside(Member::ExpectedOutput),
        );
    }
    // What went in is the context of earlier tasks; a task without any has its description.
    if input.string("context").is_some() {
        let form = TextForm::Inside(Member::Context);
        reader.text_as(Field::Context, &["input.value"], form);
        reader.text_as(Field::Input, &["input.value"], form);
    } else if let Some(description) = reader.draft.facts.get(Field::Description) {
        reader.draft.facts.add(Field::Input, description);
    }
}

fn agent(reader: &mut Reader<'_, '_, '_>) {
    let role = reader.string(&["graph.node.id", "agent.name", "gen_ai.agent.name"]);
    let role = role.or_else(|| {
        let name = reader.span.name.strip_suffix(".kickoff")?;
        Some(name.to_owned().into())
    });
    if let Some(role) = &role {
        reader.name(Field::AgentRole, role);
    }
    reader.label(role);
    reader.sym(Field::AgentId, &["agent_id"]);
    reader.sym(Field::AgentKey, &["agent_key"]);
    reader.text(Field::AgentGoal, &["agent.goal"]);
    reader.text(Field::Backstory, &["agent.backstory"]);
    reader.text(Field::ToolDefinitions, &["agent.tools"]);
    reader.text_as(
        Field::Input,
        &["input.value"],
        TextForm::Inside(Member::Messages),
    );
    output(reader);
    // An agent that judges for a guardrail answers with its verdict.
    let verdict = inner(reader, "output.value", "pydantic");
    let verdict = verdict
        .as_deref()
        .and_then(Object::parse)
        .unwrap_or_default();
    if let Some(valid) = verdict.get("valid").map(|raw| raw.get() == "true") {
        reader.draft.facts.add(Field::Success, Value::Bool(valid));
    }
}

fn llm(reader: &mut Reader<'_, '_, '_>) {
    let count = |keys: &[&str]| reader.count(keys);
    let mut usage = Usage {
        prompt: count(&["llm.token_count.prompt"]),
        completion: count(&["llm.token_count.completion"]),
        total: count(&["llm.token_count.total"]),
        cached: count(&[
            "llm.token_count.prompt_details.cache_read",
            "llm.token_count.prompt_details.cache_input",
        ]),
        cache_write: count(&["llm.token_count.prompt_details.cache_write"]),
        reasoning: count(&["llm.token_count.completion_details.reasoning"]),
    };
    // Phoenix translates the GenAI attributes of what it is sent and keeps them; a detail of 0 gets lost in the translation.
    let original = crate::dialect::gen_ai::usage(reader);
    usage.cached = usage.cached.or(original.cached);
    usage.cache_write = usage.cache_write.or(original.cache_write);
    usage.reasoning = usage.reasoning.or(original.reasoning);
    if reader.span.name.ends_with(".llm_call") {
        reader.lacks(LISTENER);
        // The event listener writes the cached part only where it is not 0.
        if usage.is_recorded() {
            usage.cached = usage.cached.or(Some(0));
        }
    }
    reader.draft.usage = usage.into();
    // The parameters are what was asked for; a failed call has nothing else.
    let parameters = reader.get(&["llm.invocation_parameters"]);
    let parameters = parameters.map(|raw| json::unescape(raw.get()));
    let parameters = parameters
        .as_deref()
        .and_then(Object::parse)
        .unwrap_or_default();
    reader.parameters(&parameters);
    let model = reader.string(&["llm.model_name"]);
    let model = model
        .map(Cow::into_owned)
        .or_else(|| Some(parameters.string("model")?.into_owned()));
    if let Some(model) = &model {
        reader.name(Field::Model, model);
    }
    let name = model.unwrap_or_else(|| reader.span.name.clone().into_owned());
    reader.label(Some(name.into()));
    for (field, keys) in [
        (Field::Provider, &["llm.provider", "llm.system"][..]),
        (Field::FinishReason, &["llm.finish_reason"]),
        (Field::AgentRole, &["graph.node.id"]),
    ] {
        reader.sym(field, keys);
    }
    if reader.draft.facts.get(Field::FinishReason).is_none() {
        finish_reason(reader);
    }
    if !reader.messages(Field::Input, &[], Pieces::Input) {
        reader.text_as(
            Field::Input,
            &["input.value"],
            TextForm::Inside(Member::Messages),
        );
    }
    if !reader.messages(Field::Output, &[], Pieces::Output) {
        reader.text(Field::Output, &["output.value"]);
    }
    reader.messages(Field::ToolDefinitions, &["llm.tools"], Pieces::Tools);
    reader.cost();
}

/// From the provider's own answer, which is kept whole: OpenAI's form and Anthropic's.
fn finish_reason(reader: &mut Reader<'_, '_, '_>) {
    let Some(raw) = reader.get(&["output.value"]) else {
        return;
    };
    let text = json::object_text(raw);
    let Some(answer) = text.as_deref().and_then(Object::parse) else {
        return;
    };
    let choices = answer
        .get("choices")
        .map(|choices| json::elements(choices.get()));
    let first = choices.and_then(|choices| Object::parse(choices.first()?.get()));
    let reason = first
        .and_then(|choice| choice.string("finish_reason"))
        .or_else(|| answer.string("stop_reason"));
    if let Some(reason) = reason {
        reader.name(Field::FinishReason, &reason);
    }
}

fn tool(reader: &mut Reader<'_, '_, '_>) {
    let name = reader.string(&["tool.name"]);
    let name = name.unwrap_or_else(|| {
        let name = &reader.span.name;
        name.strip_suffix(".run").unwrap_or(name).to_owned().into()
    });
    reader.name(Field::ToolName, &name);
    reader.label(Some(name));
    reader.sym(Field::AgentRole, &["tool.agent_role"]);
    reader.sym(Field::TaskName, &["tool.task_name"]);
    // What a coworker does lies below the tool that asked for it, and nothing there names the coworker.
    let input = reader.get(&["input.value"]);
    if let Some(raw) = input.filter(|raw| raw.get().contains("coworker")) {
        let text = json::unescape(raw.get());
        let coworker = text
            .contains("\"coworker\"")
            .then(|| Object::parse(&text))
            .flatten();
        if let Some(role) =
            coworker.and_then(|arguments| Some(arguments.string("coworker")?.into_owned()))
        {
            reader.draft.coworker = Some(reader.builder.name(&role));
        }
    }
    reader.text(Field::Input, &["input.value"]);
    reader.text(Field::Output, &["output.value"]);
}

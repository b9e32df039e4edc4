//! OpenLLMetry (Traceloop): what a span is stands in `traceloop.span.kind`; crewai's own things are `crewai.{crew,task,agent}.*`, written with
//! Python's `str()`. Its spans of model calls follow the GenAI conventions.

use crate::dialect::gen_ai;
use crate::dialect::reader::Reader;
use crate::draft::Layout;
use crewscope_trace::json;
use crewscope_trace::model::{Field, Kind, Pieces, TextForm, WarningKind};

/// Fills in a draft.
pub fn apply(reader: &mut Reader<'_, '_, '_>) {
    let of = |prefix: &str| reader.span.attributes.any(prefix);
    let crewai = of("crewai.")
        || reader
            .string(&["gen_ai.system", "gen_ai.provider.name"])
            .as_deref()
            == Some("crewai");
    let kind = reader.string(&["traceloop.span.kind"]);
    let kind = match kind.as_deref() {
        _ if crewai && reader.span.name == "crewai.workflow" => Kind::Crew,
        Some("workflow") if crewai => Kind::Crew,
        Some("task") if crewai => Kind::Task,
        Some("agent") => Kind::Agent,
        Some("tool") => Kind::Tool,
        // Steps of other frameworks are called workflow and task as well.
        Some(_) => Kind::Other,
        None if of("crewai.crew.") => Kind::Crew,
        None => {
            gen_ai::apply(reader);
            return;
        }
    };
    if crewai {
        reader.lacks(&[
            WarningKind::NoToolCalls,
            WarningKind::NoTaskNames,
            WarningKind::NoInnerSteps,
            WarningKind::NoFlows,
            WarningKind::NoAsyncTasks,
        ]);
    }
    if kind == Kind::Tool || (kind == Kind::Agent && !crewai) {
        gen_ai::apply(reader);
        reader.draft.kind = kind;
        return;
    }
    reader.draft.kind = kind;
    reader.error_type();
    match kind {
        Kind::Crew => crew(reader),
        Kind::Task => task(reader),
        Kind::Agent => agent(reader),
        _ => {
            let name = reader.string(&["traceloop.entity.name"]);
            let name = name.unwrap_or_else(|| reader.span.name.clone());
            reader.label(Some(name));
            reader.text(Field::Input, &["traceloop.entity.input"]);
            reader.text(Field::Output, &["traceloop.entity.output"]);
        }
    }
}

fn crew(reader: &mut Reader<'_, '_, '_>) {
    let name = reader.string(&["crewai.crew.name", "traceloop.entity.name"]);
    if let Some(name) = &name {
        reader.name(Field::CrewName, name);
    }
    reader.label(name);
    reader.sym(Field::CrewId, &["crewai.crew.id"]);
    reader.sym(Field::CrewKey, &["crewai.crew.key"]);
    if let Some(process) = reader.string(&["crewai.crew.process"]) {
        reader.name(Field::Process, process.trim_start_matches("Process."));
    }
    reader.plan("crewai.crew.tasks", "agent");
    reader.length(Field::AgentCount, "crewai.crew.agents");
    reader.text(
        Field::Input,
        &["crewai.crew.inputs", "traceloop.entity.input"],
    );
    // A class derived from Crew writes its own name: `crewai.mycrew.result`.
    let result = reader
        .span
        .attributes
        .iter()
        .map(|(key, _)| key)
        .find(|key| key.starts_with("crewai.") && key.ends_with(".result"));
    reader.text(Field::Output, &[result.unwrap_or("crewai.crew.result")]);
    reader.text(Field::Output, &["traceloop.entity.output"]);
    let usage = reader.string(&["crewai.crew.usage_metrics", "crewai.crew.token_usage"]);
    if let Some(usage) = usage {
        reader.reported(&usage);
    }
    reader.text(Field::ReportedUsage, &["crewai.crew.usage_metrics"]);
}

fn task(reader: &mut Reader<'_, '_, '_>) {
    reader.sym(Field::TaskId, &["crewai.task.id"]);
    reader.sym(Field::TaskKey, &["crewai.task.key"]);
    // Unnamed tasks go by their description, and so does the span.
    let name = reader.string(&["crewai.task.name"]);
    let described = reader.string(&["crewai.task.description"]);
    let name = name.filter(|name| described.as_ref() != Some(name));
    if let Some(name) = &name {
        reader.name(Field::TaskName, name);
    }
    reader.label(name);
    // Before 0.48 the whole agent was written here.
    if let Some(role) = reader
        .string(&["crewai.task.agent"])
        .filter(|role| !role.contains("role="))
    {
        reader.name(Field::AgentRole, &role);
    }
    reader.text(Field::Description, &["crewai.task.description"]);
    reader.text(Field::ExpectedOutput, &["crewai.task.expected_output"]);
    reader.text(Field::Context, &["crewai.task.context"]);
    reader.text(
        Field::Input,
        &["traceloop.entity.input", "crewai.task.description"],
    );
    reader.text(
        Field::Output,
        &[
            "traceloop.entity.output",
            "crewai.task.result",
            "crewai.task.output",
        ],
    );
}

fn agent(reader: &mut Reader<'_, '_, '_>) {
    let role = reader.string(&["crewai.agent.role", "gen_ai.agent.name"]);
    let role = role.or_else(|| {
        let name = reader.span.name.strip_suffix(".agent")?;
        Some(name.to_owned().into())
    });
    if let Some(role) = &role {
        reader.name(Field::AgentRole, role);
    }
    reader.label(role);
    for (field, keys) in [
        (Field::AgentId, &["crewai.agent.id", "gen_ai.agent.id"][..]),
        (Field::AgentKey, &["crewai.agent.key"]),
        (
            Field::Model,
            &["gen_ai.request.model", "gen_ai.response.model"],
        ),
    ] {
        reader.sym(field, keys);
    }
    // Before 0.48 the model came inside the `repr` of the whole client.
    if let Some(model) = reader
        .string(&["crewai.agent.llm"])
        .filter(|model| !model.contains([' ', '<']))
    {
        reader.name(Field::Model, &model);
    }
    reader.text(Field::AgentGoal, &["crewai.agent.goal"]);
    reader.text(Field::Backstory, &["crewai.agent.backstory"]);
    let tools = reader.get(&["crewai.agent.tools"]);
    if tools.is_some_and(|tools| json::unescape(tools.get()) != "[]") {
        reader.text_as(
            Field::ToolDefinitions,
            &["crewai.agent.tools"],
            TextForm::Json,
        );
    }
    reader.messages(
        Field::Input,
        &["traceloop.entity.input", "gen_ai.input.messages"],
        Pieces::Input,
    );
    reader.messages(
        Field::Output,
        &[
            "traceloop.entity.output",
            "crewai.agent.result",
            "gen_ai.output.messages",
        ],
        Pieces::Output,
    );
    // Asynchronous tasks leave no span; their agents lie directly below the crew.
    reader.draft.layout = Layout::NoAsyncTasks;
}

//! Spans by the GenAI semantic conventions of OpenTelemetry, current and older.
//!
//! Messages are `gen_ai.{input,output}.messages` (as attributes, or on the event with an inference's details), before 2025 `gen_ai.prompt.N.…`
//! and `gen_ai.completion.N.…`, or span events (`gen_ai.user.message`, `gen_ai.choice`).

use crate::dialect::reader::Reader;
use crate::draft::Layout;
use crewscope_trace::model::{Field, Kind, Pieces, Usage, Value};

/// Fills in a draft.
pub fn apply(reader: &mut Reader<'_, '_, '_>) {
    reader.draft.layout = Layout::Foreign;
    reader.draft.kind = kind(reader);
    reader.error_type();
    match reader.draft.kind {
        Kind::Llm => llm(reader),
        Kind::Tool => tool(reader),
        Kind::Agent => agent(reader),
        Kind::Crew => {
            let name = reader.string(&["gen_ai.workflow.name"]);
            if let Some(name) = &name {
                reader.name(Field::CrewName, name);
            }
            reader.label(name);
            reader.messages(Field::Input, &["gen_ai.input.messages"], Pieces::Input);
            reader.messages(Field::Output, &["gen_ai.output.messages"], Pieces::Output);
        }
        _ => {
            let name = reader.span.name.clone();
            reader.label(Some(name));
            reader.text(
                Field::Input,
                &["gen_ai.retrieval.query.text", "db.query.text"],
            );
        }
    }
}

fn kind(reader: &Reader<'_, '_, '_>) -> Kind {
    let operation = reader.string(&["gen_ai.operation.name", "llm.request.type"]);
    match operation.as_deref() {
        Some("chat" | "text_completion" | "completion" | "generate_content") => Kind::Llm,
        Some("execute_tool") => Kind::Tool,
        Some("invoke_agent") => Kind::Agent,
        Some("invoke_workflow") => Kind::Crew,
        Some("retrieval") => Kind::Knowledge,
        // `embeddings` and `rerank` are no requests to a language model; `create_agent` and what is to come stay under their own names.
        Some(_) => Kind::Other,
        None => {
            let has = |keys: &[&str]| reader.get(keys).is_some();
            if has(&["gen_ai.tool.name", "gen_ai.tool.call.id"]) {
                Kind::Tool
            } else if has(&["gen_ai.request.model", "gen_ai.response.model"])
                || reader.span.attributes.any("gen_ai.prompt.")
                || reader.span.attributes.any("gen_ai.completion.")
            {
                Kind::Llm
            } else if has(&["gen_ai.agent.name"]) {
                Kind::Agent
            } else {
                Kind::Other
            }
        }
    }
}

fn llm(reader: &mut Reader<'_, '_, '_>) {
    reader.draft.usage = usage(reader).into();
    let model = reader.string(&["gen_ai.request.model", "gen_ai.response.model"]);
    if let Some(model) = &model {
        reader.name(Field::Model, model);
    }
    let name = model.unwrap_or_else(|| reader.span.name.clone());
    reader.label(Some(name));
    for (field, keys) in [
        (Field::ResponseModel, &["gen_ai.response.model"][..]),
        (Field::Provider, &["gen_ai.provider.name", "gen_ai.system"]),
        (Field::ResponseId, &["gen_ai.response.id"]),
        (Field::AgentRole, &["gen_ai.agent.name"]),
        (
            Field::FinishReason,
            &[
                "gen_ai.response.finish_reasons",
                "gen_ai.response.finish_reason",
                "gen_ai.completion.0.finish_reason",
                "llm.response.finish_reason",
                "llm.response.stop_reason",
            ],
        ),
    ] {
        reader.sym(field, keys);
    }
    let choice = reader
        .events
        .iter()
        .find(|event| event.name == "gen_ai.choice");
    if let Some(reason) = choice.and_then(|event| event.attributes.string("finish_reason")) {
        reader.name(Field::FinishReason, &reason);
    }
    for (field, keys) in [
        (Field::Temperature, &["gen_ai.request.temperature"][..]),
        (
            Field::MaxTokens,
            &[
                "gen_ai.request.max_tokens",
                "gen_ai.request.max_completion_tokens",
            ],
        ),
        (Field::TopP, &["gen_ai.request.top_p"]),
    ] {
        reader.number(field, keys);
    }
    for key in [
        "gen_ai.request.stream",
        "gen_ai.is_streaming",
        "llm.is_streaming",
    ] {
        reader.flag(Field::Stream, key);
    }
    messages(reader);
    reader.cost();
}

/// Prompt, answer and tools of a call; of an agent too.
fn messages(reader: &mut Reader<'_, '_, '_>) {
    let input = &[
        "gen_ai.input.messages",
        "gen_ai.prompt",
        "traceloop.entity.input",
    ];
    let output = &[
        "gen_ai.output.messages",
        "gen_ai.completion",
        "traceloop.entity.output",
    ];
    reader.messages(Field::Input, input, Pieces::Input);
    reader.messages(Field::Output, output, Pieces::Output);
    let tools = &["gen_ai.tool.definitions", "gen_ai.request.tools"];
    reader.messages(Field::ToolDefinitions, tools, Pieces::Tools);
}

/// The tokens of a call.
pub fn usage(reader: &Reader<'_, '_, '_>) -> Usage {
    let count = |keys: &[&str]| reader.count(keys);
    Usage {
        prompt: count(&["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"]),
        completion: count(&[
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
        ]),
        total: count(&["gen_ai.usage.total_tokens", "llm.usage.total_tokens"]),
        cached: count(&[
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.cached_tokens",
            "gen_ai.usage.details.cache_read_tokens",
        ]),
        cache_write: count(&[
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.details.cache_write_tokens",
        ]),
        reasoning: count(&[
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",
            "llm.usage.reasoning_tokens",
            "gen_ai.usage.details.reasoning_tokens",
        ]),
    }
}

fn tool(reader: &mut Reader<'_, '_, '_>) {
    let name = reader.string(&["gen_ai.tool.name", "traceloop.entity.name"]);
    // `execute_tool web_search`
    let name = name.unwrap_or_else(|| {
        let name = &reader.span.name;
        name.strip_prefix("execute_tool ")
            .unwrap_or(name)
            .to_owned()
            .into()
    });
    reader.name(Field::ToolName, &name);
    reader.label(Some(name));
    reader.sym(Field::AgentRole, &["gen_ai.agent.name"]);
    reader.text(
        Field::Input,
        &[
            "gen_ai.tool.call.arguments",
            "gen_ai.tool.input",
            "traceloop.entity.input",
        ],
    );
    reader.text(
        Field::Output,
        &[
            "gen_ai.tool.call.result",
            "gen_ai.tool.message",
            "gen_ai.tool.output",
            "traceloop.entity.output",
        ],
    );
    if let Some(event) = reader
        .events
        .iter()
        .find(|event| event.name == "gen_ai.tool.message")
    {
        let text = event.attributes.text("content", reader.place);
        reader
            .draft
            .facts
            .add_some(Field::Output, text.map(Value::Text));
    }
}

fn agent(reader: &mut Reader<'_, '_, '_>) {
    // `invoke_agent Researcher`
    let name = reader.string(&["gen_ai.agent.name"]).or_else(|| {
        let name = reader.span.name.strip_prefix("invoke_agent ")?;
        Some(name.to_owned().into())
    });
    if let Some(name) = &name {
        reader.name(Field::AgentRole, name);
    }
    reader.label(name);
    for (field, keys) in [
        (Field::AgentId, &["gen_ai.agent.id"][..]),
        (
            Field::Model,
            &["gen_ai.request.model", "gen_ai.response.model"],
        ),
        (Field::Provider, &["gen_ai.provider.name", "gen_ai.system"]),
    ] {
        reader.sym(field, keys);
    }
    reader.text(Field::AgentGoal, &["gen_ai.agent.description"]);
    reader.messages(
        Field::Backstory,
        &["gen_ai.system_instructions"],
        Pieces::Tools,
    );
    messages(reader);
}

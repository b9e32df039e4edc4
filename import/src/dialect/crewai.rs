//! crewai's own spans (1.15 and later): `crewai.*` and `gen_ai.*` attributes.
//!
//! Span names are fixed words; what a span is about is in `crewai.event_name` (the bus event that *ended* it).

use crate::builder::Builder;
use crate::dialect::usage;
use crate::draft::Draft;
use crewscope_trace::json::{self, Object};
use crewscope_trace::model::{Field, Kind, Status, Sym, TextForm, Usage, Value, WarningKind};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// Fills in a draft.
pub fn apply(
    builder: &mut Builder,
    draft: &mut Draft,
    span_name: &str,
    attributes: &Attributes<'_>,
    place: &RecordPlace<'_>,
) {
    draft.kind = kind(span_name, attributes);
    draft.marker = span_name == "tool failure";
    draft.lite = span_name == "execute lite agent";
    let ended_by = attributes.string("crewai.event_name").unwrap_or_default();
    draft.misended = ended_by_other(draft.kind, &ended_by)
        // Each end of A2A closes the span opened last, whosever that is.
        || (span_name == "a2a conversation" && ended_by == "a2a_delegation_completed");
    if ended_by.ends_with("_started") {
        // Force-closed when the session ended: the end is not the span's own.
        draft.status = Status::Running;
        draft.end = None;
    }
    let event = attributes.string("event_id");
    draft.event = event.map(|event| builder.strings.intern(&event));
    draft.usage = tokens(attributes).into();
    let mut facts = Reader {
        builder,
        draft,
        attributes,
        place,
    };
    facts.common(&ended_by);
    match facts.draft.kind {
        Kind::Crew => facts.crew(),
        Kind::Flow => facts.flow(),
        Kind::Method => facts.method(),
        Kind::Task => facts.task(),
        Kind::Agent => facts.agent(),
        Kind::Llm => facts.llm(),
        Kind::Tool => facts.tool(),
        Kind::Guardrail => facts.guardrail(),
        Kind::Memory | Kind::Knowledge | Kind::Reasoning | Kind::Human | Kind::Other => {
            facts.other(span_name)
        }
    }
    for (key, _) in attributes
        .iter()
        .filter(|(key, _)| key.ends_with(".truncated"))
    {
        if attributes.bool(key) == Some(true) {
            builder
                .notes
                .add(WarningKind::TruncatedValue, Some(place.place()));
        }
    }
}

fn kind(span_name: &str, attributes: &Attributes<'_>) -> Kind {
    match span_name {
        "execute crew" => Kind::Crew,
        "execute flow" => Kind::Flow,
        "call method" => Kind::Method,
        "execute task" => Kind::Task,
        "execute agent" | "execute lite agent" => Kind::Agent,
        "call llm" => Kind::Llm,
        "call tool" | "execute mcp tool" | "tool failure" => Kind::Tool,
        "evaluate guardrail" => Kind::Guardrail,
        "agent reasoning" => Kind::Reasoning,
        "request human feedback" | "receive human feedback" => Kind::Human,
        name if name.ends_with(" memory") => Kind::Memory,
        name if name.ends_with(" knowledge") => Kind::Knowledge,
        // Spans of another instrumentation in the same trace, by the GenAI conventions.
        _ => match attributes.string("gen_ai.operation.name").as_deref() {
            Some("chat" | "text_completion" | "generate_content") => Kind::Llm,
            Some("execute_tool") => Kind::Tool,
            Some("invoke_agent") => Kind::Agent,
            Some("execute_task") => Kind::Task,
            Some("retrieval") => Kind::Knowledge,
            _ => Kind::Other,
        },
    }
}

/// Trap 1: a failed structured output outside an agent's loop is emitted twice, and the second one ends whatever scope encloses it;
/// from then on every end is off by one. The span's own name tells.
fn ended_by_other(kind: Kind, ended_by: &str) -> bool {
    let own: &[&str] = match kind {
        Kind::Crew => &["crew_"],
        Kind::Flow => &["flow_"],
        Kind::Method => &["method_"],
        Kind::Task => &["task_"],
        Kind::Agent => &["agent_execution_", "lite_agent_"],
        Kind::Tool => &["tool_", "mcp_tool_"],
        Kind::Guardrail => &["llm_guardrail_"],
        Kind::Reasoning => &["agent_reasoning_"],
        Kind::Memory => &["memory_"],
        Kind::Knowledge => &["knowledge_"],
        Kind::Llm | Kind::Human | Kind::Other => return false,
    };
    !ended_by.is_empty() && !own.iter().any(|prefix| ended_by.starts_with(prefix))
}

fn tokens(attributes: &Attributes<'_>) -> Usage {
    let mut usage = Usage {
        prompt: attributes.count(&["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"]),
        completion: attributes.count(&[
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
        ]),
        total: attributes.count(&["gen_ai.usage.total_tokens"]),
        cached: attributes.count(&["gen_ai.usage.cache_read.input_tokens"]),
        cache_write: attributes.count(&["gen_ai.usage.cache_creation.input_tokens"]),
        reasoning: attributes.count(&[
            "gen_ai.usage.reasoning_tokens",
            "gen_ai.usage.reasoning.output_tokens",
        ]),
    };
    if usage.is_recorded() && attributes.get("crewai.execution_uuid").is_some() {
        // crewai writes these only when they are not 0.
        usage.cached = usage.cached.or(Some(0));
        usage.reasoning = usage.reasoning.or(Some(0));
        // crewai's span handler does not know Gemini's key and writes 0; no answer comes without a prompt.
        if usage.completion.is_some_and(|count| count > 0) {
            usage.prompt = usage.prompt.filter(|&count| count > 0);
        }
    }
    usage
}

/// Moves attributes into the facts of one draft.
struct Reader<'b, 'd, 'x, 'a> {
    builder: &'b mut Builder,
    draft: &'d mut Draft,
    attributes: &'x Attributes<'a>,
    place: &'x RecordPlace<'x>,
}

impl Reader<'_, '_, '_, '_> {
    fn sym(&mut self, field: Field, keys: &[&str]) -> Option<Sym> {
        let text = keys.iter().find_map(|key| self.attributes.string(key))?;
        let sym = self.builder.name(&text);
        self.draft.facts.add(field, Value::Sym(sym));
        Some(sym)
    }

    fn text(&mut self, field: Field, keys: &[&str]) {
        let text = keys
            .iter()
            .find_map(|key| self.attributes.text(key, self.place));
        self.draft.facts.add_some(field, text.map(Value::Text));
    }

    /// A value that crewai writes as JSON in a string, so that a text comes in two layers of quotes (trap 28).
    fn text_twice(&mut self, field: Field, key: &str) {
        if let Some(mut text) = self.attributes.text(key, self.place) {
            text.form = TextForm::JsonTwice;
            self.draft.facts.add(field, Value::Text(text));
        }
    }

    fn number(&mut self, field: Field, key: &str) {
        self.draft
            .facts
            .add_some(field, self.attributes.number(key));
    }

    fn flag(&mut self, field: Field, key: &str) {
        self.draft
            .facts
            .add_some(field, self.attributes.bool(key).map(Value::Bool));
    }

    fn name(&mut self, sym: Option<Sym>) {
        if let Some(sym) = sym {
            self.draft.name = sym;
        }
    }

    fn common(&mut self, ended_by: &str) {
        if let Some(uuid) = self.attributes.string("crewai.execution_uuid") {
            self.draft.execution = Some(self.builder.strings.intern(&uuid));
        }
        if !ended_by.is_empty() {
            let sym = self.builder.strings.intern(ended_by);
            self.draft.facts.add(Field::EndedBy, Value::Sym(sym));
        }
        if self.attributes.bool("parent_span_approximate") == Some(true) {
            self.draft
                .flags
                .set(crewscope_trace::model::Flags::GUESSED_PARENT);
            self.builder
                .notes
                .add(WarningKind::GuessedParent, Some(self.place.place()));
        }
        // `_OTHER` says only that the class is unknown.
        if self
            .attributes
            .string("error.type")
            .is_some_and(|class| class != "_OTHER")
        {
            self.sym(Field::ErrorType, &["error.type"]);
        }
        self.sym(Field::TaskId, &["crewai.task.id"]);
        self.sym(Field::AgentRole, &["crewai.agent.role"]);
    }

    fn crew(&mut self) {
        let name = self.sym(
            Field::CrewName,
            &["crewai.crew.name", "gen_ai.workflow.name"],
        );
        self.name(name);
        self.sym(Field::CrewKey, &["crewai.crew.key"]);
        self.sym(Field::CrewId, &["crewai.crew.id"]);
        if let Some(process) = self.attributes.string("crewai.crew.process") {
            let sym = self
                .builder
                .strings
                .intern(process.trim_start_matches("Process."));
            self.draft.facts.add(Field::Process, Value::Sym(sym));
        }
        self.number(Field::TaskCount, "crewai.crew.num_tasks");
        self.number(Field::AgentCount, "crewai.crew.num_agents");
        self.text(Field::Input, &["crewai.crew.inputs"]);
        if self.draft.misended {
            // The output of the task whose end closed this span; it is handed to that task when the tree is put together.
            self.text(Field::Output, &["crewai.task.output"]);
        } else {
            self.text(Field::Output, &["crewai.crew.output"]);
        }
        self.reported("crewai.crew.usage_metrics");
    }

    /// The crew's or flow's own count, a JSON string.
    fn reported(&mut self, key: &str) {
        self.text(Field::ReportedUsage, &[key]);
        let Some(raw) = self.attributes.get(key) else {
            return;
        };
        let text = json::unescape(raw.get());
        if let Some(metrics) = Object::parse(&text) {
            usage::add_reported(&mut self.draft.facts, &metrics);
        }
    }

    fn flow(&mut self) {
        let name = self.sym(Field::FlowName, &["crewai.flow.name"]);
        self.name(name);
        self.text(Field::Input, &["crewai.flow.inputs"]);
        self.text_twice(Field::Output, "crewai.flow.result");
        self.reported("crewai.flow.aggregated_crew_usage_metrics");
    }

    fn method(&mut self) {
        let name = self.sym(Field::MethodName, &["crewai.method.name", "crewai.subject"]);
        self.name(name);
        self.text(Field::Input, &["crewai.method.params"]);
        self.text_twice(Field::Output, "crewai.method.result");
        self.text(Field::State, &["crewai.method.state"]);
    }

    fn task(&mut self) {
        self.sym(Field::TaskKey, &["crewai.task.key"]);
        let name = self.sym(Field::TaskName, &["crewai.task.name"]);
        self.name(name);
        self.sym(Field::CrewName, &["crewai.crew.name"]);
        self.sym(Field::OutputFormat, &["crewai.task.output_format"]);
        self.text(Field::Description, &["crewai.task.description"]);
        self.text(Field::ExpectedOutput, &["crewai.task.expected_output"]);
        // The task span's input is its description; the context reaches it only inside the agent's prompt.
        self.text(Field::Input, &["gen_ai.input.messages"]);
        self.text(Field::Output, &["crewai.task.output"]);
        if self.draft.misended {
            // The answer of the agent whose end closed this span.
            self.text(Field::Output, &["gen_ai.output.messages"]);
            self.sym(Field::AgentId, &["gen_ai.agent.id"]);
        }
    }

    fn agent(&mut self) {
        let role = self.sym(Field::AgentRole, &["crewai.agent.role", "crewai.subject"]);
        self.name(role);
        self.sym(Field::AgentKey, &["crewai.agent.key", "gen_ai.agent.name"]);
        self.sym(Field::AgentId, &["gen_ai.agent.id"]);
        self.number(Field::LlmCalls, "crewai.agent.llm_calls_count");
        self.text(Field::AgentGoal, &["gen_ai.agent.description"]);
        self.text(Field::Backstory, &["gen_ai.system_instructions"]);
        self.model();
        self.text(Field::ToolDefinitions, &["gen_ai.tool.definitions"]);
        self.text(Field::Input, &["gen_ai.input.messages"]);
        self.text(Field::Output, &["gen_ai.output.messages"]);
    }

    fn model(&mut self) -> Option<Sym> {
        self.sym(Field::Provider, &["gen_ai.provider.name", "gen_ai.system"]);
        self.sym(
            Field::Model,
            &["gen_ai.request.model", "gen_ai.response.model"],
        )
    }

    fn llm(&mut self) {
        if self.attributes.string("gen_ai.provider.name").as_deref() == Some("anthropic") {
            self.draft.facts.add(Field::SplitPrompt, Value::Bool(true));
        }
        let model = self.model();
        self.name(model);
        self.sym(Field::ResponseModel, &["gen_ai.response.model"]);
        self.sym(Field::FinishReason, &["gen_ai.response.finish_reasons"]);
        self.sym(Field::CallId, &["crewai.llm.call_id"]);
        self.sym(Field::ResponseId, &["gen_ai.response.id"]);
        self.sym(Field::CallType, &["crewai.llm.call_type"]);
        // crewai's conversation id is the task id, else an agent or kickoff id; it helps where the task's own span is missing.
        self.sym(Field::TaskId, &["crewai.task.id"]);
        self.number(Field::Temperature, "gen_ai.request.temperature");
        self.number(Field::MaxTokens, "gen_ai.request.max_tokens");
        self.number(Field::TopP, "gen_ai.request.top_p");
        self.flag(Field::Stream, "gen_ai.request.stream");
        self.text(Field::ToolDefinitions, &["gen_ai.tool.definitions"]);
        self.text(Field::Input, &["gen_ai.input.messages"]);
        self.text(Field::Output, &["gen_ai.output.messages"]);
        if let Some(cost) = self
            .attributes
            .get("gen_ai.usage.cost")
            .and_then(|raw| json::float(raw.get()))
        {
            self.draft.facts.add(Field::Cost, Value::Float(cost));
        }
    }

    fn tool(&mut self) {
        let name = self.sym(Field::ToolName, &["gen_ai.tool.name", "crewai.subject"]);
        self.name(name);
        self.server();
        self.flag(Field::FromCache, "crewai.tool.from_cache");
        self.sym(Field::FailureReason, &["crewai.tool.failure.reason"]);
        self.sym(Field::ErrorType, &["crewai.tool.failure.code"]);
        self.text(Field::Error, &["crewai.tool.failure.message"]);
        let own = self.draft.execution.is_some();
        for (field, key) in [
            (Field::Input, "gen_ai.tool.call.arguments"),
            (Field::Output, "gen_ai.tool.call.result"),
        ] {
            // crewai writes a text that is no JSON (broken arguments, most results) as a JSON string.
            match own {
                true => self.text_twice(field, key),
                false => self.text(field, &[key]),
            }
        }
        self.sym(Field::TaskName, &["crewai.task.name"]);
    }

    fn guardrail(&mut self) {
        // The subject is written again by the event that ends the span.
        let name: &[&str] = match self.draft.misended {
            true => &["crewai.guardrail.description"],
            false => &["crewai.subject", "crewai.guardrail.description"],
        };
        let name = self.sym(Field::Guardrail, name);
        self.name(name);
        self.text(Field::Description, &["crewai.guardrail.description"]);
        self.number(Field::RetryCount, "crewai.guardrail.retry_count");
        self.flag(Field::Success, "crewai.guardrail.success");
        self.text(Field::Output, &["crewai.guardrail.result"]);
        self.text(Field::Error, &["crewai.guardrail.error"]);
    }

    /// Whom an MCP or A2A span asked. An address is all there is where nothing has a name.
    fn server(&mut self) -> Option<Sym> {
        self.sym(
            Field::Server,
            &[
                "crewai.mcp.server_name",
                "crewai.mcp.server_url",
                "crewai.a2a.agent_name",
                "crewai.a2a.endpoint",
            ],
        )
    }

    fn other(&mut self, span_name: &str) {
        let server = self.server();
        let name = match self.draft.kind {
            // A verb and a noun say more than crewai's subject ("Memory Query").
            Kind::Memory | Kind::Knowledge | Kind::Reasoning | Kind::Human => {
                self.builder.name(span_name)
            }
            _ => match (self.attributes.string("crewai.subject"), server) {
                // "connect mcp: station": neither says enough alone.
                (_, Some(server)) => {
                    let server = self.builder.strings.get(server);
                    let name = [span_name, ": ", server].concat();
                    self.builder.name(&name)
                }
                (Some(subject), None) => self.builder.name(&subject),
                (None, None) => self.builder.name(span_name),
            },
        };
        self.draft.name = name;
        self.text(
            Field::Input,
            &[
                "crewai.memory.query",
                "crewai.knowledge.query",
                "crewai.human_feedback.message",
                "crewai.a2a.task_description",
                "gen_ai.input.messages",
            ],
        );
        self.text(Field::Plan, &["crewai.reasoning.plan"]);
        self.text(Field::Feedback, &["crewai.human_feedback.feedback"]);
        self.text(
            Field::Output,
            &[
                "crewai.memory.results",
                "crewai.memory.content",
                "crewai.memory.value",
                "crewai.knowledge.retrieved_knowledge",
                "crewai.human_feedback.output",
                "crewai.a2a.result",
                "crewai.a2a.final_result",
                "crewai.a2a.results",
                "gen_ai.output.messages",
            ],
        );
    }
}

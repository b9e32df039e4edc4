//! What an event's own fields say, by what the event is about.

use crate::builder::Builder;
use crate::dialect::usage_of_object;
use crate::draft::{Facts, Phase};
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{Field, Kind, Sym, Usage, Value};
use crewscope_trace::text::RecordPlace;

/// Reads an event's own fields.
pub struct Reader<'b, 'x, 'a> {
    builder: &'b mut Builder,
    data: &'x Object<'a>,
    place: &'x RecordPlace<'x>,
    /// What was read.
    pub facts: Facts,
    /// Name for a person.
    pub name: Sym,
    /// What the event has in common with its partner.
    pub subject: Option<Sym>,
    /// Tokens.
    pub usage: Usage,
}

impl<'b, 'x, 'a> Reader<'b, 'x, 'a> {
    /// A reader that has read nothing.
    pub fn new(builder: &'b mut Builder, data: &'x Object<'a>, place: &'x RecordPlace<'x>) -> Self {
        Self {
            builder,
            data,
            place,
            facts: Facts::default(),
            name: Sym::EMPTY,
            subject: None,
            usage: Usage::default(),
        }
    }
}

impl<'a> Reader<'_, '_, 'a> {
    fn text(&mut self, field: Field, raw: Option<Raw<'_>>) {
        if let Some(raw) = raw.filter(|raw| raw.get() != "\"\"") {
            let text = self.place.text_of(raw.get());
            self.facts.add(field, Value::Text(text));
        }
    }

    fn sym(&mut self, field: Field, text: Option<std::borrow::Cow<'_, str>>) -> Option<Sym> {
        let sym = self.builder.name(&text?);
        self.facts.add(field, Value::Sym(sym));
        Some(sym)
    }

    fn key(&mut self, field: Field, key: &str) -> Option<Sym> {
        self.sym(field, self.data.string(key))
    }

    /// Reads what an event of this kind has.
    pub fn read(&mut self, kind: Kind, phase: Phase, event_type: &str) {
        let data = self.data;
        self.key(Field::TaskId, "task_id");
        self.key(Field::AgentRole, "agent_role");
        self.key(Field::AgentId, "agent_id");
        self.text(Field::Error, data.get("error"));
        if let Some(class) = data.string("error_type") {
            // "<class 'openai.BadRequestError'>"
            let class = class
                .trim_start_matches("<class '")
                .trim_end_matches("'>")
                .to_owned();
            self.sym(Field::ErrorType, Some(class.into()));
        }
        match kind {
            Kind::Crew => self.crew(),
            Kind::Flow => self.flow(),
            Kind::Method => self.method(),
            Kind::Task => self.task(phase),
            Kind::Agent => self.agent(),
            Kind::Llm => self.llm(),
            Kind::Tool => self.tool(),
            Kind::Guardrail => self.guardrail(),
            Kind::Memory | Kind::Knowledge | Kind::Reasoning | Kind::Human | Kind::Other => {
                self.other(event_type)
            }
        }
    }

    fn named(&mut self, sym: Option<Sym>) {
        if let Some(sym) = sym {
            self.name = sym;
            self.subject = Some(sym);
        }
    }

    fn crew(&mut self) {
        let name = self.key(Field::CrewName, "crew_name");
        self.named(name);
        self.text(Field::Input, self.data.get("inputs"));
        self.output("output");
        self.facts.add_some(
            Field::ReportedTotal,
            self.data.int("total_tokens").map(Value::Int),
        );
    }

    /// An output is a text, or an object that holds it under `raw`.
    fn output(&mut self, key: &str) {
        let Some(output) = self.data.get(key) else {
            return;
        };
        let raw = Object::parse(output.get()).and_then(|object| object.get("raw"));
        self.text(Field::Output, Some(raw.unwrap_or(output)));
    }

    fn flow(&mut self) {
        let name = self.key(Field::FlowName, "flow_name");
        self.named(name);
        self.text(Field::Input, self.data.get("inputs"));
        self.text(Field::Output, self.data.get("result"));
        self.text(Field::State, self.data.get("state"));
    }

    fn method(&mut self) {
        let name = self.key(Field::MethodName, "method_name");
        self.named(name);
        self.text(
            Field::Input,
            self.data
                .get("params")
                .filter(|params| params.get() != "{}"),
        );
        self.text(Field::Output, self.data.get("result"));
        self.text(Field::State, self.data.get("state"));
    }

    fn task(&mut self, phase: Phase) {
        let data = self.data;
        let task = data.object("task");
        let definition = task.as_ref().unwrap_or(data);
        let description = definition
            .get("description")
            .or_else(|| data.get("task_description"));
        self.text(Field::Description, description);
        self.text(
            Field::ExpectedOutput,
            definition
                .get("expected_output")
                .or_else(|| data.get("expected_output")),
        );
        // An unnamed task has its description as name (trap 36).
        let name = match &task {
            Some(task) => task.string("name"),
            None => data.string("task_name"),
        };
        let described = description.and_then(json::scalar);
        if let Some(described) = &described {
            self.builder.add_description(described);
        }
        let name = name.filter(|name| described.as_deref() != Some(&**name));
        let name = self.sym(Field::TaskName, name);
        if let Some(name) = name {
            self.name = name;
        }
        self.subject = self.facts.sym(Field::TaskId);
        if let Some(task) = &task {
            let id = task.string("id");
            self.subject = self.subject.or(self.sym(Field::TaskId, id));
            if let Some(agent) = task.object("agent") {
                self.agent_definition(&agent);
            }
        }
        if phase == Phase::Start {
            self.text(Field::Context, data.get("context"));
            self.text(Field::Input, data.get("context").or(description));
        }
        self.text(Field::Output, data.get("output_raw"));
        self.output("output");
        if let Some(format) = data
            .string("output_format")
            .or_else(|| data.object("output")?.string("output_format"))
        {
            let format = format
                .trim_start_matches("OutputFormat.")
                .to_ascii_lowercase();
            self.sym(Field::OutputFormat, Some(format.into()));
        }
    }

    /// A dump of an agent: identity, goal, backstory and model. Its API key stays where it is.
    fn agent_definition(&mut self, agent: &Object<'a>) {
        self.sym(Field::AgentRole, agent.string("role"));
        self.sym(Field::AgentId, agent.string("id"));
        self.sym(Field::AgentKey, agent.string("key"));
        let model = match agent.object("llm") {
            Some(llm) => llm.string("model"),
            // Python's name of an object says no model.
            None => agent.string("llm").filter(|llm| !llm.starts_with('<')),
        };
        self.sym(Field::Model, model);
    }

    fn agent(&mut self) {
        let data = self.data;
        for key in ["agent", "agent_info"] {
            if let Some(agent) = data.object(key) {
                self.agent_definition(&agent);
                self.text(Field::AgentGoal, agent.get("goal"));
                self.text(Field::Backstory, agent.get("backstory"));
            }
        }
        self.text(Field::AgentGoal, data.get("agent_goal"));
        self.text(Field::Backstory, data.get("agent_backstory"));
        if let Some(task) = data.object("task") {
            self.sym(Field::TaskId, task.string("id"));
        }
        let role = self.facts.sym(Field::AgentRole);
        self.named(role);
        self.text(
            Field::Input,
            data.get("task_prompt").or_else(|| data.get("messages")),
        );
        self.text(
            Field::ToolDefinitions,
            data.get("tools").filter(|tools| tools.get() != "[]"),
        );
        self.output("output");
        // agent_logs_started says which description belongs to which role; with 0.203 and 1.6 logs nothing else does.
        self.text(Field::Description, data.get("task_description"));
        if let Some(description) = data.string("task_description") {
            self.builder.add_description(&description);
        }
        if let Some(answer) = data.object("formatted_answer") {
            // A constant that crewai writes when the model called tools natively.
            let thought = answer
                .get("thought")
                .filter(|raw| !matches!(raw.get(), "\"\"" | "\"Failed to parse LLM response\""));
            self.text(Field::Thought, thought);
        }
    }

    fn llm(&mut self) {
        let data = self.data;
        let model = self.key(Field::Model, "model");
        if let Some(model) = model {
            self.name = model;
        }
        self.key(Field::TaskName, "task_name");
        self.subject = self.key(Field::CallId, "call_id");
        self.key(Field::ResponseId, "response_id");
        self.key(Field::FinishReason, "finish_reason");
        if let Some(call_type) = data.string("call_type") {
            let call_type = call_type
                .trim_start_matches("LLMCallType.")
                .to_ascii_lowercase();
            self.sym(Field::CallType, Some(call_type.into()));
        }
        self.text(Field::Input, data.get("messages"));
        self.text(
            Field::ToolDefinitions,
            data.get("tools").filter(|tools| tools.get() != "[]"),
        );
        self.text(Field::Output, data.get("response"));
        for (field, key) in [
            (Field::Temperature, "temperature"),
            (Field::MaxTokens, "max_tokens"),
            (Field::TopP, "top_p"),
        ] {
            let number = data.get(key).and_then(|raw| {
                json::int(raw.get())
                    .map(Value::Int)
                    .or(json::float(raw.get()).map(Value::Float))
            });
            self.facts.add_some(field, number);
        }
        if let Some(usage) = data.object("usage") {
            self.usage = usage_of_object(&usage);
            if usage.has("input_tokens") && usage.has("cached_prompt_tokens") {
                self.facts.add(Field::SplitPrompt, Value::Bool(true));
            }
        }
    }

    fn tool(&mut self) {
        let data = self.data;
        let name = self.key(Field::ToolName, "tool_name");
        self.named(name);
        self.server();
        self.key(Field::TaskName, "task_name");
        self.key(Field::AgentKey, "agent_key");
        self.text(Field::Input, data.get("tool_args"));
        self.text(
            Field::Output,
            data.get("output").or_else(|| data.get("result")),
        );
        let cached = data
            .get("from_cache")
            .map(|raw| Value::Bool(raw.get() == "true"));
        self.facts.add_some(Field::FromCache, cached);
        if let Some(failure) = data.object("failure") {
            self.text(Field::Error, failure.get("message"));
            self.sym(Field::FailureReason, failure.string("reason"));
            self.sym(Field::ErrorType, failure.string("code"));
        }
        if let Some(agent) = data.object("agent") {
            self.sym(Field::AgentRole, agent.string("role"));
        }
    }

    fn guardrail(&mut self) {
        let data = self.data;
        if let Some(guardrail) = data.string("guardrail") {
            // A function is written as its source: its name stands in the first line.
            let first = guardrail
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty())
                .unwrap_or_default();
            let name = first
                .strip_prefix("def ")
                .and_then(|rest| rest.split('(').next())
                .unwrap_or(first)
                .to_owned();
            let name = self.sym(Field::Guardrail, Some(name.into()));
            self.name = name.unwrap_or_default();
        }
        self.text(Field::Description, data.get("guardrail"));
        self.facts
            .add_some(Field::RetryCount, data.int("retry_count").map(Value::Int));
        self.facts.add_some(
            Field::Success,
            data.get("success")
                .map(|raw| Value::Bool(raw.get() == "true")),
        );
        self.text(Field::Output, data.get("result"));
    }

    /// Whom an MCP or A2A event is about. An address is all there is where nothing has a name.
    fn server(&mut self) -> Option<Sym> {
        let keys = ["server_name", "server_url", "a2a_agent_name"];
        let found = keys.iter().find_map(|key| self.data.string(key));
        self.sym(Field::Server, found)
    }

    fn other(&mut self, event_type: &str) {
        let data = self.data;
        let phases = ["_started", "_completed", "_finished", "_failed", "_error"];
        let base = phases
            .iter()
            .find_map(|phase| event_type.strip_suffix(phase))
            .unwrap_or(event_type);
        let mut name = base.replace('_', " ");
        if let Some(server) = self.server() {
            name.push_str(": ");
            name.push_str(self.builder.strings.get(server));
        }
        self.name = self.builder.name(&name);
        for key in [
            "query",
            "inputs",
            "input",
            "value",
            "message",
            "step_description",
            "task_description",
        ] {
            self.text(Field::Input, data.get(key));
        }
        self.text(Field::Plan, data.get("plan"));
        self.text(Field::Feedback, data.get("feedback"));
        for key in [
            "results",
            "memory_content",
            "retrieved_knowledge",
            "output",
            "result",
            "response",
            "final_result",
            "key_information_learned",
        ] {
            self.text(Field::Output, data.get(key));
        }
    }
}

//! The facts a span can hold.

use crate::model::{Sym, TextRef};
use serde::{Deserialize, Serialize};

/// The name of a fact and the list of all names, from one list: facts are kept in bytes ([`crate::model::Facts`]), and a byte is a place in the list.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The name of a fact. Every format and dialect maps its own keys to these.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Field {
            $($(#[$doc])* $name,)*
        }

        impl Field {
            /// All, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

fields! {
    /// crewai's hash of a task's definition (`crewai.task.key`): the same task in another execution has the same key.
    TaskKey,
    /// Id of the task object (a UUID).
    TaskId,
    /// Name of the task; absent for an unnamed one.
    TaskName,
    /// Description of the task, placeholders filled in.
    Description,
    /// The task's expected output.
    ExpectedOutput,
    /// `raw`, `json` or `pydantic`.
    OutputFormat,
    /// Text handed over from earlier tasks.
    Context,
    /// What went in: inputs of a crew, prompt of an agent, messages of an LLM call, arguments of a tool, query of a search.
    Input,
    /// What came out: output of a crew, task or agent, answer of an LLM, result of a tool.
    Output,
    /// Error message.
    Error,
    /// Exception class or error code.
    ErrorType,
    /// Stack trace.
    StackTrace,
    /// Agent role.
    AgentRole,
    /// crewai's hash of an agent's definition.
    AgentKey,
    /// Id of the agent object.
    AgentId,
    /// Agent goal.
    AgentGoal,
    /// Agent backstory.
    Backstory,
    /// Model that was asked for.
    Model,
    /// Model that answered, where it differs or is recorded apart.
    ResponseModel,
    /// Provider, for example `openai`.
    Provider,
    /// Why the answer ended: `stop`, `length`, `tool_calls`, …
    FinishReason,
    /// Id of the LLM call (crewai) or of the response (provider).
    CallId,
    /// Provider's response id.
    ResponseId,
    /// `llm_call` or `tool_call`.
    CallType,
    /// Definitions of the tools offered to the model or the agent.
    ToolDefinitions,
    /// Tool name as called.
    ToolName,
    /// The answer came from the tool cache (as recorded; crewai 1.15 records `false` even for hits on its native path).
    FromCache,
    /// How often the call was tried (crewai before 1.9 repeats the started/error pair for one request).
    Attempts,
    /// Why a tool call counts as failed: `exception`, … (`crewai.tool.failure.reason`).
    FailureReason,
    /// Crew name.
    CrewName,
    /// crewai's hash of the crew's definition.
    CrewKey,
    /// Id of the crew object.
    CrewId,
    /// `sequential` or `hierarchical`.
    Process,
    /// Number of tasks the crew defines; some may never start.
    TaskCount,
    /// Number of agents the crew defines.
    AgentCount,
    /// Flow name.
    FlowName,
    /// Flow method name.
    MethodName,
    /// State of a flow.
    State,
    /// Crew-level token total, as the producer counted it.
    ReportedTotal,
    /// Crew-level usage metrics, as the producer counted them.
    ReportedUsage,
    /// Thought of an agent.
    Thought,
    /// Plan written by an agent that reasons first.
    Plan,
    /// What a guardrail checks.
    Guardrail,
    /// Which try a guardrail judged (0 is the first).
    RetryCount,
    /// Whether a guardrail accepted.
    Success,
    /// Feedback of a person, or the question put to one.
    Feedback,
    /// Sampling temperature and the other request parameters are kept under their own names.
    Temperature,
    /// Limit on completion tokens.
    MaxTokens,
    /// Nucleus sampling.
    TopP,
    /// The answer was streamed.
    Stream,
    /// crewai version that wrote the record.
    Version,
    /// The bus event that ended the span (`crewai.event_name`).
    EndedBy,
    /// `parent_span_approximate`: the producer guessed the parent.
    ApproximateParent,
    /// Cost in USD recorded by the producer.
    Cost,
    /// Prompt tokens of a crew or flow, as the producer counted them; like [`Field::ReportedTotal`] the next four.
    ReportedPrompt,
    /// Completion tokens.
    ReportedCompletion,
    /// Prompt tokens read from the cache.
    ReportedCached,
    /// Reasoning tokens.
    ReportedReasoning,
    /// Requests that were answered.
    ReportedRequests,
    /// LLM calls of an agent, as the producer counted them (`crewai.agent.llm_calls_count`).
    LlmCalls,
    /// The prompt was counted under Anthropic's key `input_tokens`, which in crewai before 1.15.13 leaves out what the cache read and wrote.
    SplitPrompt,
    /// Wall time in nanoseconds, recorded where start and end are not.
    Duration,
    /// LLM calls, counted by the producer where the calls themselves are not recorded.
    Requests,
    /// LLM calls that failed, counted the same way.
    FailedRequests,
    /// LLM calls without usage, counted the same way.
    CallsWithoutUsage,
    /// Where the cost comes from, in the words of the report.
    CostSource,
    /// Some of the prices were the user's own.
    OwnPrices,
    /// Several models ([`crate::model::LIST_SEPARATOR`] between them), where the calls themselves are not recorded.
    Models,
    /// Several models without a price, in the same way.
    UnpricedModels,
    /// Roles of several agents, in the same way.
    Agents,
    /// Names of several tasks, in the same way; empty for an unnamed one.
    Tasks,
    /// The server or agent elsewhere that was asked (MCP, A2A).
    Server,
}

/// The value of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A short text: name, id, model.
    Sym(Sym),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A long text, still in the source.
    Text(TextRef),
}

/// Stands between the names of a list in one symbol: a control character that names do not hold.
pub const LIST_SEPARATOR: char = '\u{1f}';

//! The kinds of findings: one table. What finds them is in the files beside this one, a family each.

use serde::{Deserialize, Serialize};

/// What a finding is good for: the page is ordered by these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Identify failure points.
    Failure,
    /// Optimise performance.
    Performance,
    /// Improve cost efficiency.
    Cost,
}

impl Use {
    /// All, in the order in which they are shown.
    pub const ALL: [Use; 3] = [Use::Failure, Use::Performance, Use::Cost];

    /// The heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Failure => "Identify failure points",
            Self::Performance => "Optimise performance",
            Self::Cost => "Improve cost efficiency",
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run, or a part of it, failed.
    Error,
    /// Something went wrong or was wasted.
    Warning,
    /// Something could be better.
    Info,
}

impl Severity {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A kind of finding.
#[derive(Debug)]
pub struct Definition {
    /// Its name in reports.
    pub id: &'static str,
    /// What it is good for.
    pub of: Use,
    /// How bad it is.
    pub severity: Severity,
    /// What was looked for, for a run in which nothing was found.
    pub check: &'static str,
    /// The title: `{s}` and `{o}` are spans, `{0}` to `{2}` numbers (`{0t}` nanoseconds, `{0%}` percent, `{0s}` a plural s),
    /// `{names}` a list of names.
    pub title: &'static str,
    /// What to try.
    pub advice: &'static str,
}

macro_rules! kinds {
    ($($name:ident $id:literal $use:ident $severity:ident $check:literal $title:literal $advice:literal)*) => {
        /// What was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum What { $(#[doc = $check] $name),* }

        /// All kinds, in the order of [`What`].
        pub const KINDS: &[Definition] = &[$(Definition {
            id: $id, of: Use::$use, severity: Severity::$severity, check: $check, title: $title, advice: $advice,
        }),*];

        impl What {
            /// All kinds.
            pub const ALL: &[What] = &[$(What::$name),*];
        }
    };
}

impl What {
    /// Its line of the table.
    pub fn definition(self) -> &'static Definition {
        // The macro makes both from the same lines.
        KINDS.get(self as usize).unwrap_or(&KINDS[0])
    }
}

kinds! {
TaskFailed "task-failed" Failure Error "failed tasks and their cause" "{s} failed{o}"
"Read the error of the call it points to; then correct the tool or prompt that caused it, or let the agent try again (`max_retry_limit`)."
RunFailed "run-failed" Failure Error "runs that failed outside of a task" "{s} failed{o}"
"Read the error of the call it points to; handle it in the flow method or around `kickoff()`."
Unfinished "unfinished" Failure Info "work without an end" "{s} has no end in this trace"
"If the run is over, the process was killed in this call: give tools a timeout and agents `max_execution_time`."
LlmFailed "llm-failed" Failure Warning "failed or retried LLM calls" "{0} LLM call{0s} failed{1r}: {s}"
"Check limits and request size at the provider; set `max_rpm` on the agent or crew, and `timeout` and `max_retries` on the `LLM`."
LlmEmpty "llm-empty-answer" Failure Warning "empty answers of a model" "{s} answered nothing {0} time{0s}"
"Raise `max_tokens` if reasoning used it up, or choose a model that follows this prompt; each empty answer was paid for."
CutOff "answer-cut-off" Failure Warning "answers that were cut off" "{0} answer{0s} of {s} {0was} cut off by the token limit"
"Raise `max_tokens` of the agent's `LLM`, or ask for a shorter output in `expected_output`."
Filtered "answer-filtered" Failure Warning "answers stopped by a content filter" "{0} answer{0s} of {s} {0was} stopped by the provider's content filter"
"Rephrase the task's description or the text in `context` that sets the filter off."
GuardrailRejected "guardrail-rejected" Failure Warning "outputs rejected by a guardrail" "A guardrail rejected the output of {s} {0} time{0s}"
"Put what the guardrail demands into `expected_output`, so that the first try meets it; `guardrail_max_retries` bounds the tries."
ToolFailed "tool-failed" Failure Warning "tools that raised errors" "{s} failed {0} time{0s}"
"Correct the tool, or let it return a short text that tells the agent what to do instead of raising."
ToolErrorText "tool-error-text" Failure Warning "errors that a tool returned as its result" "{s} returned an error as its result {0} time{0s}"
"To crewai this was a success: raise an exception in the tool, so that the failure is recorded and retried."
ToolUnknown "tool-unknown" Failure Warning "tools that do not exist" "The model called {s}, which is not among its tools, {0} time{0s}"
"Name the tools in the task's description as they are called, or add the missing one to `tools`."
CoworkerUnknown "coworker-unknown" Failure Warning "coworkers that do not exist" "{s} asked for a coworker who does not exist {0} time{0s}"
"Name the agents' roles in the manager's prompt exactly as in `role`; short roles are repeated more faithfully."
ToolArguments "tool-arguments" Failure Warning "wrong arguments of tools" "{s} was called with wrong arguments {0} time{0s}"
"Describe every argument in the tool's `args_schema` (`Field(description=…)`), with an example, and give optional ones a default."
ToolUsedUp "tool-used-up" Failure Info "tools at their usage limit" "{s} was called beyond its usage limit {0} time{0s}"
"Raise `max_usage_count` of the tool, or say in the task's description how often it may be used."
DelegationLoop "delegation-loop" Failure Warning "delegation in circles" "Work that {s} gave away came back to it {0} time{0s}"
"Set `allow_delegation=False` on the coworker, or split the task so that nobody has to ask back."
DelegationRepeated "delegation-repeated" Failure Warning "delegation again and again" "{s} was asked {0} times by the same agent in one task"
"Give the coworker a task of its own and pass its output by `context`, or say in the description what one request must contain."
IterationLimit "iteration-limit" Failure Warning "agents at their iteration limit" "{s} reached its iteration limit and was made to answer"
"Raise `max_iter` if it was getting somewhere; else make the task smaller, or its tools easier to use."
SameAnswer "same-thought-again" Failure Warning "the same thought again" "{s} gave the same answer {0} times in a row"
"It is stuck: reword the task, offer another tool, lower `max_iter`, or raise the `temperature` of its `LLM`."
StepAsAnswer "step-as-answer" Failure Warning "steps that were taken for answers" "The output of {s} is a step of the agent and not its answer"
"crewai could not read the Thought/Action form and took the text as it was: use a model with function calling for this agent, or a larger one."
RepeatRefused "repeat-refused" Failure Info "repeated calls that crewai refused" "crewai refused {s} the same tool call again {0} time{0s}"
"The result did not help it: improve the tool's output or description, or lower `max_iter`."
WithoutTools "answered-without-tools" Failure Info "answers without the tools given" "{s} was answered without any of its tools: {names}"
"If the answer must rest on a tool, say in the description which one to use; else remove the tools and save their schemas."
NotJson "expected-json" Failure Warning "outputs that are no JSON though JSON was asked for" "{s} was to give JSON, and its output is none (heuristic)"
"Set `output_pydantic` or `output_json` on the task: crewai then makes the model keep to the form."
WrongCount "expected-points" Failure Info "outputs with another number of points than asked for" "{s} was to give {1} bullet points, and its output has {0} (heuristic)"
"Add a `guardrail` that counts, or ask for a list by `output_pydantic`."
EmptyOutput "empty-output" Failure Warning "tasks without an output" "{s} completed with an empty output"
"Look at its last answer; add a `guardrail` that refuses an empty output, so that the agent tries again."
SlowSibling "slow-task" Performance Info "tasks much slower than their siblings" "{s} took {0t}, {1} times the median of the other tasks"
"Look at what it waited for; split it, give it a faster `llm`, or let it run beside others (`async_execution=True`)."
SlowerThanBefore "slower-than-before" Performance Warning "tasks slower than in earlier executions" "{s} took {0t}, {1} times its median in {2} earlier executions"
"Compare its calls with those of an earlier execution: more of them, longer prompts, or a slower provider?"
OutsideCalls "time-outside-calls" Performance Info "time that no call explains" "{0t} of {s} ({1%}) passed in no recorded call"
"Time goes into your own code (callbacks, guardrails, tools that are not recorded), into `max_rpm`, or into waiting for a person."
Sequential "sequential-tasks" Performance Info "independent tasks that ran one after another" "{0} tasks of {s} ran one after another and share no text: side by side they would have taken {1t} less"
"If nothing else ties them, set `async_execution=True` on them and name what they need in `context`."
TokenHeavy "token-heavy-task" Performance Info "tasks that use most of the tokens" "{s} used {0%} of all tokens"
"Shorten what it is given (`context` only from the tasks it needs), let its tools return less, or lower `max_iter`."
IdenticalTool "identical-tool-calls" Performance Warning "identical tool calls" "{s} was called {0} times with the same arguments and gave the same result"
"Set `cache=True` on the crew, and say in the task what to do when a result is not enough."
Polling "polling-tool-calls" Performance Info "tools that are called until the result changes" "{s} was called {0} times with the same arguments, and the result changed"
"If it waits for something, let the tool wait itself: every look costs a whole LLM call."
SameLookup "same-lookup" Performance Info "the same look-up in several tasks" "{s} was called with the same arguments in {0} tasks and gave the same result"
"Fetch it once and pass it on by `context`, or set `cache=True` on the crew."
IdenticalLlm "identical-llm-calls" Performance Warning "identical LLM calls" "{s} was sent the same prompt {0} times"
"Keep the first answer: pass it on by `context` or in the flow's state, or cache the call in your code."
PromptGrowth "prompt-growth" Cost Info "prompts that grow from call to call" "The prompt of {s} grew from {0} to {1} tokens in {2} calls"
"Let tools return less, set `respect_context_window=True`, or split the task: all that came before is paid for again in each call."
RepeatedPrefix "repeated-prefix" Cost Info "prompts that begin alike and are not cached" "About {0} prompt tokens of {s} repeat what was sent before and were not cached"
"Use a model with prompt caching, and keep what changes (dates, ids, inputs) out of `role`, `goal`, `backstory` and the start of `description`."
ToolSchemas "large-tool-schemas" Cost Info "tool definitions that make up most of the prompt" "Tool definitions are about {0%} of the prompts of {s}"
"Give the agent only the tools its task needs, and shorten their descriptions."
Backstory "large-backstory" Cost Info "backstories that make up most of the prompt" "The backstory is about {0%} of the prompts of {s}"
"Shorten `backstory`: it is sent with every call of the agent."
UnusedTools "unused-tools" Cost Info "tools that were never used" "{s} never used {0} of its {1} tools: {names}"
"Remove them from `tools`: their definitions are sent with every call."
HistoryLost "history-summarised" Cost Warning "conversations that no longer fitted" "The conversation of {s} outgrew the context window and was replaced by a summary {0} time{0s}"
"Let tools return less or split the task; what the summary left out is lost to the agent."
ContextCut "context-cut" Cost Info "context that arrived in part" "Only {0%} of the output of {o} reached {s}"
"If the rest matters, look at where it is cut (a callback, a tool, the context window); if not, let the first task write less."
UnusedOutput "unused-output" Cost Info "outputs that no later task was given" "The output of {s} was found in no later prompt"
"Name the task in the `context` of the one that needs it, or remove it."
Mergeable "mergeable-tasks" Cost Info "tasks that one call could do" "{o} and {s} are one call each of the same agent, and the second is given the first one's output"
"Make them one task: the second prompt repeats what the agent has just said."
SmallerModel "smaller-model" Cost Info "tasks that a smaller model would do for less" "{s} on {names} would cost less for the same tokens"
"Arithmetic on the recorded tokens, not a judgement of quality: try the smaller `llm` on this agent and compare the outputs."
}

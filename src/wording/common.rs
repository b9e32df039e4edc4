//! Words of several regions, so that one thing has one name everywhere.

use crate::wording::{fill, Noun};

/// What opens, for the sentences that say it. Names every form of the reader's table.
macro_rules! forms {
    () => {
        "OpenTelemetry (OTLP), event logs, trace batches, checkpoints, log files; exports of Jaeger, Tempo, Zipkin, Phoenix, Langfuse, LangSmith and MLflow; \
         saved reports. gzip of each."
    };
}
pub(super) use forms;

// --- what is counted ---
pub const CALLS_OF: Noun = "call|calls";
pub const FINDINGS_OF: Noun = "finding|findings";
pub const TASKS_OF: Noun = "task|tasks";

// --- signs between parts ---
/// Between facts on one line.
pub const BETWEEN: &str = " · ";
/// Between the items of a list in a sentence.
pub const COMMA: &str = ", ";

// --- figures of an execution ---
pub const TOTAL_TOKENS: &str = "Total Tokens";
pub const PROMPT_TOKENS: &str = "Prompt Tokens";
pub const COMPLETION_TOKENS: &str = "Completion Tokens";
pub const REQUESTS: &str = "Requests";
pub const EXECUTION_TIME: &str = "Execution Time";
pub const ESTIMATED_COST: &str = "Estimated Cost";
/// Shown for what the trace does not hold. Never 0.
pub const UNKNOWN: &str = "not recorded";

// --- what a table or a list tells of each ---
pub const TASK: &str = "Task";
pub const AGENT: &str = "Agent";
pub const LLM: &str = "LLM";
pub const MODEL: &str = "Model";
pub const TOOL: &str = "Tool";
pub const TOOLS: &str = "Tools";
pub const KIND: &str = "Kind";
pub const STATUS: &str = "Status";
pub const TIME: &str = "Time";
pub const TOKENS: &str = "Tokens";
pub const COST: &str = "Cost";
pub const WHAT: &str = "What";

// --- how something stands ---
pub const COMPLETED: &str = "Completed";
pub const FAILED: &str = "Failed";
pub const RUNNING: &str = "Running";
pub const STATUS_UNKNOWN: &str = "Unknown";

// --- fields of a task or a call ---
pub const INPUT: &str = "Input";
pub const OUTPUT: &str = "Output";
pub const ARGUMENTS: &str = "Arguments";
pub const RESULT: &str = "Result";
pub const ANSWER: &str = "Answer";
pub const FEEDBACK: &str = "Feedback";
pub const THOUGHT: &str = "Thought";
pub const STATE: &str = "State";
pub const ERROR: &str = "Error";
pub const STACK_TRACE: &str = "Stack trace";
pub const TEMPERATURE: &str = "Temperature";
pub const MAX_TOKENS: &str = "Max tokens";
pub const TOP_P: &str = "Top p";
pub const STREAMED: &str = "Streamed";
pub const FINISH_REASON: &str = "Finish reason";
pub const PROVIDER: &str = "Provider";
pub const ANSWERED_BY: &str = "Answered by";

/// A text without a letter.
pub const EMPTY: &str = "empty";

// --- forms of a text ---
pub const MARKDOWN: &str = "Markdown";
pub const JSON: &str = "JSON";
pub const TEXT: &str = "Text";

// --- what is done ---
pub const CLOSE: &str = "Close";
pub const COMPARE: &str = "Compare";
pub const DOWNLOAD: &str = "Download";
pub const READING: &str = "Reading…";
pub const EXECUTIONS: &str = "Executions";
pub const FOUND: &str = "Found";
pub const CRITICAL_PATH: &str = "Critical path";
pub const NO_PRICE_FOR: &str = "No price for ";

/// What follows the number of tokens where there is little room.
pub const TOK: &str = " tok";

/// `1,234 tokens`.
pub fn tokens(number: &str) -> String {
    fill("{0} tokens", &[number])
}

/// On the button for more of a long list.
pub fn show_more(number: usize) -> String {
    fill("Show {0} more", &[&number.to_string()])
}

/// On the button for the rest of a long text, with the size of the whole.
pub fn show_rest(size: &str) -> String {
    fill("Show more ({0} in all)", &[size])
}

/// Below a text that is too long to be shown whole.
pub fn only_first(shown: &str, all: &str) -> String {
    fill("Only the first {0} of {1} are shown.", &[shown, all])
}

#[cfg(test)]
mod tests {
    use crewscope_import::FORMS;

    #[test]
    fn the_sentence_names_every_form() {
        for line in FORMS.iter().flat_map(|form| form.lines) {
            assert!(forms!().contains(line.word), "{}", line.what);
        }
    }
}

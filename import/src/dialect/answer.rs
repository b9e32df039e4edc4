//! What an answer of a model API says beside its text: usage, why it ended, its id, the model.
//!
//! Trace stores keep the whole answer as the output of an LLM call; their own columns hold less of it (no reasoning tokens in MLflow, no
//! finish reason in any). Forms: OpenAI's chat and Responses, Anthropic, LangChain's `LLMResult` and messages.

use crate::dialect::usage_of_object;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::Usage;

/// Objects that hold the usage, from the answer's root; the first that is there counts.
const USAGE: &[&[&str]] = &[
    &["usage"],
    &["usage_metadata"],
    &["llm_output", "token_usage"],
    &["generations", "message", "kwargs", "usage_metadata"],
    &["kwargs", "usage_metadata"],
    &["response_metadata", "token_usage"],
    &["token_usage"],
];
const FINISH: &[&[&str]] = &[
    &["choices", "finish_reason"],
    &["stop_reason"],
    &["generations", "generation_info", "finish_reason"],
    &["response_metadata", "finish_reason"],
];
const MODEL: &[&[&str]] = &[&["model"], &["llm_output", "model_name"]];

/// What was found; nothing is unknown twice.
#[derive(Debug, Default)]
pub struct Answer {
    /// Tokens.
    pub usage: Usage,
    /// `stop`, `length`, `tool_calls`, …
    pub finish: Option<String>,
    /// Id of the response.
    pub id: Option<String>,
    /// Model that answered.
    pub model: Option<String>,
}

/// Reads an answer: a JSON object, or a JSON string that holds one.
pub fn read(raw: Raw<'_>) -> Option<Answer> {
    let text = json::unescape(raw.get());
    let object = Object::parse(&text)?;
    let find = |paths: &[&[&str]]| {
        paths
            .iter()
            .find_map(|path| scalar_at(&object, path))
            .filter(|text| text != "null")
    };
    let usage = USAGE
        .iter()
        .find_map(|path| object_at(&object, path))
        .map(|usage| usage_of_object(&usage))
        .unwrap_or_default();
    let finish = find(FINISH);
    let is_answer = usage.is_recorded() || finish.is_some();
    is_answer.then(|| Answer {
        usage,
        finish,
        id: find(&[&["id"]]),
        model: find(MODEL),
    })
}

/// The value at a path; of a list (in a list) the first element counts.
fn at<'a>(object: &Object<'a>, path: &[&str]) -> Option<Raw<'a>> {
    let (first, rest) = path.split_first()?;
    let mut raw = object.get(first)?;
    while raw.get().starts_with('[') {
        raw = json::elements(raw.get()).into_iter().next()?;
    }
    match rest {
        [] => Some(raw),
        rest => at(&Object::parse(raw.get())?, rest),
    }
}

fn scalar_at(object: &Object<'_>, path: &[&str]) -> Option<String> {
    json::scalar(at(object, path)?).map(|text| text.into_owned())
}

fn object_at<'a>(object: &Object<'a>, path: &[&str]) -> Option<Object<'a>> {
    Object::parse(at(object, path)?.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Option<Answer> {
        read(Raw::parse(text).unwrap())
    }

    #[test]
    fn answers_of_different_makers() {
        let openai = answer(r#"{"id":"c1","model":"gpt-4o-2024","choices":[{"index":0,"finish_reason":"tool_calls","message":{}}],"usage":{"prompt_tokens":9,"completion_tokens":4,"completion_tokens_details":{"reasoning_tokens":3}}}"#).unwrap();
        assert_eq!(
            (openai.usage.prompt, openai.usage.reasoning),
            (Some(9), Some(3))
        );
        assert_eq!(openai.finish.as_deref(), Some("tool_calls"));
        assert_eq!(
            (openai.id.as_deref(), openai.model.as_deref()),
            (Some("c1"), Some("gpt-4o-2024"))
        );
        let langchain = answer(r#"{"generations":[[{"text":"a","generation_info":{"finish_reason":"stop"},"message":{"lc":1,"kwargs":{"usage_metadata":{"input_tokens":9,"output_tokens":4,"total_tokens":13,"input_token_details":{"cache_read":5},"output_token_details":{"reasoning":2}}}}}]],"llm_output":null}"#).unwrap();
        assert_eq!(langchain.finish.as_deref(), Some("stop"));
        assert_eq!(
            (
                langchain.usage.prompt,
                langchain.usage.cached,
                langchain.usage.reasoning
            ),
            (Some(9), Some(5), Some(2))
        );
        let in_a_string = answer(r#""{\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}""#).unwrap();
        assert_eq!(in_a_string.finish.as_deref(), Some("end_turn"));
        for no_answer in [
            r#""text""#,
            "{}",
            r#"{"id":"x","output":"y"}"#,
            "[1]",
            "7",
            r#"{"choices":[]}"#,
        ] {
            assert!(answer(no_answer).is_none(), "{no_answer}");
        }
    }
}

//! Token usage under its many keys.

use crate::draft::Facts;
use crewscope_trace::json::Object;
use crewscope_trace::model::{Field, Usage, Value};

/// Keys of the prompt: OpenAI and litellm, Anthropic and OpenAI's Responses, Gemini, Bedrock.
const PROMPT: &[&str] = &[
    "prompt_tokens",
    "input_tokens",
    "prompt_token_count",
    "inputTokens",
];
/// Keys of the completion. crewai adds Gemini's thoughts to `completion_tokens`; the candidates alone leave them out.
const COMPLETION: &[&str] = &[
    "completion_tokens",
    "output_tokens",
    "candidates_token_count",
    "outputTokens",
];
const TOTAL: &[&str] = &["total_tokens", "total_token_count", "totalTokens"];
const CACHED: &[&str] = &[
    "cached_prompt_tokens",
    "cache_read_input_tokens",
    "cached_tokens",
    "cacheReadInputTokens",
    "cacheReadInputTokenCount",
];
const WRITTEN: &[&str] = &[
    "cache_creation_tokens",
    "cache_creation_input_tokens",
    "cacheWriteInputTokens",
    "cacheWriteInputTokenCount",
];
/// Keys of providers whose own prompt count leaves out what the cache read and wrote: Anthropic's and Bedrock's API.
const APART: &[&str] = &[
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cacheReadInputTokens",
    "cacheReadInputTokenCount",
    "cacheWriteInputTokens",
    "cacheWriteInputTokenCount",
];

/// LangChain's and LangSmith's details; they are parts of the counts beside them.
const PROMPT_DETAILS: &[&str] = &["input_token_details", "prompt_token_details"];
const COMPLETION_DETAILS: &[&str] = &["output_token_details", "completion_token_details"];

/// Reads a usage object as providers and crewai write it. The prompt counts cached tokens in, whatever the provider does.
pub fn from_object(object: &Object<'_>) -> Usage {
    let count = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| object.int(key))
            .and_then(|number| u64::try_from(number).ok())
    };
    let nested = |outer: &[&str], inner: &str| {
        outer
            .iter()
            .find_map(|key| object.object(key)?.int(inner))
            .and_then(|number| u64::try_from(number).ok())
    };
    let mut usage = Usage {
        prompt: count(PROMPT),
        completion: count(COMPLETION),
        total: count(TOTAL),
        cached: count(CACHED)
            .or_else(|| {
                nested(
                    &["prompt_tokens_details", "input_tokens_details"],
                    "cached_tokens",
                )
            })
            .or_else(|| nested(PROMPT_DETAILS, "cache_read")),
        cache_write: count(WRITTEN).or_else(|| nested(PROMPT_DETAILS, "cache_creation")),
        reasoning: count(&["reasoning_tokens"])
            .or_else(|| {
                nested(
                    &["completion_tokens_details", "output_tokens_details"],
                    "reasoning_tokens",
                )
            })
            .or_else(|| nested(COMPLETION_DETAILS, "reasoning")),
    };
    // litellm writes Anthropic's keys beside its own `prompt_tokens`, which counts them in.
    let whole = object.has("prompt_tokens");
    if !whole && APART.iter().any(|key| object.has(key)) {
        count_cache_in(&mut usage);
    }
    usage
}

/// Adds what the cache read and wrote to a prompt (and, where it is their sum, to a total) that leaves it out.
pub fn count_cache_in(usage: &mut Usage) {
    let Some(prompt) = usage.prompt else {
        return;
    };
    let apart = usage
        .cached
        .unwrap_or(0)
        .saturating_add(usage.cache_write.unwrap_or(0));
    usage.prompt = Some(prompt.saturating_add(apart));
    let sum = prompt.checked_add(usage.completion.unwrap_or(0));
    if usage.total.is_some() && usage.total == sum {
        usage.total = usage.total.map(|total| total.saturating_add(apart));
    }
}

/// The counts of a crew or flow as facts, each only if it is recorded.
pub fn add_reported(facts: &mut Facts, metrics: &Object<'_>) {
    let usage = from_object(metrics);
    let requests = metrics
        .int("successful_requests")
        .and_then(|n| u64::try_from(n).ok());
    for (field, count) in [
        (Field::ReportedTotal, usage.total()),
        (Field::ReportedPrompt, usage.prompt),
        (Field::ReportedCompletion, usage.completion),
        (Field::ReportedCached, usage.cached),
        (Field::ReportedReasoning, usage.reasoning),
        (Field::ReportedRequests, requests),
    ] {
        let count = count.and_then(|count| i64::try_from(count).ok());
        facts.add_some(field, count.map(Value::Int));
    }
}

/// Makes the prompt of a call whole: crewai before 1.15.13 wrote Anthropic's uncached part alone, and a part cannot be larger than the
/// whole, whoever wrote it.
pub fn settle(usage: &mut Usage, split: bool, version: Option<&str>) {
    let apart = usage
        .cached
        .unwrap_or(0)
        .saturating_add(usage.cache_write.unwrap_or(0));
    let impossible = usage.prompt.is_some_and(|prompt| apart > prompt);
    if impossible
        || (split && apart > 0 && version.is_some_and(|version| before(version, [1, 15, 13])))
    {
        count_cache_in(usage);
    }
}

/// Whether a version (`1.14.7`) is older than another. What is no version is not.
fn before(version: &str, than: [u32; 3]) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>());
    for than in than {
        match parts.next() {
            Some(Ok(part)) if part == than => {}
            Some(Ok(part)) => return part < than,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(text: &str) -> Usage {
        from_object(&Object::parse(text).unwrap())
    }

    #[test]
    fn both_key_families() {
        let openai = usage(
            r#"{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}"#,
        );
        assert_eq!(
            (
                openai.prompt,
                openai.total(),
                openai.cached,
                openai.reasoning
            ),
            (Some(10), Some(12), Some(4), Some(1))
        );
        let anthropic = usage(r#"{"input_tokens":10,"output_tokens":2,"cache_creation_tokens":3}"#);
        assert_eq!(
            (anthropic.prompt, anthropic.total(), anthropic.cache_write),
            (Some(10), Some(12), Some(3))
        );
        assert!(!usage("{}").is_recorded());
        assert_eq!(usage(r#"{"prompt_tokens":-1}"#).prompt, None);
    }

    #[test]
    fn gemini_and_bedrock() {
        let gemini = usage(
            r#"{"prompt_token_count":7,"candidates_token_count":2,"completion_tokens":5,"total_token_count":12,"total_tokens":12,"cached_prompt_tokens":4,"reasoning_tokens":3}"#,
        );
        assert_eq!(
            (
                gemini.prompt,
                gemini.completion,
                gemini.total,
                gemini.cached,
                gemini.reasoning
            ),
            (Some(7), Some(5), Some(12), Some(4), Some(3))
        );
        let bedrock = usage(
            r#"{"inputTokens":10,"outputTokens":5,"totalTokens":115,"cacheReadInputTokens":80,"cacheWriteInputTokens":20}"#,
        );
        assert_eq!((bedrock.prompt, bedrock.total), (Some(110), Some(115)));
    }

    #[test]
    fn the_prompt_counts_cached_tokens_in() {
        // Anthropic's own API leaves them out; so does what crewai passes on unread.
        let raw = usage(
            r#"{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":80,"cache_creation_input_tokens":20}"#,
        );
        assert_eq!((raw.prompt, raw.total()), (Some(110), Some(115)));
        // litellm counts them in and keeps Anthropic's keys beside.
        let litellm = usage(
            r#"{"prompt_tokens":110,"completion_tokens":5,"total_tokens":115,"cache_read_input_tokens":80,"cache_creation_input_tokens":20}"#,
        );
        assert_eq!((litellm.prompt, litellm.total), (Some(110), Some(115)));
    }

    #[test]
    fn crewai_before_1_15_13_wrote_the_uncached_part() {
        let text = r#"{"input_tokens":100,"output_tokens":5,"total_tokens":105,"cached_prompt_tokens":80,"cache_creation_tokens":0}"#;
        for (split, version, prompt, total) in [
            (true, Some("1.14.7"), 180, 185),
            (true, Some("1.15.12"), 180, 185),
            (true, Some("1.15.13"), 100, 105),
            (true, Some("2.0.0"), 100, 105),
            (true, Some("1.15"), 100, 105),
            (true, Some("unknown"), 100, 105),
            (true, None, 100, 105),
            (false, Some("1.14.7"), 100, 105),
        ] {
            let mut usage = usage(text);
            settle(&mut usage, split, version);
            assert_eq!(
                (usage.prompt, usage.total),
                (Some(prompt), Some(total)),
                "{version:?}"
            );
        }
        // A part larger than the whole proves it without a version.
        let mut usage = usage(
            r#"{"input_tokens":10,"output_tokens":5,"total_tokens":15,"cached_prompt_tokens":80}"#,
        );
        settle(&mut usage, false, None);
        assert_eq!((usage.prompt, usage.total), (Some(90), Some(95)));
    }
}

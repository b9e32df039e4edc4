//! Token usage under its many keys.

use super::super::json::Object;
use crate::model::Usage;

/// Reads a usage object as providers and crewai write it (keys of OpenAI, Anthropic, litellm, crewai 1.14 and later).
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
    Usage {
        prompt: count(&["prompt_tokens", "input_tokens"]),
        completion: count(&["completion_tokens", "output_tokens"]),
        total: count(&["total_tokens"]),
        cached: count(&[
            "cached_prompt_tokens",
            "cache_read_input_tokens",
            "cached_tokens",
        ])
        .or_else(|| {
            nested(
                &["prompt_tokens_details", "input_tokens_details"],
                "cached_tokens",
            )
        }),
        cache_write: count(&["cache_creation_tokens", "cache_creation_input_tokens"]),
        reasoning: count(&["reasoning_tokens"]).or_else(|| {
            nested(
                &["completion_tokens_details", "output_tokens_details"],
                "reasoning_tokens",
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_key_families() {
        let usage = |text| from_object(&Object::parse(text).unwrap());
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
}

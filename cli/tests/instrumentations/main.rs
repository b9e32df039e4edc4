//! The dialects of instrumentations other than crewai's own: what their attributes become, down to the messages of a conversation.
#![allow(missing_docs)]

mod gen_ai;
mod openinference;
mod openllmetry;
#[path = "../support/mod.rs"]
mod support;

use crewscope_analysis::conversation::{messages, Part};
use crewscope_analysis::Prices;
use crewscope_trace::model::{ExecutionKind, Field, Flags, Kind, Span, Status, Usage};
use support::{open, open_lines, Opened};

/// A conversation as lines: role, and what each part is.
fn read(opened: &Opened, span: &Span, field: Field) -> Vec<String> {
    let text = opened.text(span, field).unwrap_or_default();
    messages(&text)
        .into_iter()
        .flat_map(|message| {
            let role = message.role;
            message.parts.into_iter().map(move |part| {
                let head =
                    |text: &str| text.chars().take(24).collect::<String>().replace('\n', " ");
                match part {
                    Part::Text(text) => format!("{role}: {}", head(&text)),
                    Part::Thought(text) => format!("{role} thinks: {}", head(&text)),
                    Part::ToolCall {
                        name,
                        arguments,
                        id,
                        ..
                    } => {
                        format!("{role} calls {name} {arguments} {}", !id.is_empty())
                    }
                    Part::ToolResult { name, content, id } => {
                        format!(
                            "{role} {name} returns {} {}",
                            head(&content),
                            !id.is_empty()
                        )
                    }
                    Part::Media { kind, .. } => format!("{role} shows {kind}"),
                    Part::Other(text) => format!("{role}? {}", head(&text)),
                }
            })
        })
        .collect()
}

/// A span of some instrumentation.
fn span(
    id: &str,
    parent: &str,
    name: &str,
    seconds: (u32, u32),
    attributes: &str,
    events: &str,
) -> String {
    format!(
        r#"{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"{}000000000","endTimeUnixNano":"{}000000000","status":{{}},"attributes":[{attributes}],"events":[{events}]}}"#,
        seconds.0, seconds.1
    )
}

fn strings(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| {
            let value = serde_json::Value::from(*value);
            match value.as_str().and_then(|text| text.parse::<i64>().ok()) {
                Some(number) => format!(r#"{{"key":"{key}","value":{{"intValue":"{number}"}}}}"#),
                None => format!(r#"{{"key":"{key}","value":{{"stringValue":{value}}}}}"#),
            }
        })
        .collect();
    pairs.join(",")
}

fn fact<'o>(opened: &'o Opened, span: &Span, field: Field) -> Option<&'o str> {
    opened.trace.name_of(span, field)
}

#[test]
fn one_request_seen_by_two_instrumentations_counts_once() {
    let chat = |id: &str, parent: &str, name: &str, seconds, usage: &[(&str, &str)]| {
        let mut pairs = vec![
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "gpt-4o"),
        ];
        pairs.extend(usage);
        span(id, parent, name, seconds, &strings(&pairs), "")
    };
    let usage = [
        ("gen_ai.usage.input_tokens", "10"),
        ("gen_ai.usage.output_tokens", "2"),
        ("gen_ai.usage.cache_read.input_tokens", "4"),
    ];
    let opened = open_lines(&[
        // The outer one knows less about its tokens.
        chat("a", "", "gpt-4o.llm", (1, 5), &usage[..2]),
        chat("a1", "a", "openai.chat", (2, 4), &usage),
        chat("a2", "a1", "chat gpt-4o", (2, 3), &usage),
        // Two tries inside one call that has no numbers of its own: both were requests.
        chat("b", "", "gpt-4o.llm", (6, 9), &[]),
        chat("b1", "b", "openai.chat", (6, 7), &usage),
        chat("b2", "b", "openai.chat", (7, 8), &usage),
    ]);
    let sums = crewscope_analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (sums.requests, sums.total_tokens, sums.cached_prompt_tokens),
        (Some(3), Some(36), Some(12))
    );
    assert_eq!(opened.spans(Kind::Other).len(), 3);
}

/// Texts are compared by hash: what else stands among the attributes does not count.
#[test]
fn the_same_prompt_in_pieces_has_the_same_hash() {
    let call = |id: &str, answer: &str, tokens: &str, prompt: &str| {
        let pairs = [
            ("openinference.span.kind", "LLM"),
            ("llm.input_messages.0.message.role", "user"),
            ("llm.input_messages.0.message.content", prompt),
            ("llm.output_messages.0.message.content", answer),
            ("llm.token_count.total", tokens),
        ];
        span(id, "", "ChatCompletion", (1, 2), &strings(&pairs), "")
    };
    let opened = open_lines(&[
        call("a", "Yes", "5", "Hi"),
        call("b", "No", "6", "Hi"),
        call("c", "No", "6", "Ho"),
    ]);
    let hash = |at: usize, field| opened.spans(Kind::Llm)[at].text(field).unwrap().hash;
    assert_eq!(hash(0, Field::Input), hash(1, Field::Input));
    assert_ne!(hash(1, Field::Input), hash(2, Field::Input));
    assert_ne!(hash(0, Field::Output), hash(1, Field::Output));
    assert_eq!(hash(1, Field::Output), hash(2, Field::Output));
    // A request with nothing around it is answered by its answer.
    let lone = open_lines(&[call("a", "Yes", "5", "Hi")]);
    let report = lone.report();
    assert_eq!(report["executions"][0]["kind"], "trace");
    assert_eq!(report["executions"][0]["final_output"], "Yes");
}

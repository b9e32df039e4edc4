//! Messages as a person reads them, from every form in which they are recorded.

use crate::envelope;
use crewscope_trace::json::repr::clean_repr;
use crewscope_trace::json::{elements, scalar, unescape, Object, Raw};

/// A message of a conversation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// `system`, `user`, `assistant`, `tool`; empty if the text is no message.
    pub role: String,
    /// What it says, in order.
    pub parts: Vec<Part>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A thought or reasoning of the model.
    Thought(String),
    /// A call of a tool that the model asks for.
    ToolCall {
        /// Id by which the result refers to it; may be empty.
        id: String,
        /// Name of the tool.
        name: String,
        /// Arguments, as JSON text where they are JSON.
        arguments: String,
        /// What the tool gave back, once [`crate::transcript::joined`] found it.
        result: Option<String>,
    },
    /// What a tool gave back.
    ToolResult {
        /// Id of the call; may be empty.
        id: String,
        /// Name of the tool; may be empty.
        name: String,
        /// The result.
        content: String,
    },
    /// An image, a sound or a file; nothing of it is loaded.
    Media {
        /// `image`, `audio`, `file`, …
        kind: String,
        /// Its address or type.
        description: String,
        /// The image itself as a `data:` URL, if it lies in the message and is of a kind that holds pixels only.
        data: Option<String>,
    },
    /// Anything else, as it stands.
    Other(String),
}

/// Reads messages: GenAI conventions (`parts`), OpenAI's chat form and its Responses API, LangChain's serialised messages, whole requests
/// and answers around any of these, a bare list of tool calls, a single message, or plain text.
pub fn messages(text: &str) -> Vec<Message> {
    let trimmed = text.trim();
    if trimmed.starts_with('[') {
        let items: Vec<Object<'_>> = elements(trimmed)
            .into_iter()
            .filter_map(|item| Object::parse(item.get()))
            .collect();
        if !items.is_empty() && items.iter().all(is_tool_call) {
            let parts = items.iter().map(tool_call).collect();
            return vec![Message {
                role: "assistant".to_owned(),
                parts,
            }];
        }
    }
    if trimmed.starts_with(['[', '{']) {
        let raw = Raw::parse(trimmed);
        if let Some(found) = raw.and_then(envelope::open) {
            return found.iter().map(message).collect();
        }
        if let Some(inner) = raw.and_then(only_text) {
            return vec![text_only(inner)];
        }
    }
    let text = if trimmed.starts_with('"') && trimmed.len() > 1 {
        unescape(trimmed).into_owned()
    } else {
        text.to_owned()
    };
    vec![text_only(text)]
}

fn text_only(text: String) -> Message {
    Message {
        role: String::new(),
        parts: vec![Part::Text(text)],
    }
}

/// The text of an object that is nothing but a name for it: `{"output": "text"}`.
fn only_text(raw: Raw<'_>) -> Option<String> {
    match Object::parse(raw.get())?.0.as_slice() {
        [(key, value)]
            if matches!(
                &**key,
                "input" | "output" | "messages" | "prompt" | "content"
            ) && value.get().starts_with('"') =>
        {
            Some(unescape(value.get()).into_owned())
        }
        _ => None,
    }
}

/// The role of a message: as it is named, or as LangChain types it (`human`, `HumanMessage`).
fn role(object: &Object<'_>) -> String {
    let role = string(object, "role");
    if !role.is_empty() {
        return role;
    }
    let kind = string(object, "type").to_ascii_lowercase();
    let stem = kind.trim_end_matches("chunk").trim_end_matches("message");
    match stem {
        "human" => "user",
        "ai" | "function_call" => "assistant",
        "function_call_output" => "tool",
        stem => stem,
    }
    .to_owned()
}

fn is_tool_call(object: &Object<'_>) -> bool {
    object.has("function")
        || (object.has("name")
            && (object.has("arguments") || object.has("input"))
            && !object.has("role"))
}

fn first(object: &Object<'_>, keys: &[&str]) -> String {
    keys.iter()
        .map(|key| string(object, key))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

fn string(object: &Object<'_>, key: &str) -> String {
    object
        .string(key)
        .map(|text| text.into_owned())
        .unwrap_or_default()
}

/// A string as its content (and without Python's quotes), anything else as JSON text.
fn content(raw: Option<Raw<'_>>) -> String {
    match raw {
        None => String::new(),
        Some(raw) => match scalar(raw) {
            Some(text) => text.into_owned(),
            None if raw.get().starts_with('"') => String::new(),
            None => raw.get().to_owned(),
        },
    }
}

fn message(object: &Object<'_>) -> Message {
    let role = role(object);
    let mut parts = Vec::new();
    if object.has("arguments") && !object.has("role") {
        parts.push(tool_call(object));
        return Message { role, parts };
    }
    for key in ["reasoning_content", "thinking"] {
        if let Some(thought) = object.string(key) {
            parts.push(Part::Thought(thought.into_owned()));
        }
    }
    let body = ["parts", "content", "contents", "output"]
        .iter()
        .find_map(|key| object.get(key));
    if role == "tool" && !object.has("parts") {
        parts.push(Part::ToolResult {
            id: first(object, &["tool_call_id", "call_id"]),
            name: string(object, "name"),
            content: content(body),
        });
    } else if let Some(body) = body {
        if body.get().starts_with('[') {
            let items = elements(body.get());
            parts.extend(items.iter().map(|item| match Object::parse(item.get()) {
                Some(part) => self::part(&part, item.get()),
                None => Part::Text(content(Some(*item))),
            }));
        } else {
            let text = unescape(body.get()).into_owned();
            if !text.is_empty() {
                parts.push(Part::Text(text));
            }
        }
    }
    let more = object.object("additional_kwargs").unwrap_or_default();
    let calls = object
        .get("tool_calls")
        .filter(|calls| calls.get() != "[]")
        .or_else(|| more.get("tool_calls"));
    if let Some(calls) = calls {
        parts.extend(
            elements(calls.get())
                .iter()
                .filter_map(|call| Object::parse(call.get()))
                .map(|call| tool_call(&call)),
        );
    }
    Message { role, parts }
}

fn part(part: &Object<'_>, raw: &str) -> Part {
    // OpenInference wraps every part once more.
    if let Some(inner) = part.object("message_content") {
        return self::part(&inner, raw);
    }
    let kind = string(part, "type");
    match kind.as_str() {
        "text" | "input_text" | "output_text" | "refusal" => {
            let text = part
                .get("content")
                .or_else(|| part.get("text"))
                .or_else(|| part.get("refusal"));
            Part::Text(
                text.map(|text| unescape(text.get()).into_owned())
                    .unwrap_or_default(),
            )
        }
        "reasoning" | "thinking" => {
            let text = part
                .get("content")
                .or_else(|| part.get("thinking"))
                .or_else(|| part.get("text"));
            Part::Thought(content(text))
        }
        "tool_call" | "tool_use" | "function" => tool_call(part),
        "tool_call_response" | "tool_result" => {
            let id = part.string("id").or_else(|| part.string("tool_use_id"));
            let result = part
                .get("response")
                .or_else(|| part.get("result"))
                .or_else(|| part.get("content"));
            Part::ToolResult {
                id: id.map(|id| id.into_owned()).unwrap_or_default(),
                name: string(part, "name"),
                content: content(result),
            }
        }
        "image_url" | "image" | "input_image" | "blob" | "uri" | "file" | "audio"
        | "input_audio" => {
            let address = part
                .object("image_url")
                .map(|image| string(&image, "url"))
                .unwrap_or_default();
            let address = [
                address,
                string(part, "image_url"),
                string(part, "uri"),
                string(part, "mime_type"),
            ]
            .into_iter()
            .find(|text| !text.is_empty());
            let address = address.unwrap_or_default();
            let data = pixels(part, &address);
            // A data URL is the image itself: its type says enough.
            let description = address
                .split(";base64")
                .next()
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect();
            Part::Media {
                kind: kind
                    .trim_start_matches("input_")
                    .trim_end_matches("_url")
                    .to_owned(),
                description,
                data,
            }
        }
        _ => Part::Other(raw.to_owned()),
    }
}

fn tool_call(call: &Object<'_>) -> Part {
    // OpenInference wraps every call once more.
    let wrapped = call.object("tool_call");
    let call = wrapped.as_ref().unwrap_or(call);
    let function = call.object("function");
    let of = function.as_ref().unwrap_or(call);
    let arguments = ["arguments", "input", "args"]
        .iter()
        .find_map(|key| of.get(key));
    let arguments = match arguments {
        Some(raw) if raw.get().starts_with('"') => clean_repr(unescape(raw.get())).into_owned(),
        other => content(other),
    };
    Part::ToolCall {
        id: first(call, &["call_id", "id"]),
        name: string(of, "name"),
        arguments,
        result: None,
    }
}

/// Kinds of image that hold pixels only: no script and no address, as SVG may.
const PIXELS: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The image in a message as a `data:` URL: as it stands, or put together from its type and content.
fn pixels(part: &Object<'_>, address: &str) -> Option<String> {
    let made = if address.starts_with("data:") {
        address.to_owned()
    } else {
        let source = part.object("source");
        let from = source.as_ref().unwrap_or(part);
        let kind = first(from, &["media_type", "mime_type"]);
        let content = first(from, &["data", "content", "blob"]);
        ["data:", &kind, ";base64,", &content].concat()
    };
    let (kind, content) = made.strip_prefix("data:")?.split_once(";base64,")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    (PIXELS.contains(&kind) && !content.is_empty() && content.bytes().all(is_plain)).then_some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        messages(text)
            .into_iter()
            .flat_map(|message| message.parts)
            .collect()
    }

    #[test]
    fn genai_parts() {
        let text = r#"[{"role":"assistant","parts":[{"type":"text","content":"Hi"},{"type":"tool_call","name":"search","arguments":{"q":1},"id":"c1"}],"finish_reason":"tool_call"},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"found"}]}]"#;
        let call = Part::ToolCall {
            id: "c1".into(),
            name: "search".into(),
            arguments: r#"{"q":1}"#.into(),
            result: None,
        };
        let result = Part::ToolResult {
            id: "c1".into(),
            name: String::new(),
            content: "found".into(),
        };
        assert_eq!(parts(text), [Part::Text("Hi".into()), call, result]);
    }

    #[test]
    fn openai_chat_and_bare_calls_with_reprs() {
        let text = r#"[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","name":"f","content":"ok"}]"#;
        assert_eq!(messages(text).len(), 3);
        assert_eq!(
            parts(text)[1],
            Part::ToolCall {
                id: "c1".into(),
                name: "f".into(),
                arguments: r#"{"a":1}"#.into(),
                result: None,
            }
        );
        let bare = r#"[{"id":"c1","function":{"arguments":"'{\"query\": \"x\"}'","name":"'web_search'"},"type":"function"}]"#;
        assert_eq!(
            parts(bare),
            [Part::ToolCall {
                id: "c1".into(),
                name: "web_search".into(),
                arguments: r#"{"query": "x"}"#.into(),
                result: None,
            }]
        );
    }

    #[test]
    fn plain_text_and_json_that_is_no_message_stay_as_they_are() {
        for text in [
            "",
            "hello",
            "[1,2]",
            r#"{"city":"x"}"#,
            "[",
            r#"[{"a":1}]"#,
            "\"",
        ] {
            assert_eq!(
                messages(text),
                [Message {
                    role: String::new(),
                    parts: vec![Part::Text(text.into())]
                }],
                "{text}"
            );
        }
        assert_eq!(
            parts(r#""quoted \"text\"""#),
            [Part::Text("quoted \"text\"".into())]
        );
    }

    #[test]
    fn requests_and_answers_are_unwrapped() {
        let said = |text: &str| {
            messages(text)
                .into_iter()
                .map(|message| {
                    let text = match message.parts.first() {
                        Some(Part::Text(text)) => text.clone(),
                        other => format!("{other:?}"),
                    };
                    (message.role, text)
                })
                .collect::<Vec<_>>()
        };
        let pair = |role: &str, text: &str| (role.to_owned(), text.to_owned());
        let request = r#"{"model":"gpt-4o","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],"tools":[]}"#;
        assert_eq!(said(request), [pair("system", "s"), pair("user", "u")]);
        let answer = r#"{"id":"c","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}}],"usage":{}}"#;
        assert_eq!(said(answer), [pair("assistant", "a")]);
        let langchain = r#"{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","SystemMessage"],"kwargs":{"content":"s"}},{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"u","type":"human"}}]]}"#;
        assert_eq!(said(langchain), [pair("system", "s"), pair("user", "u")]);
        let generations = r#"{"generations":[[{"text":"a","type":"ChatGeneration","message":{"lc":1,"type":"constructor","id":["x","AIMessageChunk"],"kwargs":{"content":"a","additional_kwargs":{}}}}]],"llm_output":{}}"#;
        assert_eq!(said(generations), [pair("assistant", "a")]);
        let history =
            r#"[{"type":"human","data":{"content":"u"}},{"type":"ai","data":{"content":"a"}}]"#;
        assert_eq!(said(history), [pair("user", "u"), pair("assistant", "a")]);
        let wrapped = r#"[{"message":{"role":"user","contents":[{"message_content":{"type":"text","text":"u"}}]}}]"#;
        assert_eq!(said(wrapped), [pair("user", "u")]);
        let anthropic = r#"{"system":"s","messages":[{"role":"user","content":"u"}]}"#;
        assert_eq!(said(anthropic), [pair("system", "s"), pair("user", "u")]);
        let responses = r#"{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"ok"}]}"#;
        assert_eq!(messages(responses).len(), 3);
        assert_eq!(
            parts(responses)[2],
            Part::ToolResult {
                id: "c1".into(),
                name: String::new(),
                content: "ok".into()
            }
        );
        for bare in [r#"{"output":"a"}"#, r#"{"input":"a"}"#] {
            assert_eq!(said(bare), [pair("", "a")]);
        }
    }

    #[test]
    fn calls_of_langchain_and_openinference() {
        let call = Part::ToolCall {
            id: "c1".into(),
            name: "f".into(),
            arguments: r#"{"a":1}"#.into(),
            result: None,
        };
        for text in [
            r#"[{"type":"ai","content":"","tool_calls":[{"name":"f","args":{"a":1},"id":"c1","type":"tool_call"}]}]"#,
            r#"[{"type":"ai","content":"","tool_calls":[],"additional_kwargs":{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}]}}]"#,
            r#"[{"message":{"role":"assistant","tool_calls":[{"tool_call":{"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}}]}}]"#,
        ] {
            assert_eq!(parts(text), std::slice::from_ref(&call), "{text}");
        }
    }

    #[test]
    fn wrappers_without_end_and_things_beside_messages_stay_text() {
        let deep =
            r#"{"message":"#.repeat(50) + r#"{"role":"user","content":"u"}"# + &"}".repeat(50);
        let mixed = r#"{"messages":[{"role":"user","content":"u"},7]}"#;
        for text in [
            deep.as_str(),
            mixed,
            r#"{"messages":[]}"#,
            r#"{"output":{"a":1}}"#,
        ] {
            assert_eq!(messages(text), [text_only(text.to_owned())], "{text}");
        }
    }

    #[test]
    fn images_that_could_be_more_than_pixels_are_not_kept() {
        let data = |part: &str| {
            let text = [r#"[{"role":"user","content":["#, part, "]}]"].concat();
            match parts(&text).pop() {
                Some(Part::Media { data, .. }) => data,
                other => panic!("{other:?}"),
            }
        };
        for part in [
            r#"{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}"#,
            r#"{"type":"image_url","image_url":{"url":"data:image/svg+xml;base64,AAAA"}}"#,
            r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,AA AA\""}}"#,
            r#"{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}"#,
        ] {
            assert_eq!(data(part), None, "{part}");
        }
        let claude = r#"{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"UklG"}}"#;
        assert_eq!(data(claude).as_deref(), Some("data:image/webp;base64,UklG"));
        let blob = r#"{"type":"blob","mime_type":"image/gif","content":"R0lG"}"#;
        assert_eq!(data(blob).as_deref(), Some("data:image/gif;base64,R0lG"));
    }

    #[test]
    fn an_image_in_the_message_is_kept_and_no_address_is() {
        let text = r#"[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]"#;
        assert_eq!(
            parts(text)[1],
            Part::Media {
                kind: "image".into(),
                description: "data:image/png".into(),
                data: Some("data:image/png;base64,AAAA".into()),
            }
        );
    }
}

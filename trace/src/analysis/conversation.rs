//! Messages as a person reads them, from every form in which they are recorded.

use crate::import::json::{clean_repr, elements, scalar, unescape, Object, Raw};

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
    },
    /// Anything else, as it stands.
    Other(String),
}

/// Reads messages: GenAI conventions (`parts`), OpenAI's chat form, a bare list of tool calls, a single message, or plain text.
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
        if !items.is_empty() && items.iter().all(is_message) {
            return items.iter().map(message).collect();
        }
    } else if trimmed.starts_with('{') {
        if let Some(object) = Object::parse(trimmed).filter(is_message) {
            return vec![message(&object)];
        }
    }
    let text = if trimmed.starts_with('"') && trimmed.len() > 1 {
        unescape(trimmed).into_owned()
    } else {
        text.to_owned()
    };
    vec![Message {
        role: String::new(),
        parts: vec![Part::Text(text)],
    }]
}

fn is_message(object: &Object<'_>) -> bool {
    object.has("role") && (object.has("content") || object.has("parts") || object.has("tool_calls"))
}

fn is_tool_call(object: &Object<'_>) -> bool {
    object.has("function")
        || (object.has("name")
            && (object.has("arguments") || object.has("input"))
            && !object.has("role"))
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
    let role = string(object, "role");
    let mut parts = Vec::new();
    for key in ["reasoning_content", "thinking"] {
        if let Some(thought) = object.string(key) {
            parts.push(Part::Thought(thought.into_owned()));
        }
    }
    let body = object.get("parts").or_else(|| object.get("content"));
    if role == "tool" && !object.has("parts") {
        parts.push(Part::ToolResult {
            id: string(object, "tool_call_id"),
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
    if let Some(calls) = object.get("tool_calls") {
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
            // A data URL is the image itself: its type says enough.
            let description = address
                .unwrap_or_default()
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
            }
        }
        _ => Part::Other(raw.to_owned()),
    }
}

fn tool_call(call: &Object<'_>) -> Part {
    let function = call.object("function");
    let of = function.as_ref().unwrap_or(call);
    let arguments = of.get("arguments").or_else(|| of.get("input"));
    let arguments = match arguments {
        Some(raw) if raw.get().starts_with('"') => clean_repr(unescape(raw.get())).into_owned(),
        other => content(other),
    };
    Part::ToolCall {
        id: string(call, "id"),
        name: string(of, "name"),
        arguments,
    }
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
                arguments: r#"{"a":1}"#.into()
            }
        );
        let bare = r#"[{"id":"c1","function":{"arguments":"'{\"query\": \"x\"}'","name":"'web_search'"},"type":"function"}]"#;
        assert_eq!(
            parts(bare),
            [Part::ToolCall {
                id: "c1".into(),
                name: "web_search".into(),
                arguments: r#"{"query": "x"}"#.into()
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
    fn nothing_of_an_image_is_kept_but_its_type() {
        let text = r#"[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]"#;
        assert_eq!(
            parts(text)[1],
            Part::Media {
                kind: "image".into(),
                description: "data:image/png".into()
            }
        );
    }
}

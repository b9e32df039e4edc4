//! What messages are wrapped in: requests and answers of model APIs, the serialised objects of LangChain, the rows of trace stores.
//!
//! Everything here takes JSON text apart without copying it; `conversation` reads the messages that come out.

use crewscope_trace::json::{elements, Object, Raw};
use std::borrow::Cow;

/// Wrappers are opened this deep: an answer in a choice in a list of generations is 5.
const MAX_DEPTH: usize = 8;

/// Keys whose value is the conversation when they stand beside settings (`model`, `temperature`, `id`, `usage`): the most telling first.
const HOLDERS: &[&str] = &[
    "messages",
    "choices",
    "generations",
    "message",
    // Responses API: a list of items, or a text.
    "input",
    "output",
];

/// The messages in a JSON text, in order: objects that [`is_message`] says yes to, wrappers taken off. `None` if there are none.
pub fn open<'a>(raw: Raw<'a>) -> Option<Vec<Object<'a>>> {
    let mut found = Vec::new();
    (collect(raw, 0, &mut found) && !found.is_empty()).then_some(found)
}

/// Instructions beside the messages: Anthropic's requests, the Responses API.
const INSTRUCTIONS: &[&str] = &["system", "instructions"];

/// Whether an object is a message: a role and what is said, or an item of the Responses API that is a call or its result.
fn is_message(object: &Object<'_>) -> bool {
    let kind = object.string("type").unwrap_or_default();
    match &*kind {
        "function_call" => object.has("arguments"),
        "function_call_output" => object.has("output"),
        _ => {
            (object.has("role") || is_langchain_role(&kind))
                && [
                    "content",
                    "parts",
                    "tool_calls",
                    "contents",
                    "function_call",
                ]
                .iter()
                .any(|key| object.has(key))
        }
    }
}

/// LangChain names the role in `type`.
fn is_langchain_role(kind: &str) -> bool {
    matches!(
        kind,
        "human" | "ai" | "system" | "tool" | "function" | "AIMessageChunk"
    )
}

/// Adds the messages in a value. Returns whether it is nothing but messages and their wrappers.
fn collect<'a>(raw: Raw<'a>, depth: usize, found: &mut Vec<Object<'a>>) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match raw.get().as_bytes().first() {
        // A list in a list: LangChain's batches.
        Some(b'[') => {
            let items = elements(raw.get());
            !items.is_empty()
                && items
                    .into_iter()
                    .all(|item| collect(item, depth + 1, found))
        }
        Some(b'{') => match Object::parse(raw.get()) {
            Some(object) => collect_object(object, depth, found),
            None => false,
        },
        _ => false,
    }
}

fn collect_object<'a>(object: Object<'a>, depth: usize, found: &mut Vec<Object<'a>>) -> bool {
    // `{"lc": 1, "type": "constructor", "id": ["langchain", …, "HumanMessage"], "kwargs": {…}}`
    if object.has("lc") {
        let class = object.get("id").and_then(|id| elements(id.get()).pop());
        let kind = class.map(|class| (Cow::Borrowed("type"), class));
        if let Some(inner) = object.object("kwargs") {
            found.push(typed(inner, kind));
            return true;
        }
    }
    if is_message(&object) {
        found.push(object);
        return true;
    }
    // `{"type": "human", "data": {"content": …}}`: LangChain's dump of a history.
    if let Some(inner) = object.object("data").filter(|inner| inner.has("content")) {
        let kind = object.get("type").map(|kind| (Cow::Borrowed("type"), kind));
        found.push(typed(inner, kind));
        return true;
    }
    HOLDERS.iter().any(|key| match object.get(key) {
        Some(inner) => {
            let before = found.len();
            let instructions = INSTRUCTIONS.iter().find_map(|key| object.get(key));
            found.extend(instructions.and_then(system));
            let from = found.len();
            let all = collect(inner, depth + 1, found) && found.len() > from;
            if !all {
                found.truncate(before);
            }
            all
        }
        None => false,
    })
}

/// A message with the role that its wrapper names.
fn typed<'a>(mut message: Object<'a>, kind: Option<(Cow<'a, str>, Raw<'a>)>) -> Object<'a> {
    if !message.has("type") && !message.has("role") {
        message.0.extend(kind);
    }
    message
}

/// Instructions as a message.
fn system(content: Raw<'_>) -> Option<Object<'_>> {
    let role = Raw::parse("\"system\"")?;
    Some(Object(vec![
        (Cow::Borrowed("role"), role),
        (Cow::Borrowed("content"), content),
    ]))
}

//! Messages that a recorder wrote in pieces, gathered into one JSON array of chat messages when somebody reads them.
//!
//! The pieces are attributes with numbers in their keys (`llm.input_messages.0.message.content`, `gen_ai.prompt.0.content`), the same nested
//! as objects and arrays, or span events (`gen_ai.user.message`). Their values are JSON already, so they are copied as they stand.

use super::events::events;
use crate::json::closing;
use crate::json::{self, Object, Raw};
use crate::model::Pieces;
use crate::text::attributes::Attributes;
use crate::text::SpanEvent;
use std::borrow::Cow;

/// No conversation has more messages, no message more parts: it bounds what a hostile key can ask for.
const MAX_PIECES: usize = 100_000;

/// The keys before the numbers.
pub fn prefixes(pieces: Pieces) -> &'static [&'static str] {
    match pieces {
        Pieces::Input => &["llm.input_messages", "gen_ai.prompt", "llm.prompts"],
        Pieces::Output => &[
            "llm.output_messages",
            "gen_ai.completion",
            "llm.completions",
        ],
        Pieces::Tools => &["llm.tools", "llm.request.functions"],
    }
}

/// What stands in a key behind a prefix. By their fifth bytes most keys are told from the prefixes, without comparing texts.
#[inline(always)]
fn behind<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
    let same = key.as_bytes().get(4) == prefix.as_bytes().get(4);
    same.then(|| key.strip_prefix(prefix)).flatten()
}

/// Whether attributes hold such pieces.
pub fn has_pieces(attributes: &Attributes<'_>, pieces: Pieces) -> bool {
    attributes.iter().any(|(key, value)| {
        prefixes(pieces)
            .iter()
            .any(|prefix| match behind(key, prefix) {
                Some("") => value.get().starts_with('['),
                Some(rest) => rest
                    .strip_prefix('.')
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())),
                None => false,
            })
    })
}

/// Hash of the pieces alone: what else stands among the attributes differs between two requests that say the same.
pub fn hash(attributes: &Attributes<'_>, events: &[SpanEvent<'_>], pieces: Pieces) -> u64 {
    let mut hash = 0u64;
    let mut add = |text: &str| {
        let next = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        hash = hash.rotate_left(23).wrapping_mul(0x9E37_79B1_85EB_CA87) ^ next;
    };
    if has_pieces(attributes, pieces) {
        for (key, value) in attributes.iter() {
            if prefixes(pieces)
                .iter()
                .any(|prefix| behind(key, prefix).is_some())
            {
                add(key);
                add(value.get());
            }
        }
        return hash;
    }
    for event in events
        .iter()
        .filter(|event| side_of(&event.name) == Some(pieces))
    {
        add(&event.name);
        for (key, value) in event.attributes.iter() {
            add(key);
            add(value.get());
        }
    }
    hash
}

/// Whether a span event is a message, and on which side.
pub fn side_of(event: &str) -> Option<Pieces> {
    match event {
        "gen_ai.system.message"
        | "gen_ai.user.message"
        | "gen_ai.assistant.message"
        | "gen_ai.tool.message"
        | "gen_ai.content.prompt" => Some(Pieces::Input),
        "gen_ai.choice" | "gen_ai.content.completion" => Some(Pieces::Output),
        _ => None,
    }
}

/// Gathers pieces from the bytes of attributes, or of span events. Without any the text stays as it is.
pub fn gather(pieces: Pieces, text: &str) -> String {
    // A preview of a long text is cut somewhere: what is whole before the cut is shown.
    let closed;
    let whole = match Raw::parse(text) {
        Some(raw) => raw,
        None => {
            closed = closing::closed(text.as_bytes()).unwrap_or_default();
            let closed = std::str::from_utf8(&closed).unwrap_or_default();
            match Raw::parse(closed) {
                Some(raw) => return gathered(pieces, raw).unwrap_or_else(|| text.to_owned()),
                None => return text.to_owned(),
            }
        }
    };
    gathered(pieces, whole).unwrap_or_else(|| text.to_owned())
}

/// Gathers pieces from attributes, or from the span that has such events; `None` if there are none.
pub fn gathered(pieces: Pieces, raw: Raw<'_>) -> Option<String> {
    let attributes = Attributes::read(raw);
    let mut found = Gathered::default();
    for (key, value) in attributes.iter() {
        for prefix in prefixes(pieces) {
            // Columns of a table carry the name of the column before the key.
            let key = key.strip_prefix("attributes.").unwrap_or(key);
            match behind(key, prefix) {
                Some("") if value.get().starts_with('[') => found.nested("", value, 0),
                Some(rest) if rest.starts_with('.') => found.piece(&rest[1..], value),
                _ => {}
            }
        }
    }
    if found.messages.is_empty() {
        for event in events(raw) {
            found.event(pieces, &event);
        }
    }
    if found.messages.is_empty() {
        return None;
    }
    let mut out = String::from("[");
    for message in &found.messages {
        if out.len() > 1 {
            out.push(',');
        }
        message.write(pieces, &mut out);
    }
    out.push(']');
    Some(out)
}

/// Messages by their number; the numbers come in order, so the last one is nearly always the one.
#[derive(Default)]
struct Gathered<'a> {
    messages: Vec<Message<'a>>,
}

/// A message: its pieces by name, its tool calls and its parts. A value is JSON.
#[derive(Default)]
struct Message<'a> {
    number: usize,
    members: Vec<(String, Cow<'a, str>)>,
    calls: Vec<Numbered<'a>>,
    parts: Vec<Numbered<'a>>,
    /// Whole messages that take this one's place.
    whole: Option<String>,
}

#[derive(Default)]
struct Numbered<'a> {
    number: usize,
    members: Vec<(String, Cow<'a, str>)>,
}

/// `3.rest`
fn number(key: &str) -> Option<(usize, &str)> {
    let (number, rest) = key.split_once('.').unwrap_or((key, ""));
    let number = number.parse().ok().filter(|number| *number < MAX_PIECES)?;
    Some((number, rest))
}

fn numbered<'l, 'a>(
    list: &'l mut Vec<Numbered<'a>>,
    number: usize,
) -> Option<&'l mut Numbered<'a>> {
    let at = match list.iter().rposition(|known| known.number == number) {
        Some(at) => at,
        None => {
            list.push(Numbered {
                number,
                members: Vec::new(),
            });
            list.len() - 1
        }
    };
    list.get_mut(at)
}

impl<'a> Gathered<'a> {
    fn message(&mut self, number: usize) -> Option<&mut Message<'a>> {
        let at = match self
            .messages
            .iter()
            .rposition(|known| known.number == number)
        {
            Some(at) => at,
            None => {
                self.messages.push(Message {
                    number,
                    ..Message::default()
                });
                self.messages.len() - 1
            }
        };
        self.messages.get_mut(at)
    }

    /// Objects and arrays instead of keys with dots.
    fn nested(&mut self, key: &str, value: Raw<'a>, depth: usize) {
        let join = |name: &str| match key {
            "" => name.to_owned(),
            key => [key, ".", name].concat(),
        };
        if depth > 8 {
            return;
        }
        match value.get().as_bytes().first() {
            Some(b'{') => {
                for (name, value) in Object::parse(value.get()).unwrap_or_default().0 {
                    self.nested(&join(&name), value, depth + 1);
                }
            }
            Some(b'[') => {
                for (at, value) in json::elements(value.get()).into_iter().enumerate() {
                    self.nested(&join(&at.to_string()), value, depth + 1);
                }
            }
            _ => self.piece(key, value),
        }
    }

    /// One value, by its key after the prefix: `0.message.tool_calls.1.tool_call.function.name`.
    fn piece(&mut self, key: &str, value: Raw<'a>) {
        let Some((at, rest)) = number(key) else {
            return;
        };
        let Some(message) = self.message(at) else {
            return;
        };
        let rest = rest.strip_prefix("message.").unwrap_or(rest);
        let value = Cow::Borrowed(value.get());
        let listed = [
            ("tool_calls.", "tool_call."),
            ("contents.", "message_content."),
        ];
        for (list, inner) in listed {
            let Some((number, rest)) = rest.strip_prefix(list).and_then(number) else {
                continue;
            };
            let into = if list == "contents." {
                &mut message.parts
            } else {
                &mut message.calls
            };
            if let Some(into) = numbered(into, number) {
                let rest = rest.strip_prefix(inner).unwrap_or(rest);
                let rest = rest.strip_prefix("function.").unwrap_or(rest);
                into.members.push((rest.to_owned(), value));
            }
            return;
        }
        message.members.push((rest.to_owned(), value));
    }

    fn event(&mut self, pieces: Pieces, event: &SpanEvent<'a>) {
        if side_of(&event.name) != Some(pieces) || self.messages.len() >= MAX_PIECES {
            return;
        }
        let mut message = Message {
            number: self.messages.len(),
            ..Message::default()
        };
        let attributes = &event.attributes;
        // A whole conversation in one text, or one text.
        if let Some(text) = attributes.first(&["gen_ai.prompt", "gen_ai.completion"]) {
            let inner = json::unescape(text.get());
            match inner
                .trim()
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                Some(items) if inner.contains("\"role\"") => message.whole = Some(items.to_owned()),
                _ => message
                    .members
                    .push(("content".to_owned(), Cow::Borrowed(text.get()))),
            }
        }
        // The message itself as an object, in a string or not (`gen_ai.choice`), or among the attributes.
        if let Some(body) = attributes.first(&["message", "gen_ai.event.content"]) {
            let text = json::unescape(body.get());
            match Object::parse(&text) {
                Some(object) => {
                    let inner = object.object("message");
                    for (name, value) in inner.unwrap_or(object).0 {
                        let value = Cow::Owned(value.get().to_owned());
                        message.members.push((name.into_owned(), value));
                    }
                }
                None => message
                    .members
                    .push(("content".to_owned(), Cow::Borrowed(body.get()))),
            }
        }
        for (key, value) in attributes.iter() {
            let key = key.strip_prefix("message.").unwrap_or(key);
            let key = match key {
                "id" if event.name == "gen_ai.tool.message" => "tool_call_id",
                key => key,
            };
            message
                .members
                .push((key.to_owned(), Cow::Borrowed(value.get())));
        }
        if message.member("role").is_none() {
            let role = match &*event.name {
                "gen_ai.system.message" => "\"system\"",
                "gen_ai.tool.message" => "\"tool\"",
                "gen_ai.user.message" | "gen_ai.content.prompt" => "\"user\"",
                _ => "\"assistant\"",
            };
            message
                .members
                .push(("role".to_owned(), Cow::Borrowed(role)));
        }
        self.messages.push(message);
    }
}

fn find<'m>(members: &'m [(String, Cow<'_, str>)], name: &str) -> Option<&'m str> {
    let found = members.iter().find(|(known, _)| known == name)?;
    Some(&*found.1).filter(|value| *value != "null")
}

/// A JSON array or object inside a string, else nothing.
fn unpacked(value: &str, first: char) -> Option<Cow<'_, str>> {
    // Most are prose: nothing is copied to see that.
    let inner = value.trim_start_matches(|c: char| {
        matches!(c, '"' | '\\' | 'n' | 't' | 'r') || c.is_ascii_whitespace()
    });
    if !inner.starts_with([first, 'u']) {
        return None;
    }
    let text = if value.starts_with('"') {
        json::unescape(value)
    } else {
        Cow::Borrowed(value)
    };
    (text.trim_start().starts_with(first) && Raw::parse(&text).is_some()).then_some(text)
}

impl Message<'_> {
    fn member(&self, name: &str) -> Option<&str> {
        find(&self.members, name)
    }

    fn write(&self, pieces: Pieces, out: &mut String) {
        if let Some(whole) = &self.whole {
            out.push_str(whole);
            return;
        }
        if pieces == Pieces::Tools {
            return self.write_tool(out);
        }
        let role = match pieces {
            Pieces::Output => "\"assistant\"",
            _ => "\"user\"",
        };
        out.push_str("{\"role\":");
        out.push_str(self.member("role").unwrap_or(role));
        for name in ["name", "tool_call_id", "finish_reason", "reasoning_content"] {
            if let Some(value) = self.member(name) {
                member(out, name, value);
            }
        }
        if let Some(thought) = self.member("reasoning") {
            member(out, "reasoning_content", thought);
        }
        out.push_str(",\"content\":");
        if self.parts.is_empty() {
            let content = self.member("content").or_else(|| self.member("text"));
            // A list of parts that was written as a string.
            let parts = content
                .and_then(|content| unpacked(content, '['))
                .filter(|parts| parts.contains("\"type\""));
            out.push_str(parts.as_deref().or(content).unwrap_or("null"));
        } else {
            out.push('[');
            for (at, part) in self.parts.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_part(part, out);
            }
            out.push(']');
        }
        self.write_calls(out);
        out.push('}');
    }

    fn write_calls(&self, out: &mut String) {
        if let Some(calls) = self
            .member("tool_calls")
            .and_then(|calls| unpacked(calls, '['))
        {
            member(out, "tool_calls", &calls);
            return;
        }
        let mut calls: Vec<(&str, &str, &str)> = Vec::new();
        for call in &self.calls {
            let of = |name: &str| find(&call.members, name).unwrap_or("null");
            calls.push((of("id"), of("name"), of("arguments")));
        }
        // One call, as OpenAI wrote it before tools.
        if let Some(name) = self
            .member("function_call_name")
            .or_else(|| self.member("function_call.name"))
        {
            let arguments = self
                .member("function_call_arguments_json")
                .or_else(|| self.member("function_call.arguments"));
            calls.push(("null", name, arguments.unwrap_or("null")));
        }
        if calls.is_empty() {
            return;
        }
        out.push_str(",\"tool_calls\":[");
        for (at, (id, name, arguments)) in calls.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str("{\"id\":");
            out.push_str(id);
            out.push_str(",\"type\":\"function\",\"function\":{\"name\":");
            out.push_str(name);
            member(out, "arguments", arguments);
            out.push_str("}}");
        }
        out.push(']');
    }

    /// A tool's definition: its JSON schema in a string, or its parts.
    fn write_tool(&self, out: &mut String) {
        let schema = self
            .member("tool.json_schema")
            .and_then(|schema| unpacked(schema, '{'));
        if let Some(schema) = schema {
            out.push_str(&schema);
            return;
        }
        out.push_str("{\"name\":");
        out.push_str(
            self.member("name")
                .or_else(|| self.member("tool.name"))
                .unwrap_or("null"),
        );
        for name in ["description", "parameters"] {
            if let Some(value) = self.member(name) {
                let value = unpacked(value, '{').unwrap_or(Cow::Borrowed(value));
                member(out, name, &value);
            }
        }
        out.push('}');
    }
}

/// One part of a message: text, image, thought.
fn write_part(part: &Numbered<'_>, out: &mut String) {
    let of = |name: &str| find(&part.members, name);
    let image = of("image.image.url").or_else(|| of("image.url"));
    out.push_str("{\"type\":");
    out.push_str(match (of("type"), image) {
        (_, Some(_)) => "\"image_url\"",
        (Some(kind), None) => kind,
        (None, None) => "\"text\"",
    });
    match image {
        Some(url) => {
            out.push_str(",\"image_url\":{\"url\":");
            out.push_str(url);
            out.push('}');
        }
        None => {
            for (name, value) in &part.members {
                if name != "type" {
                    member(out, name, value);
                }
            }
        }
    }
    out.push('}');
}

/// `,"name":value`; names here are our own or attribute keys without quotes.
fn member(out: &mut String, name: &str, value: &str) {
    if name.contains(['"', '\\']) || name.contains(|c: char| c.is_control()) {
        return;
    }
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    out.push_str(value);
}

//! Notes about long texts what the findings need, while the record that holds them is at hand. See [`crewscope_trace::evidence`].
//!
//! What it costs is bounded for each text by the `MAX_` below, and a text that comes again (an answer stands in a dozen records, the prompt of
//! an agent in each of its calls) is looked at once.

mod arguments;
mod outputs;
mod phrases;
mod statements;

use crate::builder::Builder;
use crate::draft::Facts;
use crewscope_trace::evidence::{Digest, Role, Signs, BEGINNINGS};
use crewscope_trace::json::syntax::Quotes;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{Field, Kind, TextForm, TextRef, Value};
use crewscope_trace::text::RecordPlace;
use crewscope_trace::text::{decode_str, gather};
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of arguments that are parsed; longer ones are compared as they stand.
const MAX_ARGUMENTS: usize = 64 << 10;

/// Bytes of a task's output that are looked at.
const MAX_OUTPUT: usize = 256 << 10;

/// Bytes of a prompt that are searched for statements: crewai puts the context at the end of the second message.
const MAX_PROMPT: usize = 128 << 10;

/// Bytes of tool definitions that are parsed.
const MAX_TOOLS: usize = 512 << 10;

/// Tools of one list.
const MAX_NAMES: usize = 256;

/// What a text is to the findings.
fn role(kind: Kind, field: Field) -> Option<Role> {
    Some(match (kind, field) {
        (Kind::Tool, Field::Input) => Role::Arguments,
        (Kind::Tool, Field::Output | Field::Error) => Role::Result,
        (Kind::Llm, Field::Input) => Role::Prompt,
        (Kind::Llm | Kind::Agent, Field::ToolDefinitions) => Role::Tools,
        (Kind::Task, Field::ExpectedOutput) => Role::Expected,
        (Kind::Task, Field::Output) => Role::Output,
        (Kind::Task, Field::Context) | (Kind::Agent, Field::Input) => Role::Given,
        _ => return None,
    })
}

/// What was read before a record.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    spans: usize,
    events: usize,
    log: usize,
}

impl Before {
    /// Remembers how much was read.
    pub fn of(builder: &Builder) -> Self {
        Self {
            spans: builder.spans.len(),
            events: builder.events.len(),
            log: builder.log.len(),
        }
    }

    /// Notes the texts of everything that was read since, which lie in the record at `place`; with the record's quotes as the framer has
    /// seen them, if it has.
    pub fn note(self, builder: &mut Builder, place: &RecordPlace<'_>, quotes: &[u32]) {
        let mut found = Vec::new();
        let mut look = |kind: Kind, facts: &Facts| {
            for (field, value) in facts {
                if let (Some(role), Value::Text(text)) = (role(kind, field), value) {
                    found.push((role, text));
                }
            }
        };
        for span in builder.spans.get(self.spans..).unwrap_or_default() {
            look(span.kind, &span.facts);
        }
        for event in builder.events.get(self.events..).unwrap_or_default() {
            look(event.kind, &event.facts);
        }
        for entry in builder.log.get(self.log..).unwrap_or_default() {
            found.extend(entry.output.map(|text| (Role::Output, text)));
        }
        for (role, text) in found {
            note(builder, place, quotes, role, &text);
        }
    }
}

fn note(
    builder: &mut Builder,
    place: &RecordPlace<'_>,
    quotes: &[u32],
    role: Role,
    text: &TextRef,
) {
    if text.source != place.source || builder.evidence.known(role, text) {
        return;
    }
    let found = text.offset.checked_sub(place.offset).and_then(|from| {
        let from = usize::try_from(from).ok()?;
        let to = from.checked_add(usize::try_from(text.len).ok()?)?;
        Some((place.text.get(from..to)?, Quotes::within(quotes, from)))
    });
    let Some((bytes, quotes)) = found else { return };
    let mut list = Vec::new();
    let mut digest = Digest::default();
    match role {
        Role::Arguments => {
            let decoded = decoded(text.form, start(bytes, MAX_ARGUMENTS));
            digest.key = arguments::key(&decoded);
            let coworker = arguments::coworker(&decoded);
            digest.coworker = builder.name(coworker.as_deref().unwrap_or_default());
        }
        Role::Result => digest.signs = phrases::of_result(bytes),
        Role::Expected => {
            let decoded = decoded(text.form, start(bytes, MAX_OUTPUT));
            (digest.signs, digest.points) = outputs::expected(&decoded);
        }
        Role::Output => {
            let seen = start(bytes, MAX_OUTPUT);
            let text = decoded(text.form, seen);
            (digest.signs, digest.points, digest.words) = outputs::output(&text);
            digest.signs.set(cut(seen, bytes));
            digest.statements = keep(builder, seen, text.as_bytes());
        }
        Role::Prompt => {
            let whole = messages(text.form, bytes, quotes);
            digest.signs = phrases::of_prompt(whole.as_bytes());
            beginnings(whole.as_bytes(), &mut list);
            let head = first_messages(&whole);
            let seen = start(head, MAX_PROMPT);
            digest.signs.set(cut(seen, head));
            digest.statements = keep(builder, seen, seen.as_bytes());
        }
        Role::Given => {
            let whole = messages(text.form, bytes, quotes);
            let seen = start(&whole, MAX_PROMPT);
            digest.signs.set(cut(seen, &whole));
            digest.statements = keep(builder, seen, seen.as_bytes());
        }
        Role::Tools => {
            let whole = messages(text.form, start(bytes, MAX_TOOLS), quotes);
            let whole = json::unescape(&whole);
            for name in tool_names(&whole) {
                list.push(builder.name(&name).0);
            }
        }
    }
    builder.evidence.note(role, text, digest, &list);
}

fn cut(seen: &str, whole: &str) -> u32 {
    match seen.len() < whole.len() {
        true => Signs::CUT,
        false => 0,
    }
}

fn keep(builder: &mut Builder, content: &str, bytes: &[u8]) -> u32 {
    let content = xxh3_64(content.as_bytes());
    builder
        .evidence
        .add_statements(content, &mut |found| statements::find(bytes, found))
}

/// The beginning of a text, cut where a letter begins.
fn start(text: &str, max: usize) -> &str {
    let mut to = text.len().min(max);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(..to).unwrap_or_default()
}

/// The text as a person reads it.
fn decoded(form: TextForm, bytes: &str) -> Cow<'_, str> {
    match form {
        TextForm::Plain => Cow::Borrowed(bytes),
        form => Cow::Owned(decode_str(form, bytes)),
    }
}

/// Messages as they stand, or where they lie in pieces, put together.
fn messages<'a>(form: TextForm, bytes: &'a str, quotes: Quotes<'a>) -> Cow<'a, str> {
    match form {
        TextForm::Gathered(pieces) => gather::gathered(pieces, Raw::known(bytes, quotes))
            .map_or_else(|| Cow::Owned(decode_str(form, bytes)), Cow::Owned),
        TextForm::Inside(_) | TextForm::Typed => Cow::Owned(decode_str(form, bytes)),
        TextForm::Json | TextForm::JsonTwice | TextForm::Plain => Cow::Borrowed(bytes),
    }
}

/// Hashes of the beginnings of a prompt.
fn beginnings(bytes: &[u8], list: &mut Vec<u32>) {
    let (mut hash, mut from) = (0u64, 0);
    for to in BEGINNINGS {
        let Some(stretch) = bytes.get(from..to) else {
            return;
        };
        hash = hash.rotate_left(5) ^ xxh3_64(stretch);
        list.push(hash as u32);
        from = to;
    }
}

/// What stands before the third message: what the agent is, and what it is given. All calls of its loop share that.
fn first_messages(whole: &str) -> &str {
    let (mut from, mut seen) = (0, 0);
    let bytes = whole.as_bytes();
    while let Some(at) = memchr::memchr(b'"', bytes.get(from..).unwrap_or_default()) {
        let rest = bytes.get(from + at..).unwrap_or_default();
        seen += usize::from(rest.starts_with(b"\"role"));
        if seen == 3 {
            from += at;
            break;
        }
        from += at + 1;
    }
    let head = match seen {
        3 => whole.get(..from).unwrap_or(whole),
        _ => whole,
    };
    // How it goes on is no part of it.
    head.trim_end_matches(['[', ']', '{', '}', ',', ' ', '"', '\\'])
}

/// The names in a list of tool definitions (OpenAI's, Anthropic's, crewai's dumps), as the model calls them.
fn tool_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    for item in json::elements(list).into_iter().take(MAX_NAMES) {
        let Some(tool) = Object::parse(item.get()) else {
            continue;
        };
        let function = tool.object("function");
        if let Some(name) = function.as_ref().unwrap_or(&tool).string("name") {
            names.push(crewscope_trace::evidence::tool_name(&name));
        }
    }
    names
}

#[cfg(test)]
mod tests;

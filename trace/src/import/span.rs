//! One span, whatever envelope it came in: ids, times, status, attributes and events become a draft.
//!
//! A new envelope fills in a [`SpanRecord`] and calls [`add`]; what the attributes mean is the dialects' matter.

use super::attributes::Attributes;
use super::builder::Builder;
use super::dialect;
use super::draft::{Draft, Facts, RecordPlace};
use super::json::{self, Object, Raw};
use crate::model::{Field, Flags, Kind, Status, Sym, TextForm, TextRef, Usage, Value, WarningKind};
use std::borrow::Cow;

/// A span as its envelope writes it.
#[derive(Debug, Default)]
pub struct SpanRecord<'a> {
    /// Trace id; empty if there is none. Spans with one trace id are one execution, unless the attributes say otherwise.
    pub trace: Cow<'a, str>,
    /// Span id.
    pub id: Cow<'a, str>,
    /// Id of the parent span.
    pub parent: Option<Cow<'a, str>>,
    /// Span name.
    pub name: Cow<'a, str>,
    /// Nanoseconds since 1970 UTC.
    pub start: Option<i64>,
    /// Nanoseconds since 1970 UTC. `None`: the span has not ended.
    pub end: Option<i64>,
    /// A time had no zone and was read as UTC.
    pub naive: bool,
    /// The status is an error.
    pub failed: bool,
    /// Status message, a JSON string.
    pub message: Option<Raw<'a>>,
    /// Attributes.
    pub attributes: Attributes<'a>,
    /// Span events: an array of objects with a name and attributes.
    pub events: Option<Raw<'a>>,
    /// What stands in fields of its own beside the attributes.
    pub known: Known,
}

/// What an envelope itself says of a span (a store's columns). It counts where the attributes say nothing.
#[derive(Debug, Default)]
pub struct Known {
    /// What the span is about.
    pub kind: Option<Kind>,
    /// Tokens, if it is an LLM call.
    pub usage: Usage,
    /// Facts.
    pub facts: Facts,
    /// Remarks.
    pub flags: u16,
    /// How it stands, where neither an end nor an error tells.
    pub status: Option<Status>,
}

impl Known {
    /// Adds a short text.
    pub fn sym(&mut self, builder: &mut Builder, field: Field, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            let sym = builder.name(text.as_ref());
            self.facts.add(field, Value::Sym(sym));
        }
    }

    /// Adds a value that stands in the record, unless it is empty.
    pub fn text(
        &mut self,
        place: &RecordPlace<'_>,
        field: Field,
        value: Option<Raw<'_>>,
        form: TextForm,
    ) {
        let value = value.filter(|raw| {
            !matches!(
                raw.get(),
                "null" | "\"\"" | "{}" | "[]" | "\"{}\"" | "\"[]\"" | "\"[{}]\""
            )
        });
        // What a store keeps as text inside its own JSON has no place in the record.
        if let Some(raw) = value.filter(|raw| place.holds(raw.get())) {
            let text = TextRef {
                form,
                ..place.text_of(raw.get())
            };
            self.facts.add(field, Value::Text(text));
        }
    }

    /// Completes a draft.
    pub fn complete(self, draft: &mut Draft) {
        let named = draft.kind != Kind::Other;
        if let (false, Some(kind)) = (named, self.kind) {
            draft.kind = kind;
        }
        if draft.kind == Kind::Llm {
            let (usage, more) = (&mut draft.usage, self.usage);
            usage.prompt = usage.prompt.or(more.prompt);
            usage.completion = usage.completion.or(more.completion);
            usage.total = usage.total.or(more.total);
            usage.cached = usage.cached.or(more.cached);
            usage.cache_write = usage.cache_write.or(more.cache_write);
            usage.reasoning = usage.reasoning.or(more.reasoning);
        }
        draft.facts.merge(&self.facts);
        draft.flags.set(self.flags);
        draft.status = self.status.unwrap_or(draft.status);
        if named {
            return;
        }
        let name = match draft.kind {
            Kind::Llm => Field::Model,
            Kind::Agent => Field::AgentRole,
            Kind::Tool => Field::ToolName,
            Kind::Task => Field::TaskName,
            Kind::Crew => Field::CrewName,
            Kind::Flow => Field::FlowName,
            _ => return,
        };
        match draft.facts.sym(name) {
            Some(name) => draft.name = name,
            // An unnamed task is shown by its description; a producer's stand-in for the name is none.
            None if draft.kind == Kind::Task => draft.name = Sym::EMPTY,
            None => {}
        }
    }
}

/// An event of a span.
#[derive(Debug)]
pub struct SpanEvent<'a> {
    /// Name.
    pub name: Cow<'a, str>,
    /// Attributes.
    pub attributes: Attributes<'a>,
}

/// Keeps a span, unless one with the same ids was read before. The values in `span` borrow from the record at `place`.
///
/// A recorder may write a span twice: when it begins, so that a run that is killed shows what it was doing, and whole when it ends. The
/// whole one takes the place of the first.
pub fn add(builder: &mut Builder, span: SpanRecord<'_>, place: &RecordPlace<'_>) {
    let group = builder.strings.intern(&span.trace);
    let id = builder.strings.intern(&span.id);
    let before = builder.span_before(group, id);
    let begun = before
        .and_then(|at| builder.spans.get(at))
        .map(|before| before.end.is_none());
    match (begun, span.end) {
        (None, _) | (Some(true), Some(_)) => {}
        // Its beginning, read after its end: files come in any order.
        (Some(false), None) => return,
        _ => {
            builder
                .notes
                .add(WarningKind::DuplicateRecord, Some(place.place()));
            return;
        }
    }
    let mut draft = Draft::new(group, id, Kind::Other);
    draft.parent = span
        .parent
        .as_ref()
        .filter(|parent| !parent.is_empty())
        .map(|parent| builder.strings.intern(parent));
    draft.start = span.start;
    draft.end = span.end;
    draft.records.push(place.whole());
    if span.naive {
        draft.flags.set(Flags::NAIVE_TIME);
        builder
            .notes
            .add(WarningKind::NaiveTime, Some(place.place()));
    }
    draft.status = match (span.failed, span.end) {
        (true, _) => Status::Failed,
        (false, Some(_)) => Status::Completed,
        (false, None) => Status::Running,
    };
    let message = span
        .message
        .filter(|message| span.failed && !matches!(message.get(), "\"\"" | "null"));
    if let Some(message) = message {
        let text = place.text_of(message.get());
        draft.facts.add(Field::Error, Value::Text(text));
    }
    let events = span.events.map(events).unwrap_or_default();
    read_exception(builder, &mut draft, &events, place);
    dialect::apply(builder, &mut draft, &span, &events, place);
    span.known.complete(&mut draft);
    if draft.start == draft.end && draft.start.is_some() {
        draft.flags.set(Flags::INSTANT);
    }
    match before.and_then(|at| builder.spans.get_mut(at)) {
        Some(begun) => *begun = draft,
        None => builder.add_span(draft),
    }
}

/// The events of a span: `{"name", "attributes"}`, or a log entry whose fields hold the name as `event` or `name`.
pub fn events(raw: Raw<'_>) -> Vec<SpanEvent<'_>> {
    json::elements_of(raw)
        .into_iter()
        .filter_map(Object::of)
        .map(|event| {
            let attributes = event
                .get("attributes")
                .or_else(|| event.get("fields"))
                .map(Attributes::read)
                .unwrap_or_default();
            let name = event
                .string("name")
                .or_else(|| attributes.string("event"))
                .or_else(|| attributes.string("name"));
            SpanEvent {
                name: name.unwrap_or_default(),
                attributes,
            }
        })
        .collect()
}

/// The last `exception` event holds class and stack trace (crewai writes one for raised tools only).
fn read_exception(
    builder: &mut Builder,
    draft: &mut Draft,
    events: &[SpanEvent<'_>],
    place: &RecordPlace<'_>,
) {
    let last = events.iter().rev().find(|event| event.name == "exception");
    let Some(SpanEvent { attributes, .. }) = last else {
        return;
    };
    for (field, key) in [
        (Field::StackTrace, "exception.stacktrace"),
        (Field::Error, "exception.message"),
    ] {
        let text = attributes.text(key, place).map(Value::Text);
        draft.facts.add_some(field, text);
    }
    if let Some(class) = attributes.string("exception.type") {
        let class = builder.name(&class);
        draft.facts.add(Field::ErrorType, Value::Sym(class));
    }
}

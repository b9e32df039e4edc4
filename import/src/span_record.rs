//! A span as its envelope writes it: what every form of spans fills in.

use crate::builder::Builder;
use crate::draft::{Draft, Facts};
use crewscope_trace::json::Raw;
use crewscope_trace::model::{Field, Kind, Status, Sym, TextForm, TextRef, Usage, Value};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;
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

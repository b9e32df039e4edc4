//! Moves attributes into the facts of one span.

use crate::builder::Builder;
use crate::dialect::usage;
use crate::draft::{Draft, Planned};
use crate::span_record::SpanRecord;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{Field, Member, Pieces, Sym, TextForm, TextRef, Value, WarningKind};
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::gather;
use crewscope_trace::text::RecordPlace;
use crewscope_trace::text::SpanEvent;
use std::borrow::Cow;

/// The span being read. Attributes of the event that holds an inference's details count as its own.
pub struct Reader<'b, 'x, 'a> {
    /// Where names and warnings go.
    pub builder: &'b mut Builder,
    /// What is filled in.
    pub draft: &'b mut Draft,
    /// The span.
    pub span: &'x SpanRecord<'a>,
    /// Its events.
    pub events: &'x [SpanEvent<'a>],
    /// Its record.
    pub place: &'x RecordPlace<'x>,
}

impl<'x, 'a> Reader<'_, 'x, 'a> {
    fn sources(&self) -> impl Iterator<Item = &'x Attributes<'a>> {
        let details = self
            .events
            .iter()
            .filter(|event| event.name == "gen_ai.client.inference.operation.details");
        std::iter::once(&self.span.attributes).chain(details.map(|event| &event.attributes))
    }

    /// The first of several keys that has a value.
    pub fn get(&self, keys: &[&str]) -> Option<Raw<'a>> {
        self.sources().find_map(|attributes| attributes.first(keys))
    }

    /// A short text.
    pub fn string(&self, keys: &[&str]) -> Option<Cow<'a, str>> {
        keys.iter()
            .find_map(|key| self.sources().find_map(|attributes| attributes.string(key)))
    }

    /// A token count.
    pub fn count(&self, keys: &[&str]) -> Option<u64> {
        self.sources().find_map(|attributes| attributes.count(keys))
    }

    /// A name as a fact.
    pub fn sym(&mut self, field: Field, keys: &[&str]) -> Option<Sym> {
        let text = self.string(keys)?;
        Some(self.name(field, &text))
    }

    /// A name as a fact, given as text.
    pub fn name(&mut self, field: Field, text: &str) -> Sym {
        let sym = self.builder.name(text);
        self.draft.facts.add(field, Value::Sym(sym));
        sym
    }

    /// The name that a person sees.
    pub fn label(&mut self, text: Option<Cow<'_, str>>) {
        if let Some(text) = text {
            self.draft.name = self.builder.name(&text);
        }
    }

    /// A long text as a fact. Whether there was one.
    pub fn text(&mut self, field: Field, keys: &[&str]) -> bool {
        self.text_as(field, keys, TextForm::Json)
    }

    /// A long text that needs more than unescaping. Whether there was one.
    pub fn text_as(&mut self, field: Field, keys: &[&str], form: TextForm) -> bool {
        let found = keys.iter().find_map(|key| {
            self.sources()
                .find_map(|attributes| attributes.text(key, self.place))
        });
        let Some(mut text) = found.filter(|text| text.len > 2) else {
            return false;
        };
        text.form = form;
        self.draft.facts.add(field, Value::Text(text));
        true
    }

    /// Messages: as one value (JSON in a string, or typed), or in pieces. Whether there were any.
    pub fn messages(&mut self, field: Field, keys: &[&str], pieces: Pieces) -> bool {
        // A list under such a key is a list of pieces.
        let whole = self.get(keys).filter(|raw| !raw.get().starts_with('['));
        if let Some(raw) = whole {
            // A value with typed parts is an object in the record; JSON in a string is a string.
            let typed = raw.get().starts_with('{') && raw.get().contains("alue\"");
            let form = if typed {
                TextForm::Typed
            } else {
                TextForm::Json
            };
            return self.text_as(field, keys, form);
        }
        let attributes = &self.span.attributes;
        let raw = if gather::has_pieces(attributes, pieces) {
            // Columns of a table lie in the record itself.
            attributes.raw().map_or(self.place.text, |raw| raw.get())
        } else if let Some(events) = self.span.events.filter(|_| {
            let mut events = self.events.iter();
            events.any(|event| gather::side_of(&event.name) == Some(pieces))
        }) {
            events.get()
        } else {
            return self.text(field, keys);
        };
        let text = TextRef {
            form: TextForm::Gathered(pieces),
            ..self
                .place
                .hashed(raw, gather::hash(attributes, self.events, pieces))
        };
        self.draft.facts.add(field, Value::Text(text));
        true
    }

    /// A number as a fact.
    pub fn number(&mut self, field: Field, keys: &[&str]) {
        let number = self.get(keys).and_then(|raw| json::number(raw.get()));
        self.draft.facts.add_some(field, number);
    }

    /// A yes or no as a fact; Python's `"True"` counts.
    pub fn flag(&mut self, field: Field, key: &str) {
        let flag = self.sources().find_map(|attributes| attributes.bool(key));
        self.draft.facts.add_some(field, flag.map(Value::Bool));
    }

    /// The class of an error; `_OTHER` says only that it is unknown.
    pub fn error_type(&mut self) {
        if let Some(class) = self
            .string(&["error.type"])
            .filter(|class| class != "_OTHER")
        {
            self.name(Field::ErrorType, &class);
        }
    }

    /// The sampling parameters of a request, in an object.
    pub fn parameters(&mut self, of: &Object<'_>) {
        for (field, keys) in [
            (Field::Temperature, &["temperature"][..]),
            (Field::MaxTokens, &["max_tokens", "max_completion_tokens"]),
            (Field::TopP, &["top_p"]),
        ] {
            let raw = keys.iter().find_map(|key| of.get(key));
            let number = raw.and_then(|raw| json::number(raw.get()));
            self.draft.facts.add_some(field, number);
        }
        if let Some(stream) = of.get("stream") {
            let stream = Value::Bool(stream.get() == "true");
            self.draft.facts.add(Field::Stream, stream);
        }
    }

    /// Recorded cost in USD.
    pub fn cost(&mut self) {
        let keys = &[
            "llm.cost.total",
            "gen_ai.usage.cost",
            "gen_ai.usage.total_cost",
        ];
        let cost = self.get(keys).and_then(|raw| json::float(raw.get()));
        self.draft
            .facts
            .add_some(Field::Cost, cost.map(Value::Float));
    }

    /// A crew's own count, in an object, as JSON, Python's `repr` of a dictionary, or `key=value key=value`.
    pub fn reported(&mut self, text: &str) {
        let mut json = String::with_capacity(text.len());
        if text.trim_start().starts_with('{') {
            json.extend(text.chars().map(|c| if c == '\'' { '"' } else { c }));
        } else {
            let pairs = text
                .split([' ', ',', '(', ')'])
                .filter_map(|pair| pair.split_once('='));
            for (key, number) in pairs.filter(|(_, number)| number.parse::<u64>().is_ok()) {
                json.push_str(if json.is_empty() { "{\"" } else { ",\"" });
                json.push_str(key);
                json.push_str("\":");
                json.push_str(number);
            }
            json.push('}');
        }
        if let Some(metrics) = Object::parse(&json) {
            usage::add_reported(&mut self.draft.facts, &metrics);
        }
    }

    /// The length of a JSON list in a string, as a fact.
    pub fn length(&mut self, field: Field, key: &str) {
        if let Some(raw) = self.get(&[key]) {
            self.draft
                .facts
                .add_some(field, length(&json::unescape(raw.get())));
        }
    }

    /// The tasks of a crew: a JSON list in a string, the role of each task's agent under `role`.
    pub fn plan(&mut self, key: &str, role: &str) {
        let Some(text) = self.span.attributes.text(key, self.place) else {
            return;
        };
        let Some(raw) = self.span.attributes.get(key) else {
            return;
        };
        let list = json::unescape(raw.get());
        self.draft.facts.add_some(Field::TaskCount, length(&list));
        // More tasks than this are no crew of anybody's.
        for (at, item) in (0..1000u16).zip(json::elements(&list)) {
            let Some(item) = Object::parse(item.get()) else {
                continue;
            };
            let of = |member: Member| TextRef {
                form: TextForm::Inside(member),
                ..text
            };
            let (id, role) = (item.string("id"), item.string(role));
            self.draft.plan.push(Planned {
                id: id.map(|id| self.builder.name(&id)),
                role: role.map(|role| self.builder.name(&role)),
                description: of(Member::PlannedDescription(at)),
                expected: of(Member::PlannedOutput(at)),
            });
        }
    }

    /// Says once for a source what its recorder cannot write.
    pub fn lacks(&mut self, things: &[WarningKind]) {
        self.builder.lacks(self.place.place(), things);
    }
}

fn length(list: &str) -> Option<Value> {
    let length = json::elements(list).len();
    i64::try_from(length)
        .ok()
        .filter(|&length| length > 0)
        .map(Value::Int)
}

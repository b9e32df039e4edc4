//! One span, whatever envelope it came in: ids, times, status, attributes and events become a draft.
//!
//! A new envelope fills in a [`SpanRecord`] and calls [`add`]; what the attributes mean is the dialects' matter.

use crate::builder::Builder;
use crate::dialect;
use crate::draft::Draft;
use crate::span_record::SpanRecord;
use crewscope_trace::model::{Field, Flags, Kind, Status, Value, WarningKind};
use crewscope_trace::text::RecordPlace;
use crewscope_trace::text::{events, SpanEvent};

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

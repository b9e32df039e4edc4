//! Spans as Arize Phoenix gives them out: the pages of its REST answers (`/v1/projects/{id}/spans`), the JSON and JSON Lines that its UI and
//! client save, and its data frames as JSON records.
//!
//! Shape: `src/phoenix/server/api/routers/v1/spans.py` of Arize-ai/phoenix 20; `…/spans/otlpv1` answers OTLP in snake case. Attributes are
//! one flat object, and the span's kind stands beside them.

use crate::builder::Builder;
use crate::ids;
use crate::span;
use crate::span_record::SpanRecord;
use crate::time::{self, Moment};
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::WarningKind;
use crewscope_trace::text::attributes::Attributes;
use crewscope_trace::text::RecordPlace;

/// The name of the form.
pub const FORMAT: &str = "phoenix";

/// How the columns of a data frame begin that are attributes.
const COLUMN: &str = "attributes.";

/// Reads one span. Returns `false` if it is none.
pub fn read_span(builder: &mut Builder, record: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    if !record.has("span_kind") || !record.has("start_time") {
        return false;
    }
    let context = record.object("context").unwrap_or_default();
    let part = |key: &str| {
        let column = ["context.", key].concat();
        context.string(key).or_else(|| record.string(&column))
    };
    let Some(id) = part("span_id") else {
        return false;
    };
    let (start, end) = (moment(record, "start_time"), moment(record, "end_time"));
    let mut attributes = match record.get("attributes") {
        Some(raw) => Attributes::read(raw),
        None => Attributes::with_prefix(record, COLUMN),
    };
    // Taken out of the attributes by Phoenix; `UNKNOWN` is its word for none.
    if let Some(kind) = record
        .get("span_kind")
        .filter(|kind| kind.get() != "\"UNKNOWN\"")
    {
        attributes.push("openinference.span.kind", kind);
    }
    let span = SpanRecord {
        trace: ids::plain(part("trace_id").unwrap_or_default()),
        id: ids::plain(id),
        parent: record.string("parent_id").map(ids::plain),
        name: record.string("name").unwrap_or_default(),
        start: start.map(|moment| moment.nanos),
        end: end.map(|moment| moment.nanos),
        naive: [start, end].iter().flatten().any(|moment| moment.naive),
        failed: record.string("status_code").as_deref() == Some("ERROR"),
        message: record.get("status_message"),
        attributes,
        events: record.get("events"),
        ..SpanRecord::default()
    };
    span::add(builder, span, place);
    true
}

/// A time as text, or as pandas writes it: a number since 1970, in milliseconds unless told otherwise.
fn moment(record: &Object<'_>, key: &str) -> Option<Moment> {
    let raw = record.get(key)?;
    let Some(number) = json::int(raw.get()).filter(|&number| number > 0) else {
        return time::parse(&json::scalar(raw)?);
    };
    // 10^12 milliseconds are 2001, 10^14 the year 5138; each finer unit has its own range.
    let factor = if number < 100_000_000_000_000 {
        1_000_000
    } else if number < 100_000_000_000_000_000 {
        1_000
    } else {
        1
    };
    Some(Moment {
        nanos: number.checked_mul(factor)?,
        naive: false,
    })
}

/// Whether a document is one page of a list of spans, of whatever form.
pub fn is_page(object: &Object<'_>) -> bool {
    object.has("data") && (object.has("next_cursor") || object.has("meta"))
}

/// Reads a page of a REST answer, which is either form of span. Returns the form of its spans.
pub fn read_page(
    builder: &mut Builder,
    page: &Object<'_>,
    place: &RecordPlace<'_>,
    read: impl Fn(&mut Builder, &Object<'_>, &RecordPlace<'_>) -> Option<&'static str>,
) -> Option<&'static str> {
    let spans: Vec<Raw<'_>> = json::elements(page.get("data")?.get());
    let mut form = FORMAT;
    for raw in spans {
        let inner = place.inner(raw.get());
        match Object::parse(raw.get()).and_then(|object| read(builder, &object, &inner)) {
            Some(name) => {
                builder.count(place.source, name);
                form = name;
            }
            None => builder.unknown(inner.place()),
        }
    }
    let meta = page.object("meta").unwrap_or_default();
    builder.more = page
        .string("next_cursor")
        .or_else(|| meta.string("cursor"))
        .map(|cursor| (cursor.into_owned(), place.place()));
    // Pages with numbers.
    if meta.int("totalPages") > meta.int("page") {
        builder
            .notes
            .add(WarningKind::UnreadPage, Some(place.place()));
    }
    Some(form)
}

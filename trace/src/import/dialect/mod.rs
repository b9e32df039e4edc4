//! What span attributes mean, one file a dialect.

mod crewai;
mod usage;

use super::builder::Builder;
use super::draft::{Draft, RecordPlace};
use super::span::{SpanEvent, SpanRecord};

pub use usage::{from_object as usage_of_object, settle as settle_usage};

/// Fills in what the attributes say about a span. `crewai.*` and `gen_ai.*` go together: crewai writes both.
pub fn apply(
    builder: &mut Builder,
    draft: &mut Draft,
    span: &SpanRecord<'_>,
    _events: &[SpanEvent<'_>],
    place: &RecordPlace<'_>,
) {
    crewai::apply(builder, draft, &span.name, &span.attributes, place);
}

//! What span attributes mean, one file a dialect.

mod crewai;
mod usage;

use super::attributes::Attributes;
use super::builder::Builder;
use super::draft::{Draft, RecordPlace};

pub use usage::{from_object as usage_of_object, settle as settle_usage};

/// Fills in what the attributes say about a span. `crewai.*` and `gen_ai.*` go together: crewai writes both.
pub fn apply(
    builder: &mut Builder,
    draft: &mut Draft,
    span_name: &str,
    attributes: &Attributes<'_>,
    place: &RecordPlace<'_>,
) {
    crewai::apply(builder, draft, span_name, attributes, place);
}

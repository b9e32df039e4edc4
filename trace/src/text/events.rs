//! Events of a span: messages and errors may stand there.

use super::attributes::Attributes;
use crate::json::{self, Object, Raw};
use std::borrow::Cow;

/// An event of a span.
#[derive(Debug)]
pub struct SpanEvent<'a> {
    /// Name.
    pub name: Cow<'a, str>,
    /// Attributes.
    pub attributes: Attributes<'a>,
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

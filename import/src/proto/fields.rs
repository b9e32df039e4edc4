//! The messages of OTLP traces, as a table (opentelemetry-proto 1.11: `trace/v1`, `common/v1`, `resource/v1`).
//!
//! A field that is not here is written all the same, under its number: the raw record shows it.

use crate::proto::wire::{BITS32, BITS64, LEN, VARINT};

/// A message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Tempo's `TraceByIDResponse`: `TracesData` in field 1.
    Response,
    /// `TracesData` and `ExportTraceServiceRequest`, which are the same on the wire.
    Traces,
    /// `ResourceSpans`
    ResourceSpans,
    /// `ScopeSpans`
    ScopeSpans,
    /// `Resource`
    Resource,
    /// `InstrumentationScope`
    Scope,
    /// `Span`
    Span,
    /// `Span.Event`
    Event,
    /// `Span.Link`
    Link,
    /// `Status`
    Status,
    /// `KeyValue`
    KeyValue,
    /// `AnyValue`
    AnyValue,
    /// `ArrayValue`
    Array,
    /// `KeyValueList`
    List,
}

/// How a value is written in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// An id: hexadecimal digits, as the OTLP JSON mapping wants them.
    Hex,
    /// Bytes: base64.
    Base64,
    /// An enum or a counter: a number.
    Number,
    /// 64 bits: a string of decimal digits.
    Long,
    /// The same with a sign.
    Signed,
    /// `true` or `false`.
    Bool,
    /// A floating point number.
    Double,
    /// A message.
    One(Message),
    /// One of several messages.
    Many(Message),
}

/// A field of a message.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The message it is in.
    pub of: Message,
    /// Its number.
    pub number: u32,
    /// Its wire type.
    pub wire: u8,
    /// Its name in JSON.
    pub name: &'static str,
    /// How its value is written.
    pub form: Form,
}

const fn field(of: Message, number: u32, wire: u8, name: &'static str, form: Form) -> Field {
    Field {
        of,
        number,
        wire,
        name,
        form,
    }
}

use Form::{Base64, Bool, Double, Hex, Long, Many, Number, One, Signed, Text};
use Message::{
    AnyValue, Array, Event, KeyValue, Link, List, Resource, ResourceSpans, Response, Scope,
    ScopeSpans, Span, Status, Traces,
};

/// All fields, those of a message together.
#[rustfmt::skip]
const FIELDS: &[Field] = &[
    field(Response, 1, LEN, "", Many(Traces)),
    field(Traces, 1, LEN, "resourceSpans", Many(ResourceSpans)),
    field(ResourceSpans, 1, LEN, "resource", One(Resource)),
    field(ResourceSpans, 2, LEN, "scopeSpans", Many(ScopeSpans)),
    field(ResourceSpans, 3, LEN, "schemaUrl", Text),
    field(Resource, 1, LEN, "attributes", Many(KeyValue)),
    field(Resource, 2, VARINT, "droppedAttributesCount", Number),
    field(ScopeSpans, 1, LEN, "scope", One(Scope)),
    field(ScopeSpans, 2, LEN, "spans", Many(Span)),
    field(ScopeSpans, 3, LEN, "schemaUrl", Text),
    field(Scope, 1, LEN, "name", Text),
    field(Scope, 2, LEN, "version", Text),
    field(Scope, 3, LEN, "attributes", Many(KeyValue)),
    field(Scope, 4, VARINT, "droppedAttributesCount", Number),
    field(Span, 1, LEN, "traceId", Hex),
    field(Span, 2, LEN, "spanId", Hex),
    field(Span, 3, LEN, "traceState", Text),
    field(Span, 4, LEN, "parentSpanId", Hex),
    field(Span, 5, LEN, "name", Text),
    field(Span, 6, VARINT, "kind", Number),
    field(Span, 7, BITS64, "startTimeUnixNano", Long),
    field(Span, 8, BITS64, "endTimeUnixNano", Long),
    field(Span, 9, LEN, "attributes", Many(KeyValue)),
    field(Span, 10, VARINT, "droppedAttributesCount", Number),
    field(Span, 11, LEN, "events", Many(Event)),
    field(Span, 12, VARINT, "droppedEventsCount", Number),
    field(Span, 13, LEN, "links", Many(Link)),
    field(Span, 14, VARINT, "droppedLinksCount", Number),
    field(Span, 15, LEN, "status", One(Status)),
    field(Span, 16, BITS32, "flags", Number),
    field(Event, 1, BITS64, "timeUnixNano", Long),
    field(Event, 2, LEN, "name", Text),
    field(Event, 3, LEN, "attributes", Many(KeyValue)),
    field(Event, 4, VARINT, "droppedAttributesCount", Number),
    field(Link, 1, LEN, "traceId", Hex),
    field(Link, 2, LEN, "spanId", Hex),
    field(Link, 3, LEN, "traceState", Text),
    field(Link, 4, LEN, "attributes", Many(KeyValue)),
    field(Link, 5, VARINT, "droppedAttributesCount", Number),
    field(Link, 6, BITS32, "flags", Number),
    field(Status, 2, LEN, "message", Text),
    field(Status, 3, VARINT, "code", Number),
    field(KeyValue, 1, LEN, "key", Text),
    field(KeyValue, 2, LEN, "value", One(AnyValue)),
    field(AnyValue, 1, LEN, "stringValue", Text),
    field(AnyValue, 2, VARINT, "boolValue", Bool),
    field(AnyValue, 3, VARINT, "intValue", Signed),
    field(AnyValue, 4, BITS64, "doubleValue", Double),
    field(AnyValue, 5, LEN, "arrayValue", One(Array)),
    field(AnyValue, 6, LEN, "kvlistValue", One(List)),
    field(AnyValue, 7, LEN, "bytesValue", Base64),
    field(Array, 1, LEN, "values", Many(AnyValue)),
    field(List, 1, LEN, "values", Many(KeyValue)),
];

/// The field of a message with a number, if it has the wire type that it should have.
pub fn known(of: Message, number: u32, wire: u8) -> Option<Field> {
    FIELDS
        .iter()
        .find(|field| field.of == of && field.number == number && field.wire == wire)
        .copied()
}

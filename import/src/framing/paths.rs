//! The arrays (and objects with any key) whose elements are records, as a small tree of keys.
//!
//! A new form with records inside a document adds its keys here and its reader in `records.rs`; nothing else knows paths.

/// A place in the tree of keys.
pub type Node = u8;

/// Not on the way to a record.
pub const DEAD: Node = 0;
/// The root object.
pub const ROOT: Node = 1;

const RESOURCE_SPANS: Node = 2;
const RESOURCE_SPAN: Node = 3;
const SCOPE_SPANS: Node = 4;
const SCOPE_SPAN: Node = 5;
const SPANS: Node = 6;
const SPAN: Node = 7;
const EVENTS: Node = 8;
const EVENT: Node = 9;
const BODY: Node = 10;
const WRAPPED: Node = 11;
const DATA: Node = 12;
const DATUM: Node = 13;
const STORE_SPANS: Node = 14;
const STORE_SPAN: Node = 15;
const EVENT_RECORD: Node = 20;
const NODES: Node = 21;
const NODE: Node = 22;
const ENTITIES: Node = 23;
const ENTITY: Node = 24;
const EXECUTIONS: Node = 25;
const EXECUTION: Node = 26;

/// Which array a record is an element of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordPath {
    /// `resourceSpans[].scopeSpans[].spans[]`: OTLP JSON.
    OtlpSpan,
    /// `events[]` or `body.events[]`: crewai's trace batch.
    BatchEvent,
    /// `data[].spans[]`, `data.spans[]`, `spans[]` of one trace alone, `observations[]`, `runs[]`: a trace store's own shape.
    StoreSpan,
    /// `event_record.nodes.*`: an event of crewai's checkpoint, below its id.
    CheckpointEvent,
    /// `entities[]`: a crew, an agent or a flow of the checkpoint.
    CheckpointEntity,
    /// `executions[]`: of a saved report.
    SavedExecution,
}

/// The place of a member of an object.
pub fn member(of: Node, key: &[u8]) -> Node {
    match (of, key) {
        (ROOT | WRAPPED, b"resourceSpans" | b"resource_spans") => RESOURCE_SPANS,
        // OTLP in the answers of Jaeger (`/api/v3`) and Grafana Tempo (`/api/v2`, and `/api/traces` with a name of its own).
        (ROOT, b"result" | b"trace") => WRAPPED,
        (ROOT, b"batches") => RESOURCE_SPANS,
        (ROOT | DATUM, b"data") => DATA,
        (ROOT, b"traces") => DATA,
        // One trace alone, in a list, or below its head.
        (ROOT | DATUM | DATA | WRAPPED, b"spans") => STORE_SPANS,
        (ROOT, b"observations" | b"runs") => STORE_SPANS,
        // `instrumentationLibrarySpans` is what `scopeSpans` was called before OTLP 0.15.
        (
            RESOURCE_SPAN,
            b"scopeSpans"
            | b"scope_spans"
            | b"instrumentationLibrarySpans"
            | b"instrumentation_library_spans",
        ) => SCOPE_SPANS,
        (SCOPE_SPAN, b"spans") => SPANS,
        (ROOT | BODY, b"events") => EVENTS,
        (ROOT, b"body") => BODY,
        (ROOT, b"event_record") => EVENT_RECORD,
        (EVENT_RECORD, b"nodes") => NODES,
        // Any key: they are ids.
        (NODES, _) => NODE,
        (ROOT, b"entities") => ENTITIES,
        (ROOT, b"executions") => EXECUTIONS,
        _ => DEAD,
    }
}

/// What an object turns out to be when one of its keys is read: a root with the keys of a single span has events of its own, and these
/// are no records.
pub fn after(node: Node, key: &[u8]) -> Node {
    match (node, key) {
        (
            ROOT,
            b"attributes" | b"context" | b"context.span_id" | b"spanId" | b"span_id" | b"spanID"
            | b"span_kind" | b"run_type" | b"run_id" | b"parent_run_id" | b"dotted_order"
            | b"inputs" | b"outputs" | b"extra" | b"start_time",
        ) => DEAD,
        _ => node,
    }
}

/// The place of an element of an array.
pub fn element(of: Node) -> Node {
    match of {
        RESOURCE_SPANS => RESOURCE_SPAN,
        SCOPE_SPANS => SCOPE_SPAN,
        SPANS => SPAN,
        EVENTS => EVENT,
        DATA => DATUM,
        STORE_SPANS => STORE_SPAN,
        ENTITIES => ENTITY,
        EXECUTIONS => EXECUTION,
        _ => DEAD,
    }
}

/// The kind of record that an object at this place is.
pub fn record(node: Node) -> Option<RecordPath> {
    match node {
        SPAN => Some(RecordPath::OtlpSpan),
        EVENT => Some(RecordPath::BatchEvent),
        STORE_SPAN => Some(RecordPath::StoreSpan),
        NODE => Some(RecordPath::CheckpointEvent),
        ENTITY => Some(RecordPath::CheckpointEntity),
        EXECUTION => Some(RecordPath::SavedExecution),
        _ => None,
    }
}

"""Spans of the OpenTelemetry SDK as OTLP JSON, without protobuf."""

from __future__ import annotations

import math
from typing import Any

from .redaction import Redact, apply


def _value(value: Any, key: str, redact: Redact | None) -> dict[str, Any] | None:
    if isinstance(value, str):
        text = apply(redact, key, value)
        return None if text is None else {"stringValue": text}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        # JSON has no such numbers; the mapping of OTLP writes them as words.
        if math.isfinite(value):
            return {"doubleValue": value}
        return {"doubleValue": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, (list, tuple)):
        values = [_value(inner, key, redact) for inner in value]
        return {"arrayValue": {"values": [inner for inner in values if inner is not None]}}
    if value is None:
        return None
    text = apply(redact, key, repr(value))
    return None if text is None else {"stringValue": text}


def _attributes(attributes: Any, redact: Redact | None) -> list[dict[str, Any]]:
    pairs = ((str(key), _value(value, str(key), redact)) for key, value in (attributes or {}).items())
    return [{"key": key, "value": value} for key, value in pairs if value is not None]


def _ids(context: Any) -> dict[str, str]:
    return {"traceId": format(context.trace_id, "032x"), "spanId": format(context.span_id, "016x")}


def _span(span: Any, redact: Redact | None, longest: int | None) -> dict[str, Any]:
    attributes = dict(span.attributes or {})
    if longest is not None:
        # The whole span follows when it ends: long texts need not stand here twice.
        attributes = {key: value for key, value in attributes.items() if not isinstance(value, str) or len(value) <= longest}
    out: dict[str, Any] = _ids(span.get_span_context())
    if span.parent is not None:
        out["parentSpanId"] = format(span.parent.span_id, "016x")
    out["name"] = span.name
    out["kind"] = span.kind.value + 1
    out["startTimeUnixNano"] = str(span.start_time)
    if longest is None and span.end_time is not None:
        out["endTimeUnixNano"] = str(span.end_time)
    out["attributes"] = _attributes(attributes, redact)
    if span.events:
        out["events"] = [
            {"timeUnixNano": str(event.timestamp), "name": event.name, "attributes": _attributes(event.attributes, redact)}
            for event in span.events
        ]
    if span.links:
        out["links"] = [{**_ids(link.context), "attributes": _attributes(link.attributes, redact)} for link in span.links]
    status: dict[str, Any] = {}
    if longest is None:
        if span.status.status_code.value:
            status["code"] = span.status.status_code.value
        message = span.status.description
        message = apply(redact, "status.message", message) if message else None
        if message:
            status["message"] = message
    out["status"] = status
    return out


def request(span: Any, redact: Redact | None = None, longest: int | None = None) -> dict[str, Any]:
    """One span as an ExportTraceServiceRequest. `longest` makes the record of a span that has just begun: without end, and without
    texts longer than that."""
    scope = span.instrumentation_scope
    named = {"name": scope.name, **({"version": scope.version} if scope.version else {})} if scope else {}
    resource = {"attributes": _attributes(span.resource.attributes, None)} if span.resource else {}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": named, "spans": [_span(span, redact, longest)]}]}]}

//! OTLP JSON put into the shapes in which trace stores answer, as the sources of these stores write them.

use serde_json::{json, Map, Value};

/// The spans of documents, each with its scope.
fn spans(documents: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    documents
        .iter()
        .flat_map(|document| items(document, "resourceSpans"))
        .flat_map(|resource| items(resource, "scopeSpans"))
        .flat_map(|scope| items(scope, "spans").map(move |span| (span, &scope["scope"])))
}

fn items<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of[key].as_array().into_iter().flatten()
}

/// Jaeger's `/api/traces/{id}`: `convertKeyValues` and `FromDomain` of `internal/uimodel/converter/v1/json/from_domain.go` (Jaeger 2), after
/// `traces_to_jaegerproto.go` of the Collector. One answer for each trace id.
pub fn jaeger(documents: &[Value]) -> Vec<Value> {
    let mut traces: Vec<(String, Vec<Value>)> = Vec::new();
    for (span, scope) in spans(documents) {
        let id = span["traceId"].as_str().unwrap().to_owned();
        let at = traces.iter().position(|(known, _)| *known == id);
        let at = at.unwrap_or_else(|| {
            traces.push((id.clone(), Vec::new()));
            traces.len() - 1
        });
        traces[at].1.push(jaeger_span(span, scope));
    }
    traces
        .into_iter()
        .map(|(id, spans)| {
            json!({"data": [{"traceID": id, "spans": spans, "processes": {"p1": {"serviceName": "crewai", "tags": []}}, "warnings": null}],
                "total": 0, "limit": 0, "offset": 0, "errors": null})
        })
        .collect()
}

fn jaeger_span(span: &Value, scope: &Value) -> Value {
    let tag =
        |key: &str, kind: &str, value: Value| json!({"key": key, "type": kind, "value": value});
    let mut tags = Vec::new();
    for (key, name) in [
        ("otel.scope.name", "name"),
        ("otel.scope.version", "version"),
    ] {
        if let Some(text) = scope[name].as_str() {
            tags.push(tag(key, "string", text.into()));
        }
    }
    tags.extend(jaeger_tags(span));
    if span["kind"] == 3 {
        tags.push(tag("span.kind", "string", "client".into()));
    }
    match span["status"]["code"].as_u64() {
        Some(1) => tags.push(tag("otel.status_code", "string", "OK".into())),
        Some(2) => {
            tags.push(tag("otel.status_code", "string", "ERROR".into()));
            tags.push(tag("error", "bool", true.into()));
        }
        _ => {}
    }
    if let Some(message) = span["status"]["message"]
        .as_str()
        .filter(|text| !text.is_empty())
    {
        tags.push(tag("otel.status_description", "string", message.into()));
    }
    let logs: Vec<Value> = items(span, "events")
        .map(|event| {
            let mut fields = vec![tag("event", "string", event["name"].clone())];
            fields.extend(jaeger_tags(event));
            json!({"timestamp": micros(&event["timeUnixNano"]), "fields": fields})
        })
        .collect();
    let parent = span["parentSpanId"].as_str().filter(|id| !id.is_empty());
    let references: Vec<Value> = parent
        .map(|id| json!({"refType": "CHILD_OF", "traceID": span["traceId"], "spanID": id}))
        .into_iter()
        .chain([json!({"refType": "FOLLOWS_FROM", "traceID": "ffffffffffffffffffffffffffffffff", "spanID": "ffffffffffffffff"})])
        .collect();
    let start = micros(&span["startTimeUnixNano"]);
    json!({"traceID": span["traceId"], "spanID": span["spanId"], "operationName": span["name"], "references": references,
        "startTime": start, "duration": micros(&span["endTimeUnixNano"]) - start, "tags": tags, "logs": logs, "processID": "p1", "warnings": null})
}

fn jaeger_tags(of: &Value) -> Vec<Value> {
    items(of, "attributes")
        .map(|pair| {
            let (kind, value) = match typed(&pair["value"]) {
                ("boolValue", value) => ("bool", value.clone()),
                ("intValue", value) => ("int64", number(value)),
                ("doubleValue", value) => ("float64", value.clone()),
                ("stringValue", value) => ("string", value.clone()),
                _ => ("string", Value::from(plain(&pair["value"]).to_string())),
            };
            json!({"key": pair["key"], "type": kind, "value": value})
        })
        .collect()
}

/// Zipkin's spans, as `encoder/__init__.py` and `json/v2/__init__.py` of opentelemetry-exporter-zipkin-json write them: one request.
pub fn zipkin(documents: &[Value]) -> Value {
    let text = |value: &Value| match plain(value) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let span = |(span, scope): (&Value, &Value)| {
        let mut tags = Map::new();
        for pair in items(span, "attributes") {
            tags.insert(
                pair["key"].as_str().unwrap().to_owned(),
                text(&pair["value"]).into(),
            );
        }
        for (key, name) in [
            ("otel.library.name", "name"),
            ("otel.library.version", "version"),
        ] {
            tags.insert(key.to_owned(), scope[name].clone());
        }
        if let Some(code @ 1..) = span["status"]["code"].as_u64() {
            tags.insert(
                "otel.status_code".to_owned(),
                ["OK", "ERROR"][code as usize - 1].into(),
            );
            if code == 2 {
                let message = span["status"]["message"].as_str().unwrap_or_default();
                tags.insert("error".to_owned(), message.into());
            }
        }
        let start = micros(&span["startTimeUnixNano"]);
        let mut told = json!({"traceId": span["traceId"], "id": span["spanId"], "name": span["name"], "timestamp": start,
            "duration": micros(&span["endTimeUnixNano"]) - start, "localEndpoint": {"serviceName": "crewai"},
            "kind": (span["kind"] == 3).then_some("CLIENT"), "tags": tags, "debug": true});
        if let Some(parent) = span["parentSpanId"].as_str().filter(|id| !id.is_empty()) {
            told["parentId"] = parent.into();
        }
        told
    };
    Value::Array(spans(documents).map(span).collect())
}

/// Grafana Tempo's JSON (`jsonpb` of gogo/protobuf): ids in base64, enums as words, whole numbers of 64 bits as texts.
pub fn tempo(documents: &[Value]) -> Value {
    let resources: Vec<Value> = documents
        .iter()
        .flat_map(|document| items(document, "resourceSpans"))
        .map(jsonpb)
        .collect();
    json!({ "resourceSpans": resources })
}

fn jsonpb(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| {
                    let value = match key.as_str() {
                        "traceId" | "spanId" | "parentSpanId" => {
                            base64(value.as_str().unwrap()).into()
                        }
                        "kind" if value.is_u64() => [
                            "SPAN_KIND_UNSPECIFIED",
                            "SPAN_KIND_INTERNAL",
                            "SPAN_KIND_SERVER",
                            "SPAN_KIND_CLIENT",
                        ][value.as_u64().unwrap() as usize]
                            .into(),
                        "code" => ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]
                            [value.as_u64().unwrap() as usize]
                            .into(),
                        "attributes" => value.clone(),
                        _ => jsonpb(value),
                    };
                    (key.clone(), value)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(jsonpb).collect()),
        other => other.clone(),
    }
}

fn base64(hex: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u32> = (0..hex.len() / 2)
        .map(|at| u32::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | byte) << (8 * (3 - three.len()));
        for at in 0..4 {
            out.push(if at > three.len() {
                '='
            } else {
                char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63])
            });
        }
    }
    out
}

/// Phoenix' `/v1/projects/{id}/spans`, newest first, `size` to a page.
pub fn phoenix(documents: &[Value], size: usize) -> Vec<Value> {
    let mut all: Vec<Value> = spans(documents)
        .map(|(span, _)| {
            let status = ["UNSET", "OK", "ERROR"][span["status"]["code"].as_u64().unwrap_or(0) as usize];
            let kind = match span["name"].as_str().unwrap() {
                "call llm" => "LLM",
                "execute agent" => "AGENT",
                _ => "UNKNOWN",
            };
            let events: Vec<Value> = items(span, "events")
                .map(|event| json!({"name": event["name"], "timestamp": iso(&event["timeUnixNano"]), "attributes": flat(event)}))
                .collect();
            json!({"id": "U3Bhbjox", "name": span["name"], "context": {"trace_id": span["traceId"], "span_id": span["spanId"]},
                "span_kind": kind, "parent_id": span["parentSpanId"].as_str().filter(|id| !id.is_empty()),
                "start_time": iso(&span["startTimeUnixNano"]), "end_time": iso(&span["endTimeUnixNano"]), "status_code": status,
                "status_message": span["status"]["message"].as_str().unwrap_or_default(), "attributes": flat(span), "events": events})
        })
        .collect();
    all.reverse();
    let pages = all.len().div_ceil(size).max(1);
    (0..pages)
        .map(|page| {
            let cursor = if page + 1 < pages {
                Value::from(format!("cursor{page}"))
            } else {
                Value::Null
            };
            let spans = &all[page * size..all.len().min((page + 1) * size)];
            json!({"data": spans, "next_cursor": cursor})
        })
        .collect()
}

/// The same as records of a data frame (`px.Client().get_spans_dataframe().to_json(orient="records")`).
pub fn data_frame(documents: &[Value]) -> Value {
    let pages = phoenix(documents, usize::MAX / 2);
    let records = items(&pages[0], "data").map(|span| {
        let mut record = Map::new();
        for key in [
            "name",
            "span_kind",
            "parent_id",
            "status_code",
            "status_message",
            "events",
        ] {
            record.insert(key.to_owned(), span[key].clone());
        }
        for key in ["trace_id", "span_id"] {
            record.insert(format!("context.{key}"), span["context"][key].clone());
        }
        for (key, value) in span["attributes"].as_object().unwrap() {
            record.insert(format!("attributes.{key}"), value.clone());
        }
        // A column of another span.
        record.insert("attributes.session.id".to_owned(), Value::Null);
        for key in ["start_time", "end_time"] {
            let parsed = span[key].as_str().map(|text| {
                chrono::DateTime::parse_from_rfc3339(text)
                    .unwrap()
                    .timestamp_micros()
            });
            // pandas: `date_unit="us"`.
            record.insert(key.to_owned(), parsed.map_or(Value::Null, Value::from));
        }
        Value::Object(record)
    });
    Value::Array(records.collect())
}

fn flat(of: &Value) -> Value {
    Value::Object(
        items(of, "attributes")
            .map(|pair| {
                (
                    pair["key"].as_str().unwrap().to_owned(),
                    plain(&pair["value"]),
                )
            })
            .collect(),
    )
}

fn plain(value: &Value) -> Value {
    match typed(value) {
        ("intValue", value) => number(value),
        ("arrayValue", value) => Value::Array(items(value, "values").map(plain).collect()),
        ("kvlistValue", value) => Value::Object(
            items(value, "values")
                .map(|pair| {
                    (
                        pair["key"].as_str().unwrap().to_owned(),
                        plain(&pair["value"]),
                    )
                })
                .collect(),
        ),
        (_, value) => value.clone(),
    }
}

fn typed(value: &Value) -> (&str, &Value) {
    let (key, value) = value.as_object().unwrap().iter().next().unwrap();
    (key, value)
}

fn number(value: &Value) -> Value {
    match value.as_str() {
        Some(digits) => digits.parse::<i64>().unwrap().into(),
        None => value.clone(),
    }
}

fn nanos(value: &Value) -> i64 {
    number(value).as_i64().unwrap_or(0)
}

fn micros(value: &Value) -> i64 {
    nanos(value) / 1000
}

fn iso(value: &Value) -> Value {
    match micros(value) {
        0 => Value::Null,
        micros => chrono::DateTime::from_timestamp_micros(micros)
            .unwrap()
            .format("%Y-%m-%dT%H:%M:%S%.6f+00:00")
            .to_string()
            .into(),
    }
}

//! OTLP JSON as protobuf, written straight from the specification: independent of the reader and of its table.

use serde_json::Value;

/// `TracesData` or `ExportTraceServiceRequest`.
pub fn traces(document: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for resource_spans in list(document, "resourceSpans") {
        let mut one = Vec::new();
        let resource = &resource_spans["resource"];
        if resource.is_object() {
            bytes(&mut one, 1, &attributes(1, resource));
        }
        for scope_spans in list(resource_spans, "scopeSpans") {
            let mut inner = Vec::new();
            let mut scope = Vec::new();
            text(&mut scope, 1, &scope_spans["scope"]["name"]);
            text(&mut scope, 2, &scope_spans["scope"]["version"]);
            bytes(&mut inner, 1, &scope);
            for one in list(scope_spans, "spans") {
                bytes(&mut inner, 2, &span(one));
            }
            bytes(&mut one, 2, &inner);
        }
        bytes(&mut out, 1, &one);
    }
    out
}

fn span(span: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, key) in [(1, "traceId"), (2, "spanId"), (4, "parentSpanId")] {
        let id = span[key].as_str().unwrap_or_default();
        let id: Vec<u8> = (0..id.len() / 2)
            .map(|at| u8::from_str_radix(&id[at * 2..at * 2 + 2], 16).unwrap())
            .collect();
        if !id.is_empty() {
            bytes(&mut out, number, &id);
        }
    }
    text(&mut out, 5, &span["name"]);
    if let Some(kind) = span["kind"].as_u64() {
        varint(&mut out, 6 << 3);
        varint(&mut out, kind);
    }
    for (number, key) in [(7, "startTimeUnixNano"), (8, "endTimeUnixNano")] {
        if let Some(nanos) = whole(&span[key]) {
            varint(&mut out, number << 3 | 1);
            out.extend(nanos.to_le_bytes());
        }
    }
    out.extend(attributes(9, span));
    for event in list(span, "events") {
        let mut one = Vec::new();
        if let Some(nanos) = whole(&event["timeUnixNano"]) {
            varint(&mut one, 1 << 3 | 1);
            one.extend(nanos.to_le_bytes());
        }
        text(&mut one, 2, &event["name"]);
        one.extend(attributes(3, event));
        bytes(&mut out, 11, &one);
    }
    let mut status = Vec::new();
    text(&mut status, 2, &span["status"]["message"]);
    if let Some(code) = span["status"]["code"].as_u64() {
        varint(&mut status, 3 << 3);
        varint(&mut status, code);
    }
    bytes(&mut out, 15, &status);
    if let Some(flags) = span["flags"].as_u64() {
        varint(&mut out, 16 << 3 | 5);
        out.extend((flags as u32).to_le_bytes());
    }
    out
}

fn attributes(number: u64, of: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for pair in list(of, "attributes") {
        bytes(&mut out, number, &key_value(pair));
    }
    out
}

fn key_value(pair: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    text(&mut out, 1, &pair["key"]);
    bytes(&mut out, 2, &any(&pair["value"]));
    out
}

fn any(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, value) in value.as_object().unwrap() {
        match key.as_str() {
            "stringValue" => bytes(&mut out, 1, value.as_str().unwrap().as_bytes()),
            "boolValue" => out.extend([2 << 3, u8::from(value.as_bool().unwrap())]),
            "intValue" => {
                varint(&mut out, 3 << 3);
                varint(&mut out, whole(value).unwrap());
            }
            "doubleValue" => {
                let number = match value.as_str() {
                    Some(word) => word.parse::<f64>().unwrap(),
                    None => value.as_f64().unwrap(),
                };
                out.push(4 << 3 | 1);
                out.extend(number.to_le_bytes());
            }
            "arrayValue" => {
                let mut inner = Vec::new();
                for item in list(value, "values") {
                    bytes(&mut inner, 1, &any(item));
                }
                bytes(&mut out, 5, &inner);
            }
            "kvlistValue" => {
                let mut inner = Vec::new();
                for item in list(value, "values") {
                    bytes(&mut inner, 1, &key_value(item));
                }
                bytes(&mut out, 6, &inner);
            }
            other => panic!("{other}"),
        }
    }
    out
}

fn list<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of[key].as_array().into_iter().flatten()
}

/// A number, or the digits of one.
fn whole(value: &Value) -> Option<u64> {
    match value.as_str() {
        Some(digits) => digits.parse::<i64>().ok().map(i64::cast_unsigned),
        None => value.as_i64().map(i64::cast_unsigned),
    }
}

fn text(out: &mut Vec<u8>, number: u64, value: &Value) {
    if let Some(text) = value.as_str() {
        bytes(out, number, text.as_bytes());
    }
}

/// A length-delimited field.
pub fn bytes(out: &mut Vec<u8>, number: u64, value: &[u8]) {
    varint(out, number << 3 | 2);
    varint(out, value.len() as u64);
    out.extend(value);
}

pub fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

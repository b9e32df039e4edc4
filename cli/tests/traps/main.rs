//! The traps seen in real traces: one test for each that concerns the forms read so far, by its number in the list of traps.
#![allow(missing_docs)]

mod again;
mod batches;
mod elsewhere;
mod ends;
mod pairing;
mod runs;
#[path = "../support/mod.rs"]
mod support;
mod texts;

use crewscope_trace::model::{Kind, Status};
use support::{sample, Opened};

fn event(kind: &str, second: u32, sequence: u32, id: &str, rest: &str) -> String {
    format!(
        r#"{{"type":"{kind}","timestamp":"2026-11-20T10:00:{second:02}Z","emission_sequence":{sequence},"event_id":"{id}"{rest}}}"#
    )
}

fn lines(name: &str) -> Vec<String> {
    String::from_utf8(sample(name))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn calls(opened: &Opened) -> Vec<(String, Status)> {
    opened
        .spans(Kind::Tool)
        .iter()
        .map(|span| (opened.name(span).to_owned(), span.status))
        .collect()
}

/// What the report says apart from where it was read.
fn without_places(opened: &Opened) -> serde_json::Value {
    opened.report()["executions"].clone()
}

/// An OTLP span of crewai, one a line. Times in seconds; `error` is the status message.
fn span(
    id: &str,
    parent: &str,
    name: &str,
    times: (u32, u32),
    error: Option<&str>,
    attributes: &[(&str, &str)],
) -> String {
    let attributes: Vec<String> = attributes
        .iter()
        .map(|(key, value)| format!(r#"{{"key":"{key}","value":{{"stringValue":"{value}"}}}}"#))
        .collect();
    let status = match error {
        Some(message) => format!(r#"{{"code":2,"message":"{message}"}}"#),
        None => r#"{"code":1}"#.to_owned(),
    };
    format!(
        r#"{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"{}000000000","endTimeUnixNano":"{}000000000","status":{status},"attributes":[{}]}}"#,
        times.0,
        times.1,
        attributes.join(",")
    )
}

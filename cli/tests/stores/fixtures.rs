//! Small fixtures of the stores in `tests/traces/stores`, for the snapshots and as seeds of the fuzz targets.
//!
//! `UPDATE_FIXTURES=1 cargo test -p crewscope-cli --test stores` writes them; without that they must be what the shapes make.

use super::shapes::{jaeger, phoenix, tempo, zipkin};
use super::support::{open_bytes, sample};
use serde_json::{json, Value};
use std::path::Path;

/// The run that fails: it has every kind of span and status.
const RUN: &str = "failing_task/otlp-crewai1.15.30.jsonl";

fn documents() -> Vec<Value> {
    serde_json::Deserializer::from_slice(&sample(RUN))
        .into_iter::<Value>()
        .map(|root| root.unwrap())
        .collect()
}

/// The requests and tool calls of the run as an application by the GenAI conventions alone would record them, without crewai's attributes.
fn gen_ai(documents: &[Value], older: bool) -> Vec<Value> {
    let mut documents = documents.to_vec();
    for span in documents
        .iter_mut()
        .flat_map(|document| document["resourceSpans"].as_array_mut().unwrap())
        .flat_map(|resource| resource["scopeSpans"].as_array_mut().unwrap())
        .flat_map(|scope| scope["spans"].as_array_mut().unwrap())
    {
        let attributes = span["attributes"].as_array_mut().unwrap();
        attributes.retain(|pair| pair["key"].as_str().unwrap().starts_with("gen_ai."));
        let value = |key: &str| {
            let found = attributes.iter().find(|pair| pair["key"] == key);
            found.and_then(|pair| pair["value"]["stringValue"].as_str())
        };
        // Names as the conventions form them: the operation and what it is about.
        let about = ["gen_ai.request.model", "gen_ai.tool.name"]
            .iter()
            .find_map(|key| value(key))
            .unwrap_or_default();
        let name = match value("gen_ai.operation.name") {
            Some(operation) => format!("{operation} {about}"),
            None => "step".to_owned(),
        };
        if older {
            for pair in attributes.iter_mut() {
                let key = match pair["key"].as_str().unwrap() {
                    "gen_ai.provider.name" => "gen_ai.system",
                    "gen_ai.usage.input_tokens" => "gen_ai.usage.prompt_tokens",
                    "gen_ai.usage.output_tokens" => "gen_ai.usage.completion_tokens",
                    other => other,
                };
                pair["key"] = key.to_owned().into();
            }
        }
        span["name"] = name.trim().into();
    }
    documents
}

#[test]
fn the_fixtures_are_what_the_shapes_make() {
    let run = documents();
    let answer = tempo(&run);
    let fixtures: [(&str, Vec<Value>); 7] = [
        ("jaeger-api.json", jaeger(&run)),
        ("zipkin-api.json", vec![zipkin(&run)]),
        (
            "tempo-v1.json",
            vec![json!({"batches": answer["resourceSpans"]})],
        ),
        (
            "tempo-v2.json",
            vec![json!({"trace": answer, "metrics": {}})],
        ),
        ("phoenix-api.json", phoenix(&run, 1000)),
        ("gen_ai-current.jsonl", gen_ai(&run, false)),
        ("gen_ai-older.jsonl", gen_ai(&run, true)),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces/stores");
    for (name, roots) in fixtures {
        let lines: Vec<String> = roots.iter().map(Value::to_string).collect();
        let text = lines.join("\n") + "\n";
        let path = folder.join(name);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(known == text, "{name}: run with UPDATE_FIXTURES=1");
    }
}

#[test]
fn requests_by_the_conventions_alone_count_as_the_run_itself() {
    let want = open_bytes(vec![(RUN.to_owned(), sample(RUN))]).report();
    for older in [false, true] {
        let lines: Vec<String> = gen_ai(&documents(), older)
            .iter()
            .map(Value::to_string)
            .collect();
        let got = open_bytes(vec![("x".to_owned(), lines.join("\n").into_bytes())]).report();
        for key in [
            "total_tokens",
            "prompt_tokens",
            "completion_tokens",
            "requests",
            "failed_requests",
        ] {
            let sum = |report: &Value| -> u64 {
                let executions = report["executions"].as_array().unwrap().iter();
                executions
                    .filter_map(|execution| execution["summary"][key].as_u64())
                    .sum()
            };
            assert_eq!(sum(&got), sum(&want), "{key}, older keys: {older}");
        }
    }
}

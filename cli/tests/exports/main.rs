//! Exports of Langfuse, LangSmith and MLflow. MLflow's files are real; the others are real spans put into their stores' shapes by
//! `tools/store_exports.py`.
#![allow(missing_docs)]

mod langfuse;
mod langsmith;
mod mlflow;
#[path = "../support/mod.rs"]
mod support;

use crewscope_analysis::conversation::{messages, Part};
use crewscope_trace::model::{Field, Flags, Kind, Status};
use serde_json::{json, Value};
use support::{open, open_bytes, open_lines, Opened};

/// Export, and the spans that it was made of.
const MADE_OF: &[(&str, &str)] = &[
    (
        "langfuse-download-openinference-crewai1.15.30.json",
        "openinference-crewai1.15.30.jsonl",
    ),
    (
        "langfuse-v2-otlp-crewai1.15.30.json",
        "otlp-crewai1.15.30.jsonl",
    ),
    (
        "langsmith-runs-openinference-crewai1.15.30.json",
        "openinference-crewai1.15.30.jsonl",
    ),
    (
        "langsmith-nested-otlp-crewai1.15.30.json",
        "otlp-crewai1.15.30.jsonl",
    ),
];

fn stored(name: &str) -> Opened {
    open(&format!("stores/{name}"))
}

fn value(text: &str) -> Opened {
    open_bytes(vec![("x".to_owned(), text.as_bytes().to_vec())])
}

/// What two forms of the same run must agree in.
fn facts(opened: &Opened) -> Value {
    let mut report = opened.report();
    let executions = report["executions"].take();
    let pick = |of: &Value, keys: &[&str]| -> Value {
        keys.iter()
            .map(|key| ((*key).to_owned(), of[*key].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let list = |of: &Value, keys: &[&str]| -> Value {
        of.as_array()
            .unwrap()
            .iter()
            .map(|item| pick(item, keys))
            .collect::<Vec<_>>()
            .into()
    };
    executions
        .as_array()
        .unwrap()
        .iter()
        .map(|execution| {
            json!([
                pick(execution, &["name", "kind", "status", "final_output"]),
                pick(
                    &execution["summary"],
                    &[
                        "total_tokens",
                        "prompt_tokens",
                        "completion_tokens",
                        "cached_prompt_tokens",
                        "reasoning_tokens",
                        "requests",
                        "failed_requests"
                    ]
                ),
                list(
                    &execution["tasks"],
                    &[
                        "key",
                        "id",
                        "name",
                        "description",
                        "expected_output",
                        "status",
                        "agents",
                        "models",
                        "output",
                        "error",
                        "total_tokens",
                        "requests"
                    ]
                ),
                list(
                    &execution["tool_calls"],
                    &["name", "arguments", "status", "task"]
                ),
            ])
        })
        .collect::<Vec<_>>()
        .into()
}

#[test]
fn exports_say_what_the_spans_said_that_they_were_made_of() {
    for (export, spans) in MADE_OF {
        let got = stored(export);
        let want = open(&format!("failing_task/{spans}"));
        assert_eq!(facts(&got), facts(&want), "{export}");
        let format = export.split('-').next().unwrap();
        let said = got.report()["sources"][0]["format"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(said.starts_with(format), "{export}: {said}");
    }
}

#[test]
fn exports_agree_with_what_the_server_counted() {
    let truth: Value =
        serde_json::from_slice(&support::sample("expected/failing_task.json")).unwrap();
    let run = |group: &str| {
        truth["runs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|run| {
                run["files"].as_array().unwrap().iter().any(|file| {
                    file.as_str()
                        .unwrap()
                        .starts_with(&format!("failing_task/{group}-crewai1.15"))
                })
            })
            .unwrap()
            .clone()
    };
    for export in [
        "langfuse-download-openinference-crewai1.15.30.json",
        "langfuse-large-openinference-crewai1.15.30.json",
        "langfuse-api-openllmetry-crewai1.15.30.json",
        "langfuse-rows-openllmetry-crewai1.15.30.jsonl",
        "langfuse-v2-otlp-crewai1.15.30.json",
        "langsmith-runs-openinference-crewai1.15.30.json",
        "langsmith-nested-otlp-crewai1.15.30.json",
        "langsmith-cli-openllmetry-crewai1.15.30.jsonl",
    ] {
        let group = export.split('-').nth(2).unwrap();
        let run = run(group);
        let report = stored(export).report();
        let execution = &report["executions"][0];
        let summary = &execution["summary"];
        for (ours, theirs) in [
            ("prompt_tokens", "prompt"),
            ("completion_tokens", "completion"),
            ("total_tokens", "total"),
            ("cached_prompt_tokens", "cached_prompt"),
        ] {
            // The command line tool leaves the details of the counts out.
            let lost = export.starts_with("langsmith-cli") && ours == "cached_prompt_tokens";
            let count = if lost {
                summary[ours].clone()
            } else {
                run["tokens"][theirs].clone()
            };
            assert_eq!(summary[ours], count, "{export} {ours}");
        }
        // The repetition of a request inside the provider's client is in no trace (trap 11).
        assert_eq!(
            summary["requests"].as_u64(),
            run["requests"]["total"].as_u64().map(|total| total - 1),
            "{export}"
        );
        assert_eq!(execution["status"], "failed", "{export}");
        let tasks = execution["tasks"].as_array().unwrap();
        let told: Vec<&Value> = truth["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|task| task["status"] != "never started")
            .collect();
        assert_eq!(tasks.len(), told.len(), "{export}");
        for (task, told) in tasks.iter().zip(told) {
            assert_eq!(task["status"], told["status"], "{export}");
            assert_eq!(task["agents"], json!([told["agent"]]), "{export}");
            // OpenLLMetry writes no names.
            if group != "openllmetry" {
                assert_eq!(task["name"], told["name"], "{export}");
            }
        }
    }
}

#[test]
fn messages_in_exports_become_a_conversation() {
    for export in [
        "langfuse-download-openinference-crewai1.15.30.json",
        "langfuse-v2-otlp-crewai1.15.30.json",
        "langfuse-rows-openllmetry-crewai1.15.30.jsonl",
        "langsmith-runs-openinference-crewai1.15.30.json",
        "langsmith-nested-otlp-crewai1.15.30.json",
        "langsmith-cli-openllmetry-crewai1.15.30.jsonl",
    ] {
        let opened = stored(export);
        let calls = opened.spans(Kind::Llm);
        assert_eq!(calls.len(), 8, "{export}");
        for call in calls {
            let roles: Vec<String> = messages(&opened.text(call, Field::Input).unwrap())
                .into_iter()
                .map(|message| message.role)
                .collect();
            assert_eq!(&roles[..2], ["system", "user"], "{export}");
            if let Some(answer) = opened.text(call, Field::Output) {
                assert_eq!(messages(&answer)[0].role, "assistant", "{export}: {answer}");
            }
        }
    }
}

#[test]
fn the_same_trace_from_two_answers_counts_once() {
    let name = "langfuse-download-openinference-crewai1.15.30.json";
    let twice = open_bytes(vec![
        ("a".to_owned(), support::sample(&format!("stores/{name}"))),
        ("b".to_owned(), support::sample(&format!("stores/{name}"))),
    ]);
    assert_eq!(facts(&twice), facts(&stored(name)));
    assert!(twice.warned("duplicate-record") > 10);
}

#[test]
fn what_looks_like_a_store_and_is_none_is_not_claimed() {
    for text in [
        r#"{"observations":[{"temperature":3}]}"#,
        r#"{"runs":[{"id":1}]}"#,
        r#"{"data":{"spans":[{"id":1}]}}"#,
        r#"{"data":[{"id":1}],"meta":{}}"#,
        r#"{"spans":[{"span_id":1}]}"#,
    ] {
        let opened = value(text);
        assert!(opened.trace.executions.is_empty(), "{text}");
        assert!(opened.warned("unknown-record") > 0, "{text}");
    }
}

//! A report that was saved opens again and says the same.
#![allow(missing_docs)]

mod support;

use crewscope_trace::model::{Field, Kind};
use serde_json::Value;
use std::path::PathBuf;
use support::{corpora, open, open_bytes, sample, Opened};

/// Every file of the corpus that may hold a trace, the small ones.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for corpus in corpora() {
        for folder in std::fs::read_dir(corpus).unwrap() {
            let folder = folder.unwrap().path();
            if !folder.is_dir() || folder.ends_with("expected") {
                continue;
            }
            files.extend(
                std::fs::read_dir(folder)
                    .unwrap()
                    .map(|file| file.unwrap().path()),
            );
        }
    }
    files.retain(|file| file.metadata().unwrap().len() < 4 << 20);
    files.sort();
    files
}

fn saved(report: &Value) -> Opened {
    let bytes = serde_json::to_vec_pretty(report).unwrap();
    open_bytes(vec![("report.json".to_owned(), bytes)])
}

/// What a report says of the run itself; the rest is said anew about the report.
fn of_run(report: &Value) -> Vec<Value> {
    let mut executions = report["executions"].as_array().unwrap().clone();
    for execution in &mut executions {
        let execution = execution.as_object_mut().unwrap();
        for anew in ["findings", "lineage", "reconciliation", "coverage"] {
            execution.remove(anew);
        }
        // The last bit of a decimal fraction is not kept by a parser that is made for size.
        round(&mut execution["summary"]["estimated_cost_usd"]);
        for task in execution["tasks"].as_array_mut().unwrap() {
            round(&mut task["estimated_cost_usd"]);
        }
    }
    executions
}

fn round(amount: &mut Value) {
    if let Some(usd) = amount.as_f64() {
        *amount = Value::from(format!("{usd:.12}"));
    }
}

#[test]
fn a_report_opened_again_gives_the_same_report() {
    let (mut checked, mut calls) = (0, 0);
    for file in files() {
        let opened = open_bytes(vec![("x".to_owned(), std::fs::read(&file).unwrap())]);
        let first = opened.report();
        let again = saved(&first);
        let second = again.report();
        let (a, b) = (of_run(&first), of_run(&second));
        assert_eq!(a.len(), b.len(), "{}", file.display());
        for (a, b) in a.iter().zip(&b) {
            for key in a.as_object().unwrap().keys() {
                assert_eq!(a[key], b[key], "{}: {key}", file.display());
            }
        }
        assert!(again.spans(Kind::Llm).is_empty(), "no call is made up");
        assert_eq!(second["sources"][0]["format"], "report");
        let told = |report: &Value| {
            let mut told: Vec<(String, u64)> = report["warnings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|warning| {
                    let kind = warning["kind"].as_str().unwrap().to_owned();
                    (kind, warning["count"].as_u64().unwrap())
                })
                .filter(|(kind, _)| kind != "saved-report")
                .collect();
            told.sort();
            told
        };
        assert_eq!(told(&first), told(&second), "{}", file.display());
        assert_eq!(again.warned("saved-report"), 1);
        checked += 1;
        calls += first["executions"].as_array().unwrap().len();
    }
    println!("{checked} files, {calls} executions");
    assert!(checked >= 40 && calls >= 50);
}

/// A report that was saved before now, as it was written then.
#[test]
fn a_report_of_old_opens() {
    let opened = open("failing_task/report-crewai1.15.30.json");
    let report = opened.report();
    let run = &report["executions"][0];
    assert_eq!(run["summary"]["total_tokens"], 1767);
    assert_eq!(run["summary"]["requests"], 8);
    assert_eq!(run["status"], "failed");
    assert_eq!(run["tasks"].as_array().unwrap().len(), 3);
    assert_eq!(run["tool_calls"].as_array().unwrap().len(), 4);
    assert!(opened.spans(Kind::Llm).is_empty());
}

#[test]
fn texts_are_read_from_the_report_itself() {
    let first = open("research_sequential/events-defaultstr-crewai1.15.30.jsonl").report();
    let again = saved(&first);
    let task = again.spans(Kind::Task)[0];
    let output = task.text(Field::Output).unwrap();
    assert_eq!(output.source, 0);
    assert_eq!(
        again.read(output).unwrap(),
        first["executions"][0]["tasks"][0]["output"]
    );
}

#[test]
fn several_reports_in_one_file_and_one_of_them_twice() {
    let a = open("failing_task/otlp-crewai1.15.30.json").report();
    let b = open("running/events-crewai1.15.30.jsonl").report();
    let bytes = format!("{a}\n{b}{a}").into_bytes();
    let opened = open_bytes(vec![("reports".to_owned(), bytes)]);
    assert_eq!(opened.trace.executions.len(), 2);
    assert_eq!(opened.warned("duplicate-record"), 1);
    assert_eq!(opened.warned("saved-report"), 3);
}

#[test]
fn a_report_beside_its_own_trace_adds_nothing() {
    for name in [
        "failing_task/otlp-crewai1.15.30.json",
        "running/events-crewai1.15.30.jsonl",
        "kickoff_for_each/batchwire-crewai1.14.7.jsonl",
    ] {
        let alone = open(name);
        let report = serde_json::to_vec(&alone.report()).unwrap();
        for order in [[0, 1], [1, 0]] {
            let sources = [
                (name.to_owned(), sample(name)),
                ("report.json".to_owned(), report.clone()),
            ];
            let both = open_bytes(order.map(|at| sources[at].clone()).to_vec());
            let total = |opened: &Opened| {
                of_run(&opened.report())
                    .iter()
                    .map(|run| (run["name"].clone(), run["summary"].clone()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(total(&both), total(&alone), "{name}");
            assert!(both.warned("duplicate-record") >= 1, "{name}");
        }
    }
}

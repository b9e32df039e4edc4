//! What is taken along of real runs.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::take::{chrome, markdown};
use crewscope_analysis::Prices;
use serde_json::Value;
use support::{open, Opened};

fn told(opened: &Opened, task: Option<usize>) -> String {
    let prices = Prices::bundled();
    let found = &opened.findings;
    markdown(&opened.trace, 0, task, found, &prices, &mut |text| {
        opened.read(text)
    })
}

#[test]
fn a_failed_run_tells_what_an_issue_needs() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let text = told(&opened, None);
    for needed in [
        "# market\\_note: failed".replace("\\_", "_").as_str(),
        "| 3 | forecast | Forecaster | claude-3-5-sonnet-20241022 | failed |",
        "## Task 1: get_quote",
        "upstream quotes.internal:8443 refused the connection",
        "retry 1",
        "Error code: 400",
        "### Expected output",
    ] {
        assert!(text.contains(needed), "{needed}\n{text}");
    }
    // History is told once: the system prompt stands in the first call of each agent only.
    assert_eq!(text.matches("You are Market Watcher").count(), 1);
    // Fences are closed.
    assert_eq!(text.matches("```").count() % 2, 0);
    let one = told(&opened, Some(2));
    assert!(one.contains("## Task 3: forecast") && !one.contains("## Task 1"));
    assert!(one.len() < text.len());
}

#[test]
fn findings_stand_before_the_tasks_and_a_task_has_its_own() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let text = told(&opened, None);
    let (_, rest) = text.split_once("## Findings\n").unwrap();
    let (list, _) = rest.split_once("## Task 1").unwrap();
    let all = opened.report()["executions"][0]["findings"]
        .as_array()
        .unwrap()
        .clone();
    let count = list.lines().filter(|line| line.starts_with("- **")).count();
    assert_eq!(count, all.len(), "{list}");
    assert!(
        list.contains("- **error**: ") && list.contains("Seen at: "),
        "{list}"
    );
    let one = told(&opened, Some(2));
    let own = one.lines().filter(|line| line.starts_with("- **")).count();
    assert!(own > 0 && own < count, "{one}");
    // The first task failed at nothing that only concerns the third.
    let first = told(&opened, Some(0));
    assert!(!first.contains("**error**"), "{first}");
}

#[test]
fn texts_are_asked_for_in_one_order() {
    for file in [
        "failing_task/otlp-crewai1.15.30.json",
        "hierarchical/otlp-crewai1.15.30.jsonl",
    ] {
        let opened = open(file);
        let prices = Prices::bundled();
        let found = &opened.findings;
        let mut wanted = Vec::new();
        let _ = markdown(&opened.trace, 0, None, found, &prices, &mut |text| {
            wanted.push(text);
            None
        });
        let mut asked = Vec::new();
        let _ = markdown(&opened.trace, 0, None, found, &prices, &mut |text| {
            asked.push(text);
            opened.read(text)
        });
        assert_eq!(wanted, asked);
    }
}

#[test]
fn hostile_texts_stay_in_their_fences() {
    let opened = open("hostile_output/otlp-crewai1.15.30.json");
    let text = told(&opened, None);
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        match fence {
            None if line.starts_with("```") => fence = Some(line),
            None => assert!(!line.replace("\\<", "").contains("<script"), "{line}"),
            Some(open) if line == open => fence = None,
            Some(_) => {}
        }
    }
    assert_eq!(fence, None);
}

fn events(opened: &Opened) -> (Vec<Value>, usize) {
    let made = chrome(&opened.trace, &opened.trace.executions[0]);
    let made = serde_json::to_value(made).unwrap();
    let untimed = made["otherData"]["spans_without_time"].as_u64().unwrap();
    (
        made["traceEvents"].as_array().unwrap().clone(),
        untimed as usize,
    )
}

#[test]
fn a_chrome_trace_has_every_span_and_nests_in_each_row() {
    for file in [
        "failing_task/otlp-crewai1.15.30.json",
        "parallel_async/otlp-crewai1.15.30.jsonl",
        "flow_nested/otlp-crewai1.15.30.json",
        "running/otlp-crewai1.15.30.jsonl",
    ] {
        let opened = open(file);
        let (all, untimed) = events(&opened);
        let spans: Vec<&Value> = all.iter().filter(|event| event["ph"] == "X").collect();
        let instants = all.iter().filter(|event| event["ph"] == "i").count();
        let execution = &opened.trace.executions[0];
        let count = (execution.last_span - execution.first_span) as usize;
        assert_eq!(spans.len() + instants + untimed, count, "{file}");
        for (at, one) in spans.iter().enumerate() {
            let range = |event: &Value| {
                let start = event["ts"].as_f64().unwrap();
                (start, start + event["dur"].as_f64().unwrap())
            };
            let (start, end) = range(one);
            assert!(end >= start);
            for other in &spans[at + 1..] {
                if other["tid"] != one["tid"] {
                    continue;
                }
                let (from, to) = range(other);
                let apart = to <= start + 0.01 || from >= end - 0.01;
                let nested = (from >= start - 0.01 && to <= end + 0.01)
                    || (start >= from - 0.01 && end <= to + 0.01);
                assert!(apart || nested, "{file}: {one} and {other}");
            }
        }
        let named = all.iter().filter(|event| event["name"] == "thread_name");
        let rows: Vec<&Value> = named.map(|event| &event["tid"]).collect();
        assert!(spans.iter().all(|span| rows.contains(&&span["tid"])));
    }
}

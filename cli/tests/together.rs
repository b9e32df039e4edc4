//! Several files that make one trace: in any order, repeated, split, and the same run in two forms.
#![allow(missing_docs)]

mod support;

use crewscope_trace::model::{Kind, Status};
use serde_json::Value;
use support::{open, open_bytes, sample, Opened};

/// What a report says of the runs, oldest first.
fn runs(opened: &Opened) -> Vec<Value> {
    let mut runs = opened.report()["executions"].as_array().unwrap().clone();
    runs.sort_by_key(|run| run["started_at"].as_str().map(str::to_owned));
    for run in &mut runs {
        let run = run.as_object_mut().unwrap();
        // Places name the file.
        run.remove("coverage");
        run.remove("reconciliation");
    }
    runs
}

fn lines(name: &str) -> Vec<String> {
    String::from_utf8(sample(name))
        .unwrap()
        .split('\n')
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn files(parts: &[Vec<String>]) -> Opened {
    open_bytes(
        parts
            .iter()
            .enumerate()
            .map(|(at, part)| (format!("part {at}"), part.join("\n").into_bytes()))
            .collect(),
    )
}

/// Lines with ids of their own: events of crewai from 1.9 on, export requests, requests of a batch.
const LINKED: &[&str] = &[
    "failing_task/events-crewai1.15.30.jsonl",
    "flow_nested/events-crewai1.14.7.jsonl",
    "research_sequential/events-modeldumpjson-crewai1.15.30.jsonl",
    "research_sequential/events-defaultstr-crewai1.15.30.jsonl",
    "failing_task/otlp-crewai1.15.30.jsonl",
    "hierarchical/otlp-crewai1.15.30.jsonl",
    "kickoff_for_each/batchwire-crewai1.14.7.jsonl",
    "failing_task/batchwire-uploadfailed-crewai1.14.7.jsonl",
];

/// A fixed shuffle: every test run is the same.
fn shuffled(mut lines: Vec<String>, seed: u64) -> Vec<String> {
    let mut state = seed | 1;
    for at in (1..lines.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        lines.swap(at, (state >> 33) as usize % (at + 1));
    }
    lines
}

#[test]
fn lines_in_any_order_give_the_same_runs() {
    for name in LINKED {
        let want = runs(&open(name));
        for seed in 0..4 {
            let got = runs(&files(&[shuffled(lines(name), seed)]));
            assert_eq!(got, want, "{name} {seed}");
        }
    }
}

#[test]
fn a_file_twice_adds_nothing() {
    for name in LINKED {
        let (once, twice) = (open(name), files(&[lines(name), lines(name)]));
        assert_eq!(runs(&twice), runs(&once), "{name}");
        assert!(twice.warned("duplicate-record") > 0, "{name}");
    }
}

#[test]
fn a_file_in_parts_and_the_parts_in_any_order() {
    for name in LINKED {
        let all = lines(name);
        let want = runs(&open(name));
        for cut in [all.len() / 3, all.len() / 2, all.len() - 1] {
            let (a, b) = all.split_at(cut);
            for parts in [[a, b], [b, a]] {
                let got = runs(&files(&parts.map(<[String]>::to_vec)));
                assert_eq!(got, want, "{name} cut at line {cut}");
            }
        }
    }
}

#[test]
fn a_batch_as_one_file_each_in_any_order() {
    let names: Vec<String> = ["", "-2", "-3", "-4", "-5"]
        .iter()
        .map(|number| format!("kickoff_for_each/batch{number}-crewai1.14.7.json"))
        .collect();
    let open_all = |order: &[usize]| {
        open_bytes(
            order
                .iter()
                .map(|&at| (names[at].clone(), sample(&names[at])))
                .collect(),
        )
    };
    let want = runs(&open_all(&[0, 1, 2, 3, 4]));
    assert_eq!(runs(&open_all(&[4, 2, 0, 3, 1])), want);
    assert_eq!(runs(&open_all(&[3, 3, 1, 0, 4, 2, 0])), want);
}

/// The same run as spans and as events: one execution, and no number twice.
#[test]
fn spans_and_events_of_one_run_are_one_execution() {
    for scenario in ["failing_task", "lite_agent"] {
        let spans = format!("{scenario}/otlp-crewai1.15.30.jsonl");
        let events = format!("{scenario}/events-crewai1.15.30.jsonl");
        let alone = open(&spans);
        for order in [[&spans, &events], [&events, &spans]] {
            let both = open_bytes(order.map(|name| (name.clone(), sample(name))).to_vec());
            let (got, want) = (runs(&both), runs(&alone));
            assert_eq!(got.len(), want.len(), "{scenario}");
            for (got, want) in got.iter().zip(&want) {
                for key in [
                    "id",
                    "name",
                    "kind",
                    "status",
                    "started_at",
                    "ended_at",
                    "summary",
                    "tool_calls",
                    "final_output",
                ] {
                    assert_eq!(got[key], want[key], "{scenario} {key}");
                }
                for (got, want) in got["tasks"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .zip(want["tasks"].as_array().unwrap())
                {
                    for key in [
                        "key",
                        "id",
                        "name",
                        "status",
                        "requests",
                        "total_tokens",
                        "output",
                        "agents",
                    ] {
                        assert_eq!(got[key], want[key], "{scenario} {key}");
                    }
                }
            }
            assert!(both.warned("duplicate-record") > 5);
        }
    }
}

/// Of a killed run the spans lack what was under way; the events have it. Together they are the events' tree with the spans' facts.
#[test]
fn events_complete_the_spans_of_a_killed_run() {
    let names = [
        "running/otlp-crewai1.15.30.jsonl",
        "running/events-crewai1.15.30.jsonl",
    ];
    let both = open_bytes(names.map(|name| (name.to_owned(), sample(name))).to_vec());
    let events = open(names[1]);
    assert_eq!(both.trace.executions.len(), 1);
    assert_eq!(both.execution().status, Status::Running);
    for kind in [Kind::Crew, Kind::Task, Kind::Agent, Kind::Llm, Kind::Tool] {
        assert_eq!(both.spans(kind).len(), events.spans(kind).len(), "{kind:?}");
    }
    let (both, events) = (runs(&both), runs(&events));
    assert_eq!(both[0]["summary"], events[0]["summary"]);
    let names = |run: &Value| {
        let tasks = run["tasks"].as_array().unwrap();
        tasks
            .iter()
            .map(|task| (task["name"].clone(), task["status"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&both[0]), names(&events[0]));
}

/// The same run as posted batch and as event log: the events have one id in both.
#[test]
fn a_batch_and_the_event_log_of_one_run_are_one_execution() {
    let names = [
        "flow_nested/batchwire-crewai1.14.7.jsonl",
        "flow_nested/events-crewai1.14.7.jsonl",
    ];
    let alone = runs(&open(names[1]));
    for order in [[0, 1], [1, 0]] {
        let both = open_bytes(
            order
                .map(|at| (names[at].to_owned(), sample(names[at])))
                .to_vec(),
        );
        assert_eq!(both.warned("empty-batch"), 0, "{order:?}");
        let both = runs(&both);
        assert_eq!(both.len(), 1, "{order:?}");
        for key in ["name", "status", "summary"] {
            assert_eq!(both[0][key], alone[0][key], "{order:?} {key}");
        }
        assert_eq!(
            both[0]["tasks"].as_array().unwrap().len(),
            alone[0]["tasks"].as_array().unwrap().len()
        );
    }
}

/// The same request with spans that have only begun, as a recorder writes them at their start.
fn begun(line: &str) -> String {
    let mut request: Value = serde_json::from_str(line).unwrap();
    for span in request["resourceSpans"][0]["scopeSpans"][0]["spans"]
        .as_array_mut()
        .unwrap()
    {
        let span = span.as_object_mut().unwrap();
        span.remove("endTimeUnixNano");
        span.remove("events");
        span["status"] = Value::Object(serde_json::Map::new());
    }
    request.to_string()
}

#[test]
fn a_span_written_at_its_start_and_at_its_end_is_one() {
    let whole = lines("failing_task/otlp-crewai1.15.30.jsonl");
    let wanted = files(std::slice::from_ref(&whole));
    let starts: Vec<String> = whole.iter().map(|line| begun(line)).collect();
    let before: Vec<String> = starts.iter().chain(&whole).cloned().collect();
    let after: Vec<String> = whole.iter().chain(&starts).cloned().collect();
    for written in [before.clone(), after, shuffled(before, 7)] {
        let found = files(&[written]);
        assert_eq!(runs(&found), runs(&wanted));
        assert_eq!(found.report()["warnings"], wanted.report()["warnings"]);
    }
    // Twice the same beginning tells nothing, and is said.
    let twice = files(&[starts.iter().chain(&starts).cloned().collect()]);
    assert!(twice.report()["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|warning| warning["kind"] == "duplicate-record"));
}

#[test]
fn a_run_that_was_killed_shows_what_it_was_doing() {
    let whole = lines("hierarchical/otlp-crewai1.15.30.jsonl");
    // Killed in the middle: everything has begun, the first half has ended.
    let starts = whole.iter().map(|line| begun(line));
    let written: Vec<String> = starts.chain(whole[..whole.len() / 2].to_vec()).collect();
    let found = files(&[written]);
    let report = found.report();
    let run = &report["executions"][0];
    assert_eq!(run["status"], "running");
    let tasks = run["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 2);
    assert!(tasks.iter().any(|task| task["status"] == "running"));
    assert_eq!(run["kind"], "crew");
}

//! crewai's checkpoint: events below any key, definitions, and several checkpoints of one run.
#![allow(missing_docs)]

mod support;

use crewscope_trace::model::{Field, Flags, Kind, Status};
use serde_json::Value;
use support::{open, open_bytes, sample};

const FILE: &str = "research_sequential/checkpoint-crewai1.15.30.json";

#[test]
fn definitions_fill_what_events_lack() {
    let opened = open(FILE);
    let crew = opened.spans(Kind::Crew)[0];
    assert_eq!(crew.int(Field::TaskCount), Some(4));
    assert_eq!(
        opened.trace.name_of(crew, Field::Process),
        Some("sequential")
    );
    assert_eq!(
        opened
            .execution()
            .version
            .map(|version| opened.trace.str(version)),
        Some("1.15.30")
    );
    let tasks = opened.spans(Kind::Task);
    assert_eq!(tasks.len(), 4);
    assert_eq!(tasks[0].status, Status::Completed);
    for task in &tasks[1..] {
        assert!(task.flags.has(Flags::INFERRED) && task.start.is_none());
        assert_eq!(task.status, Status::Unknown);
        assert!(opened.text(task, Field::ExpectedOutput).is_some());
        assert_eq!(opened.parent(task).unwrap().kind, Kind::Crew);
    }
    assert_eq!(opened.execution().status, Status::Running);
}

/// The same checkpoint as it would have been after some of its events.
fn earlier(bytes: &[u8], events: usize) -> Vec<u8> {
    let mut checkpoint: Value = serde_json::from_slice(bytes).unwrap();
    let nodes = checkpoint["event_record"]["nodes"].as_object_mut().unwrap();
    let mut order: Vec<(String, String)> = nodes
        .iter()
        .map(|(id, node)| (node["event"]["timestamp"].to_string(), id.clone()))
        .collect();
    order.sort();
    for (_, id) in order.into_iter().skip(events) {
        nodes.remove(&id);
    }
    serde_json::to_vec(&checkpoint).unwrap()
}

#[test]
fn all_checkpoints_of_a_run_together_are_the_last_one() {
    for (name, events) in [(FILE, 9), ("flow_nested/checkpoint-crewai1.15.30.json", 30)] {
        let bytes = earlier(&sample(name), usize::MAX);
        let last = open_bytes(vec![("last".to_owned(), bytes.clone())]).report();
        let files = [
            ("b".to_owned(), bytes.clone()),
            ("a".to_owned(), earlier(&bytes, events)),
        ];
        for order in [[0, 1], [1, 0]] {
            let both = open_bytes(order.map(|at| files[at].clone()).to_vec());
            let (got, want) = (both.report(), &last);
            assert_eq!(
                got["executions"].as_array().unwrap().len(),
                1,
                "{name} {order:?}"
            );
            for key in [
                "status",
                "summary",
                "tasks",
                "agents",
                "tool_calls",
                "final_output",
                "duration_ms",
            ] {
                assert_eq!(
                    got["executions"][0][key], want["executions"][0][key],
                    "{name} {order:?} {key}"
                );
            }
            assert_eq!(both.warned("duplicate-record"), events as u64);
        }
    }
}

#[test]
fn a_checkpoint_that_breaks_off_keeps_its_events() {
    let bytes = sample(FILE);
    let text = std::str::from_utf8(&bytes).unwrap();
    let cut = text.rfind("\"llm_call_completed\"").unwrap();
    let opened = open_bytes(vec![("cut".to_owned(), bytes[..cut].to_vec())]);
    assert!(opened.warned("truncated-source") >= 1);
    assert!(opened.spans(Kind::Llm).len() >= 2);
    assert_eq!(opened.spans(Kind::Task).len(), 4);
}

#[test]
fn crewai_files_that_hold_nothing_of_the_run_say_what_to_open() {
    for name in [
        "failing_task/lastrun-crewai1.15.30.json",
        "failing_task/grantwire-crewai1.15.30.jsonl",
    ] {
        let opened = open(name);
        assert!(opened.trace.executions.is_empty());
        assert_eq!(opened.warned("nothing-of-run"), 1, "{name}");
        assert_eq!(opened.warned("unknown-record"), 0, "{name}");
    }
}

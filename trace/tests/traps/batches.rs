//! The trace batch of crewai before 1.15.

use super::event;
use super::support::{open, open_lines};
use crewscope_trace::model::{Kind, Status};

#[test]
fn trap_23_late_events_join_the_run_they_belong_to() {
    let envelope = |path: &str, body: &str| {
        format!(
            r#"{{"at":"x","method":"POST","path":"/tracing/batches{path}","status":200,"body":{body}}}"#
        )
    };
    let head = |id: &str, name: &str| {
        format!(
            r#"{{"trace_id":"{id}","execution_type":"crew","execution_context":{{"crew_name":"{name}"}},"execution_metadata":{{}}}}"#
        )
    };
    let wrapped = |line: String| line.replacen('{', r#"{"event_data":{},"#, 1);
    let first = [
        wrapped(event("crew_kickoff_started", 0, 1, "crew", "")),
        wrapped(event(
            "memory_save_started",
            1,
            2,
            "save",
            r#","parent_event_id":"crew""#,
        )),
        wrapped(event(
            "crew_kickoff_completed",
            2,
            3,
            "end",
            r#","started_event_id":"crew""#,
        )),
    ];
    let late = [wrapped(event(
        "memory_save_completed",
        3,
        4,
        "saved",
        r#","parent_event_id":"crew","started_event_id":"save""#,
    ))];
    let events =
        |all: &[String]| format!(r#"{{"events":[{}],"batch_metadata":{{}}}}"#, all.join(","));
    let opened = open_lines(&[
        envelope("", &head("b1", "c")),
        envelope("/b1/events", &events(&first)),
        envelope(
            "/b1/finalize",
            r#"{"status":"completed","duration_ms":2000,"final_event_count":3}"#,
        ),
        envelope("", &head("b2", "Unknown Crew")),
        envelope("/b2/events", &events(&late)),
        envelope("", &head("b3", "Unknown Crew")),
    ]);
    assert_eq!(opened.trace.executions.len(), 1);
    assert_eq!(opened.spans(Kind::Memory)[0].status, Status::Completed);
    assert!(opened.warned("empty-batch") > 0);
}

#[test]
fn trap_24_an_upload_says_nothing_about_the_run() {
    let opened = open("failing_task/batchwire-uploadfailed-crewai1.14.7.jsonl");
    assert_eq!(opened.execution().status, Status::Failed);
    assert!(opened.warned("upload-failed") > 0);
    let finalized_as_completed = open("failing_task/batchwire-crewai1.6.1.jsonl");
    assert_eq!(finalized_as_completed.execution().status, Status::Failed);
}

#[test]
fn trap_31_a_lost_task_start_does_not_lose_the_task() {
    let opened = open("failing_task/batchwire-crewai1.6.1.jsonl");
    let tasks: Vec<_> = opened
        .spans(Kind::Task)
        .iter()
        .map(|task| (opened.name(task), task.status, task.start))
        .collect();
    assert_eq!(
        tasks,
        [
            ("get_quote", Status::Completed, None),
            ("comment_price", Status::Completed, None),
            ("forecast", Status::Failed, None)
        ]
    );
}

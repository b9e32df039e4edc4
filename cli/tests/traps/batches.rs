//! The trace batch of crewai before 1.15.

use super::event;
use super::support::{open, open_lines, Opened};
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

/// The requests of one batch: its head, its events, and the request that closes it.
fn batch(id: &str, name: &str, events: &[String], close: &str) -> Vec<String> {
    let request = |path: &str, body: &str| {
        format!(
            r#"{{"at":"x","method":"POST","path":"/tracing/batches{path}","status":200,"body":{body}}}"#
        )
    };
    let events: Vec<String> = events
        .iter()
        .map(|line| line.replacen('{', &format!(r#"{{"event_data":{line},"#), 1))
        .collect();
    let mut requests = vec![
        request(
            "",
            &format!(
                r#"{{"trace_id":"{id}","execution_type":"crew","execution_context":{{"crew_name":"{name}"}},"execution_metadata":{{}}}}"#
            ),
        ),
        request(
            &format!("/{id}/events"),
            &format!(
                r#"{{"events":[{}],"batch_metadata":{{}}}}"#,
                events.join(",")
            ),
        ),
    ];
    if !close.is_empty() {
        requests.push(request(
            &format!("/{id}{close}"),
            r#"{"final_event_count":3}"#,
        ));
    }
    requests
}

fn crew(id: &str, second: u32, rest: &str) -> String {
    event("crew_kickoff_started", second, second, id, rest)
}

/// After `finalize` nothing is posted: what has no end by then is not running, its end is not recorded.
#[test]
fn nothing_runs_in_a_batch_that_is_closed() {
    let events = [
        crew("crew", 1, r#","crew_name":"c""#),
        event(
            "task_started",
            2,
            2,
            "task",
            r#","parent_event_id":"crew","task_id":"T""#,
        ),
        event(
            "agent_execution_started",
            3,
            3,
            "agent",
            r#","parent_event_id":"task","agent_role":"R""#,
        ),
        event(
            "flow_started",
            4,
            4,
            "inner",
            r#","parent_event_id":"agent","flow_name":"AgentExecutor""#,
        ),
        event(
            "llm_call_started",
            5,
            5,
            "llm",
            r#","parent_event_id":"inner","model":"m""#,
        ),
        event(
            "llm_call_completed",
            6,
            6,
            "done",
            r#","started_event_id":"llm","model":"m""#,
        ),
        event(
            "flow_finished",
            7,
            7,
            "inner_end",
            r#","parent_event_id":"agent","started_event_id":"inner","flow_name":"AgentExecutor""#,
        ),
    ];
    let status = |opened: &Opened, kind: Kind| opened.spans(kind)[0].status;
    let open = open_lines(&batch("b", "c", &events, ""));
    assert_eq!(open.execution().status, Status::Running);
    // The agent's executor has finished, so it has its answer; the crew may have had more to do.
    let closed = open_lines(&batch("b", "c", &events, "/finalize"));
    assert_eq!(status(&closed, Kind::Agent), Status::Completed);
    assert_eq!(status(&closed, Kind::Task), Status::Completed);
    assert_eq!(closed.execution().status, Status::Unknown);
    // It may have asked again, if the executor had not.
    let cut = open_lines(&batch("b", "c", &events[..6], "/finalize"));
    assert_eq!(status(&cut, Kind::Agent), Status::Unknown);
    assert_eq!(status(&cut, Kind::Task), Status::Unknown);
}

/// The end of the run before and the start of the run after get into a batch: neither says what the batch is about.
#[test]
fn trap_23_strays_do_not_name_the_run() {
    let opened = open_lines(&batch(
        "b",
        "mine",
        &[
            event(
                "crew_kickoff_failed",
                1,
                12,
                "late",
                r#","crew_name":"before","started_event_id":"gone","error":"x""#,
            ),
            crew("crew", 2, r#","crew_name":"mine""#),
            event(
                "task_started",
                3,
                3,
                "task",
                r#","parent_event_id":"crew","task_id":"T""#,
            ),
            event(
                "crew_kickoff_completed",
                5,
                5,
                "end",
                r#","started_event_id":"crew""#,
            ),
            crew("next", 6, r#","crew_name":"after""#),
        ],
        "/finalize",
    ));
    let execution = opened.execution();
    assert_eq!(
        (
            opened.trace.str(execution.name),
            execution.status,
            execution.duration()
        ),
        ("mine", Status::Completed, Some(3_000_000_000))
    );
    assert_eq!(opened.spans(Kind::Crew).len(), 3, "they stay visible");
}

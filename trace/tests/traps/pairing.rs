//! Events of the bus: which end belongs to which start.

use super::support::{open, open_lines};
use super::{calls, event, lines, without_places};
use crewscope_trace::analysis::{self, Prices};
use crewscope_trace::model::{Field, Kind, Status};

/// A structured output that cannot be parsed: `llm_call_failed` twice, and every later end names the scope above its own.
#[test]
fn trap_01_a_wrong_started_event_id_is_not_believed() {
    let opened = open_lines(&[
        event("crew_kickoff_started", 0, 1, "crew", r#","crew_name":"c""#),
        event(
            "task_started",
            1,
            2,
            "task",
            r#","parent_event_id":"crew","task_id":"T1","task":{"name":"one","description":"d","id":"T1"}"#,
        ),
        event(
            "agent_execution_started",
            2,
            3,
            "agent",
            r#","parent_event_id":"task","agent":{"role":"R","id":"A"},"task":{"id":"T1"}"#,
        ),
        event(
            "llm_call_started",
            3,
            4,
            "llm",
            r#","parent_event_id":"agent","call_id":"C","model":"m","task_id":"T1""#,
        ),
        event(
            "llm_call_failed",
            4,
            5,
            "fail1",
            r#","parent_event_id":"agent","started_event_id":"llm","call_id":"C","error":"bad json","task_id":"T1""#,
        ),
        event(
            "llm_call_failed",
            4,
            6,
            "fail2",
            r#","parent_event_id":"task","started_event_id":"agent","call_id":"C","error":"bad json","task_id":"T1""#,
        ),
        event(
            "agent_execution_completed",
            5,
            7,
            "agent_end",
            r#","parent_event_id":"crew","started_event_id":"task","output":"done","agent":{"role":"R","id":"A"},"task":{"id":"T1"}"#,
        ),
        event(
            "task_completed",
            6,
            8,
            "task_end",
            r#","started_event_id":"crew","task_id":"T1","output":{"raw":"done"},"task":{"name":"one","description":"d","id":"T1"}"#,
        ),
        event(
            "task_started",
            7,
            9,
            "task2",
            r#","task_id":"T2","task":{"name":"two","description":"e","id":"T2"}"#,
        ),
        event(
            "task_completed",
            8,
            10,
            "task2_end",
            r#","task_id":"T2","output":{"raw":"end"},"task":{"name":"two","description":"e","id":"T2"}"#,
        ),
        event(
            "crew_kickoff_completed",
            9,
            11,
            "crew_end",
            r#","crew_name":"c","output":{"raw":"end"}"#,
        ),
    ]);
    assert_eq!(opened.execution().status, Status::Completed);
    assert_eq!(opened.execution().duration(), Some(9_000_000_000));
    let tasks = opened.spans(Kind::Task);
    assert_eq!(
        tasks
            .iter()
            .map(|task| (opened.name(task), task.status))
            .collect::<Vec<_>>(),
        [("one", Status::Completed), ("two", Status::Completed)]
    );
    assert_eq!(
        opened.text(tasks[0], Field::Output).as_deref(),
        Some("done")
    );
    assert!(tasks.iter().all(|task| opened
        .parent(task)
        .is_some_and(|parent| parent.kind == Kind::Crew)));
    let agent = opened.spans(Kind::Agent)[0];
    assert_eq!(
        (agent.status, agent.duration()),
        (Status::Completed, Some(3_000_000_000))
    );
    let requests = opened.spans(Kind::Llm);
    assert_eq!((requests.len(), requests[0].status), (1, Status::Failed));
    assert!(opened.warned("wrong-start") >= 2);
}

#[test]
fn trap_13_a_failed_tool_call_counts_once() {
    for file in [
        "failing_task/otlp-crewai1.15.30.json",
        "failing_task/events-crewai1.15.30.jsonl",
        "failing_task/batch-crewai1.14.7.json",
    ] {
        let statuses: Vec<Status> = calls(&open(file))
            .into_iter()
            .map(|(_, status)| status)
            .collect();
        assert_eq!(
            statuses,
            [
                Status::Failed,
                Status::Failed,
                Status::Completed,
                Status::Completed
            ],
            "{file}"
        );
    }
    // 0.203 and 1.6 try again within one request.
    let opened = open("failing_task/batchwire-crewai0.203.2.jsonl");
    let tools = opened.spans(Kind::Tool);
    assert_eq!(
        (tools.len(), tools[0].int(Field::Attempts), tools[0].status),
        (4, Some(2), Status::Completed)
    );
    // 1.9.3 writes an error and a finish for one failing call.
    let start = r#","tool_name":"t","tool_args":{"a":1}"#;
    let end = format!(r#"{start},"started_event_id":"s""#);
    let opened = open_lines(&[
        event("tool_usage_started", 1, 1, "s", start),
        event(
            "tool_usage_error",
            2,
            2,
            "e",
            &format!(r#"{end},"error":"boom""#),
        ),
        event(
            "tool_usage_finished",
            2,
            3,
            "f",
            &format!(r#"{end},"output":"boom""#),
        ),
    ]);
    assert_eq!(calls(&opened), [("t".to_owned(), Status::Failed)]);
}

#[test]
fn trap_14_a_delegation_to_nobody_is_a_completed_call() {
    let opened = open("hierarchical/otlp-crewai1.15.30.jsonl");
    assert_eq!(calls(&opened).len(), 5);
    assert!(calls(&opened)
        .iter()
        .all(|(_, status)| *status == Status::Completed));
}

#[test]
fn trap_16_and_19_arguments_as_text_or_object_and_errors_without_a_task() {
    let opened = open("failing_task/batchwire-crewai0.203.2.jsonl");
    let tool = opened.spans(Kind::Tool)[0];
    let task = opened
        .trace
        .spans
        .iter()
        .position(|span| std::ptr::eq(span, tool))
        .and_then(|at| {
            opened
                .trace
                .nearest(at as u32, |span| span.kind == Kind::Task)
        });
    assert_eq!(
        task.map(|task| opened.name(&opened.trace.spans[task as usize])),
        Some("get_quote")
    );
    assert_eq!(
        opened.text(tool, Field::Input).as_deref(),
        Some(r#"{"symbol": "ACME"}"#)
    );
}

#[test]
fn trap_20_the_order_of_lines_does_not_matter() {
    for file in [
        "failing_task/events-crewai1.15.30.jsonl",
        "flow_nested/events-crewai1.14.7.jsonl",
    ] {
        let mut all = lines(file);
        let straight = without_places(&open_lines(&all));
        all.reverse();
        assert_eq!(without_places(&open_lines(&all)), straight, "{file}");
    }
}

#[test]
fn trap_26_a_rejection_is_no_failed_task() {
    let opened = open("guardrail_retries/otlp-crewai1.15.30.json");
    let rejected = opened
        .spans(Kind::Guardrail)
        .iter()
        .filter(|guardrail| guardrail.status == Status::Failed)
        .count();
    assert_eq!(rejected, 3);
    assert!(opened
        .spans(Kind::Task)
        .iter()
        .all(|task| task.status == Status::Completed));
    // 0.203 starts the task again for each retry.
    let task =
        r#","event_data":{"task_id":"T","task_name":"n","task_description":"d","agent_role":"R"}"#;
    let opened = open_lines(&[
        event("task_started", 1, 1, "a", task),
        event("task_started", 2, 2, "b", task),
        event("task_completed", 3, 3, "c", task),
    ]);
    assert_eq!(opened.spans(Kind::Task).len(), 1);
}

#[test]
fn trap_30_tasks_without_events_are_inferred_from_their_calls() {
    let opened = open("failing_task/events-crewai1.6.1.jsonl");
    let tasks = analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
    let got: Vec<_> = tasks
        .iter()
        .map(|task| {
            (
                task.label.as_str(),
                task.status,
                task.derived_status,
                task.duration,
            )
        })
        .collect();
    assert_eq!(
        got,
        [
            ("get_quote", Status::Completed, true, None),
            ("comment_price", Status::Completed, true, None),
            ("forecast", Status::Failed, true, None)
        ]
    );
    assert_eq!(tasks[2].agents, ["Forecaster"]);
}

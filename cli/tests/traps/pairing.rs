//! Events of the bus: which end belongs to which start.

use super::support::{open, open_lines, Opened};
use super::{calls, event, lines, without_places};
use crewscope_analysis::Prices;
use crewscope_trace::model::{Field, Flags, Kind, Status};

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
    let tasks = crewscope_analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
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

/// A crew with one task and its agent, all open; `rest` follows.
fn under_way(rest: &[String]) -> Opened {
    let mut all = vec![
        event("crew_kickoff_started", 0, 1, "crew", r#","crew_name":"c""#),
        event(
            "task_started",
            1,
            2,
            "task",
            r#","parent_event_id":"crew","task_id":"T","agent_role":"R""#,
        ),
        event(
            "agent_execution_started",
            2,
            3,
            "agent",
            r#","parent_event_id":"task","agent_role":"R","task":{"id":"T"}"#,
        ),
    ];
    all.extend_from_slice(rest);
    open_lines(&all)
}

/// crewai 1.9.3 names no start: the finish after an error is told by the event before it. It also closes one scope too many, so that
/// later events name a parent that is too high.
#[test]
fn trap_13_a_finish_right_after_the_error_is_the_same_call() {
    let tool = r#","tool_name":"t","tool_args":{"a":1},"task_id":"T","agent_role":"R""#;
    let llm = r#","model":"m","task_id":"T","agent_role":"R""#;
    let opened = under_way(&[
        event(
            "tool_usage_started",
            3,
            4,
            "s",
            &format!(r#"{tool},"parent_event_id":"agent","previous_event_id":"agent""#),
        ),
        event(
            "tool_usage_error",
            4,
            5,
            "e",
            &format!(r#"{tool},"parent_event_id":"agent","previous_event_id":"s","error":"boom""#),
        ),
        event(
            "tool_usage_finished",
            4,
            6,
            "f",
            &format!(r#"{tool},"parent_event_id":"task","previous_event_id":"e","output":"boom""#),
        ),
        event(
            "llm_call_started",
            5,
            7,
            "l",
            &format!(r#"{llm},"parent_event_id":"task","previous_event_id":"f""#),
        ),
        event(
            "llm_call_completed",
            6,
            8,
            "m",
            &format!(r#"{llm},"parent_event_id":"crew","previous_event_id":"l""#),
        ),
        event(
            "tool_usage_started",
            7,
            9,
            "s2",
            &format!(r#"{tool},"parent_event_id":"crew""#),
        ),
    ]);
    assert_eq!(
        calls(&opened),
        [
            ("t".to_owned(), Status::Failed),
            ("t".to_owned(), Status::Running)
        ]
    );
    assert_eq!(opened.warned("missing-start"), 0);
    for kind in [Kind::Llm, Kind::Tool] {
        assert!(opened
            .spans(kind)
            .iter()
            .all(|span| opened.parent(span).map(|parent| parent.kind) == Some(Kind::Agent)));
    }
    // Without any ids the arguments tell.
    let bare = |kind: &str, second: u32, rest: &str| {
        format!(
            r#"{{"type":"{kind}","timestamp":"2026-11-20T10:00:{second:02}Z","tool_name":"t","tool_args":{{"a":1}}{rest}}}"#
        )
    };
    let opened = open_lines(&[
        bare("tool_usage_started", 1, ""),
        bare("tool_usage_error", 2, r#","error":"boom""#),
        bare("tool_usage_finished", 3, r#","output":"boom""#),
    ]);
    assert_eq!(calls(&opened), [("t".to_owned(), Status::Failed)]);
}

/// A failed structured output is written twice; the second one is no end of a call that another task has under way.
#[test]
fn trap_01_a_second_failure_ends_no_other_call() {
    let call = |id: &str, kind: &str, sequence: u32, previous: &str, rest: &str| {
        event(
            kind,
            sequence,
            sequence,
            id,
            &format!(r#","previous_event_id":"{previous}"{rest}"#),
        )
    };
    let bad = r#","model":"a","error":"no json""#;
    let opened = under_way(&[
        call("l1", "llm_call_started", 4, "agent", r#","model":"a""#),
        call("l2", "llm_call_started", 5, "x", r#","model":"a""#),
        call("f1", "llm_call_failed", 6, "l1", bad),
        call("f2", "llm_call_failed", 7, "f1", bad),
        call("c2", "llm_call_completed", 8, "l2", r#","model":"a""#),
    ]);
    let statuses: Vec<Status> = opened
        .spans(Kind::Llm)
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [Status::Failed, Status::Completed]);
    assert_eq!(opened.warned("missing-start"), 0);
    // An end without ids belongs to a call of the same model.
    let opened = under_way(&[
        call("l1", "llm_call_started", 4, "", r#","model":"a""#),
        call("l2", "llm_call_started", 5, "", r#","model":"b""#),
        call("c1", "llm_call_completed", 6, "", r#","model":"a""#),
    ]);
    let statuses: Vec<Status> = opened
        .spans(Kind::Llm)
        .iter()
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [Status::Completed, Status::Running]);
}

/// Copies of one crew at the same time, without `started_event_id`.
#[test]
fn ends_of_copies_are_told_by_what_came_before() {
    let crew = |id: &str, sequence| {
        event(
            "crew_kickoff_started",
            sequence,
            sequence,
            id,
            r#","crew_name":"c""#,
        )
    };
    let task = |id: &str, kind: &str, sequence, rest: &str| {
        event(
            kind,
            sequence,
            sequence,
            id,
            &format!(r#","task_id":"{rest}"#),
        )
    };
    let agent = |id: &str, kind: &str, sequence, parent: &str| {
        event(
            kind,
            sequence,
            sequence,
            id,
            &format!(r#","agent_role":"R","parent_event_id":"{parent}""#),
        )
    };
    let opened = open_lines(&[
        crew("one", 1),
        crew("two", 2),
        task("t1", "task_started", 3, r#"T1","parent_event_id":"one""#),
        task("t2", "task_started", 4, r#"T2","parent_event_id":"two""#),
        agent("a1", "agent_execution_started", 5, "t1"),
        agent("a2", "agent_execution_started", 6, "t2"),
        agent("b1", "agent_execution_completed", 7, "t1"),
        task("d1", "task_completed", 8, r#"T1","previous_event_id":"b1""#),
        event(
            "crew_kickoff_completed",
            9,
            9,
            "end",
            r#","crew_name":"c","previous_event_id":"d1""#,
        ),
    ]);
    let status =
        |kind: Kind| -> Vec<Status> { opened.spans(kind).iter().map(|span| span.status).collect() };
    // The newest stands first.
    assert_eq!(status(Kind::Crew), [Status::Running, Status::Completed]);
    assert_eq!(status(Kind::Task), [Status::Running, Status::Completed]);
    assert_eq!(status(Kind::Agent), [Status::Running, Status::Completed]);
}

/// crewai before 1.15 writes no event for a flow that fails.
#[test]
fn a_flow_fails_with_its_method() {
    let flow = |rest: &[String]| {
        let mut all = vec![
            event("flow_started", 0, 1, "flow", r#","flow_name":"F""#),
            event(
                "method_execution_started",
                1,
                2,
                "m",
                r#","parent_event_id":"flow","method_name":"m""#,
            ),
            event(
                "method_execution_failed",
                3,
                3,
                "x",
                r#","started_event_id":"m","method_name":"m","error":"no""#,
            ),
        ];
        all.extend_from_slice(rest);
        open_lines(&all)
    };
    let opened = flow(&[]);
    let execution = opened.execution();
    assert_eq!(
        (execution.status, execution.duration()),
        (Status::Failed, Some(3_000_000_000))
    );
    assert!(execution.flags.has(Flags::DERIVED_STATUS) && execution.flags.has(Flags::DERIVED_END));
    // A method beside it is still at work.
    let opened = flow(&[event(
        "method_execution_started",
        2,
        4,
        "n",
        r#","parent_event_id":"flow","method_name":"n""#,
    )]);
    assert_eq!(opened.execution().status, Status::Running);
}

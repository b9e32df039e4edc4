//! The traps seen in real traces: one test for each that concerns the forms read so far, by its number in the list of traps.
#![allow(missing_docs)]

mod support;

use crewscope_trace::analysis::{self, Prices};
use crewscope_trace::model::{Field, Flags, Kind, Status, Value};
use support::{open, open_bytes, open_lines, sample, Opened};

fn event(kind: &str, second: u32, sequence: u32, id: &str, rest: &str) -> String {
    format!(
        r#"{{"type":"{kind}","timestamp":"2026-11-20T10:00:{second:02}Z","emission_sequence":{sequence},"event_id":"{id}"{rest}}}"#
    )
}

fn lines(name: &str) -> Vec<String> {
    String::from_utf8(sample(name))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn calls(opened: &Opened) -> Vec<(String, Status)> {
    opened
        .spans(Kind::Tool)
        .iter()
        .map(|span| (opened.name(span).to_owned(), span.status))
        .collect()
}

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

/// The same run as OTLP: the crew's span was closed by task 1's end, the task's by the agent's, the agent's by the failed call.
#[test]
fn trap_01_ends_in_otlp_go_to_their_owners() {
    let span = |id: &str,
                parent: &str,
                name: &str,
                start: u32,
                end: u32,
                code: u32,
                attributes: &str| {
        format!(
            r#"{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"{start}000000000","endTimeUnixNano":"{end}000000000","status":{{"code":{code},"message":"m"}},"attributes":[{{"key":"crewai.execution_uuid","value":{{"stringValue":"u"}}}}{attributes}]}}"#
        )
    };
    let text = |key: &str, value: &str| {
        format!(r#",{{"key":"{key}","value":{{"stringValue":"{value}"}}}}"#)
    };
    let spans = [
        span(
            "c",
            "",
            "execute crew",
            1,
            6,
            1,
            &[
                text("crewai.crew.name", "c"),
                text("crewai.event_name", "task_completed"),
                text("crewai.task.id", "T1"),
                text("crewai.task.output", "done"),
            ]
            .concat(),
        ),
        span(
            "t1",
            "c",
            "execute task",
            2,
            5,
            1,
            &[
                text("crewai.task.id", "T1"),
                text("crewai.task.name", "one"),
                text("crewai.event_name", "agent_execution_completed"),
            ]
            .concat(),
        ),
        span(
            "a1",
            "t1",
            "execute agent",
            3,
            4,
            2,
            &[
                text("crewai.agent.role", "R"),
                text("crewai.event_name", "llm_call_failed"),
            ]
            .concat(),
        ),
        span(
            "l1",
            "a1",
            "call llm",
            3,
            4,
            2,
            &text("crewai.event_name", "llm_call_failed"),
        ),
        span(
            "t2",
            "c",
            "execute task",
            7,
            9,
            1,
            &[
                text("crewai.task.id", "T2"),
                text("crewai.task.name", "two"),
                text("crewai.task.output", "end"),
                text("crewai.event_name", "task_completed"),
            ]
            .concat(),
        ),
    ];
    let opened = open_lines(&[format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#,
        spans.join(",")
    )]);
    let tasks = opened.spans(Kind::Task);
    assert_eq!(
        (tasks[0].status, tasks[0].duration()),
        (Status::Completed, Some(4_000_000_000))
    );
    assert_eq!(
        opened.text(tasks[0], Field::Output).as_deref(),
        Some("done")
    );
    let agent = opened.spans(Kind::Agent)[0];
    assert_eq!(
        (agent.status, agent.duration()),
        (Status::Completed, Some(2_000_000_000))
    );
    let execution = opened.execution();
    assert_eq!(
        (execution.status, execution.duration()),
        (Status::Completed, Some(8_000_000_000))
    );
    assert!(execution.flags.has(Flags::DERIVED_STATUS) && execution.flags.has(Flags::DERIVED_END));
    let output = analysis::final_output(&opened.trace, execution);
    assert_eq!(
        output.text.and_then(|text| opened.read(text)).as_deref(),
        Some("end")
    );
}

#[test]
fn trap_02_parents_are_taken_from_the_span_not_from_the_event() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    assert!(opened.spans(Kind::Llm).iter().all(|call| opened
        .parent(call)
        .is_some_and(|parent| parent.kind == Kind::Agent)));
    assert_eq!(opened.warned("missing-parent"), 0);
}

#[test]
fn trap_03_infrastructure_flows_are_hidden() {
    for file in [
        "failing_task/events-crewai1.15.30.jsonl",
        "flow_nested/events-crewai1.14.7.jsonl",
        "flow_nested/batchwire-crewai1.14.7.jsonl",
    ] {
        let opened = open(file);
        let flows: Vec<&str> = opened
            .spans(Kind::Flow)
            .iter()
            .map(|flow| opened.name(flow))
            .collect();
        assert!(
            flows.iter().all(|name| *name == "ArticleFlow"),
            "{file}: {flows:?}"
        );
        assert!(
            opened.spans(Kind::Llm).iter().all(|call| opened
                .parent(call)
                .is_some_and(|parent| parent.kind == Kind::Agent)),
            "{file}"
        );
    }
}

#[test]
fn trap_04_an_approximate_parent_is_marked() {
    let opened = open("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    let planner: Vec<_> = opened
        .trace
        .spans
        .iter()
        .filter(|span| span.flags.has(Flags::GUESSED_PARENT))
        .collect();
    assert_eq!(planner.len(), 1);
    assert_eq!(
        (opened.name(planner[0]), opened.warned("guessed-parent")),
        ("Task Execution Planner", 1)
    );
}

#[test]
fn trap_05_a_missing_root_is_inferred_and_the_run_shows_as_running() {
    let opened = open("running/otlp-crewai1.15.30.jsonl");
    let execution = opened.execution();
    assert_eq!(
        (execution.status, opened.trace.str(execution.name)),
        (Status::Running, "migration")
    );
    let tasks: Vec<_> = opened
        .spans(Kind::Task)
        .iter()
        .map(|task| (opened.name(task), task.status))
        .collect();
    assert_eq!(
        tasks,
        [("plan_job", Status::Completed), ("", Status::Running)]
    );
    assert!(opened
        .spans(Kind::Agent)
        .iter()
        .any(|agent| opened.name(agent) == "Operator" && agent.flags.has(Flags::INFERRED)));
    assert!(opened.warned("missing-parent") > 0);
    assert_eq!(execution.duration(), None);
}

#[test]
fn trap_06_crews_of_one_session_stand_beside_each_other() {
    let opened = open("kickoff_for_each/otlp-onesession-crewai1.15.30.jsonl");
    let crews = opened.spans(Kind::Crew);
    assert_eq!(crews.len(), 4);
    assert!(crews.iter().all(|crew| crew.parent.is_none()));
    let summary = analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (summary.total_tokens, opened.warned("clock-conflict")),
        (Some(873), 3)
    );
}

#[test]
fn trap_07_overlapping_tasks_and_children_that_outlive_their_parent_keep_their_times() {
    let opened = open("parallel_async/otlp-crewai1.15.30.jsonl");
    let tasks = opened.spans(Kind::Task);
    assert!(tasks[1].start < tasks[0].end && tasks[2].start < tasks[1].end);
    let opened = open("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    let outlives = |kind: Kind| {
        opened.spans(kind).iter().any(|span| {
            opened
                .parent(span)
                .is_some_and(|parent| span.end > parent.end)
        })
    };
    assert!(outlives(Kind::Memory));
}

#[test]
fn trap_08_three_tries_of_an_agent_with_one_error() {
    let opened = open("kickoff_for_each/batch-4-crewai1.14.7.json");
    let agents = opened.spans(Kind::Agent);
    assert!(agents.len() > 1);
    assert!(
        agents.iter().all(|agent| agent.status != Status::Running),
        "nothing runs in a crew that ended"
    );
    assert_eq!(opened.execution().status, Status::Failed);
}

#[test]
fn trap_09_calls_without_usage_make_a_lower_bound_that_says_so() {
    let opened = open("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    let summary = analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (summary.total_tokens, summary.calls_without_usage),
        (Some(11_505), 4)
    );
    assert_eq!(opened.warned("missing-usage"), 4);
}

#[test]
fn trap_10_cumulative_crew_totals_are_not_added_up() {
    let opened = open("kickoff_for_each/otlp-onesession-crewai1.15.30.jsonl");
    let summary = analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (summary.total_tokens, summary.reported_total),
        (Some(873), Some(873))
    );
    assert_eq!(summary.tokens_from, analysis::TokensFrom::Calls);
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

/// What the report says apart from where it was read.
fn without_places(opened: &Opened) -> serde_json::Value {
    opened.report()["executions"].clone()
}

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
fn trap_28_values_that_are_json_in_json_or_no_strict_json() {
    let opened = open("human_input/otlp-flow-crewai1.15.30.json");
    let output = analysis::final_output(&opened.trace, opened.execution());
    assert_eq!(
        output.text.and_then(|text| opened.read(text)).as_deref(),
        Some("published")
    );
    for file in [
        "hostile_output/otlp-nan-crewai1.15.30.json",
        "hostile_output/events-nan-crewai1.15.30.jsonl",
    ] {
        let opened = open(file);
        assert_eq!(opened.execution().status, Status::Completed, "{file}");
        assert!(!opened.spans(Kind::Tool).is_empty(), "{file}");
    }
    let opened = open_lines(&[event(
        "tool_usage_started",
        1,
        1,
        "s",
        r#","tool_name":"t","tool_args":{"scale":Infinity,"x":NaN}"#,
    )]);
    assert_eq!(
        (
            opened.spans(Kind::Tool).len(),
            opened.warned("repaired-value")
        ),
        (1, 1)
    );
    assert_eq!(
        opened
            .text(opened.spans(Kind::Tool)[0], Field::Input)
            .as_deref(),
        Some(r#"{"scale":Infinity,"x":NaN}"#),
        "shown as written"
    );
}

#[test]
fn trap_29_no_repr_reaches_a_name() {
    for file in [
        "failing_task/events-crewai1.15.30.jsonl",
        "research_sequential/events-defaultstr-crewai1.15.30.jsonl",
        "failing_task/batch-crewai1.14.7.json",
    ] {
        let opened = open(file);
        for span in &opened.trace.spans {
            for (field, value) in &span.fields {
                if let Value::Sym(sym) = value {
                    let text = opened.trace.str(*sym);
                    assert!(
                        !text.starts_with(['\'', '<']) && !text.starts_with("UUID("),
                        "{file}: {field:?} is {text}"
                    );
                }
            }
        }
    }
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

#[test]
fn trap_32_secrets_are_masked_before_they_are_shown() {
    let opened = open("failing_task/events-crewai1.15.30.jsonl");
    let agent = opened.spans(Kind::Agent)[0];
    let raw = opened.read(agent.records[0]).unwrap();
    assert!(raw.contains("\"api_key\""));
    let shown = analysis::mask::mask(&raw);
    assert!(
        shown.contains("\"api_key\":\"••••••\"") || shown.contains("\"api_key\": \"••••••\""),
        "{}",
        &shown[..400]
    );
    assert!(opened
        .trace
        .spans
        .iter()
        .flat_map(|span| &span.fields)
        .all(|(_, value)| !matches!(value, Value::Sym(sym) if opened.trace.str(*sym) == "x")));
}

#[test]
fn trap_33_a_cut_value_says_how_long_it_was() {
    let attribute = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":{value}}}"#);
    let attributes = [
        attribute("crewai.task.output", r#"{"stringValue":"abc"}"#),
        attribute("crewai.task.output.truncated", r#"{"boolValue":true}"#),
        attribute(
            "crewai.task.output.original_size_bytes",
            r#"{"intValue":"1048576"}"#,
        ),
    ];
    let opened = open_lines(&[format!(
        r#"{{"traceId":"t","spanId":"s","name":"execute task","attributes":[{}]}}"#,
        attributes.join(",")
    )]);
    assert_eq!(
        opened.spans(Kind::Task)[0]
            .text(Field::Output)
            .unwrap()
            .cut_from,
        1_048_576
    );
    assert_eq!(opened.warned("truncated-value"), 1);
}

#[test]
fn trap_34_strange_characters_split_no_record() {
    let opened = open("hostile_output/events-crewai1.15.30.jsonl");
    assert_eq!(
        (
            opened.warned("unreadable-record"),
            opened.execution().status
        ),
        (0, Status::Completed)
    );
    assert!(opened
        .spans(Kind::Task)
        .iter()
        .any(|task| opened.name(task) == "__proto__"));
}

#[test]
fn trap_35_the_parent_chain_wins_over_a_wrong_label() {
    let opened = open("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    let tasks = analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
    let by_chain: Vec<_> = tasks
        .iter()
        .map(|task| (task.label.as_str(), task.requests.unwrap()))
        .collect();
    let all = opened.spans(Kind::Llm).len() as u64;
    // The planner's call belongs to no task; everything else belongs to the task it hangs under.
    assert_eq!(
        by_chain.iter().map(|(_, requests)| requests).sum::<u64>(),
        all - 1,
        "{by_chain:?}"
    );
}

#[test]
fn trap_36_an_unnamed_task_has_no_name() {
    for file in [
        "research_sequential/otlpwire-crewai1.15.30.jsonl",
        "research_sequential/events-modeldumpjson-crewai1.15.30.jsonl",
        "research_sequential/batchwire-crewai0.203.2.jsonl",
    ] {
        let opened = open(file);
        let tasks = analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
        assert_eq!(
            (tasks[3].name.as_deref(), tasks[3].label.as_str()),
            (None, "Unnamed task 4"),
            "{file}"
        );
        assert!(
            opened
                .text(opened.spans(Kind::Task)[3], Field::Description)
                .is_some(),
            "{file}"
        );
    }
}

#[test]
fn trap_37_equal_texts_have_equal_hashes_and_are_not_loaded() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let crew = std::mem::size_of_val(&*opened.trace.spans);
    assert!(
        crew < opened.bytes[0].len(),
        "the model is smaller than its source"
    );
    let tools = opened.spans(Kind::Tool);
    let hash = |at: usize| tools[at].text(Field::Input).unwrap().hash;
    assert_eq!(hash(0), hash(2));
    assert_ne!(hash(0), hash(1));
}

#[test]
fn several_files_make_one_trace_and_repeated_records_count_once() {
    let file = |name: &str| (name.to_owned(), sample(name));
    let name = "failing_task/otlp-crewai1.15.30.jsonl";
    let once = open(name);
    let twice = open_bytes(vec![file(name), file(name)]);
    assert_eq!(twice.report()["executions"], once.report()["executions"]);
    assert_eq!(
        twice.warned("duplicate-record"),
        once.trace.spans.len() as u64 + 2,
        "two markers are merged"
    );
    let many = open_bytes(vec![file(name), file("running/otlp-crewai1.15.30.jsonl")]);
    assert_eq!(many.trace.executions.len(), 2);
}

#[test]
fn snake_case_reads_like_camel_case() {
    let camel = String::from_utf8(sample("failing_task/otlp-crewai1.15.30.jsonl")).unwrap();
    let mut snake = camel.clone();
    for (from, to) in [
        ("resourceSpans", "resource_spans"),
        ("scopeSpans", "scope_spans"),
        ("traceId", "trace_id"),
        ("spanId", "span_id"),
        ("parentSpanId", "parent_span_id"),
        ("startTimeUnixNano", "start_time_unix_nano"),
        ("endTimeUnixNano", "end_time_unix_nano"),
        ("timeUnixNano", "time_unix_nano"),
        ("stringValue", "string_value"),
        ("intValue", "int_value"),
        ("boolValue", "bool_value"),
        ("doubleValue", "double_value"),
        ("arrayValue", "array_value"),
    ] {
        snake = snake.replace(&format!("\"{from}\""), &format!("\"{to}\""));
    }
    let read = |text: String| {
        open_bytes(vec![("x".to_owned(), text.into_bytes())]).report()["executions"].clone()
    };
    assert_eq!(read(snake), read(camel));
}

/// Seen in a run of memory with a model that answers prose: the last task's end closed no span at all.
#[test]
fn trap_01_a_task_that_lost_its_end_returned_its_agents_answer() {
    let attribute = |key: &str, value: &str| {
        format!(r#"{{"key":"{key}","value":{{"stringValue":"{value}"}}}}"#)
    };
    let span = |id: &str, parent: &str, name: &str, attributes: &[String]| {
        format!(
            r#"{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"1000000000","endTimeUnixNano":"2000000000","status":{{"code":1}},"attributes":[{}]}}"#,
            attributes.join(",")
        )
    };
    let opened = open_lines(&[
        span(
            "t1",
            "",
            "execute task",
            &[
                attribute("crewai.task.id", "T"),
                attribute("crewai.event_name", "agent_execution_completed"),
            ],
        ),
        span(
            "a1",
            "t1",
            "execute agent",
            &[
                attribute("gen_ai.output.messages", "answer"),
                attribute("crewai.event_name", "agent_execution_completed"),
            ],
        ),
    ]);
    let task = opened.spans(Kind::Task)[0];
    assert_eq!(opened.text(task, Field::Output).as_deref(), Some("answer"));
}

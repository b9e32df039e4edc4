//! OTLP spans that were closed by another's end, or whose parent is a guess.

use super::span;
use super::support::{open, open_lines};
use crewscope_analysis::{self};
use crewscope_trace::model::{Field, Flags, Kind, Status};

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
    let output = crewscope_analysis::final_output(&opened.trace, execution);
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

/// A tool that catches the error of a request it makes: the request's second `llm_call_failed` ends the tool's span.
#[test]
fn trap_01_a_tool_does_not_fail_with_the_request_it_catches() {
    let tool = |marker: bool| {
        let mut spans = vec![
            span(
                "a",
                "",
                "execute agent",
                (1, 9),
                None,
                &[("crewai.event_name", "agent_execution_completed")],
            ),
            span(
                "t",
                "a",
                "call tool",
                (2, 4),
                Some("model says no"),
                &[
                    ("gen_ai.tool.name", "look"),
                    ("crewai.event_name", "llm_call_failed"),
                    ("crewai.subject", "gpt-4.1"),
                ],
            ),
            span(
                "l",
                "t",
                "call llm",
                (3, 4),
                Some("model says no"),
                &[("crewai.event_name", "llm_call_failed")],
            ),
            span(
                "m",
                "a",
                "call llm",
                (6, 7),
                None,
                &[("crewai.event_name", "llm_call_completed")],
            ),
        ];
        if marker {
            spans.push(span(
                "f",
                "a",
                "tool failure",
                (5, 5),
                Some("own error"),
                &[
                    ("gen_ai.tool.name", "look"),
                    ("crewai.event_name", "tool_failure_detected"),
                    ("crewai.tool.failure.message", "own error"),
                ],
            ));
        }
        open_lines(&spans)
    };
    let opened = tool(false);
    let call = opened.spans(Kind::Tool)[0];
    assert_eq!(
        (opened.name(call), call.status, call.text(Field::Error)),
        ("look", Status::Completed, None)
    );
    assert!(call.flags.has(Flags::DERIVED_STATUS) && call.flags.has(Flags::DERIVED_END));
    // A call that is marked as failed has failed, with its own error.
    let opened = tool(true);
    let call = opened.spans(Kind::Tool)[0];
    assert_eq!(
        (call.status, opened.text(call, Field::Error).as_deref()),
        (Status::Failed, Some("own error"))
    );
    assert_eq!(call.duration(), Some(3_000_000_000));
}

/// The same in a guardrail: its own end closes the task above it, and goes back to it.
#[test]
fn trap_01_a_judgement_gets_its_end_back_from_the_task() {
    let opened = open_lines(&[
        span(
            "k",
            "",
            "execute task",
            (1, 8),
            None,
            &[
                ("crewai.task.id", "T"),
                ("crewai.event_name", "llm_guardrail_completed"),
            ],
        ),
        span(
            "a",
            "k",
            "execute agent",
            (2, 4),
            None,
            &[("crewai.event_name", "agent_execution_completed")],
        ),
        span(
            "g",
            "k",
            "evaluate guardrail",
            (5, 7),
            Some("no json"),
            &[
                ("crewai.event_name", "llm_call_failed"),
                ("crewai.subject", "gpt-4.1"),
                ("crewai.guardrail.description", "must be polite"),
            ],
        ),
    ]);
    let guardrail = opened.spans(Kind::Guardrail)[0];
    assert_eq!(
        (
            opened.name(guardrail),
            guardrail.status,
            guardrail.duration()
        ),
        ("must be polite", Status::Completed, Some(3_000_000_000))
    );
}

/// crewai saves memories in the background: only the crew waits for them.
#[test]
fn a_concluded_end_does_not_wait_for_memories() {
    let opened = open_lines(&[
        span(
            "c",
            "",
            "execute crew",
            (1, 5),
            None,
            &[("crewai.event_name", "task_completed")],
        ),
        span(
            "k",
            "c",
            "execute task",
            (1, 4),
            None,
            &[
                ("crewai.task.id", "T"),
                ("crewai.event_name", "agent_execution_completed"),
            ],
        ),
        span(
            "a",
            "k",
            "execute agent",
            (2, 3),
            None,
            &[("crewai.event_name", "agent_execution_completed")],
        ),
        span(
            "s",
            "k",
            "save memory",
            (4, 9),
            None,
            &[("crewai.event_name", "memory_save_completed")],
        ),
    ]);
    let seconds = |kind: Kind| {
        opened.spans(kind)[0]
            .duration()
            .map(|time| time / 1_000_000_000)
    };
    assert_eq!(
        (seconds(Kind::Agent), seconds(Kind::Task)),
        (Some(2), Some(3))
    );
    assert_eq!(seconds(Kind::Crew), Some(8));
}

/// A model that asks for tools in text: crewai tries a call that fails again by itself.
#[test]
fn trap_13_tries_of_one_call_are_one_call_in_otlp() {
    let own = ("crewai.execution_uuid", "u");
    let tool = |id: &str, start: u32, error: Option<&str>| {
        let attributes = [
            own,
            ("gen_ai.tool.name", "look"),
            ("gen_ai.tool.call.arguments", r#"{\"q\": 1}"#),
        ];
        span(id, "a", "call tool", (start, start + 1), error, &attributes)
    };
    let mark = |start: u32| {
        let attributes = [own, ("gen_ai.tool.name", "look")];
        span(
            "f",
            "a",
            "tool failure",
            (start, start),
            Some("no"),
            &attributes,
        )
    };
    let llm = |start: u32| span("l", "a", "call llm", (start, start + 1), None, &[own]);
    let calls = |spans: &[String]| -> Vec<(Status, Option<i64>)> {
        let opened = open_lines(spans);
        let calls = opened.spans(Kind::Tool);
        calls
            .iter()
            .map(|call| (call.status, call.int(Field::Attempts)))
            .collect()
    };
    let (first, second) = (tool("t1", 1, Some("no")), tool("t2", 3, Some("no")));
    assert_eq!(
        calls(&[first.clone(), second.clone(), mark(5)]),
        [(Status::Failed, Some(2))]
    );
    assert_eq!(
        calls(&[first.clone(), tool("t2", 3, None)]),
        [(Status::Completed, Some(2))]
    );
    // The model was asked between them, or the first was given up: two calls. And two at once are two.
    let twice = [(Status::Failed, None), (Status::Failed, None)];
    assert_eq!(calls(&[first.clone(), llm(2), second.clone()]), twice);
    assert_eq!(calls(&[first.clone(), mark(2), second]), twice);
    assert_eq!(calls(&[first, tool("t2", 1, Some("no"))]), twice);
}

#[test]
fn trap_28_arguments_that_are_no_json_have_one_layer_of_quotes() {
    let opened = open_lines(&[span(
        "t",
        "",
        "call tool",
        (1, 2),
        None,
        &[
            ("crewai.execution_uuid", "u"),
            ("gen_ai.tool.call.arguments", r#"\"{broken\""#),
            ("gen_ai.tool.call.result", r#"\"seen\""#),
        ],
    )]);
    let call = opened.spans(Kind::Tool)[0];
    assert_eq!(opened.text(call, Field::Input).as_deref(), Some("{broken"));
    assert_eq!(opened.text(call, Field::Output).as_deref(), Some("seen"));
}

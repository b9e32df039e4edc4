//! One crew kicked off several times: tasks without events, and totals that count on.

use super::support::{open_lines, Opened};
use super::{event, span};
use crewscope_analysis::Prices;
use crewscope_trace::model::{Field, Flags, Kind, Status};

/// An event of crewai 1.6: no ids, and tasks that do not appear.
fn bare(kind: &str, second: u32, rest: &str) -> String {
    format!(r#"{{"type":"{kind}","timestamp":"2026-11-20T10:00:{second:02}Z"{rest}}}"#)
}

fn request(second: u32, end: &str, error: &str) -> [String; 2] {
    let call = r#","model":"m","task_id":"T","task_name":"t","agent_role":"R""#;
    [
        bare("llm_call_started", second, call),
        bare(end, second + 1, &format!("{call}{error}")),
    ]
}

fn requests(opened: &Opened) -> Vec<Option<u64>> {
    let prices = Prices::bundled();
    let executions = opened.trace.executions.iter();
    executions
        .map(|execution| crewscope_analysis::summary(&opened.trace, execution, &prices).requests)
        .collect()
}

#[test]
fn trap_30_a_crew_kicked_off_again_has_tasks_of_its_own() {
    let mut lines = vec![bare("crew_kickoff_started", 0, r#","crew_name":"c""#)];
    lines.extend(request(1, "llm_call_completed", ""));
    lines.push(bare("crew_kickoff_completed", 3, r#","crew_name":"c""#));
    lines.push(bare("crew_kickoff_started", 4, r#","crew_name":"c""#));
    lines.extend(request(5, "llm_call_completed", ""));
    lines.extend(request(7, "llm_call_completed", ""));
    lines.push(bare(
        "crew_kickoff_failed",
        9,
        r#","crew_name":"c","error":"no""#,
    ));
    let opened = open_lines(&lines);
    assert_eq!(requests(&opened), [Some(2), Some(1)], "the newest first");
    let tasks = opened.spans(Kind::Task);
    // The calls went well; but the crew failed, and no task says that it did not.
    assert_eq!(
        tasks.iter().map(|task| task.status).collect::<Vec<_>>(),
        [Status::Failed, Status::Completed]
    );
    assert_eq!(opened.text(tasks[0], Field::Error).as_deref(), Some("no"));
    assert!(tasks[0].flags.has(Flags::DERIVED_STATUS));
}

/// Crews of an event log: name, task id, requests, reported total.
fn crews(runs: &[(&str, &str, u32, u64)]) -> Vec<Option<u64>> {
    let mut lines = Vec::new();
    let mut sequence = 0;
    for (number, (name, task, calls, total)) in runs.iter().enumerate() {
        let mut add = |kind: &str, id: &str, rest: &str| {
            sequence += 1;
            lines.push(event(
                kind,
                sequence,
                sequence,
                &format!("{id}{number}"),
                rest,
            ));
        };
        add(
            "crew_kickoff_started",
            "c",
            &format!(r#","crew_name":"{name}""#),
        );
        add(
            "task_started",
            "t",
            &format!(r#","parent_event_id":"c{number}","task_id":"{task}""#),
        );
        for call in 0..*calls {
            let id = format!("l{call}-");
            add(
                "llm_call_started",
                &id,
                &format!(r#","parent_event_id":"t{number}","model":"m""#),
            );
            add(
                "llm_call_completed",
                &format!("e{call}-"),
                &format!(r#","started_event_id":"{id}{number}","model":"m""#),
            );
        }
        add(
            "crew_kickoff_completed",
            "d",
            &format!(
                r#","started_event_id":"c{number}","crew_name":"{name}","total_tokens":{total}"#
            ),
        );
    }
    let opened = open_lines(&lines);
    let prices = Prices::bundled();
    let mut totals: Vec<_> = opened
        .trace
        .executions
        .iter()
        .map(|execution| {
            crewscope_analysis::summary(&opened.trace, execution, &prices).total_tokens
        })
        .collect();
    totals.reverse();
    totals
}

#[test]
fn trap_10_what_a_run_used_itself() {
    // The same crew again counts on, whatever it used.
    assert_eq!(
        crews(&[("c", "T", 1, 74), ("c", "T", 1, 211)]),
        [Some(74), Some(137)]
    );
    // Copies count on: 225, then 263 and 85 more.
    assert_eq!(
        crews(&[("c", "A", 2, 225), ("c", "B", 3, 488), ("c", "C", 2, 573)]),
        [Some(225), Some(263), Some(85)]
    );
    // Another crew of the same name begins at 0.
    assert_eq!(
        crews(&[("c", "A", 1, 74), ("c", "B", 1, 80)]),
        [Some(74), Some(80)]
    );
    assert_eq!(
        crews(&[("c", "A", 1, 74), ("c", "B", 1, 74)]),
        [Some(74), Some(74)]
    );
    // Models answered, and nothing was counted.
    assert_eq!(crews(&[("c", "A", 1, 0)]), [None]);
}

/// The start of a task was lost, its end was not; two agents and their calls are below it.
#[test]
fn trap_31_a_lost_start_makes_no_second_task() {
    let agent = |id: &str, sequence: u32| {
        event(
            "agent_execution_started",
            sequence,
            sequence,
            id,
            r#","parent_event_id":"lost","agent_role":"R""#,
        )
    };
    let call = |id: &str, sequence: u32, parent: &str| {
        event(
            "llm_call_started",
            sequence,
            sequence,
            id,
            &format!(r#","parent_event_id":"{parent}","model":"m","task_id":"T","task_name":"t""#),
        )
    };
    let mut lines = vec![
        agent("a1", 1),
        call("l1", 2, "a1"),
        agent("a2", 3),
        call("l2", 4, "a2"),
    ];
    let below = |opened: &Opened| {
        let tasks = opened.spans(Kind::Task);
        assert_eq!(tasks.len(), 1);
        assert_eq!(opened.name(tasks[0]), "t");
        assert!(opened.spans(Kind::Agent).iter().all(|agent| opened
            .parent(agent)
            .is_some_and(|parent| parent.kind == Kind::Task)));
        tasks[0].status
    };
    below(&open_lines(&lines));
    lines.push(event(
        "task_failed",
        5,
        5,
        "end",
        r#","task_id":"T","task":{"name":"t","id":"T"},"error":"no""#,
    ));
    assert_eq!(below(&open_lines(&lines)), Status::Failed);
    // OTLP of a run that was killed: the same from attributes.
    let opened = open_lines(&[
        span("a", "gone", "execute agent", (1, 3), None, &[]),
        span(
            "l",
            "a",
            "call llm",
            (1, 2),
            None,
            &[("crewai.task.id", "T")],
        ),
    ]);
    let task = opened.spans(Kind::Task)[0];
    assert_eq!(
        task.sym(Field::TaskId).map(|id| opened.trace.str(id)),
        Some("T")
    );
}

#[test]
fn the_repr_of_a_model_object_is_no_model() {
    let opened = open_lines(&[event(
        "agent_execution_started",
        1,
        1,
        "a",
        r#","agent":{"role":"R","llm":"<crewai.llm.LLM object at 0x7f>"}"#,
    )]);
    assert_eq!(opened.spans(Kind::Agent)[0].sym(Field::Model), None);
}

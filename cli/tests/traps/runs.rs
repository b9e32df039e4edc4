//! Runs, their parents, statuses and sums.

use super::support::{open, open_lines};
use super::{event, span};
use crewscope_analysis::Prices;
use crewscope_trace::model::{Flags, Kind, Status};

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
    let summary =
        crewscope_analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
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
    let summary =
        crewscope_analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (summary.total_tokens, summary.calls_without_usage),
        (Some(11_505), 4)
    );
    assert_eq!(opened.warned("missing-usage"), 4);
}

#[test]
fn trap_10_cumulative_crew_totals_are_not_added_up() {
    let opened = open("kickoff_for_each/otlp-onesession-crewai1.15.30.jsonl");
    let summary =
        crewscope_analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (summary.total_tokens, summary.reported_total),
        (Some(873), Some(873))
    );
    assert_eq!(summary.tokens_from, crewscope_analysis::TokensFrom::Calls);
}

#[test]
fn trap_35_the_parent_chain_wins_over_a_wrong_label() {
    let opened = open("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    let tasks = crewscope_analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
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

/// A span without a parent is recorded below the first one of its session: neighbours, even if they ran at the same time.
#[test]
fn trap_06_runs_at_the_same_time_stand_beside_each_other() {
    let crew = |id: &str, parent: &str, times, error| {
        span(
            id,
            parent,
            "execute crew",
            times,
            error,
            &[("crewai.crew.name", id)],
        )
    };
    let opened = open_lines(&[
        crew("one", "", (1, 5), None),
        crew("two", "one", (2, 9), Some("broken")),
        span("k", "two", "execute task", (3, 4), None, &[]),
        span("lone", "one", "execute lite agent", (3, 4), None, &[]),
    ]);
    assert!(opened
        .trace
        .spans
        .iter()
        .all(|span| span.parent.is_none() || span.kind == Kind::Task));
    let execution = opened.execution();
    assert_eq!(
        (
            execution.status,
            opened.trace.str(execution.name),
            execution.duration()
        ),
        (Status::Failed, "one", Some(8_000_000_000))
    );
    // The same of requests without anything around them, and of lone agents one after another.
    let opened = open_lines(&[
        span("a", "", "call llm", (1, 2), None, &[]),
        span("b", "a", "call llm", (1, 3), Some("no"), &[]),
    ]);
    assert!(opened.trace.spans.iter().all(|span| span.parent.is_none()));
    assert_eq!(opened.execution().status, Status::Failed);
    // A crew inside a tool of a lone agent is part of it.
    let opened = open_lines(&[
        span("a", "", "execute lite agent", (1, 9), None, &[]),
        span("t", "a", "call tool", (2, 8), None, &[]),
        crew("c", "t", (3, 7), None),
    ]);
    assert_eq!(
        opened
            .trace
            .spans
            .iter()
            .filter(|span| span.parent.is_none())
            .count(),
        1
    );
}

/// After a crew failed, what its flow does next is recorded below the agent that never ended.
#[test]
fn what_starts_after_a_run_ended_is_outside_of_it() {
    let opened = open_lines(&[
        event("flow_started", 0, 1, "flow", r#","flow_name":"F""#),
        event(
            "method_execution_started",
            0,
            2,
            "method",
            r#","parent_event_id":"flow","method_name":"m""#,
        ),
        event(
            "crew_kickoff_started",
            1,
            3,
            "bad",
            r#","parent_event_id":"method","crew_name":"bad""#,
        ),
        event(
            "task_started",
            1,
            4,
            "task",
            r#","parent_event_id":"bad","task_id":"T1""#,
        ),
        event(
            "agent_execution_started",
            2,
            5,
            "agent",
            r#","parent_event_id":"task","agent_role":"R","task":{"id":"T1"}"#,
        ),
        event(
            "crew_kickoff_failed",
            3,
            6,
            "bad_end",
            r#","started_event_id":"bad","crew_name":"bad","error":"no""#,
        ),
        event(
            "crew_kickoff_started",
            4,
            7,
            "good",
            r#","parent_event_id":"agent","crew_name":"good""#,
        ),
        event(
            "crew_kickoff_completed",
            5,
            8,
            "good_end",
            r#","started_event_id":"good","crew_name":"good""#,
        ),
        event(
            "llm_call_started",
            6,
            9,
            "llm",
            r#","parent_event_id":"agent","call_id":"C","model":"m""#,
        ),
    ]);
    let above = |kind: Kind, at: usize| {
        opened
            .parent(opened.spans(kind)[at])
            .map(|parent| parent.kind)
    };
    assert_eq!(above(Kind::Crew, 1), Some(Kind::Method));
    assert_eq!(above(Kind::Llm, 0), Some(Kind::Method));
}

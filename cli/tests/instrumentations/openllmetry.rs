//! OpenLLMetry, and what a recorder cannot write.

use super::*;

#[test]
fn openllmetry_asynchronous_tasks_are_known_from_their_agents() {
    let opened = open("parallel_async/openllmetry-crewai1.15.30.jsonl");
    let tasks = opened.spans(Kind::Task);
    let inferred: Vec<_> = tasks
        .iter()
        .filter(|task| task.flags.has(Flags::INFERRED))
        .collect();
    assert_eq!((tasks.len(), inferred.len()), (4, 3));
    for task in &inferred {
        assert_eq!(task.status, Status::Completed);
        assert!(task.flags.has(Flags::DERIVED_STATUS) && task.duration().is_none());
        assert!(fact(&opened, task, Field::TaskId).is_some());
    }
    let news = inferred
        .iter()
        .find(|task| fact(&opened, task, Field::AgentRole) == Some("News Desk"));
    let description = opened.text(news.unwrap(), Field::Description).unwrap();
    assert!(
        description.starts_with("Collect three local headlines"),
        "{description}"
    );
    let crew = opened.spans(Kind::Crew)[0];
    // `str()` of a dictionary.
    assert_eq!(crew.int(Field::ReportedTotal), Some(1787));
    assert_eq!(crew.int(Field::ReportedCached), Some(256));
    assert_eq!(fact(&opened, crew, Field::Process), Some("sequential"));
    let streamed = opened
        .spans(Kind::Llm)
        .into_iter()
        .filter(|call| call.bool(Field::Stream) == Some(true));
    let streamed: Vec<_> = streamed.collect();
    assert_eq!(streamed.len(), 1);
    assert_eq!(streamed[0].usage.total, Some(137));
    assert_eq!(
        read(&opened, streamed[0], Field::Output),
        ["assistant: Lisbon tomorrow: **18–24"]
    );
    let editor = opened
        .spans(Kind::Agent)
        .into_iter()
        .find(|agent| opened.name(agent) == "Editor");
    assert_eq!(
        fact(&opened, editor.unwrap(), Field::Model),
        Some("claude-3-5-sonnet-20241022")
    );
}

#[test]
fn what_a_recorder_cannot_write_is_said_once_for_a_source() {
    let opened = open("flow_nested/openllmetry-crewai1.15.30.jsonl");
    for kind in [
        "no-tool-calls",
        "no-task-names",
        "no-inner-steps",
        "no-flows",
        "no-async-tasks",
    ] {
        assert_eq!(opened.warned(kind), 1, "{kind}");
    }
    assert_eq!(opened.trace.executions.len(), 2);
    let own = open("failing_task/pyotel-lines-crewai1.15.30.jsonl");
    assert!(own
        .trace
        .warnings
        .iter()
        .all(|warning| !warning.kind.name().starts_with("no-")));
}

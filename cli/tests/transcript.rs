//! Transcripts of real runs: what is a heading, what is a call in place, what repeats.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::conversation::{messages, Part};
use crewscope_analysis::transcript::{joined, known, transcript, Line};
use crewscope_trace::model::{Field, Kind};
use support::{open, Opened};

/// Depth, kind and name of every line, headings marked.
fn told(opened: &Opened, of: u32) -> Vec<String> {
    transcript(&opened.trace, of)
        .iter()
        .map(|line| {
            let span = &opened.trace.spans[line.at as usize];
            let mark = if line.heading { "# " } else { "" };
            format!(
                "{} {mark}{:?} {}",
                line.depth,
                span.kind,
                opened.trace.str(span.name)
            )
        })
        .collect()
}

fn lines(opened: &Opened, kind: Kind) -> Vec<Line> {
    let of = opened.trace.executions[0].first_span;
    let all = transcript(&opened.trace, of);
    let wanted = |line: &Line| opened.trace.spans[line.at as usize].kind == kind;
    all.into_iter().filter(wanted).collect()
}

#[test]
fn a_flow_tells_its_methods_crews_and_tasks_in_place() {
    let opened = open("flow_nested/otlp-crewai1.15.30.json");
    let told = told(&opened, 0);
    assert_eq!(
        told[..6],
        [
            "0 # Method receive",
            "0 # Method load_style_guide",
            "0 # Method choose",
            "0 # Method write_long",
            "1 # Crew article_crew",
            "2 # Task outline",
        ]
    );
    assert_eq!(told[6], "3 Llm gpt-4o-mini");
    assert!(told.contains(&"3 Tool web_search".to_owned()));
}

#[test]
fn coworkers_speak_inside_the_tool_that_asked_them() {
    let opened = open("hierarchical/otlp-crewai1.15.30.jsonl");
    assert_eq!(
        told(&opened, 1)[..6],
        [
            "0 Llm gpt-4o",
            "0 Tool delegate_work_to_coworker",
            "1 # Agent Field Researcher",
            "2 Llm gpt-4o-mini",
            "2 Tool web_search",
            "2 Llm gpt-4o-mini",
        ]
    );
    // The manager's second call goes on where its first one was, not where the coworker's was.
    let calls = transcript(&opened.trace, 1);
    let manager = calls.iter().find(|line| line.at == 9).expect("second call");
    assert_eq!(manager.before, Some(3));
}

#[test]
fn guardrails_stand_between_the_tries_they_judged() {
    let opened = open("guardrail_retries/otlp-crewai1.15.30.json");
    assert_eq!(
        told(&opened, 1),
        [
            "0 Llm gpt-4o",
            "0 Guardrail product_is_complete",
            "0 Llm gpt-4o",
            "0 Guardrail product_is_complete",
            "0 Llm gpt-4o",
            "0 Guardrail product_is_complete",
        ]
    );
}

#[test]
fn a_failed_call_made_again_is_a_retry() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let tools = lines(&opened, Kind::Tool);
    let retries: Vec<u32> = tools.iter().map(|line| line.retry).collect();
    assert_eq!(retries, [0, 1, 2, 0]);
    let failed = lines(&opened, Kind::Llm).pop().expect("the last call");
    assert_eq!(failed.retry, 1);
}

#[test]
fn a_person_s_answer_says_how_long_it_was_waited_for() {
    let opened = open("human_input/otlp-flow-crewai1.15.30.json");
    let waits: Vec<Option<i64>> = lines(&opened, Kind::Human)
        .iter()
        .map(|line| line.waited)
        .collect();
    assert_eq!(waits[0], None);
    assert!(waits[1].is_some_and(|ns| (1_000_000..10_000_000).contains(&ns)));
}

#[test]
fn all_but_the_new_messages_of_a_call_are_known() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let sent = |at: u32| {
        let text = opened.trace.spans[at as usize]
            .text(Field::Input)
            .expect("messages");
        messages(&opened.read(text).expect("readable"))
    };
    let calls = lines(&opened, Kind::Llm);
    let first = sent(calls[0].at);
    let second = sent(calls[1].at);
    assert!(known(&first, &second) >= first.len());
    // In the last call of the task every tool call of the history has its result beside it.
    let last = joined(sent(calls[4].at));
    let open = last
        .iter()
        .flat_map(|message| &message.parts)
        .filter(|part| {
            matches!(
                part,
                Part::ToolCall { result: None, .. } | Part::ToolResult { .. }
            )
        });
    assert_eq!(open.count(), 0);
    let told = last.iter().flat_map(|message| &message.parts);
    let results = told.filter(|part| matches!(part, Part::ToolCall { .. }));
    assert_eq!(results.count(), 4);
}

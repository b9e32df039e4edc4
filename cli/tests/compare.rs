//! Executions beside each other.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::compare::{call_pairs, compare, series, Why};
use crewscope_analysis::Prices;
use crewscope_trace::model::Kind;
use support::{open_bytes, sample, Opened};

fn together(files: &[&str]) -> Opened {
    let read = |name: &&str| ((*name).to_owned(), sample(name));
    open_bytes(files.iter().map(read).collect())
}

#[test]
fn a_run_beside_itself_goes_nowhere_apart() {
    let opened = together(&["research_sequential/otlpwire-crewai1.15.30.jsonl"]);
    let (trace, own) = (&opened.trace, &opened.trace.executions[0]);
    let told = compare(trace, own, own, &Prices::bundled());
    assert_eq!(told.divergence, None);
    assert!(told
        .tasks
        .iter()
        .all(|pair| pair.a == pair.b && pair.a.is_some()));
    assert_eq!(told.figures[0], told.figures[1]);
}

#[test]
fn runs_of_one_crew_pair_by_key_and_say_where_they_part() {
    let opened = together(&[
        "kickoff_for_each/batch-crewai1.14.7.json",
        "kickoff_for_each/batch-2-crewai1.14.7.json",
    ]);
    let trace = &opened.trace;
    let (a, b) = (&trace.executions[0], &trace.executions[1]);
    let told = compare(trace, a, b, &Prices::bundled());
    assert!(!told.tasks.is_empty());
    for pair in &told.tasks {
        assert!(pair.a.is_some() && pair.b.is_some());
        for calls in call_pairs(trace, pair) {
            let kind = |at: Option<u32>| at.map(|at| trace.spans[at as usize].kind);
            assert_eq!(kind(calls.a), kind(calls.b));
        }
    }
    assert!(told
        .agents
        .iter()
        .all(|pair| pair.a.is_some() && pair.b.is_some()));
    // Each was kicked off with inputs of its own, so the first call is already given something else.
    let apart = told.divergence.expect("they differ");
    assert_eq!(apart.why, Why::Input);
    assert_eq!(trace.spans[apart.a.unwrap() as usize].kind, Kind::Llm);
    assert_eq!(series(trace, 0).len(), 2);
}

#[test]
fn unlike_crews_share_nothing() {
    let opened = together(&[
        "failing_task/otlp-crewai1.15.30.json",
        "hierarchical/otlp-crewai1.15.30.jsonl",
    ]);
    let trace = &opened.trace;
    let (a, b) = (&trace.executions[0], &trace.executions[1]);
    let told = compare(trace, a, b, &Prices::bundled());
    assert!(told
        .tasks
        .iter()
        .all(|pair| pair.a.is_none() || pair.b.is_none()));
    assert_eq!(told.tasks.len(), 3 + 2);
    assert_eq!(told.divergence.map(|apart| apart.why), Some(Why::Task));
    assert_eq!(series(trace, 0), [0]);
    assert_eq!(series(trace, 7), Vec::<usize>::new());
}

//! Stepping through real runs.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::step::{step, By};
use crewscope_trace::model::Trace;
use support::{open, open_bytes, sample};

/// Every stop on the way forward from a span, and that the way back is the same.
fn walk(trace: &Trace, execution: usize, from: u32, by: By) -> Vec<u32> {
    let (mut at, mut execution) = (from, execution);
    let mut stops = Vec::new();
    while let Some((next, to)) = step(trace, execution, at, by, true) {
        if by != By::Task && !stops.is_empty() {
            assert_eq!(step(trace, next, to, by, false), Some((execution, at)));
        }
        (execution, at) = (next, to);
        stops.push(at);
    }
    stops
}

#[test]
fn calls_tools_agents_and_errors_of_a_failed_run() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let trace = &opened.trace;
    assert_eq!(
        walk(trace, 0, 1, By::Call),
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 17, 19]
    );
    assert_eq!(walk(trace, 0, 4, By::Name), [6, 8, 10]);
    assert_eq!(walk(trace, 0, 3, By::Agent), [4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(walk(trace, 0, 0, By::Error), [4, 6, 17, 19]);
    assert_eq!(step(trace, 0, 19, By::Call, true), None);
    assert_eq!(step(trace, 9, 0, By::Call, true), None);
}

#[test]
fn the_same_task_in_other_executions() {
    let files = ["", "-2", "-3"].map(|number| {
        let name = format!("kickoff_for_each/batch{number}-crewai1.14.7.json");
        (name.clone(), sample(&name))
    });
    let opened = open_bytes(Vec::from(files));
    let trace = &opened.trace;
    assert_eq!(trace.executions.len(), 3);
    let first = trace.executions[0].first_span + 1;
    let stops = walk(trace, 0, first, By::Task);
    assert_eq!(stops.len(), 2);
    let key = |at: u32| {
        trace.name_of(
            &trace.spans[at as usize],
            crewscope_trace::model::Field::TaskKey,
        )
    };
    assert!(stops.iter().all(|&at| key(at) == key(first)));
    assert_eq!(step(trace, 0, first, By::Task, false), None);
}

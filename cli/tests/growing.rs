//! A trace that is looked at while it grows: what was selected stays what it was.
#![allow(missing_docs)]

mod support;

use crewscope_import::Importer;
use crewscope_trace::model::{Field, Kind, Trace};
use support::sample;

/// For each task of the newest execution its external id and its task id.
fn tasks(trace: &Trace) -> Vec<(String, String)> {
    let Some(execution) = trace.executions.first() else {
        return Vec::new();
    };
    let spans = trace
        .spans
        .get(execution.first_span as usize..execution.last_span as usize);
    let tasks = spans.unwrap_or_default().iter();
    let tasks = tasks
        .filter(|span| span.kind == Kind::Task)
        .filter_map(|span| {
            let task = trace.name_of(span, Field::TaskId)?;
            Some((trace.str(span.id).to_owned(), task.to_owned()))
        });
    tasks.collect()
}

#[test]
fn a_selected_task_is_found_again_after_every_line() {
    let bytes = sample("sample.jsonl");
    let mut importer = Importer::new();
    importer.begin_source("growing");
    let mut seen: Vec<(String, String)> = Vec::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        importer.push(line);
        let trace = importer.snapshot();
        seen.extend(tasks(&trace));
        let execution = trace
            .executions
            .first()
            .expect("an execution from the first line on");
        for (id, task) in &seen {
            let found = trace.find(execution, id).expect(id);
            let span = trace
                .spans
                .get(found as usize)
                .expect("an index into the spans");
            assert_eq!(
                trace.name_of(span, Field::TaskId),
                Some(task.as_str()),
                "{id}"
            );
        }
    }
    let changed = seen
        .iter()
        .any(|(id, task)| seen.iter().any(|(other, same)| same == task && other != id));
    assert!(
        changed,
        "no task got its own span later: this shows nothing"
    );
    let whole = importer.finish();
    assert!(whole.find(&whole.executions[0], "task of nobody").is_none());
}

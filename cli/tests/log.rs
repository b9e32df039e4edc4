//! crewai's log: what its entries say, what is concluded, and what stays unknown.
#![allow(missing_docs)]

mod support;

use crewscope_trace::model::{Field, Flags, Kind, Status};
use support::{open, open_bytes, Opened};

fn entry(second: u32, name: &str, task: &str, status: &str) -> String {
    let output = if status == "completed" {
        format!(", \"output\": \"done {task}\"")
    } else {
        String::new()
    };
    let name = match name {
        "" => "null".to_owned(),
        name => format!("\"{name}\""),
    };
    format!(
        "{{\"timestamp\": \"2026-11-20 23:{:02}:{:02}\", \"task_name\": {name}, \"task\": \"{task}\", \"agent\": \"R\", \"status\": \"{status}\"{output}}}",
        second / 60 % 60,
        second % 60
    )
}

fn log(entries: &[(u32, &str, &str, &str)]) -> Opened {
    let entries: Vec<String> = entries
        .iter()
        .map(|(second, name, task, status)| entry(*second, name, task, status))
        .collect();
    let bytes = format!("[{}]", entries.join(",")).into_bytes();
    open_bytes(vec![("log.json".to_owned(), bytes)])
}

/// Runs in the order of the log: their tasks' descriptions, and how each stands.
fn runs(opened: &Opened) -> Vec<(Status, Vec<String>)> {
    let mut runs: Vec<_> = opened
        .trace
        .executions
        .iter()
        .map(|run| {
            let spans = opened.trace.spans_of(run);
            let tasks: Vec<_> = spans
                .iter()
                .filter(|span| span.kind == Kind::Task)
                .collect();
            let first = tasks[0].records.first().unwrap().offset;
            let names = tasks
                .iter()
                .map(|task| opened.text(task, Field::Description).unwrap())
                .collect();
            (first, (run.status, names))
        })
        .collect();
    runs.sort_by_key(|(first, _)| *first);
    runs.into_iter().map(|(_, run)| run).collect()
}

const START: &str = "started";
const END: &str = "completed";

#[test]
fn trap_25_a_task_that_starts_again_begins_a_new_run() {
    let opened = log(&[
        (0, "a", "A 1", START),
        (1, "a", "A 1", END),
        (1, "b", "B", START),
        // The kickoff failed and was tried again.
        (5, "a", "A 1", START),
        (6, "a", "A 1", END),
        (6, "b", "B", START),
        (7, "b", "B", END),
    ]);
    assert_eq!(
        runs(&opened),
        [
            (Status::Failed, vec!["A 1".to_owned(), "B".to_owned()]),
            (Status::Completed, vec!["A 1".to_owned(), "B".to_owned()]),
        ]
    );
    let failed = opened
        .spans(Kind::Task)
        .into_iter()
        .find(|task| task.status == Status::Failed)
        .unwrap();
    assert!(failed.flags.has(Flags::DERIVED_STATUS) && failed.end.is_none());
    assert_eq!(opened.warned("missing-end"), 1);
}

#[test]
fn unnamed_tasks_whose_descriptions_hold_an_input() {
    let opened = log(&[
        (0, "", "Sort ticket 1", START),
        (1, "", "Sort ticket 1", END),
        (1, "", "Answer", START),
        (2, "", "Answer", END),
        (2, "", "Sort ticket 2", START),
        (3, "", "Sort ticket 2", END),
        (3, "", "Answer", START),
        (4, "", "Answer", END),
    ]);
    let tasks = |ticket: &str| vec![format!("Sort ticket {ticket}"), "Answer".to_owned()];
    assert_eq!(
        runs(&opened),
        [
            (Status::Completed, tasks("1")),
            (Status::Completed, tasks("2")),
        ]
    );
}

#[test]
fn kickoffs_at_the_same_time_interleave() {
    let opened = log(&[
        (0, "a", "A 1", START),
        (0, "a", "A 2", START),
        (2, "a", "A 1", END),
        (2, "b", "B", START),
        (3, "a", "A 2", END),
        (3, "b", "B", START),
        (4, "b", "B", END),
        (4, "b", "B", END),
    ]);
    assert_eq!(
        runs(&opened),
        [
            (Status::Completed, vec!["A 1".to_owned(), "B".to_owned()]),
            (Status::Completed, vec!["A 2".to_owned(), "B".to_owned()]),
        ]
    );
}

#[test]
fn a_run_that_stopped_short_is_not_called_completed() {
    let opened = log(&[
        (0, "a", "A", START),
        (1, "a", "A", END),
        (9, "a", "A", START),
        (10, "a", "A", END),
        (10, "b", "B", START),
        (11, "b", "B", END),
    ]);
    let statuses: Vec<Status> = runs(&opened)
        .into_iter()
        .map(|(status, _)| status)
        .collect();
    assert_eq!(statuses, [Status::Unknown, Status::Completed]);
    // Another crew, an hour and more later.
    let opened = log(&[
        (0, "a", "A", START),
        (1, "a", "A", END),
        (0, "b", "B", START),
    ]);
    assert_eq!(runs(&opened).len(), 1);
}

#[test]
fn trap_22_async_ends_are_those_of_the_join() {
    let opened = open("parallel_async/log-crewai1.15.30.json");
    let derived: Vec<(&str, bool)> = opened
        .spans(Kind::Task)
        .into_iter()
        .map(|task| (opened.name(task), task.flags.has(Flags::DERIVED_END)))
        .collect();
    assert_eq!(
        derived,
        [
            ("weather", true),
            ("news", true),
            ("prices", true),
            ("bulletin", false)
        ]
    );
    assert_eq!(opened.warned("joined-end"), 3);
}

#[test]
fn both_forms_of_the_log_say_the_same() {
    let json = log(&[
        (0, "a", "say \\\"hi\\\"\\nthere", START),
        (2, "a", "say \\\"hi\\\"\\nthere", END),
    ]);
    let text = "2026-11-20 23:00:00: task_name=\"a\", task=\"say \"hi\"\nthere\", agent=\"R\", status=\"started\"\n\
        2026-11-20 23:00:02: task_name=\"a\", task=\"say \"hi\"\nthere\", agent=\"R\", status=\"completed\", output=\"done say \"hi\"\nthere\"\n";
    let text = open_bytes(vec![("log".to_owned(), text.as_bytes().to_vec())]);
    let (mut a, mut b) = (json.report(), text.report());
    for report in [&mut a, &mut b] {
        report["sources"].take();
        report["warnings"].take();
        report["executions"][0]["id"].take();
    }
    assert_eq!(a, b);
    assert_eq!(
        a["executions"][0]["tasks"][0]["output"],
        "done say \"hi\"\nthere"
    );
    assert_eq!(a["executions"][0]["duration_ms"], 2000.0);
}

#[test]
fn trap_34_control_characters_and_quotes_stand_raw_in_the_text_form() {
    let opened = open("hostile_output/log-crewai1.15.30.txt");
    assert_eq!(opened.warned("unreadable-record"), 0);
    let tasks = opened.spans(Kind::Task);
    assert_eq!(tasks.len(), 2);
    let output = opened.text(tasks[0], Field::Output).unwrap();
    assert!(output.contains('\u{1b}') && output.contains('\u{2028}'));
    assert_eq!(opened.name(tasks[1]), "__proto__");
}

#[test]
fn a_log_that_breaks_off_keeps_what_was_readable() {
    let whole = support::sample("failing_task/log-crewai1.15.30.txt");
    let text = String::from_utf8(whole.clone()).unwrap();
    let cut = text.rfind("status=\"completed\"").unwrap() + 60;
    let opened = open_bytes(vec![("log".to_owned(), whole[..cut].to_vec())]);
    assert_eq!(opened.warned("truncated-source"), 1);
    assert_eq!(opened.spans(Kind::Task).len(), 2);
}

#[test]
fn the_same_log_twice_is_one_log() {
    let bytes = support::sample("kickoff_for_each/log-crewai1.15.30.json");
    let once = open_bytes(vec![("a".to_owned(), bytes.clone())]);
    let twice = open_bytes(vec![
        ("a".to_owned(), bytes.clone()),
        ("b".to_owned(), bytes),
    ]);
    assert_eq!(once.trace.executions.len(), twice.trace.executions.len());
    assert_eq!(twice.warned("duplicate-record"), 5);
}

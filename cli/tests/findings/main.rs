//! Findings on real traces: each kind fires where it should, stays silent on a near miss, and says the same whatever the order of records.
#![allow(missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod document;
mod properties;

use crewscope_analysis::findings::{show, Severity, Shown, KINDS};
use crewscope_analysis::Prices;
use crewscope_trace::model::Status;
use support::{corpora, open, open_bytes, Opened};

/// A finding in words: kind, title.
pub type Said = (&'static str, String);

pub fn shown(opened: &Opened) -> Vec<(usize, Shown)> {
    (0..opened.trace.executions.len())
        .flat_map(|at| {
            show(&opened.trace, &opened.findings, at, &Prices::bundled())
                .into_iter()
                .map(move |shown| (at, shown))
        })
        .collect()
}

pub fn said(opened: &Opened) -> Vec<Said> {
    shown(opened)
        .into_iter()
        .map(|(_, shown)| {
            let what = opened.findings.list[shown.at].what;
            (what.definition().id, shown.title)
        })
        .collect()
}

/// Kind, a real trace, what is found there, and what nearly is one and must not be found: another name that stands in the same trace (or, after
/// a colon, in another one), or `#1` where one finding of the kind and no more must be there.
pub const CASES: &[(&str, &str, &str, &str)] = &[
    (
        "task-failed",
        "failing_task/otlp-crewai1.15.30.json",
        "forecast failed: LLM call claude-3-5-sonnet-20241022",
        "comment_price",
    ),
    (
        "run-failed",
        "lite_agent/otlp-crewai1.15.30.jsonl",
        "Unit Assistant failed: LLM call gpt-4o-mini",
        "findings/retry-otlp-crewai1.15.30.jsonl:failed",
    ),
    (
        "unfinished",
        "running/events-crewai1.15.30.jsonl",
        "has no end in this trace",
        "findings/time-events-crewai1.15.30.jsonl:no end",
    ),
    (
        "llm-failed",
        "findings/retry-otlp-crewai1.15.30.jsonl",
        "1 LLM call failed and went on after a retry: gpt-4o",
        "gpt-4o-mini",
    ),
    (
        "llm-empty-answer",
        "findings/empty-otlp-crewai1.15.30.jsonl",
        "gpt-4o-mini answered nothing 3 times",
        "gpt-4o answered",
    ),
    (
        "answer-cut-off",
        "findings/outputs-otlp-crewai1.15.30.jsonl",
        "1 answer of gpt-4o-mini was cut off",
        "#1",
    ),
    (
        "answer-filtered",
        "findings/outputs-otlp-crewai1.15.30.jsonl",
        "1 answer of gpt-4o-mini was stopped",
        "#1",
    ),
    (
        "guardrail-rejected",
        "findings/guardrail-otlp-crewai1.15.30.jsonl",
        "A guardrail rejected the output of guarded 3 times",
        "ok",
    ),
    (
        "tool-failed",
        "findings/errors-otlp-crewai1.15.30.jsonl",
        "boom failed 1 time",
        "look",
    ),
    (
        "tool-error-text",
        "findings/tools-otlp-crewai1.15.30.jsonl",
        "quote returned an error as its result 1 time",
        "#1",
    ),
    (
        "tool-unknown",
        "findings/errors-otlp-crewai1.15.30.jsonl",
        "The model called nosuch",
        "called look",
    ),
    (
        "coworker-unknown",
        "hierarchical/otlp-crewai1.15.30.jsonl",
        "Crew Manager asked for a coworker who does not exist 1 time",
        "findings/delegation-otlp-crewai1.15.30.jsonl:coworker",
    ),
    (
        "tool-arguments",
        "findings/errors-otlp-crewai1.15.30.jsonl",
        "look was called with wrong arguments 1 time",
        "boom",
    ),
    (
        "tool-used-up",
        "findings/tools-otlp-crewai1.15.30.jsonl",
        "limited was called beyond its usage limit 1 time",
        "#1",
    ),
    (
        "delegation-loop",
        "findings/delegation-otlp-crewai1.15.30.jsonl",
        "Work that Ping gave away came back to it 1 time",
        "Boss",
    ),
    (
        "delegation-repeated",
        "findings/delegation-otlp-crewai1.15.30.jsonl",
        "Finder was asked 4 times by the same agent",
        "Checker",
    ),
    (
        "iteration-limit",
        "findings/iter-otlp-crewai1.15.30.jsonl",
        "Ag reached its iteration limit",
        "Bg",
    ),
    (
        "same-thought-again",
        "findings/react-otlp-crewai1.15.30.jsonl",
        "Cg gave the same answer 3 times in a row",
        "Bg",
    ),
    (
        "step-as-answer",
        "findings/react-otlp-crewai1.15.30.jsonl",
        "The output of t_a is a step",
        "t_b",
    ),
    (
        "repeat-refused",
        "findings/react-otlp-crewai1.15.30.jsonl",
        "crewai refused Cg the same tool call",
        "Bg",
    ),
    (
        "answered-without-tools",
        "findings/tools-otlp-crewai1.15.30.jsonl",
        "write was answered without any of its tools: spell",
        "once",
    ),
    (
        "expected-json",
        "findings/outputs-otlp-crewai1.15.30.jsonl",
        "prose was to give JSON",
        "fenced",
    ),
    (
        "expected-points",
        "findings/outputs-otlp-crewai1.15.30.jsonl",
        "two was to give 3 bullet points, and its output has 2",
        "three was",
    ),
    (
        "empty-output",
        "findings/summary-otlp-crewai1.15.30.jsonl",
        "t_a completed with an empty output",
        "t_b",
    ),
    (
        "slow-task",
        "redundant_tools/otlp-crewai1.15.30.jsonl",
        "check_customer took",
        "read_the_log",
    ),
    (
        "slower-than-before",
        "findings/earlier-otlp-crewai1.15.30.jsonl",
        "fetch took 2.2 s, 5 times its median in 2 earlier executions",
        "tell",
    ),
    (
        "time-outside-calls",
        "findings/time-otlp-crewai1.15.30.jsonl",
        "3.4 s of file (99%) passed in no recorded call",
        "send",
    ),
    (
        "sequential-tasks",
        "findings/time-otlp-crewai1.15.30.jsonl",
        "4 tasks of find_time ran one after another",
        "findings/merge-otlp-crewai1.15.30.jsonl:tasks of",
    ),
    (
        "token-heavy-task",
        "findings/prompts-otlp-crewai1.15.30.jsonl",
        "read used 69% of all tokens",
        "tell",
    ),
    (
        "identical-tool-calls",
        "redundant_tools/otlp-crewai1.15.30.jsonl",
        "lookup_customer was called 4 times with the same arguments",
        "findings/tools-otlp-crewai1.15.30.jsonl:gave the same result",
    ),
    (
        "polling-tool-calls",
        "findings/tools-otlp-crewai1.15.30.jsonl",
        "status was called 3 times with the same arguments, and the result changed",
        "lookup",
    ),
    (
        "same-lookup",
        "findings/tools-otlp-crewai1.15.30.jsonl",
        "lookup was called with the same arguments in 2 tasks",
        "#1",
    ),
    (
        "identical-llm-calls",
        "redundant_tools/otlp-crewai1.15.30.jsonl",
        "gpt-4o-mini was sent the same prompt 3 times",
        "findings/retry-otlp-crewai1.15.30.jsonl:same prompt",
    ),
    (
        "prompt-growth",
        "findings/prompts-otlp-crewai1.15.30.jsonl",
        "The prompt of Reader grew from",
        "Noter",
    ),
    (
        "repeated-prefix",
        "findings/prompts-otlp-crewai1.15.30.jsonl",
        "prompt tokens of Reader repeat",
        "Noter",
    ),
    (
        "large-tool-schemas",
        "hierarchical/otlp-crewai1.15.30.jsonl",
        "Tool definitions are about 52% of the prompts of Crew Manager",
        "findings/prompts-otlp-crewai1.15.30.jsonl:Tool definitions",
    ),
    (
        "large-backstory",
        "findings/prompts-otlp-crewai1.15.30.jsonl",
        "The backstory is about 85% of the prompts of Storyteller",
        "Reader",
    ),
    (
        "unused-tools",
        "findings/tools-otlp-crewai1.15.30.jsonl",
        "Clerk never used 1 of its 2 tools: archive",
        "Poller",
    ),
    (
        "history-summarised",
        "findings/summary-otlp-crewai1.15.30.jsonl",
        "The conversation of Ag outgrew the context window",
        "Bg",
    ),
    (
        "context-cut",
        "findings/cut-otlp-crewai1.15.30.jsonl",
        "Only 33% of the output of report reached part",
        "reached all",
    ),
    (
        "unused-output",
        "findings/time-otlp-crewai1.15.30.jsonl",
        "The output of letter was found in no later prompt",
        "batteries",
    ),
    (
        "mergeable-tasks",
        "findings/merge-otlp-crewai1.15.30.jsonl",
        "market and outlook are one call each of the same agent",
        "check",
    ),
    (
        "smaller-model",
        "findings/prompts-otlp-crewai1.15.30.jsonl",
        "read on gpt-4o-mini would cost less for the same tokens",
        "note",
    ),
];

#[test]
fn each_kind_fires_where_it_should_and_not_on_a_near_miss() {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.id).collect();
    let shown: Vec<&str> = CASES.iter().map(|case| case.0).collect();
    assert_eq!(
        shown, kinds,
        "each kind has a case, in the order of the table"
    );
    let mut faults = Vec::new();
    for (kind, file, title, near) in CASES {
        let of_kind = |file: &str| -> Vec<String> {
            let said = said(&open(file)).into_iter();
            said.filter(|(id, _)| id == kind)
                .map(|(_, title)| title)
                .collect()
        };
        let found = of_kind(file);
        if !found.iter().any(|found| found.contains(title)) {
            faults.push(format!("{kind}: {title:?} is not among {found:?}"));
        }
        if let Some(count) = near.strip_prefix('#') {
            if count != found.len().to_string() {
                faults.push(format!("{kind}: {count} and no more, but {found:?}"));
            }
            continue;
        }
        let (near_file, near) = near.split_once(':').unwrap_or((file, near));
        let wrong: Vec<String> = of_kind(near_file)
            .into_iter()
            .filter(|found| found.contains(near))
            .collect();
        if !wrong.is_empty() {
            faults.push(format!(
                "{kind}: the near miss {near:?} is found in {near_file}: {wrong:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The files of all corpora, small enough to be read here.
pub fn files() -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for corpus in corpora() {
        let folders = std::fs::read_dir(corpus)
            .unwrap()
            .map(|folder| folder.unwrap().path());
        for folder in folders.filter(|folder| folder.is_dir() && !folder.ends_with("expected")) {
            files.extend(
                std::fs::read_dir(folder)
                    .unwrap()
                    .map(|file| file.unwrap().path()),
            );
        }
    }
    files.retain(|file| file.metadata().unwrap().len() < 4 << 20);
    files.sort();
    files
}

#[test]
fn no_error_is_found_in_a_run_that_went_well() {
    let (mut runs, mut findings) = (0, 0);
    for file in files() {
        let opened = open_bytes(vec![("x".to_owned(), std::fs::read(&file).unwrap())]);
        for (at, shown) in shown(&opened) {
            findings += 1;
            if opened.trace.executions[at].status == Status::Completed {
                assert_ne!(
                    shown.severity,
                    Severity::Error,
                    "{}: {}",
                    file.display(),
                    shown.title
                );
            }
        }
        runs += opened
            .trace
            .executions
            .iter()
            .filter(|run| run.status == Status::Completed)
            .count();
    }
    assert!(
        runs > 30 && findings > 50,
        "{runs} runs, {findings} findings"
    );
}

#[test]
fn every_finding_has_evidence_inside_its_execution() {
    for file in files() {
        let opened = open_bytes(vec![("x".to_owned(), std::fs::read(&file).unwrap())]);
        for finding in &opened.findings.list {
            let execution = &opened.trace.executions[finding.execution as usize];
            let within = execution.first_span..execution.last_span;
            assert!(!finding.evidence.is_empty(), "{:?}", finding.what);
            let spans = finding
                .evidence
                .iter()
                .chain([&finding.subject])
                .chain(&finding.other);
            assert!(
                spans.into_iter().all(|at| within.contains(at)),
                "{:?}",
                finding.what
            );
        }
    }
}

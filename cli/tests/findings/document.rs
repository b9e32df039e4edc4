//! `docs/findings.md`: every kind, every threshold, and every finding that fires on the traces of this repository with a verdict. A finding without a
//! verdict in `judged.tsv` fails the test; `UPDATE_DOCS=1` writes the document.

use super::{said, CASES};
use crate::support::{corpora, open_bytes};
use crewscope_analysis::findings::{Thresholds, Use, KINDS};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const JUDGED: &str = include_str!("judged.tsv");

/// A title without the figures that differ from recording to recording.
fn plain(title: &str) -> String {
    let mut out = String::new();
    for c in title.chars() {
        match c {
            '0'..='9' | '.' | ',' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            c if c.is_control() || c == '|' => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

/// Scenario, kind and title of what fires on the traces below a folder, and in how many files.
fn fired(root: &Path) -> BTreeMap<(String, &'static str, String), usize> {
    let mut fired = BTreeMap::new();
    for folder in std::fs::read_dir(root)
        .unwrap()
        .map(|folder| folder.unwrap().path())
    {
        if !folder.is_dir() || folder.ends_with("expected") {
            continue;
        }
        let scenario = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in std::fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().path())
        {
            let opened = open_bytes(vec![("x".to_owned(), std::fs::read(&file).unwrap())]);
            let mut of_file: Vec<_> = said(&opened)
                .into_iter()
                .map(|(kind, title)| (kind, plain(&title)))
                .collect();
            of_file.sort();
            of_file.dedup();
            for (kind, title) in of_file {
                *fired.entry((scenario.clone(), kind, title)).or_default() += 1;
            }
        }
    }
    fired
}

/// Whether a finding is right, and why.
fn verdict(scenario: &str, kind: &str, title: &str) -> Option<(&'static str, &'static str)> {
    let wanted = format!("{scenario}\t{kind}\t{title}\t");
    // A verdict may be for all titles of a kind in a run.
    let all = format!("{scenario}\t{kind}\t*\t");
    let verdict = JUDGED.lines().find_map(|line| {
        line.strip_prefix(&wanted)
            .or_else(|| line.strip_prefix(&all))
    });
    verdict?.split_once('\t')
}

#[test]
fn every_finding_in_the_whole_corpus_has_a_verdict() {
    for corpus in corpora() {
        let fired = fired(&corpus);
        assert!(fired.len() > 10, "{}", corpus.display());
        let missing: Vec<_> = fired
            .keys()
            .filter(|(scenario, kind, title)| verdict(scenario, kind, title).is_none())
            .collect();
        assert!(missing.is_empty(), "without a verdict: {missing:#?}");
    }
}

fn document() -> String {
    let mut out = String::from(
        "# Findings\n\nWhat went wrong in a run and what to change: each finding has its evidence, what it cost, and one sentence of advice. \
They are found in the worker while the trace is read, by arithmetic and comparison only; no model is asked and nothing leaves the page. \
Where a trace does not hold what a kind needs, that kind stays silent.\n\n\
This file is written by a test (`UPDATE_DOCS=1 cargo test -p crewscope-cli --test findings`).\n",
    );
    for of in Use::ALL {
        writeln!(
            out,
            "\n## {}\n\n| kind | severity | says | try |\n|---|---|---|---|",
            of.label()
        )
        .unwrap();
        for kind in KINDS.iter().filter(|kind| kind.of == of) {
            let (_, _, example, _) = CASES.iter().find(|case| case.0 == kind.id).unwrap();
            writeln!(
                out,
                "| `{}` | {} | {}: *{example}* | {} |",
                kind.id,
                kind.severity.name(),
                kind.check,
                kind.advice
            )
            .unwrap();
        }
    }
    out.push_str(
        "\nA failure inside a run that went well is a warning, not an error.\n\n## Thresholds\n\n\
Set them by the attribute `thresholds` of `<crew-scope>` or the page (`?thresholds=slow_factor=5,heavy_percent=80`), or by \
`--thresholds` of the report command.\n\n| name | value | why |\n|---|---|---|\n",
    );
    for (name, value, reason) in Thresholds::default().list() {
        writeln!(out, "| `{name}` | {value} | {reason} |").unwrap();
    }
    out.push_str(
        "\n## Context lineage\n\nWhich task's output reached which later prompt is found by *statements*: the first words of each sentence or line, hashed \
while the trace is read. The same wording is evidence, not proof, and is drawn dashed; what crewai recorded as a task's context is drawn solid. \
A rewritten output leaves no trace there, and outputs of a few words hold no statement.\n\n## What fires on the traces of this repository\n\n\
Every finding on every file in `tests/traces/`, with a verdict: is it true, and would an author of that crew want to know? \
`#` stands for a number.\n\n| run | kind | says | files | right | why |\n|---|---|---|---|---|---|\n",
    );
    let (mut yes, mut no, mut missing) = (0, 0, String::new());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces");
    for ((scenario, kind, title), files) in fired(&root) {
        let Some((right, why)) = verdict(&scenario, kind, &title) else {
            writeln!(missing, "{scenario}\t{kind}\t{title}\t").unwrap();
            continue;
        };
        match right {
            "yes" => yes += 1,
            "no" => no += 1,
            _ => panic!("{scenario} {kind} {title}: {right} is no verdict"),
        }
        let title = title.replace('<', "&lt;");
        writeln!(
            out,
            "| {scenario} | `{kind}` | {title} | {files} | {right} | {why} |"
        )
        .unwrap();
    }
    assert!(
        missing.is_empty(),
        "without a verdict in judged.tsv:\n{missing}"
    );
    writeln!(out, "\n{yes} of {} are right.", yes + no).unwrap();
    out
}

#[test]
fn the_document_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
    let document = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == document,
        "docs/findings.md is out of date: run with UPDATE_DOCS=1"
    );
}

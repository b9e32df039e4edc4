//! Forms beside each other: the same run in different forms gives the same report wherever both carry the fact, and the tables in
//! `docs/formats.md` say which forms there are and what each gives back of the truth.
#![allow(missing_docs)]

mod pairs;
mod rows;
#[path = "../support/mod.rs"]
mod support;
mod table;

use serde_json::Value;
use std::path::Path;
use support::{corpora, open_bytes};

/// One form of one run.
struct Reading {
    scenario: String,
    /// Name of the first file.
    path: String,
    /// First word of the file's name.
    form: String,
    report: Value,
    run: Value,
    tasks: Value,
}

impl Reading {
    /// Whether the report says that the form cannot hold something.
    fn lacks(&self, kind: &str) -> bool {
        let warnings = self.report["warnings"].as_array().unwrap();
        warnings.iter().any(|warning| warning["kind"] == kind)
    }

    fn executions(&self) -> Vec<&Value> {
        let mut executions: Vec<&Value> = self.report["executions"]
            .as_array()
            .unwrap()
            .iter()
            .collect();
        executions.sort_by_key(|execution| execution["started_at"].as_str().map(str::to_owned));
        executions
    }
}

/// Every file of every run that is here. Forms that hold nothing of a run (`grantwire`, `lastrun`) are left out.
fn readings() -> Vec<Reading> {
    let mut all = Vec::new();
    for corpus in corpora() {
        let mut paths: Vec<_> = std::fs::read_dir(corpus.join("expected"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        for path in paths {
            let expected: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            for run in expected["runs"].as_array().unwrap() {
                for files in file_sets(run) {
                    let Some(sources) = read_all(&corpus, &files) else {
                        continue;
                    };
                    let form = form_of(&files[0]).to_owned();
                    if matches!(form.as_str(), "grantwire" | "lastrun") {
                        continue;
                    }
                    all.push(Reading {
                        scenario: expected["scenario"].as_str().unwrap().to_owned(),
                        path: files[0].clone(),
                        form,
                        report: open_bytes(sources).report(),
                        run: run.clone(),
                        tasks: expected["tasks"].clone(),
                    });
                }
            }
        }
    }
    assert!(all.len() >= 30, "only {} files were found", all.len());
    all
}

fn form_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap();
    name.split('-').next().unwrap()
}

/// Files to open together: the batches of one run are one file each, everything else stands alone.
fn file_sets(run: &Value) -> Vec<Vec<String>> {
    let files = run["files"].as_array().unwrap();
    let (batches, others): (Vec<String>, Vec<String>) = files
        .iter()
        .map(|file| file.as_str().unwrap().to_owned())
        .partition(|file| form_of(file) == "batch");
    let mut sets: Vec<Vec<String>> = others.into_iter().map(|file| vec![file]).collect();
    if !batches.is_empty() {
        sets.push(batches);
    }
    sets
}

fn read_all(corpus: &Path, names: &[String]) -> Option<Vec<(String, Vec<u8>)>> {
    names
        .iter()
        .map(|name| Some((name.clone(), std::fs::read(corpus.join(name)).ok()?)))
        .collect()
}

//! Every file of the forms read so far against the truth about its run, as the model server and the tools counted it.
//!
//! Where a form cannot hold the truth, the rule says which trap of the format it is, and what must be there instead.
#![allow(missing_docs)]

mod checkpoint;
mod crewai;
mod instrumentations;
mod log;
#[path = "../support/mod.rs"]
mod support;

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use support::{corpora, open_bytes};

/// Takes what is compared, what was read, and what is true.
type Expect<'a> = dyn FnMut(&str, String, String) + 'a;

/// The rules of a form: what its files must say, and where they cannot, which trap it is and what must be there instead.
type Rules = fn(&File<'_>, &mut Expect<'_>);

/// The forms that are read, by the first word of a file's name. Each brings its rules in a module of its own.
const FORMS: &[(&str, Rules)] = &[
    ("otlp", crewai::check),
    ("otlpwire", crewai::check),
    ("pyotel", crewai::check),
    ("batch", crewai::check),
    ("batchwire", crewai::check),
    ("events", crewai::check),
    ("log", log::check),
    ("openinference", instrumentations::openinference),
    ("openllmetry", instrumentations::openllmetry),
    ("checkpoint", checkpoint::check),
];

struct File<'a> {
    scenario: &'a str,
    path: String,
    form: &'a str,
    run: &'a Value,
    tasks: &'a [Value],
    report: Value,
}

impl File<'_> {
    fn old(&self) -> bool {
        // Before 1.14 no call records its usage.
        self.path.contains("crewai0.") || self.path.contains("crewai1.6")
    }

    fn sum(&self, key: &str) -> Option<u64> {
        let all: Vec<u64> = self
            .executions()
            .iter()
            .filter_map(|execution| execution["summary"][key].as_u64())
            .collect();
        (!all.is_empty()).then(|| all.iter().sum())
    }

    fn executions(&self) -> &[Value] {
        self.report["executions"].as_array().unwrap()
    }

    fn all(&self, key: &str) -> Vec<&Value> {
        self.executions()
            .iter()
            .flat_map(|execution| execution[key].as_array().unwrap())
            .collect()
    }

    /// Spans, in whatever envelope: only what ended is exported (trap 5).
    fn is_spans(&self) -> bool {
        ["otlp", "otlpwire", "pyotel", "openinference", "openllmetry"].contains(&self.form)
    }

    fn all_outputs(&self) -> Vec<&str> {
        self.executions()
            .iter()
            .filter_map(|execution| execution["final_output"].as_str())
            .collect()
    }

    /// A batch that was killed holds its opening request only.
    fn is_opening_only(&self) -> bool {
        self.form == "batchwire" && self.scenario == "running"
    }
}

#[test]
fn every_file_agrees_with_the_truth_about_its_run() {
    agree(&corpora(), 30);
}

/// `cargo xtask test` sends the OTLP files to a real Phoenix and names the folder of what it answered, in the layout of a corpus.
#[test]
#[ignore = "needs the answers of a Phoenix server (CREWSCOPE_PHOENIX); cargo xtask test has them"]
fn what_phoenix_answers_agrees_with_the_truth_too() {
    let answers = std::env::var_os("CREWSCOPE_PHOENIX").expect("CREWSCOPE_PHOENIX names a folder");
    for form in ["spans", "otlpv1"] {
        agree(&[Path::new(&answers).join(form)], 20);
    }
}

/// Checks all files of corpora; there must be `least` of them.
fn agree(corpora: &[PathBuf], least: usize) {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for corpus in corpora {
        for entry in std::fs::read_dir(corpus.join("expected")).unwrap() {
            let expected: Value =
                serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
            let scenario = expected["scenario"].as_str().unwrap();
            for run in expected["runs"].as_array().unwrap() {
                for (path, names) in file_sets(run) {
                    let form = &form_of(&path).to_owned();
                    let Some(sources) = read_all(corpus, &names) else {
                        continue;
                    };
                    let Some((_, rules)) = FORMS.iter().find(|(name, _)| name == form) else {
                        continue;
                    };
                    let report = open_bytes(sources).report();
                    let file = File {
                        scenario,
                        path,
                        form,
                        run,
                        tasks: expected["tasks"].as_array().unwrap(),
                        report,
                    };
                    checked += 1;
                    wrong.extend(
                        check(&file, *rules)
                            .into_iter()
                            .map(|fault| format!("{}: {fault}", file.path)),
                    );
                }
            }
        }
    }
    println!("{checked} files agree with the truth about their runs");
    assert!(checked >= least, "only {checked} files were found");
    assert!(
        wrong.is_empty(),
        "{} faults\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn form_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap().split('-').next().unwrap()
}

/// Files to open together: the batches of one run are one file each, everything else stands alone.
fn file_sets(run: &Value) -> Vec<(String, Vec<String>)> {
    let files: Vec<String> = run["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap().to_owned())
        .collect();
    let (batches, others): (Vec<String>, Vec<String>) =
        files.into_iter().partition(|file| form_of(file) == "batch");
    let mut sets: Vec<(String, Vec<String>)> = others
        .into_iter()
        .map(|file| (file.clone(), vec![file]))
        .collect();
    if let Some(first) = batches.first().cloned() {
        sets.push((first, batches));
    }
    sets
}

fn read_all(corpus: &Path, names: &[String]) -> Option<Vec<(String, Vec<u8>)>> {
    names
        .iter()
        .map(|name| Some((name.clone(), std::fs::read(corpus.join(name)).ok()?)))
        .collect()
}

fn check(file: &File<'_>, rules: Rules) -> Vec<String> {
    let mut faults = Vec::new();
    rules(file, &mut |what, got, want| {
        if got != want {
            faults.push(format!("{what}: {got}, the truth is {want}"));
        }
    });
    faults
}

/// JSON as Python's `json.dumps(value, sort_keys=True, ensure_ascii=False)` writes it.
fn python_json(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            let members: Vec<String> = keys
                .iter()
                .map(|key| {
                    format!(
                        "{}: {}",
                        Value::from(key.as_str()),
                        python_json(&members[*key])
                    )
                })
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(python_json).collect::<Vec<_>>().join(", ")
        ),
        other => other.to_string(),
    }
}

fn sha(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

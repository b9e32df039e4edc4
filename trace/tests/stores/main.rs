//! What trace stores answer, and OTLP as protobuf: real OTLP files are put into the shape of each store, as its source writes it, and must
//! be read as the file itself is. (That the files are read right is what `tests/expected` shows.)
#![allow(missing_docs)]

mod answers;
mod encode;
mod protobuf;
mod shapes;
#[path = "../support/mod.rs"]
mod support;

use serde_json::Value;
use std::path::PathBuf;
use support::{corpora, open_bytes, Opened};

/// All OTLP JSON files of the corpora: path and the documents in it.
fn otlp_files() -> Vec<(String, Vec<Value>)> {
    let mut files: Vec<PathBuf> = corpora()
        .iter()
        .flat_map(|corpus| std::fs::read_dir(corpus).unwrap())
        .map(|scenario| scenario.unwrap().path())
        .filter(|scenario| scenario.is_dir())
        .flat_map(|scenario| std::fs::read_dir(scenario).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("otlp") && name.contains(".json")
        })
        .collect();
    files.sort();
    let files: Vec<_> = files
        .into_iter()
        .map(|path| {
            let roots = serde_json::Deserializer::from_slice(&std::fs::read(&path).unwrap())
                .into_iter::<Value>()
                .map(|root| root.unwrap())
                .collect();
            (path.to_string_lossy().into_owned(), roots)
        })
        .collect();
    assert!(files.len() >= 10, "only {} files", files.len());
    files
}

/// Compares two readings of a run; `coarse` if one of them has times in microseconds.
fn assert_same(path: &str, got: &Opened, want: &Opened, coarse: bool) {
    let (mut got, mut want) = (got.report(), want.report());
    for report in [&mut got, &mut want] {
        // Where it came from differs, and that is all.
        report["sources"] = Value::Null;
        plain(report, coarse);
    }
    if got != want {
        let (got, want) = (
            serde_json::to_string_pretty(&got).unwrap(),
            serde_json::to_string_pretty(&want).unwrap(),
        );
        let differing: Vec<String> = got
            .lines()
            .zip(want.lines())
            .filter(|(got, want)| got != want)
            .take(6)
            .map(|(got, want)| format!("{}\n  instead of\n{}", cut(got), cut(want)))
            .collect();
        panic!("{path}\n{}", differing.join("\n"));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(160).collect()
}

/// Places are those of the unpacked bytes; times are cut to what the coarser form holds.
fn plain(value: &mut Value, coarse: bool) {
    match value {
        Value::Object(members) => {
            members.remove("places");
            for (key, value) in members.iter_mut() {
                if coarse && (key.ends_with("_ns") || key.ends_with("_ms")) {
                    *value = Value::Null;
                }
                plain(value, coarse);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| plain(item, coarse)),
        _ => {}
    }
}

fn open_values(documents: &[Value]) -> Opened {
    let lines: Vec<String> = documents.iter().map(Value::to_string).collect();
    open_bytes(vec![("x".to_owned(), lines.join("\n").into_bytes())])
}

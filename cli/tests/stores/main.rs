//! What trace stores answer, and OTLP as protobuf: real OTLP files are put into the shape of each store, as its source writes it, and must
//! be read as the file itself is. (That the files are read right is what `tests/expected` shows.)
#![allow(missing_docs)]

mod answers;
mod encode;
mod fixtures;
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
    if coarse {
        near(&mut got, &want);
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
            .map(|(got, want)| format!("{}\n  instead of\n{}", cut(got, 160), cut(want, 160)))
            .collect();
        panic!("{path}\n{}", differing.join("\n"));
    }
}

/// Durations that differ by what microseconds cannot hold become equal.
fn near(got: &mut Value, want: &Value) {
    match (&mut *got, want) {
        (Value::Object(got), Value::Object(want)) => {
            for (key, value) in got.iter_mut().filter(|(key, _)| want.contains_key(*key)) {
                match (value.as_f64(), want[key].as_f64()) {
                    (Some(a), Some(b)) if key.ends_with("_ms") && (a - b).abs() < 0.05 => {
                        *value = want[key].clone();
                    }
                    _ => near(value, &want[key]),
                }
            }
        }
        (Value::Array(got), Value::Array(want)) => {
            got.iter_mut()
                .zip(want)
                .for_each(|(got, want)| near(got, want));
        }
        _ => {}
    }
}

fn cut(text: &str, len: usize) -> String {
    text.chars().take(len).collect()
}

/// Places are those of the unpacked bytes; times are cut to what the coarser form holds.
fn plain(value: &mut Value, coarse: bool) {
    match value {
        Value::Object(members) => {
            members.remove("places");
            for (key, value) in members.iter_mut() {
                if coarse && key.ends_with("_at") {
                    // 2026-11-20T23:33:03.212156|928Z
                    let time = value
                        .as_str()
                        .map(|text| cut(text, 26).trim_end_matches('Z').to_owned());
                    *value = time.into();
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

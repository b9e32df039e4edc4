//! The model of each fixture as text, so that a change of an importer shows what it changes.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p crewscope-cli --test snapshots` writes them into `cli/tests/snapshots`.
#![allow(missing_docs)]

mod support;

use crewscope_trace::model::{Flags, Value};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use support::{open_bytes, Opened};

/// Larger fixtures would make snapshots that nobody reads.
const LARGEST: u64 = 200_000;

#[test]
fn the_model_of_every_fixture_is_as_it_was() {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces");
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    if update {
        let _ = std::fs::remove_dir_all(&snapshots);
        std::fs::create_dir_all(&snapshots).unwrap();
    }
    let mut files = Vec::new();
    fixtures(&traces, &mut files);
    let (mut compared, mut changed) = (0, Vec::new());
    for file in files {
        let name = file.strip_prefix(&traces).unwrap().to_string_lossy();
        let bytes = std::fs::read(&file).unwrap();
        let text = render(&open_bytes(vec![(name.to_string(), bytes)]));
        let path = snapshots.join(format!("{}.txt", name.replace(['/', '\\'], "-")));
        if update {
            std::fs::write(&path, &text).unwrap();
            continue;
        }
        compared += 1;
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        if known != text {
            let mut lines = known.lines().zip(text.lines());
            let first = lines.find(|(known, now)| known != now);
            changed.push(format!("{name}: {first:?}"));
        }
    }
    assert!(update || compared > 30, "{compared}");
    assert!(
        changed.is_empty(),
        "{} models changed; if that is right, run with UPDATE_SNAPSHOTS=1\n{}",
        changed.len(),
        changed.join("\n")
    );
}

fn fixtures(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "expected" {
                fixtures(&path, files);
            }
        } else if name != "README.md" && path.metadata().unwrap().len() <= LARGEST {
            files.push(path);
        }
    }
}

fn render(opened: &Opened) -> String {
    let trace = &opened.trace;
    let mut out = String::new();
    for source in &trace.sources {
        writeln!(
            out,
            "{} {} records",
            source.formats.join("+"),
            source.records
        )
        .unwrap();
    }
    for warning in &trace.warnings {
        writeln!(out, "warning {} {}", warning.kind.name(), warning.count).unwrap();
    }
    for execution in &trace.executions {
        writeln!(
            out,
            "{} {:?} {} {}{}",
            execution.kind.name(),
            trace.str(execution.name),
            execution.status.name(),
            millis(execution.duration()),
            flags(execution.flags)
        )
        .unwrap();
        for (at, span) in trace.spans_of(execution).iter().enumerate() {
            let mut depth = 1;
            let mut parent = span.parent;
            while let Some(index) = parent {
                depth += 1;
                parent = trace.spans[index as usize].parent;
            }
            let since = span.start.zip(execution.start).map(|(at, from)| at - from);
            write!(
                out,
                "{}{at} {:?} {:?} {} +{} {}{}",
                "  ".repeat(depth.min(30)),
                span.kind,
                trace.str(span.name).chars().take(60).collect::<String>(),
                span.status.name(),
                millis(since),
                millis(span.duration()),
                flags(span.flags)
            )
            .unwrap();
            let usage = &span.usage;
            if usage.is_recorded() {
                write!(
                    out,
                    " tokens {:?}/{:?}/{:?} cached {:?}/{:?} reasoning {:?}",
                    usage.prompt,
                    usage.completion,
                    usage.total,
                    usage.cached,
                    usage.cache_write,
                    usage.reasoning
                )
                .unwrap();
            }
            out.push('\n');
            let mut fields: Vec<String> = span
                .fields
                .iter()
                .map(|(field, value)| format!("{field:?}={}", shown(opened, value)))
                .collect();
            fields.sort();
            for line in fields.chunks(6) {
                writeln!(out, "{}  {}", "  ".repeat(depth.min(30)), line.join(" ")).unwrap();
            }
        }
    }
    out
}

fn shown(opened: &Opened, value: Value) -> String {
    match value {
        Value::Text(text) => {
            let content = opened.read(text).unwrap_or_default();
            let start: String = content.chars().take(24).collect();
            format!("{:?}({})", start, content.chars().count())
        }
        Value::Sym(sym) => {
            let text: String = opened.trace.str(sym).chars().take(40).collect();
            format!("{text:?}")
        }
        other => format!("{other:?}"),
    }
}

fn millis(nanos: Option<i64>) -> String {
    nanos.map_or("?".to_owned(), |nanos| {
        format!("{:.1}ms", nanos as f64 / 1e6)
    })
}

fn flags(flags: Flags) -> String {
    if flags == Flags::default() {
        String::new()
    } else {
        format!(" {flags:?}")
    }
}

//! Shared by the tests: reading files, reports, the corpora.
#![allow(dead_code, missing_docs)]

use crewscope_analysis::findings::{self, Findings, Thresholds};
use crewscope_analysis::{report, Prices};
use crewscope_import::Importer;
use crewscope_trace::model::{Execution, Field, Kind, Span, TextRef, Trace};
use crewscope_trace::text::decode_text;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A trace with the bytes it was read from.
pub struct Opened {
    pub trace: Trace,
    pub findings: Findings,
    pub bytes: Vec<Vec<u8>>,
}

/// The folder `tests/traces`, and the larger one of the same layout that `CREWSCOPE_CORPUS` names, if it is set.
pub fn corpora() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces");
    let named = std::env::var_os("CREWSCOPE_CORPUS").map(PathBuf::from);
    if let Some(named) = &named {
        assert!(
            named.is_absolute() && named.is_dir(),
            "CREWSCOPE_CORPUS has to name a folder by its absolute path, and not {}",
            named.display()
        );
    }
    [own].into_iter().chain(named).collect()
}

/// A file of the repo.
pub fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/traces")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn open_bytes(sources: Vec<(String, Vec<u8>)>) -> Opened {
    let mut importer = Importer::new();
    let mut bytes = Vec::new();
    for (name, content) in sources {
        importer.begin_source(&name);
        importer.push(&content);
        importer.end_source();
        bytes.push(content);
    }
    let (trace, evidence) = importer.finish_noted();
    Opened {
        findings: findings::find(&trace, &evidence, &Thresholds::default()),
        trace,
        bytes,
    }
}

pub fn open(name: &str) -> Opened {
    open_bytes(vec![(name.to_owned(), sample(name))])
}

pub fn open_lines(lines: &[String]) -> Opened {
    open_bytes(vec![("lines".to_owned(), lines.join("\n").into_bytes())])
}

impl Opened {
    pub fn read(&self, text: TextRef) -> Option<String> {
        let start = usize::try_from(text.offset).ok()?;
        let end = start + usize::try_from(text.len).ok()?;
        Some(decode_text(
            text.form,
            self.bytes.get(text.source as usize)?.get(start..end)?,
        ))
    }

    pub fn report(&self) -> Value {
        let report = report::report(
            &self.trace,
            &self.findings,
            &Prices::bundled(),
            &mut |text| self.read(text),
        );
        serde_json::to_value(report).unwrap()
    }

    /// The only execution.
    pub fn execution(&self) -> &Execution {
        assert_eq!(self.trace.executions.len(), 1, "one execution");
        &self.trace.executions[0]
    }

    pub fn spans(&self, kind: Kind) -> Vec<&Span> {
        self.trace
            .spans
            .iter()
            .filter(|span| span.kind == kind)
            .collect()
    }

    pub fn name(&self, span: &Span) -> &str {
        self.trace.str(span.name)
    }

    pub fn text(&self, span: &Span, field: Field) -> Option<String> {
        span.text(field).and_then(|text| self.read(text))
    }

    pub fn parent(&self, span: &Span) -> Option<&Span> {
        span.parent.map(|parent| &self.trace.spans[parent as usize])
    }

    pub fn warned(&self, kind: &str) -> u64 {
        self.trace
            .warnings
            .iter()
            .find(|warning| warning.kind.name() == kind)
            .map_or(0, |warning| warning.count)
    }
}

//! Prints the report of one or more trace files as JSON: `cargo run -q -p crewscope-trace --example report -- FILE…`.
//!
//! All files together make one trace, as in the viewer. Exits with 1 if a file cannot be read, with 2 if no trace was found in any.

use crewscope_trace::analysis::{report, Prices};
use crewscope_trace::import::{decode_text, Importer};
use std::io::Write;
use std::process::ExitCode;

/// Bytes handed to the importer at a time.
const CHUNK: usize = 1 << 20;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: report FILE…");
        return ExitCode::from(1);
    }
    let mut importer = Importer::new();
    let mut contents = Vec::new();
    for file in &files {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::from(1);
            }
        };
        importer.begin_source(file.rsplit('/').next().unwrap_or(file));
        bytes.chunks(CHUNK).for_each(|chunk| importer.push(chunk));
        importer.end_source();
        contents.push(bytes);
    }
    let trace = importer.finish();
    let report = report::report(&trace, &Prices::bundled(), &mut |text| {
        let start = usize::try_from(text.offset).ok()?;
        let end = start.checked_add(usize::try_from(text.len).ok()?)?;
        Some(decode_text(
            text.form,
            contents.get(text.source as usize)?.get(start..end)?,
        ))
    });
    let printed = serde_json::to_string_pretty(&report).map_err(std::io::Error::from);
    match printed.and_then(|json| writeln!(std::io::stdout(), "{json}")) {
        Ok(()) if trace.executions.is_empty() => ExitCode::from(2),
        Ok(()) => ExitCode::SUCCESS,
        // A closed pipe (`| head`) is no fault.
        Err(_) => ExitCode::SUCCESS,
    }
}

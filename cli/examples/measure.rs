//! Measures reading natively: `cargo run --release -p crewscope-cli --example measure -- [--chunk BYTES] [--no-hash] [--findings] FILE…`.
//!
//! Prints how long framing and reading, and then putting the model together took, and a hash of the model, which must be the same for any size
//! of chunk. With `--findings` also how long it took to look through it. `cargo xtask bench` runs it for its check, and under `valgrind` to count instructions: these are repeatable, seconds are not.

use crewscope_analysis::findings::{find, Thresholds};
use crewscope_import::Importer;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Instant;
use xxhash_rust::xxh3::Xxh3;

/// Hashes what is written.
struct Hash(Xxh3);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    let mut chunk = 1 << 16;
    let mut hash = true;
    let mut findings = false;
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--chunk" => match arguments.next().and_then(|bytes| bytes.parse().ok()) {
                Some(bytes) => chunk = bytes,
                None => return ExitCode::from(2),
            },
            "--no-hash" => hash = false,
            "--findings" => findings = true,
            _ => files.push(argument),
        }
    }
    let mut importer = Importer::new();
    let mut buffer = vec![0; chunk];
    let (mut reading, began) = (0.0, Instant::now());
    for name in &files {
        let Ok(mut file) = File::open(name) else {
            eprintln!("{name}: cannot be opened");
            return ExitCode::from(1);
        };
        let last = name.rsplit('/').next().unwrap_or_default();
        importer.begin_source(last);
        while let Ok(len) = file.read(&mut buffer) {
            let bytes = buffer.get(..len).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            let now = Instant::now();
            importer.push(bytes);
            reading += now.elapsed().as_secs_f64();
        }
        importer.end_source();
    }
    let now = Instant::now();
    let (trace, evidence) = importer.finish_noted();
    let finishing = now.elapsed().as_secs_f64();
    let all = began.elapsed().as_secs_f64();
    let mut model = Hash(Xxh3::new());
    if hash && serde_json::to_writer(&mut model, &trace).is_err() {
        return ExitCode::from(1);
    }
    let line = format!(
        "spans {} reading {:.0} ms finishing {:.0} ms all {:.0} ms model {:016x}\n",
        trace.spans.len(),
        reading * 1e3,
        finishing * 1e3,
        all * 1e3,
        model.0.digest()
    );
    let _ = std::io::stdout().write_all(line.as_bytes());
    if findings {
        let now = Instant::now();
        let found = find(&trace, &evidence, &Thresholds::default());
        let line = format!(
            "findings {} edges {} in {:.0} ms\n",
            found.list.len(),
            found.edges.len(),
            now.elapsed().as_secs_f64() * 1e3
        );
        let _ = std::io::stdout().write_all(line.as_bytes());
    }
    ExitCode::SUCCESS
}

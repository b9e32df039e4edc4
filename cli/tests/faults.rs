//! Broken files, natively: every fixture cut at 200 places, and with single bits turned. Nothing panics, what was whole is kept, and what is
//! missing is said.
//!
//! `CREWSCOPE_FULL=1` cuts the large files at as many places, too.
#![allow(missing_docs)]

mod support;

use crewscope_import::{sniff, Importer, Sniffed};
use crewscope_trace::model::Trace;
use std::fs;
use std::path::{Path, PathBuf};

/// Places at which each file is cut.
const CUTS: usize = 200;
/// Bits turned in each file.
const FLIPS: usize = 60;
/// Bytes read for one file at most, unless all are asked for: a debug build reads some 20 MB a second.
const BYTES: usize = 512 << 10;

/// Every trace of the repository, with its bytes.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces");
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.sort();
    let files: Vec<_> = found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            (name, fs::read(&path).unwrap())
        })
        .collect();
    assert!(files.len() > 80, "{} traces", files.len());
    files
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("expected") {
            collect(&path, found);
        } else if path.extension().is_some_and(|kind| kind != "md") && !path.is_dir() {
            found.push(path);
        }
    }
}

/// Reads bytes as the worker does: protobuf is unpacked first.
fn read(bytes: &[u8]) -> Trace {
    let mut unpacked = Vec::new();
    let json = match sniff(bytes, true) {
        Sniffed::Protobuf(mut unpacker) => {
            unpacker.push(bytes, &mut unpacked);
            unpacker.finish(&mut unpacked);
            &unpacked[..]
        }
        _ => bytes,
    };
    let mut importer = Importer::new();
    importer.begin_source("x");
    importer.push(json);
    importer.finish()
}

fn records(trace: &Trace) -> u64 {
    trace.sources.iter().map(|source| source.records).sum()
}

fn sound(trace: &Trace, what: &str) {
    for (at, span) in trace.spans.iter().enumerate() {
        assert!(
            span.parent.is_none_or(|parent| (parent as usize) < at),
            "{what}"
        );
        assert!(
            span.subtree_end as usize > at && span.subtree_end as usize <= trace.spans.len(),
            "{what}"
        );
    }
}

/// How many changes of one file there is time for.
fn affordable(bytes: &[u8], wanted: usize) -> usize {
    if std::env::var_os("CREWSCOPE_FULL").is_some() {
        return wanted;
    }
    (BYTES / bytes.len().max(1)).clamp(6, wanted)
}

#[test]
fn a_file_that_is_cut_keeps_what_was_whole_and_says_that_it_ends() {
    let mut tried = 0;
    for (name, bytes) in fixtures() {
        let whole = read(&bytes);
        let count = affordable(&bytes, CUTS);
        let mut before = 0;
        for step in 0..count {
            // Spread over the file, and not always at the same place of a line.
            let at = (bytes.len() * step / count + step * 13 % 7).min(bytes.len());
            let what = format!("{name} cut at {at}");
            let cut = read(&bytes[..at]);
            sound(&cut, &what);
            let kept = records(&cut);
            // The last entry of a log is one as long as it can be read.
            let open = u64::from(name.ends_with(".txt"));
            assert!(
                kept + open >= before,
                "{what}: {kept} records, {before} of a shorter part"
            );
            assert!(kept <= records(&whole), "{what}");
            before = kept;
            let rest = &bytes[at..];
            let at_an_end = matches!(bytes[..at].last(), None | Some(b'\n' | b' ' | b'}' | b']'))
                || rest.starts_with(b"\n");
            let is_text = std::str::from_utf8(&bytes).is_ok() && !name.ends_with(".txt");
            if is_text && !at_an_end {
                assert!(!cut.warnings.is_empty(), "{what}: nobody is told");
            }
            tried += 1;
        }
        // A cut is at a record's end at last.
        assert_eq!(records(&read(&bytes)), records(&whole), "{name}");
    }
    println!("{tried} files that end too early");
}

#[test]
fn a_turned_bit_costs_its_own_lines() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as usize
    };
    let mut tried = 0;
    for (name, bytes) in fixtures() {
        let whole = records(&read(&bytes));
        // Where a line is a record, two may go: a line feed may be what was hit.
        let lines = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .count() as u64;
        let of_lines = lines == whole && lines > 2 && !name.ends_with(".txt");
        for _ in 0..affordable(&bytes, FLIPS) {
            let (at, bit) = (random(bytes.len()), random(8));
            let mut turned = bytes.clone();
            turned[at] ^= 1 << bit;
            let what = format!("{name}, bit {bit} of byte {at}");
            let trace = read(&turned);
            sound(&trace, &what);
            if of_lines {
                let kept = records(&trace);
                assert!(kept + 2 >= whole, "{what}: {kept} of {whole} records");
                assert!(
                    kept >= whole || !trace.warnings.is_empty(),
                    "{what}: nobody is told"
                );
            }
            tried += 1;
        }
    }
    println!("{tried} files with a turned bit");
}

//! Names what page and reader are built of (`CREWSCOPE_WIRE`), so that two programs of different builds know it: a hash of the sources whose types
//! travel between them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const SOURCES: [&str; 3] = ["src", "../trace/src", "../analysis/src"];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for folder in SOURCES {
        println!("cargo::rerun-if-changed={folder}");
        list(Path::new(folder), &mut files)?;
    }
    files.sort();
    // FNV-1a of 64 bits.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        for byte in fs::read(file)? {
            // A checkout may have other ends of lines.
            if byte != b'\r' {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    println!("cargo::rustc-env=CREWSCOPE_WIRE=crewscope-wire-{hash:016x}");
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

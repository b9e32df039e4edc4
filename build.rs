//! Writes `OUT_DIR/style.css`: the style sheets as one text.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

/// These come first, in this order: the others use them. The rest follows by name.
const FIRST: [&str; 3] = ["tokens", "base", "shell"];
/// The last: it changes what the others say.
const LAST: &str = "sections";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=style");
    let mut sheets = Vec::new();
    for entry in fs::read_dir("style")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "css") {
            sheets.push(path);
        }
    }
    sheets.sort_by_key(|path| {
        let name = path.file_stem().unwrap_or_default().to_owned();
        let first = FIRST.iter().position(|first| name == *first);
        (first.unwrap_or(FIRST.len()), name == LAST, name)
    });
    let mut all = String::new();
    for sheet in sheets {
        all.push_str(&fs::read_to_string(sheet)?);
    }
    let folder = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&folder).join("style.css"), all)
}

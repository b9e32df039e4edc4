//! Writes `OUT_DIR/style.css`: the style sheets as one text, without comments and layout, for they are downloaded with the program.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

/// In order: tokens come first, the others use them.
const SHEETS: [&str; 13] = [
    "tokens",
    "base",
    "shell",
    "start",
    "executions",
    "summary",
    "findings",
    "timeline",
    "tasks",
    "texts",
    "details",
    "find",
    "sections",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=style");
    let mut all = String::new();
    for sheet in SHEETS {
        let text = fs::read_to_string(format!("style/{sheet}.css"))?;
        small(&text, &mut all);
    }
    let folder = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&folder).join("style.css"), all)
}

/// Leaves out comments, and white space where it separates nothing. Around `+`, `-`, `:`, `(` and the like it stays: there it may matter.
/// Strings stay as they are.
fn small(text: &str, out: &mut String) {
    let mut rest = text;
    let mut space = false;
    while let Some(next) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            space = true;
            continue;
        }
        let length = match next {
            '"' | '\'' => string_length(rest, next),
            _ => next.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        if next.is_ascii_whitespace() {
            space = true;
            continue;
        }
        let alone = |c: char| matches!(c, '{' | '}' | ';' | ',' | '>');
        if space && !alone(next) && !out.ends_with(alone) && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        // The last declaration of a block needs no semicolon.
        if next == '}' && out.ends_with(';') {
            out.pop();
        }
        out.push_str(piece);
    }
}

/// Bytes of the string that `text` begins with, its quotes included.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

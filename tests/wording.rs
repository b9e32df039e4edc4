//! Texts that a person reads or hears stand in `src/wording` and nowhere else: looks through the sources for others.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// Literals that look like texts and are none: in which file, which (empty: all of it), and why.
const NO_TEXTS: &[(&str, &[&str], &str)] = &[
    (
        "view/parts/icon.rs",
        &[],
        "outlines of icons, as paths of SVG",
    ),
    (
        "view/parts/format.rs",
        &[],
        "symbols of units beside their numbers",
    ),
    (
        "view/timeline/axis.rs",
        &[],
        "symbols of units beside their numbers",
    ),
    (
        "view/parts/text.rs",
        &[
            "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "LRM", "RLM", "ALM",
            "ZWSP", "ZWNJ", "ZWJ", "WJ", "BOM", "SHY", "ESC", "NUL", "U+{:04X}",
        ],
        "Unicode's own names of characters that cannot be seen",
    ),
    (
        "view/parts/json_tree.rs",
        &["an object or an array"],
        "what serde expects; its error is not shown",
    ),
    (
        "view/parts/markdown.rs",
        &["noopener noreferrer nofollow"],
        "values of an attribute",
    ),
    (
        "view/findings/lineage.rs",
        &["M78 ", "C", "m-5 -3l5 3l-5 3"],
        "a path of SVG",
    ),
    (
        "view/details/call.rs",
        &["assistant"],
        "a role as messages have it",
    ),
    (
        "view/palette/values.rs",
        &[
            ".cs-title h1, .cs-title time, .cs-tile dt, .cs-details-name h3, .cs-facts > dt:not(.cs-long), .cs-parameters > span, .cs-json-value",
            ":scope > .cs-json-key, :scope > button > .cs-json-key",
            "H1",
            "H3",
            "TIME",
            "DT",
        ],
        "selectors and tags",
    ),
    (
        "view/find/mark.rs",
        &["Highlight", "CSS"],
        "names of the browser's objects",
    ),
    (
        "view/palette/mod.rs",
        &["ArrowDown", "ArrowUp", "Enter"],
        "names of keys",
    ),
    (
        "view/timeline/labels.rs",
        &[
            "ArrowLeft",
            "ArrowRight",
            "ArrowDown",
            "ArrowUp",
            "Home",
            "End",
            "PageDown",
            "PageUp",
            "Enter",
        ],
        "names of keys",
    ),
    (
        "view/timeline/tools.rs",
        &["ArrowLeft", "ArrowRight", "C", "X", "W", "S", "Escape"],
        "names of keys",
    ),
    (
        "view/actions.rs",
        &["N", "G", "E", "U", "Esc", "Escape"],
        "names of keys",
    ),
    (
        "view/shell/keys.rs",
        &["INPUT", "TEXTAREA", "SELECT"],
        "tags",
    ),
    ("view/palette/commands.rs", &["Ctrl+K"], "the name of a key"),
    (
        "view/details/step.rs",
        &["G g", "E e", "U u"],
        "names of keys",
    ),
    (
        "view/timeline/mod.rs",
        &["(prefers-color-scheme: dark)"],
        "a question to the style sheets",
    ),
    (
        "view/timeline/paint.rs",
        &["500 10.5px system-ui, sans-serif"],
        "a font",
    ),
    (
        "view/regions.rs",
        &["header"],
        "a word of an attribute",
    ),
    ("viewer/listen.rs", &["Files"], "the browser's name of a kind"),
    (
        "view/shell/focus.rs",
        &["[role=region], dialog, main, .cs-root", "h1, h2, h3"],
        "selectors",
    ),
    (
        "reading/explain.rs",
        &["-H 'Authorization: Bearer KEY' ", "curl {header}-o trace.json '{url}'"],
        "a command to be run as it is",
    ),
    (
        "embed/panic.rs",
        &["12px 16px", "Canvas", "CanvasText", "2px solid #c0392b"],
        "values of styles",
    ),
];

/// What stands before a literal that is no text, whatever is in it.
const NO_TEXT_AFTER: [&str; 8] = [
    "class=",
    "extern",
    "include_str!(",
    "env!(",
    "debug_struct(",
    "js_name =",
    "expect(",
    "cfg(target_arch =",
];

/// What stands before a literal that is a text if there is a letter in it.
const TEXT_AFTER: [&str; 9] = [
    ".push_str(",
    ".then_some(",
    "aria-label=",
    "aria-description=",
    "aria-valuetext=",
    "title=",
    "placeholder=",
    "alt=",
    "counted(",
];

/// Whether the literal is the first child of an element: it follows a tag of `view!`.
fn is_child(before: &str) -> bool {
    before.ends_with('>') && !before.ends_with("=>") && !before.ends_with("->")
}

/// A literal, and what stands before it on its line and those above.
struct Literal {
    line: usize,
    before: String,
    text: String,
}

/// The string literals of a source, without those of its comments, its tests and its bytes.
fn literals(source: &str) -> Vec<Literal> {
    let end = source.find("#[cfg(test)]\nmod ").unwrap_or(source.len());
    let source = &source[..end];
    let mut found = Vec::new();
    let mut at = 0;
    // What was read until now, without comments.
    let mut read = String::new();
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let literal = |opening: &str, closing: &str, escapes: bool| {
            let inside = rest.strip_prefix(opening)?;
            let mut letters = inside.char_indices();
            let mut text = String::new();
            loop {
                let (place, letter) = letters.next()?;
                if inside[place..].starts_with(closing) {
                    return Some((text, opening.len() + place + closing.len()));
                }
                if letter != '\\' || !escapes {
                    text.push(letter);
                    continue;
                }
                match letters.next()?.1 {
                    // A line that is continued goes on at its first letter.
                    '\n' => text.push('\n'),
                    'n' | 't' | 'r' => text.push(' '),
                    other => text.push(other),
                }
            }
        };
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some((_, length)) = literal("b\"", "\"", true) {
            at += length;
            read.push('0');
        } else if let Some((text, length)) = literal("\"", "\"", true)
            .or_else(|| literal("r\"", "\"", false))
            .or_else(|| literal("r#\"", "\"#", false))
        {
            let text = text.split('\n').enumerate().map(|(line, text)| match line {
                0 => text,
                _ => text.trim_start(),
            });
            let text = text.collect();
            found.push(Literal {
                line: source[..at].matches('\n').count() + 1,
                before: read
                    .trim_end()
                    .chars()
                    .rev()
                    .take(40)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect(),
                text,
            });
            read.push_str(&rest[..length]);
            at += length;
        } else {
            // A letter in quotes may be a quote itself; a lifetime has none behind it.
            let quoted = ["'\"'", "'\\\"'", "'\\''", "'\\\\'"];
            let length = quoted
                .iter()
                .find(|quoted| rest.starts_with(**quoted))
                .map_or_else(
                    || rest.chars().next().map_or(1, char::len_utf8),
                    |quoted| quoted.len(),
                );
            read.push_str(&rest[..length]);
            at += length;
        }
    }
    found
}

/// Whether a person would read it.
fn is_text(literal: &Literal) -> bool {
    let Literal { before, text, .. } = literal;
    let before = before.trim_end();
    if NO_TEXT_AFTER.iter().any(|sign| before.ends_with(sign)) {
        return false;
    }
    // What stands between braces is a name in the program.
    let mut depth = 0;
    let said: String = text
        .chars()
        .filter(|letter| {
            depth += i32::from(*letter == '{');
            let inside = depth > 0;
            depth -= i32::from(*letter == '}');
            !inside
        })
        .collect();
    let letters = said.chars().any(char::is_alphabetic);
    // A word, and no piece of an address or the value of a flag.
    let word = !said.contains(['&', '=', '/']) && said != "true";
    let shown = is_child(before) || TEXT_AFTER.iter().any(|sign| before.ends_with(sign));
    letters && (shown && word || said.contains(' ') || text.starts_with(char::is_uppercase))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn texts_stand_in_the_wording() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    let mut wrong = Vec::new();
    let mut used = vec![false; NO_TEXTS.len()];
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        if name.starts_with("wording/") {
            continue;
        }
        for literal in literals(&fs::read_to_string(&file).unwrap()) {
            if !is_text(&literal) {
                continue;
            }
            let known = NO_TEXTS.iter().position(|(file, texts, _)| {
                *file == name && (texts.is_empty() || texts.contains(&literal.text.as_str()))
            });
            match known {
                Some(at) => used[at] = true,
                None => wrong.push(format!("src/{name}:{}: {:?}", literal.line, literal.text)),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "texts outside src/wording:\n{}",
        wrong.join("\n")
    );
    let idle: Vec<_> = NO_TEXTS
        .iter()
        .zip(used)
        .filter(|(_, used)| !used)
        .collect();
    assert!(idle.is_empty(), "exceptions that are none: {idle:?}");
}

#[test]
fn texts_are_told_from_what_is_none() {
    let texts = |source: &str| -> Vec<String> {
        let texts = literals(source).into_iter().filter(is_text);
        texts.map(|literal| literal.text).collect()
    };
    let none: [String; 0] = [];
    for text in [
        r#"<p>"nothing"</p>"#,
        r#"<p aria-label="close"/>"#,
        r#"<p title="close"/>"#,
        r#"let word = "Close";"#,
        r#"format!("{} left", count(left))"#,
        r#"told.push_str("read")"#,
        "<p>\n        \"more\"\n    </p>",
        r##"let text = r#"Some "raw" text"#;"##,
        r#"let quote = '"'; let text = "Text";"#,
        r#"Some(_) => "two words","#,
    ] {
        assert_eq!(texts(text).len(), 1, "{text}");
    }
    for text in [
        r#"<p class="cs-muted cs-mono">"#,
        r#"// a comment: "Some text""#,
        r#"head.starts_with(b"SQLite format 3\0")"#,
        r#"format!("{}px", at)"#,
        r#"<p>{words::CLOSE}</p>"#,
        r#"<span>"{" "×"</span>"#,
        r#"Some(true) => "tasks","#,
        r#"window.match("click")"#,
        r#"format!("{number} {other}")"#,
        "#[cfg(test)]\nmod tests { fn a() { b(\"Some text\") } }",
    ] {
        assert_eq!(texts(text), none, "{text}");
    }
    assert_eq!(texts("x(\"a \\\n   b\")"), ["a b"]);
}

//! Nothing in the repository reads what lies outside of it: a stranger's clone has nothing beside it. A larger corpus is read from where
//! `CREWSCOPE_CORPUS` says, and from nowhere else.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// What is read or run. Traces are data, and lock files name the registry's own paths.
const ENDS: [&str; 14] = [
    "rs", "toml", "js", "mjs", "cjs", "ts", "tsx", "vue", "py", "sh", "json", "yml", "html", "md",
];
const DATA: [&str; 4] = [
    "tests/traces/",
    "fuzz/corpus/",
    "package-lock.json",
    // What this test is tried on.
    "tests/inside.rs",
];

/// Paths that are no places: in which file, which, and what they are.
const NO_PLACES: &[(&str, &[&str], &str)] = &[
    (
        "tests/e2e/hostile/strings.mjs",
        &["../../../../etc/passwd"],
        "what an attacker writes",
    ),
    (
        "tests/e2e/iframe.test.mjs",
        &["../private.jsonl"],
        "a link of an attacker's page",
    ),
    (
        "tests/e2e/save.test.mjs",
        &["../evil.js"],
        "an address that the page refuses",
    ),
];

/// The files that git knows, and those that it would take.
fn files(root: &Path) -> Vec<String> {
    let listed = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git");
    assert!(listed.status.success(), "{listed:?}");
    let text = String::from_utf8(listed.stdout).unwrap();
    let wanted = |name: &&str| {
        let read = name
            .rsplit_once('.')
            .is_some_and(|(_, end)| ENDS.contains(&end));
        read && !DATA.iter().any(|data| name.contains(data)) && root.join(name).is_file()
    };
    text.lines().filter(wanted).map(str::to_owned).collect()
}

/// The paths in a text that begin with `../`: where each stands, and the path.
fn climbing(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("../").map(|at| from + at) {
        let length = text[at..]
            .find(|c: char| !(c.is_alphanumeric() || "./_-@".contains(c)))
            .unwrap_or(text.len() - at);
        let before = text[..at].chars().next_back();
        // The middle of a longer path: what stands before it counts, too.
        if !before.is_some_and(|c| c.is_alphanumeric() || "/.".contains(c)) {
            found.push((at, &text[at..at + length]));
        }
        from = at + length;
    }
    found
}

/// Whether a path leaves the repository from every folder that it might be meant from: the file's own and those above it.
fn leaves(root: &Path, file: &str, path: &str) -> bool {
    let folders = Path::new(file).ancestors().skip(1);
    folders.map(|folder| inside(folder, path)).all(|place| {
        // What is built or installed is not there in a fresh clone.
        place.is_none_or(|place| {
            let made = ["dist", "target", "target-wasm", "node_modules"];
            let there = root.join(&place).exists();
            !there
                && !place
                    .components()
                    .any(|part| made.iter().any(|name| part.as_os_str() == *name))
        })
    })
}

/// A path seen from a folder of the repository; `None` if it leads out of that.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut place = folder.to_path_buf();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir if place.pop() => {}
            Component::ParentDir => return None,
            Component::Normal(name) => place.push(name),
            _ => {}
        }
    }
    Some(place)
}

#[test]
fn no_file_names_a_path_outside_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut looked = 0;
    for file in files(root) {
        let Ok(text) = fs::read_to_string(root.join(&file)) else {
            continue;
        };
        looked += 1;
        for (at, path) in climbing(&text) {
            let known =
                |(name, paths, _): &(&str, &[&str], &str)| *name == file && paths.contains(&path);
            if leaves(root, &file, path) && !NO_PLACES.iter().any(known) {
                let line = text[..at].matches('\n').count() + 1;
                wrong.push(format!("{file}:{line}: {path}"));
            }
        }
    }
    assert!(looked > 200, "{looked} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paths_are_told_apart() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found: Vec<_> = climbing(r#"a("../x/y.js"), "../../z" and b/../c, …"#);
    assert_eq!(
        found.iter().map(|(_, path)| *path).collect::<Vec<_>>(),
        ["../x/y.js", "../../z"]
    );
    assert!(!leaves(root, "web/single/boot.js", "../element/guard.js"));
    assert!(!leaves(root, "cli/tests/numbers.rs", "../tests/traces"));
    assert!(!leaves(
        root,
        "docs/embedding.md",
        "../dist/site/index.html"
    ));
    assert!(leaves(root, "cli/tests/numbers.rs", "../beside/traces"));
    assert!(leaves(root, "README.md", "../x"));
}

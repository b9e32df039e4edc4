//! The list of regions (`crewscope::view::REGIONS`) against what hosts read: types and documentation.
#![cfg(not(target_arch = "wasm32"))]

use crewscope::view::REGIONS;
use std::fs;
use std::path::Path;

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn words() -> Vec<&'static str> {
    REGIONS.iter().map(|region| region.word).collect()
}

/// Holds what stands between two marks of a file against what it should be; with `UPDATE_DOCS=1` writes it.
fn holds(name: &str, before: &str, after: &str, wanted: &str) {
    let whole = text(name);
    let (head, rest) = whole.split_once(before).expect(before);
    let (found, tail) = rest.split_once(after).expect(after);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        fs::write(path, [head, before, wanted, after, tail].concat()).unwrap();
        return;
    }
    assert_eq!(found, wanted, "{name}: run with UPDATE_DOCS=1");
}

#[test]
fn the_types_name_every_region() {
    let words: Vec<String> = words().iter().map(|word| format!("'{word}'")).collect();
    let file = "web/package/crew-scope.d.ts";
    holds(file, "export type Region = ", ";", &words.join(" | "));
}

#[test]
fn the_documentation_names_every_region() {
    let before = "the regions to show, separated by spaces: `";
    holds("docs/embedding.md", before, "`", &words().join(" "));
}

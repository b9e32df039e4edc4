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

/// What stands between two marks, where it stands once.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let mut rest = text.split(before);
    let (_, Some(found), None) = (rest.next(), rest.next(), rest.next()) else {
        panic!("not exactly one {before}");
    };
    found.split(after).next().unwrap_or_default()
}

#[test]
fn the_types_name_every_region() {
    let types = text("web/package/crew-scope.d.ts");
    let named = between(&types, "export type Region = ", ";");
    let named: Vec<_> = named
        .split('|')
        .map(|word| word.trim().trim_matches('\''))
        .collect();
    assert_eq!(named, words());
}

#[test]
fn the_documentation_names_every_region() {
    let docs = text("docs/embedding.md");
    let named = between(&docs, "the regions to show, separated by spaces: `", "`");
    assert_eq!(named.split(' ').collect::<Vec<_>>(), words());
}

//! The list of regions (`crewscope::view::regions`) against the places that hosts and readers read: types, documentation, style sheet.
#![cfg(not(target_arch = "wasm32"))]

use crewscope::view::regions::REGIONS;
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

#[test]
fn the_style_sheet_hides_every_region() {
    let sheet = text("style/sections.css");
    for region in REGIONS {
        let rule = format!("[data-sections]:not([data-sections~=\"{}\"]) ", region.word);
        let hidden = sheet.lines().find_map(|line| line.strip_prefix(&rule));
        let hidden = hidden.unwrap_or_else(|| panic!("{} has no rule", region.word));
        if let (Some(name), true) = (region.name, hidden.starts_with('[')) {
            assert!(
                hidden.starts_with(&format!("[aria-label=\"{name}\"]")),
                "{hidden}"
            );
        }
    }
    // And names nothing else.
    for (at, _) in sheet.match_indices("[data-sections~=\"") {
        let word = sheet[at..].split('"').nth(1).unwrap_or_default();
        assert!(words().contains(&word), "{word} is no region");
    }
}

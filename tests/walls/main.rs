//! The walls: which package may know which, and that no two modules of a folder know each other.
//!
//! Cargo holds the walls between packages. Inside a package nothing does but this: in every folder the modules import each other in one direction
//! only, each taken with all that lies below it.
#![cfg(not(target_arch = "wasm32"))]

mod graph;

use graph::{Graph, Module};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The packages, and which of the others each may know.
const PACKAGES: [(&str, &str, &[&str]); 6] = [
    ("crewscope_trace", "trace/src/lib.rs", &[]),
    (
        "crewscope_import",
        "import/src/lib.rs",
        &["crewscope_trace"],
    ),
    (
        "crewscope_analysis",
        "analysis/src/lib.rs",
        &["crewscope_trace"],
    ),
    (
        "crewscope_wire",
        "wire/src/lib.rs",
        &["crewscope_trace", "crewscope_analysis"],
    ),
    (
        "crewscope_reader",
        "reader/src/lib.rs",
        &[
            "crewscope_trace",
            "crewscope_import",
            "crewscope_analysis",
            "crewscope_wire",
        ],
    ),
    (
        "crewscope",
        "src/lib.rs",
        &["crewscope_trace", "crewscope_analysis", "crewscope_wire"],
    ),
];

fn graph() -> Graph {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut graph = Graph::default();
    for (package, file, _) in PACKAGES {
        graph.add(package, &root.join(file));
    }
    graph
}

#[test]
fn packages_know_only_what_they_may() {
    let graph = graph();
    for (from, to) in graph.arrows() {
        let (_, _, may) = PACKAGES
            .iter()
            .find(|(name, ..)| *name == from[0])
            .expect("a package of the list");
        assert!(
            from[0] == to[0] || may.contains(&to[0].as_str()),
            "{} imports {}",
            from.join("::"),
            to.join("::")
        );
    }
}

/// Whom the modules of a folder know, with an example of each.
type Arrows<'a> = BTreeMap<(&'a str, &'a str), (&'a Module, &'a Module)>;

#[test]
fn in_every_folder_imports_go_one_way() {
    let graph = graph();
    let mut folders: BTreeMap<&[String], Arrows<'_>> = BTreeMap::new();
    for (from, to) in graph.arrows() {
        let common = from
            .iter()
            .zip(to)
            .take_while(|(one, other)| one == other)
            .count();
        let (Some(one), Some(other)) = (from.get(common), to.get(common)) else {
            // A module and its own folder: what is below belongs to it.
            continue;
        };
        folders
            .entry(&from[..common])
            .or_default()
            .entry((one, other))
            .or_insert((from, to));
    }
    let mut cycles = Vec::new();
    for (folder, arrows) in &folders {
        let edges: BTreeSet<(&str, &str)> = arrows.keys().copied().collect();
        let bound = bound_together(&edges);
        if bound.is_empty() {
            continue;
        }
        cycles.push(format!("in {}:", folder.join("::")));
        for (pair, (from, to)) in arrows {
            if bound.contains(pair) {
                cycles.push(format!("    {} imports {}", from.join("::"), to.join("::")));
            }
        }
    }
    assert!(
        cycles.is_empty(),
        "modules that import each other, in a circle:\n{}",
        cycles.join("\n")
    );
}

/// The arrows that are part of a circle.
fn bound_together<'a>(edges: &BTreeSet<(&'a str, &'a str)>) -> BTreeSet<(&'a str, &'a str)> {
    let reaches = |from: &str, to: &str| {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            for (_, next) in edges.iter().filter(|(one, _)| *one == at) {
                if *next == to {
                    return true;
                }
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    };
    edges
        .iter()
        .copied()
        .filter(|(from, to)| from != to && reaches(to, from))
        .collect()
}

#[test]
fn a_circle_is_found() {
    let edges = BTreeSet::from([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]);
    assert_eq!(
        bound_together(&edges),
        BTreeSet::from([("a", "b"), ("b", "c"), ("c", "a")])
    );
}

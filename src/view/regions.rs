//! What a region is, and which of them a host shows. The list of them is [`crate::view::REGIONS`].

use crate::view::REGIONS;
use leptos::prelude::AnyView;

/// A part of the viewer that a host can show or leave out.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// How the attributes `sections` and `view` name it.
    pub word: &'static str,
    /// Its accessible name; `None`: it is a bar and no region.
    pub name: Option<&'static str>,
    /// Where it stands.
    pub column: Column,
    /// How many turns have to pass since a trace is shown before it is put up, at most [`crate::viewer::TURNS`].
    pub turn: u32,
    /// Draws it.
    pub draw: fn() -> AnyView,
}

/// A part of the page's grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The bar at the top.
    Header,
    /// At the left, or over the page where there is no room.
    Executions,
    /// In the middle.
    Main,
    /// At the right, or over the page where there is no room.
    Details,
}

impl Column {
    /// All of them, with how the style sheet names them.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Header, "header"),
        (Self::Executions, "executions"),
        (Self::Main, "main"),
        (Self::Details, "details"),
    ];
}

/// Which regions are shown, by the attributes `sections` (words of regions, separated by white space; none: all) and `view` (one that is shown alone,
/// with the header unless `sections` leaves it out). Words that name no region are passed over. Empty: all are shown.
pub fn arranged(sections: &str, view: &str) -> Vec<&'static str> {
    let known = |text: &str| {
        let of = |word: &str| REGIONS.iter().find(|region| region.word == word);
        let words = text.split_whitespace().filter_map(of);
        words.map(|region| region.word).collect::<Vec<_>>()
    };
    let sections = known(sections);
    let Some(&view) = known(view).first() else {
        return sections;
    };
    let header = sections.is_empty() || sections.contains(&"header");
    header
        .then_some("header")
        .into_iter()
        .chain([view])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::TURNS;

    #[test]
    fn the_last_regions_come_with_the_last_turn() {
        assert_eq!(REGIONS.iter().map(|region| region.turn).max(), Some(TURNS));
    }

    #[test]
    fn attributes_choose_regions() {
        let none: [&str; 0] = [];
        assert_eq!(arranged("", ""), none);
        assert_eq!(
            arranged("summary  nothing\nfindings", ""),
            ["summary", "findings"]
        );
        assert_eq!(arranged("", "findings"), ["header", "findings"]);
        assert_eq!(arranged("summary", "findings"), ["findings"]);
        assert_eq!(arranged("header summary", "tasks"), ["header", "tasks"]);
        assert_eq!(arranged("nothing", "nothing"), none);
    }
}

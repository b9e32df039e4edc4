//! The regions of the viewer, as hosts name them. The one list: `tests/regions.rs` holds style sheets, types and documentation against it.

use crate::wording;

/// A part of the viewer that a host can show or leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// How the attributes `sections` and `view` name it.
    pub word: &'static str,
    /// Its accessible name; `None`: it is a bar and no region.
    pub name: Option<&'static str>,
}

const fn region(word: &'static str, name: &'static str) -> Region {
    Region {
        word,
        name: Some(name),
    }
}

/// All of them, in the order of the page.
pub const REGIONS: [Region; 8] = [
    Region {
        word: "header",
        name: None,
    },
    region("executions", wording::common::EXECUTIONS),
    region("summary", wording::summary::EXECUTION_SUMMARY),
    region("findings", wording::findings::FINDINGS),
    region("timeline", wording::timeline::EXECUTION_TIMELINE),
    region("tasks", wording::tasks::TASKS_AND_AGENTS),
    region("output", wording::output::FINAL_OUTPUT),
    region("details", wording::details::TASK_DETAILS),
];

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
    use crate::view::regions::arranged;

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

//! Looking for a text in all sources.

use super::helper::Helper;
use super::{Runtime, Texts};
use crewscope_analysis::search::Hit;
use crewscope_wire::messages::{pack, ToPage, ToWorker};

/// What a search found since it told the last time.
#[derive(Debug)]
pub struct Found {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Bytes looked at so far.
    pub done: u64,
    /// Nothing more will come.
    pub ended: bool,
    /// There are more hits than are told.
    pub more: bool,
    /// A file cannot be read any more, something else stands in it now, or the reader broke down: the rest was not looked at.
    pub lost: bool,
}

/// Starts to look for `text` in everything that `texts` reads.
pub fn start(
    runtime: &Runtime,
    texts: &Texts,
    text: &str,
    report: Box<dyn Fn(Found)>,
) -> Option<Helper> {
    let order = pack(&ToWorker::Search(text.to_owned()), &texts.parts());
    let hear = move |heard| match heard {
        Some(ToPage::Found {
            hits,
            done,
            ended,
            more,
            lost,
        }) => report(Found {
            hits,
            done,
            ended,
            more,
            lost,
        }),
        Some(_) => {}
        None => report(Found {
            hits: Vec::new(),
            done: 0,
            ended: true,
            more: false,
            lost: true,
        }),
    };
    Helper::start(runtime, &order, hear)
}

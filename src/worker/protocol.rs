//! What page and worker say to each other.
//!
//! A message is an array of two: its head (postcard in a `Uint8Array`, so that both sides agree by type) and an
//! attachment that only the browser can carry (a `Blob`, a list of them, a transferred buffer), or `undefined`.

use crate::state::{LoadError, Progress};
use crewscope_trace::analysis::compare::Change;
use crewscope_trace::analysis::findings::Findings;
use crewscope_trace::analysis::search::Hit;
use js_sys::{Array, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

/// From the page to its worker.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Read these, in this order, as one trace. Attached: an array with the `Blob` of each order, `undefined` where it has a URL.
    Open {
        /// What to read.
        orders: Vec<Order>,
        /// More may come: the last source stays open for [`ToWorker::Append`].
        live: bool,
        /// From when on something is worth saying, where a host says otherwise (`name=value`).
        thresholds: String,
    },
    /// The attached `Blob` goes on where the last source ended.
    Append,
    /// Stop reading and send what was read.
    Stop,
    /// One [`ToPage::Piece`] was taken in: another may follow.
    Took,
    /// Look for this text. Attached: an array with `[source, offset, blob, marks]` for each part of a source.
    Search(String),
    /// Say what changed from the first text to the second.
    Diff(String, String),
}

/// One source to read.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its name for a person.
    pub name: String,
    /// The absolute URL to fetch; without one, the attached `Blob` is read.
    pub url: Option<String>,
}

/// From the worker to the page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum ToPage {
    /// How far it is.
    Progress(Progress),
    /// The bytes of a source from `offset` on lie in the attached `Blob`. An attached `Uint8Array` has the next marks that its file is known by
    /// (see [`crate::source::marks`]): a message of its own would be more to download.
    Part {
        /// Index of the source.
        source: u32,
        /// Bytes from its start, after decompression.
        offset: u64,
    },
    /// A piece of a model is attached as an `ArrayBuffer` (see [`super::pieces`]).
    Piece,
    /// A part of what was found ([`findings_as_bytes`]): in the last model, or in the one that follows if the last source is open for more.
    Findings(Vec<u8>),
    /// Everything that is there so far was sent; the last source is open for more.
    CaughtUp {
        /// What came so far is no trace; this is why.
        failure: Option<LoadError>,
        /// How often something was appended that has been read by now.
        appended: u32,
    },
    /// Everything was sent.
    Done {
        /// Because of [`ToWorker::Stop`].
        cancelled: bool,
        /// Nothing was recognised; this is why.
        failure: Option<LoadError>,
    },
    /// The worker broke down with this message.
    Broken(String),
    /// What [`ToWorker::Search`] found since the last time.
    Found {
        /// The hits.
        hits: Vec<Hit>,
        /// Bytes looked at so far.
        done: u64,
        /// Nothing more will come.
        ended: bool,
        /// There are more hits than are told.
        more: bool,
        /// A file cannot be read any more, or something else stands in it now.
        lost: bool,
    },
    /// The answer to [`ToWorker::Diff`].
    Differs(Vec<Change>),
}

/// A message as `postMessage` takes it.
pub fn pack(head: &impl Serialize, attachment: &JsValue) -> JsValue {
    // These types hold nothing that postcard refuses; an empty head is refused by the other side.
    let bytes = postcard::to_allocvec(head).unwrap_or_default();
    Array::of2(&Uint8Array::from(bytes.as_slice()), attachment).into()
}

/// The head and the attachment of a message; `None` for one that is not ours.
pub fn unpack<Head: DeserializeOwned>(message: &JsValue) -> Option<(Head, JsValue)> {
    let message = message.dyn_ref::<Array>()?;
    let head = message.get(0).dyn_into::<Uint8Array>().ok()?.to_vec();
    Some((postcard::from_bytes(&head).ok()?, message.get(1)))
}

/// What was found, for [`ToPage::Findings`]: bytes of their own, so that reading other messages needs nothing that only findings need.
#[inline(never)]
pub fn findings_as_bytes(found: &Findings) -> Vec<u8> {
    postcard::to_allocvec(found).unwrap_or_default()
}

/// What [`findings_as_bytes`] made; `None` if it is anything else.
#[inline(never)]
pub fn findings_of_bytes(bytes: &[u8]) -> Option<Findings> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crewscope_trace::analysis::findings::{find, Thresholds};
    use crewscope_trace::import::Importer;

    #[test]
    fn findings_come_as_they_were_sent() {
        let mut importer = Importer::new();
        importer.begin_source("x");
        importer.push(include_bytes!(
            "../../tests/traces/findings/tools-otlp-crewai1.15.30.jsonl"
        ));
        let (trace, evidence) = importer.finish_noted();
        let found = find(&trace, &evidence, &Thresholds::default());
        assert!(found.list.len() > 3);
        assert_eq!(findings_of_bytes(&findings_as_bytes(&found)), Some(found));
        assert_eq!(findings_of_bytes(&[]), None);
    }
}

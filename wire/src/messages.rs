//! What page and worker say to each other.
//!
//! A message is an array of three: its head (postcard in a `Uint8Array`, so that both sides agree by type), an attachment that only the browser can
//! carry (a `Blob`, a list of them, a transferred buffer) or `undefined`, and what the sender is built of.

use crate::trouble::{Breakdown, Outcome, Unread};
use crewscope_analysis::compare::Change;
use crewscope_analysis::findings::Findings;
use crewscope_analysis::search::Hit;
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

/// How far the reading is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The source being read now.
    pub name: String,
    /// Bytes read of all sources together, as they are stored (before decompression).
    pub done: u64,
    /// Bytes of all sources together, where every size is known.
    pub total: Option<u64>,
    /// Records (spans, events) found, as of the last partial result.
    pub records: u64,
    /// "Stop and keep what you have" was asked for.
    pub cancelled: bool,
}

/// Hits after which a search ends: a person refines the words instead of stepping through more.
pub const MOST: usize = 5000;

/// From the worker to the page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum ToPage {
    /// How far it is.
    Progress(Progress),
    /// The bytes of a source from `offset` on lie in the attached `Blob`.
    Part {
        /// Index of the source.
        source: u32,
        /// Bytes from its start, after decompression.
        offset: u64,
    },
    /// The next [`crate::marks`] that the file of a source is known by.
    Marks {
        /// Index of the source.
        source: u32,
        /// The marks.
        marks: Vec<u8>,
    },
    /// What kept sources of the model that follows from being read to their end.
    Troubles(Vec<(u32, Outcome)>),
    /// A piece of a model is attached as an `ArrayBuffer` (see [`crate::pieces`]).
    Piece,
    /// A part of what was found: in the last model, or in the one that follows if the last source is open for more.
    Findings(Findings),
    /// Everything that is there so far was sent; the last source is open for more.
    CaughtUp {
        /// What came so far is no trace; this is why.
        failure: Option<Unread>,
        /// How often something was appended that has been read by now.
        appended: u32,
    },
    /// Everything was sent.
    Done {
        /// Because of [`ToWorker::Stop`].
        cancelled: bool,
        /// Nothing was recognised; this is why.
        failure: Option<Unread>,
    },
    /// The reader broke down; nothing more will come.
    Broken(Breakdown),
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

/// What this side of the wire is built of: two that differ may not understand each other.
const VERSION: &str = env!("CREWSCOPE_WIRE");

/// Why a message is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It is somebody else's.
    #[error("no message of ours")]
    Foreign,
    /// It comes from another build of this program.
    #[error("page and reader are of different versions")]
    OtherVersion,
}

/// A message as `postMessage` takes it.
pub fn pack(head: &impl Serialize, attachment: &JsValue) -> JsValue {
    // These types hold nothing that postcard refuses; an empty head is refused by the other side.
    let bytes = postcard::to_allocvec(head).unwrap_or_default();
    Array::of3(
        &Uint8Array::from(bytes.as_slice()),
        attachment,
        &VERSION.into(),
    )
    .into()
}

/// The head and the attachment of a message.
pub fn unpack<Head: DeserializeOwned>(message: &JsValue) -> Result<(Head, JsValue), MessageError> {
    let message = message.dyn_ref::<Array>().ok_or(MessageError::Foreign)?;
    let head: Uint8Array = message
        .get(0)
        .dyn_into()
        .map_err(|_| MessageError::Foreign)?;
    match message.get(2).as_string() {
        Some(version) if version == VERSION => {}
        Some(_) => return Err(MessageError::OtherVersion),
        None => return Err(MessageError::Foreign),
    }
    let head = postcard::from_bytes(&head.to_vec()).map_err(|_| MessageError::Foreign)?;
    Ok((head, message.get(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crewscope_analysis::findings::{find, Thresholds};
    use crewscope_import::Importer;

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
        let said = ToPage::Findings(found);
        let bytes = postcard::to_allocvec(&said).expect("encodes");
        assert_eq!(postcard::from_bytes(&bytes), Ok(said));
    }
}

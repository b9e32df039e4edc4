//! What page and worker say to each other.
//!
//! A message is an array of two: its head (postcard in a `Uint8Array`, so that both sides agree by type) and an
//! attachment that only the browser can carry (a `Blob`, a list of them, a transferred buffer), or `undefined`.

use crate::state::{LoadError, Progress};
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
    },
    /// The attached `Blob` goes on where the last source ended.
    Append,
    /// Stop reading and send what was read.
    Stop,
    /// One [`ToPage::Piece`] was taken in: another may follow.
    Took,
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
    /// The bytes of a source from `offset` on lie in the attached `Blob`.
    Part {
        /// Index of the source.
        source: u32,
        /// Bytes from its start, after decompression.
        offset: u64,
    },
    /// A piece of a model is attached as an `ArrayBuffer` (see [`super::pieces`]).
    Piece,
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

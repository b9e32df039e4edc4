//! Where a long text lies in its source, and how its bytes become text.

use super::Place;
use serde::{Deserialize, Serialize};

/// How the bytes at a [`TextRef`] become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextForm {
    /// A JSON value: a string is unescaped, anything else is shown as it stands.
    Json,
    /// A JSON string that holds JSON again: a string inside it is unescaped once more (crewai's flow and method results).
    JsonTwice,
    /// The bytes are the text.
    Plain,
}

/// A text that the model does not hold: its place in the source, and a hash by which texts are compared without loading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextRef {
    /// Index into [`crate::model::Trace::sources`].
    pub source: u32,
    /// Bytes from the start of the (decompressed) source.
    pub offset: u64,
    /// Length in bytes, quotes and escapes included.
    pub len: u64,
    /// XXH3 of the bytes.
    pub hash: u64,
    /// How to decode.
    pub form: TextForm,
    /// The producer cut the value; its size in bytes before that (crewai: attributes above 384 KiB, `<attr>.original_size_bytes`). 0: not cut.
    pub cut_from: u64,
}

impl TextRef {
    /// Where it begins.
    pub fn place(&self) -> Place {
        Place {
            source: self.source,
            offset: self.offset,
        }
    }
}

//! What kept the reader from reading, as facts: the page finds the words.

use crate::pieces::PieceError;
use crewscope_trace::model::Warning;
use serde::{Deserialize, Serialize};

/// Bytes of a source's start that are kept to say what it looks like.
pub const HEAD: usize = 512;

/// What kept a source from being read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Trouble {
    /// The server answered with this HTTP status.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The address is no URL.
    #[error("no URL")]
    Address,
    /// No answer that this page may read: offline, no such host, or refused by CORS.
    #[error("no answer")]
    Network,
    /// The page lies on disk, where a browser lets it fetch nothing.
    #[error("a page on disk fetches nothing")]
    OnDisk,
    /// Neither bytes nor an address came along.
    #[error("neither bytes nor an address")]
    NoContent,
    /// The answer has no body.
    #[error("no body")]
    NoBody,
    /// Reading broke off. The browser's words.
    #[error("reading broke off: {0}")]
    BrokeOff(String),
    /// The compressed data is broken, ends early, or is followed by something else. The browser's words.
    #[error("broken gzip: {0}")]
    Gzip(String),
}

/// What became of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Where it was fetched from, if it was.
    pub url: Option<String>,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// The first bytes, at most [`HEAD`].
    pub head: Vec<u8>,
    /// What went wrong on the way.
    pub trouble: Option<Trouble>,
}

/// Nothing was recognised in what was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unread {
    /// What became of each source, in their order.
    pub sources: Vec<Outcome>,
    /// What the importer had to say.
    pub warnings: Vec<Warning>,
}

/// Why the reader cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Breakdown {
    /// It panicked, with these words of its own.
    Panic(String),
    /// It crashed without a word: no memory, no stack.
    Crash,
    /// A piece of the model could not be made.
    Piece(PieceError),
}

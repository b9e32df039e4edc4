//! What is in a source: its bytes, decompressed if they are gzip.

use crate::gzip::{is_gzip, Gunzip};
use crate::stream::{ByteStream, Canceller, StreamError};
use js_sys::Uint8Array;
use web_sys::ReadableStream;

/// The content of a source: its bytes, or what is in them.
#[derive(Debug)]
pub enum Content {
    /// The bytes as they are stored.
    Plain(ByteStream),
    /// The bytes were gzip.
    Gzip(Gunzip),
}

impl Content {
    /// Begins to read and finds out by the first bytes whether they are gzip. With `fill`, chunks lie in memory that is used again: who is
    /// done with one gives it back.
    pub async fn open(stream: &ReadableStream, fill: bool) -> Result<Self, StreamError> {
        let stored = ByteStream::open(stream, fill).await?;
        if stored.ahead().is_some_and(is_gzip) {
            Gunzip::new(stored).map(Self::Gzip)
        } else {
            Ok(Self::Plain(stored))
        }
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        match self {
            Self::Plain(stored) => stored.next().await,
            Self::Gzip(content) => content.next().await,
        }
    }

    /// Takes a chunk back that nobody needs any more.
    pub fn give_back(&mut self, chunk: &Uint8Array) {
        if let Self::Plain(stored) = self {
            stored.give_back(chunk);
        }
    }

    /// Whether the bytes are those of the source itself.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Bytes read as they are stored, before decompression.
    pub fn stored(&self) -> u64 {
        match self {
            Self::Plain(stored) => stored.stored(),
            Self::Gzip(content) => content.stored(),
        }
    }

    /// What ends a pending read from elsewhere: it is then the end of the bytes.
    pub fn canceller(&self) -> Canceller {
        match self {
            Self::Plain(stored) => stored.canceller(),
            Self::Gzip(content) => content.canceller(),
        }
    }
}

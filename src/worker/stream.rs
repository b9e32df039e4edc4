//! Bytes of a source as they come, decompressed if they are gzip.

use super::gzip::{is_gzip, Gunzip};
use super::words;
use crate::worker::turn::spawn;
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

/// Why bytes stop coming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// The source itself: the connection broke, the file changed on disk. The browser's words.
    Source(String),
    /// The compressed data is broken or ends early. The browser's words.
    Gzip(String),
}

/// A stream of bytes as it is stored. Dropping it lets go of the source.
#[derive(Debug)]
pub struct ByteStream {
    reader: ReadableStreamDefaultReader,
    /// Chunks taken to look at the first bytes, to be given out first.
    ahead: Option<Uint8Array>,
    stored: u64,
}

impl ByteStream {
    /// Reads enough to know the first two bytes.
    async fn open(stream: &ReadableStream) -> Result<Self, StreamError> {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        let mut ahead: Option<Uint8Array> = None;
        while ahead.as_ref().is_none_or(|head| head.length() < 2) {
            let next = read(&reader).await.map_err(StreamError::Source)?;
            let Some(next) = next else { break };
            ahead = Some(match ahead {
                None => next,
                Some(first) => joined(&first, &next),
            });
        }
        Ok(Self {
            reader,
            ahead,
            stored: 0,
        })
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        let chunk = match self.ahead.take() {
            Some(chunk) => Some(chunk),
            None => read(&self.reader).await.map_err(StreamError::Source)?,
        };
        self.stored += chunk.as_ref().map_or(0, |chunk| u64::from(chunk.length()));
        Ok(chunk)
    }
}

impl Drop for ByteStream {
    fn drop(&mut self) {
        cancel(&self.reader);
    }
}

/// The content of a source: its bytes, or what is in them.
#[derive(Debug)]
pub enum Content {
    /// The bytes as they are stored.
    Plain(ByteStream),
    /// The bytes were gzip.
    Gzip(Gunzip),
}

impl Content {
    /// Begins to read and finds out by the first bytes whether they are gzip.
    pub async fn open(stream: &ReadableStream) -> Result<Self, StreamError> {
        let stored = ByteStream::open(stream).await?;
        if stored.ahead.as_ref().is_some_and(is_gzip) {
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

    /// Whether the bytes are those of the source itself.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Bytes read as they are stored, before decompression.
    pub fn stored(&self) -> u64 {
        match self {
            Self::Plain(stored) => stored.stored,
            Self::Gzip(content) => content.stored(),
        }
    }

    /// What ends a pending read from elsewhere: it is then the end of the bytes.
    pub fn canceller(&self) -> Canceller {
        Canceller(match self {
            Self::Plain(stored) => stored.reader.clone(),
            Self::Gzip(content) => content.reader(),
        })
    }
}

/// Ends a pending read.
#[derive(Clone, Debug)]
pub struct Canceller(ReadableStreamDefaultReader);

impl Canceller {
    /// Ends it; harmless at a stream that has ended.
    pub fn cancel(&self) {
        cancel(&self.0);
    }
}

fn cancel(reader: &ReadableStreamDefaultReader) {
    let cancelled = reader.cancel();
    // A stream that broke before refuses to be cancelled; nobody needs to know.
    spawn(async move {
        let _ = JsFuture::from(cancelled).await;
    });
}

/// Reads the next chunk; `None` at the end, the browser's words for an error.
pub(super) async fn read(
    reader: &ReadableStreamDefaultReader,
) -> Result<Option<Uint8Array>, String> {
    let result = JsFuture::from(reader.read())
        .await
        .map_err(|error| words(&error))?;
    let result: &Object = result.unchecked_ref();
    let done = Reflect::get(result, &"done".into()).is_ok_and(|done| done.is_truthy());
    let value = Reflect::get(result, &"value".into()).unwrap_or_default();
    match value.dyn_into::<Uint8Array>() {
        Ok(chunk) if !done => Ok(Some(chunk)),
        _ => Ok(None),
    }
}

fn joined(first: &Uint8Array, second: &Uint8Array) -> Uint8Array {
    let whole = Uint8Array::new_with_length(first.length() + second.length());
    whole.set(first, 0);
    whole.set(second, first.length());
    whole
}

//! Bytes of a source as they come, decompressed if they are gzip.

use super::words;
use js_sys::{Object, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

#[wasm_bindgen]
extern "C" {
    // web-sys has it only behind its flag for unstable interfaces; every browser has it since 2023.
    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &DecompressionStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &DecompressionStream) -> web_sys::WritableStream;
}

/// Compressed bytes given to the decompressor at once. When it meets a broken byte, what this piece held before is lost.
const PIECE: u32 = 32 * 1024;

/// Why bytes stop coming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// The source itself: the connection broke, the file changed on disk. The browser's words.
    Source(String),
    /// The compressed data is broken or ends early. The browser's words.
    Gzip(String),
}

/// A stream of bytes. Dropping it lets go of the source.
#[derive(Debug)]
pub struct ByteStream {
    reader: ReadableStreamDefaultReader,
    /// Chunks taken to look at the first bytes, to be given out first.
    ahead: Option<Uint8Array>,
    gzip: Option<Rc<Pump>>,
    stored: u64,
}

/// What the task that feeds the decompressor reports.
#[derive(Debug, Default)]
struct Pump {
    stored: Cell<u64>,
    source_error: RefCell<Option<String>>,
}

impl ByteStream {
    /// Begins to read and finds out by the first bytes whether they are gzip.
    pub async fn open(stream: &ReadableStream) -> Result<Self, StreamError> {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        let mut head: Option<Uint8Array> = None;
        while head.as_ref().is_none_or(|head| head.length() < 2) {
            match (
                read(&reader).await.map_err(StreamError::Source)?,
                head.take(),
            ) {
                (Some(next), None) => head = Some(next),
                (Some(next), Some(first)) => head = Some(joined(&first, &next)),
                (None, first) => {
                    head = first;
                    break;
                }
            }
        }
        let plain = Self {
            reader,
            ahead: head,
            gzip: None,
            stored: 0,
        };
        match &plain.ahead {
            Some(head)
                if head.length() >= 2 && head.get_index(0) == 0x1f && head.get_index(1) == 0x8b =>
            {
                plain.decompressed()
            }
            _ => Ok(plain),
        }
    }

    /// The same bytes through the decompressor, fed by a task of its own.
    fn decompressed(self) -> Result<Self, StreamError> {
        let gzip_error = |error: JsValue| StreamError::Gzip(words(&error));
        let stream = DecompressionStream::new("gzip").map_err(gzip_error)?;
        let writer = stream.writable().get_writer().map_err(gzip_error)?;
        let pump = Rc::new(Pump::default());
        let reader = stream.readable().get_reader().unchecked_into();
        spawn_local(feed(self, writer, Rc::clone(&pump)));
        Ok(Self {
            reader,
            ahead: None,
            gzip: Some(pump),
            stored: 0,
        })
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        let chunk = match self.ahead.take() {
            Some(chunk) => Some(chunk),
            None => read(&self.reader)
                .await
                .map_err(|words| self.error(words))?,
        };
        self.stored += chunk.as_ref().map_or(0, |chunk| u64::from(chunk.length()));
        Ok(chunk)
    }

    fn error(&self, words: String) -> StreamError {
        match &self.gzip {
            None => StreamError::Source(words),
            Some(pump) => match pump.source_error.take() {
                Some(words) => StreamError::Source(words),
                None => StreamError::Gzip(words),
            },
        }
    }

    /// Whether the bytes are being decompressed.
    pub fn is_gzip(&self) -> bool {
        self.gzip.is_some()
    }

    /// Bytes read so far as they are stored, before decompression.
    pub fn stored(&self) -> u64 {
        self.gzip
            .as_ref()
            .map_or(self.stored, |pump| pump.stored.get())
    }

    /// What ends the reading from elsewhere: a pending or later [`ByteStream::next`] is then the end of the bytes.
    pub fn canceller(&self) -> Canceller {
        Canceller(self.reader.clone())
    }
}

impl Drop for ByteStream {
    fn drop(&mut self) {
        Canceller(self.reader.clone()).cancel();
    }
}

/// Ends a [`ByteStream`].
#[derive(Clone, Debug)]
pub struct Canceller(ReadableStreamDefaultReader);

impl Canceller {
    /// Ends it; harmless at a stream that has ended.
    pub fn cancel(&self) {
        let cancelled = self.0.cancel();
        // A stream that broke before refuses to be cancelled; nobody needs to know.
        spawn_local(async move {
            let _ = JsFuture::from(cancelled).await;
        });
    }
}

/// Gives the decompressor the bytes of `source`. Before the end, or an error of the source, is passed on, everything
/// decompressed so far must have been taken: a stream that fails drops what waits in it. A write of nothing waits for that.
async fn feed(
    mut source: ByteStream,
    writer: web_sys::WritableStreamDefaultWriter,
    pump: Rc<Pump>,
) {
    let write = |bytes: &Uint8Array| JsFuture::from(writer.write_with_chunk(bytes));
    let nothing = Uint8Array::new_with_length(0);
    loop {
        match source.next().await {
            Ok(Some(chunk)) => {
                for from in (0..chunk.length()).step_by(PIECE as usize) {
                    let piece = chunk.subarray(from, chunk.length().min(from + PIECE));
                    if write(&piece).await.is_err() {
                        return;
                    }
                    pump.stored
                        .set(pump.stored.get() + u64::from(piece.length()));
                }
            }
            Ok(None) => {
                if write(&nothing).await.is_ok() {
                    let _ = JsFuture::from(writer.close()).await;
                }
                return;
            }
            Err(StreamError::Source(words) | StreamError::Gzip(words)) => {
                let _ = write(&nothing).await;
                *pump.source_error.borrow_mut() = Some(words);
                let _ = JsFuture::from(writer.abort()).await;
                return;
            }
        }
    }
}

/// Reads the next chunk.
async fn read(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, String> {
    let result = JsFuture::from(reader.read())
        .await
        .map_err(|error| words(&error.into()))?;
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

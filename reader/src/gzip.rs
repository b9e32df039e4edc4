//! Decompression of gzip as a stream, by the browser.
//!
//! The browser's decompressor reads one member of a gzip file and fails at the next, but files that were appended to (by
//! `gzip >>`, by a logger) have many. So each gets a decompressor of its own; where a member ends is found by its trailer.

use crate::stream::{read, ByteStream, Canceller, StreamError};
use crewscope_wire::words;
use js_sys::Uint8Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::{
    ReadableStream, ReadableStreamDefaultReader, WritableStream, WritableStreamDefaultWriter,
};

#[wasm_bindgen]
extern "C" {
    // web-sys has it only behind its flag for unstable interfaces; every browser has it since 2023.
    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &DecompressionStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &DecompressionStream) -> WritableStream;
}

/// Compressed bytes given to the decompressor at once. When it meets a broken byte, what this piece held before is lost.
const PIECE: usize = 32 * 1024;

/// The last bytes of a source are given in smaller pieces: a wrong checksum or length stands there, or something that is no gzip, and Firefox
/// gives nothing of a piece that ends badly.
const LAST: usize = 4096;
const LAST_PIECE: usize = 256;

/// Bytes of a member's trailer: a checksum, and the length of its content.
const TRAILER: usize = 8;

/// Bytes of a member's trailer that hold the length of its content, modulo 2^32.
const LENGTH: usize = 4;

/// Whether bytes are the start of gzip data.
pub fn is_gzip(head: &Uint8Array) -> bool {
    head.length() >= 2 && head.get_index(0) == 0x1f && head.get_index(1) == 0x8b
}

/// Decompressed bytes, one member after the other.
#[derive(Debug)]
pub struct Gunzip {
    shared: Rc<Shared>,
}

/// What the reading side and the task that feeds the decompressor share.
#[derive(Debug)]
struct Shared {
    /// Where the decompressed bytes of the current member come out.
    reader: RefCell<ReadableStreamDefaultReader>,
    /// That of the next member, put here before the current one ends.
    next: RefCell<Option<ReadableStreamDefaultReader>>,
    /// Compressed bytes given in, of all members.
    stored: Cell<u64>,
    /// Decompressed bytes taken out, of the current member.
    taken: Cell<u64>,
    /// The source failed, and not the decompressor.
    source_error: RefCell<Option<String>>,
}

impl Gunzip {
    /// Decompresses `source`.
    pub fn new(source: ByteStream) -> Result<Self, StreamError> {
        let (writer, reader) = decompressor()?;
        let shared = Rc::new(Shared {
            reader: RefCell::new(reader),
            next: RefCell::default(),
            stored: Cell::new(0),
            taken: Cell::new(0),
            source_error: RefCell::default(),
        });
        let feeder = Feeder {
            shared: Rc::clone(&shared),
            writer,
            trailer: [0; LENGTH],
        };
        spawn_local(feeder.feed(source));
        Ok(Self { shared })
    }

    /// The next decompressed bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        loop {
            let reader = self.shared.reader.borrow().clone();
            match read(&reader).await {
                Ok(Some(chunk)) => {
                    let taken = self.shared.taken.get() + u64::from(chunk.length());
                    self.shared.taken.set(taken);
                    return Ok(Some(chunk));
                }
                Ok(None) => match self.shared.next.take() {
                    Some(next) => *self.shared.reader.borrow_mut() = next,
                    None => return Ok(None),
                },
                Err(words) => {
                    return Err(match self.shared.source_error.take() {
                        Some(words) => StreamError::Source(words),
                        None => StreamError::Gzip(words),
                    })
                }
            }
        }
    }

    /// Compressed bytes read.
    pub fn stored(&self) -> u64 {
        self.shared.stored.get()
    }

    /// What ends a pending read from elsewhere.
    pub fn canceller(&self) -> Canceller {
        Canceller::of(self.shared.reader.borrow().clone())
    }
}

fn decompressor() -> Result<(WritableStreamDefaultWriter, ReadableStreamDefaultReader), StreamError>
{
    let failed = |error: JsValue| StreamError::Gzip(words(&error));
    let stream = DecompressionStream::new("gzip").map_err(failed)?;
    let writer = stream.writable().get_writer().map_err(failed)?;
    Ok((writer, stream.readable().get_reader().unchecked_into()))
}

/// The decompressor refused: the reading side learns of it by itself.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the decompressor refused")]
struct Refused;

/// Gives compressed bytes to the decompressor.
struct Feeder {
    shared: Rc<Shared>,
    writer: WritableStreamDefaultWriter,
    /// The last bytes given in: a member's trailer, if it ends there.
    trailer: [u8; LENGTH],
}

impl Feeder {
    async fn feed(mut self, mut source: ByteStream) {
        // An error needs no report: the decompressed stream has failed with it.
        let _ = self.feed_all(&mut source).await;
    }

    async fn feed_all(&mut self, source: &mut ByteStream) -> Result<(), Refused> {
        let mut bytes = Vec::new();
        loop {
            match source.next().await {
                Ok(Some(chunk)) => {
                    bytes.extend(chunk.to_vec());
                    // The last bytes wait for the next chunk: a member may start across the border, or the source end there.
                    let complete = bytes.len().saturating_sub(LAST);
                    self.give(&bytes, complete, PIECE).await?;
                    bytes.drain(..complete);
                }
                Ok(None) => {
                    let (content, trailer) = bytes.split_at(bytes.len().saturating_sub(TRAILER));
                    for part in [content, trailer] {
                        self.give(part, part.len(), LAST_PIECE).await?;
                        self.drain().await?;
                    }
                    return finished(self.writer.close()).await;
                }
                Err(StreamError::Source(words) | StreamError::Gzip(words)) => {
                    self.drain().await?;
                    *self.shared.source_error.borrow_mut() = Some(words);
                    return finished(self.writer.abort()).await;
                }
            }
        }
    }

    /// Gives in the first `complete` bytes, in pieces of at most `piece` that end where a member may start.
    async fn give(&mut self, bytes: &[u8], complete: usize, piece: usize) -> Result<(), Refused> {
        let mut from = 0;
        while from < complete {
            let rest = bytes.get(from..).unwrap_or_default();
            if may_start(rest) && self.shared.stored.get() > 0 && self.member_ended().await? {
                self.begin_member().await?;
            }
            let most = piece.min(complete - from);
            let len = (1..most)
                .find(|&at| may_start(rest.get(at..).unwrap_or_default()))
                .unwrap_or(most);
            let given = rest.get(..len).unwrap_or_default();
            self.write(given).await?;
            self.remember(given);
            from += len;
        }
        Ok(())
    }

    fn remember(&mut self, piece: &[u8]) {
        self.shared
            .stored
            .set(self.shared.stored.get() + piece.len() as u64);
        for &byte in piece
            .get(piece.len().saturating_sub(LENGTH)..)
            .unwrap_or_default()
        {
            self.trailer.rotate_left(1);
            self.trailer[LENGTH - 1] = byte;
        }
    }

    /// Whether the bytes given in so far end a member: their last four are then the length of its content.
    async fn member_ended(&self) -> Result<bool, Refused> {
        self.drain().await?;
        Ok(self.shared.taken.get() as u32 == u32::from_le_bytes(self.trailer))
    }

    async fn begin_member(&mut self) -> Result<(), Refused> {
        let (writer, reader) = decompressor().map_err(|_| Refused)?;
        *self.shared.next.borrow_mut() = Some(reader);
        self.shared.taken.set(0);
        let ended = std::mem::replace(&mut self.writer, writer);
        finished(ended.close()).await
    }

    async fn write(&self, bytes: &[u8]) -> Result<(), Refused> {
        finished(self.writer.write_with_chunk(&Uint8Array::from(bytes))).await
    }

    /// Waits until everything decompressed so far was taken, which a write of nothing does. A stream that fails or ends
    /// badly drops what waits in it.
    async fn drain(&self) -> Result<(), Refused> {
        self.write(&[]).await
    }
}

async fn finished(promise: js_sys::Promise) -> Result<(), Refused> {
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(_) => Err(Refused),
    }
}

/// Whether bytes look like the start of a member: magic, deflate, no reserved flag.
fn may_start(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_member_is_known_by_its_first_bytes() {
        assert!(may_start(&[0x1f, 0x8b, 8, 0, 1]));
        assert!(may_start(&[0x1f, 0x8b, 8, 0x1f]));
        assert!(!may_start(&[0x1f, 0x8b, 8]));
        assert!(!may_start(&[0x1f, 0x8b, 8, 0x20]));
        assert!(!may_start(&[0x1f, 0x8b, 7, 0]));
    }
}

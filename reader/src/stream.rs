//! Bytes of a source as they are stored.

use crewscope_wire::trouble::Trouble;
use crewscope_wire::words;
use js_sys::{ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader};

/// Why bytes stop coming.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The source itself: the connection broke, the file changed on disk. The browser's words.
    #[error("reading broke off: {0}")]
    Source(String),
    /// The compressed data is broken or ends early. The browser's words.
    #[error("broken gzip: {0}")]
    Gzip(String),
}

impl From<StreamError> for Trouble {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Source(words) => Self::BrokeOff(words),
            StreamError::Gzip(words) => Self::Gzip(words),
        }
    }
}

/// Bytes asked for at once where they are read into memory of ours: a whole chunk of what browsers hold ready.
const CHUNK: u32 = 1 << 20;

/// Files from this size on (bytes) are taken out of the browser by a thread of its own: a smaller one is read before that thread is there.
const FED_FROM: f64 = 32e6;

/// The bytes of a file: a large one's from a feeder, as much of a stream as is needed here (`web/element/serve.js`).
pub fn of_file(file: &Blob) -> ReadableStream {
    let feeder = || {
        let fed = Reflect::get(&js_sys::global(), &"crewscopeFed".into()).ok()?;
        let fed: Function = fed.dyn_into().ok()?;
        fed.call1(&JsValue::UNDEFINED, file).ok()
    };
    match file.size() < FED_FROM {
        true => None,
        false => feeder(),
    }
    .map_or_else(|| file.stream(), JsCast::unchecked_into)
}

#[wasm_bindgen]
extern "C" {
    // Both kinds of reader, of which web-sys makes two types: the default one passes over the argument of `read`.
    type AnyStream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader_with(
        this: &AnyStream,
        options: &Object,
    ) -> Result<ReadableStreamDefaultReader, JsValue>;
    type AnyReader;
    #[wasm_bindgen(method)]
    fn read(this: &AnyReader, into: &Uint8Array) -> Promise;
}

/// A stream of bytes as it is stored. Dropping it lets go of the source.
#[derive(Debug)]
pub struct ByteStream {
    reader: ReadableStreamDefaultReader,
    /// Chunks taken to look at the first bytes, to be given out first.
    ahead: Option<Uint8Array>,
    stored: u64,
    /// The reader fills memory that it is given ("bring your own buffer"), which saves a copy and most of the memory.
    fills: bool,
    /// Memory that was given back, for the next chunk.
    spare: Option<ArrayBuffer>,
}

impl ByteStream {
    /// Reads enough to know the first two bytes. With `fill` it reads into memory that is used again, where the browser can.
    pub async fn open(stream: &ReadableStream, fill: bool) -> Result<Self, StreamError> {
        let filling = fill.then(|| filling_reader(stream)).flatten();
        let fills = filling.is_some();
        let reader = filling.unwrap_or_else(|| stream.get_reader().unchecked_into());
        let mut stored = Self {
            reader,
            ahead: None,
            stored: 0,
            fills,
            spare: None,
        };
        let mut ahead: Option<Uint8Array> = None;
        while ahead.as_ref().is_none_or(|head| head.length() < 2) {
            let Some(next) = stored.read().await? else {
                break;
            };
            ahead = Some(match ahead {
                None => next,
                Some(first) => joined(&first, &next),
            });
        }
        stored.ahead = ahead;
        Ok(stored)
    }

    async fn read(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        let promise = if self.fills {
            let spare = self.spare.take();
            let memory = spare.unwrap_or_else(|| ArrayBuffer::new(CHUNK));
            let reader: &AnyReader = self.reader.unchecked_ref();
            reader.read(&Uint8Array::new(&memory))
        } else {
            self.reader.read()
        };
        chunk(promise).await.map_err(StreamError::Source)
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        let chunk = match self.ahead.take() {
            Some(chunk) => Some(chunk),
            None => self.read().await?,
        };
        self.stored += chunk.as_ref().map_or(0, |chunk| u64::from(chunk.length()));
        Ok(chunk)
    }
}

/// A reader that fills memory it is given; `None` where the browser or this stream has none.
fn filling_reader(stream: &ReadableStream) -> Option<ReadableStreamDefaultReader> {
    let options = Object::new();
    Reflect::set(&options, &"mode".into(), &"byob".into()).ok()?;
    let stream: &AnyStream = stream.unchecked_ref();
    stream.reader_with(&options).ok()
}

impl ByteStream {
    /// What was taken to look at the first bytes, and is not given out yet.
    pub fn ahead(&self) -> Option<&Uint8Array> {
        self.ahead.as_ref()
    }

    /// Takes the memory of a chunk back that nobody needs any more.
    pub fn give_back(&mut self, chunk: &Uint8Array) {
        if self.fills && chunk.buffer().byte_length() == CHUNK {
            self.spare = Some(chunk.buffer());
        }
    }

    /// Bytes given out.
    pub fn stored(&self) -> u64 {
        self.stored
    }

    /// What ends a pending read from elsewhere.
    pub fn canceller(&self) -> Canceller {
        Canceller::of(self.reader.clone())
    }
}

impl Drop for ByteStream {
    fn drop(&mut self) {
        cancel(&self.reader);
    }
}

/// Ends a pending read.
#[derive(Clone, Debug)]
pub struct Canceller(ReadableStreamDefaultReader);

impl Canceller {
    /// One for what is read by this.
    pub fn of(reader: ReadableStreamDefaultReader) -> Self {
        Self(reader)
    }

    /// Ends it; harmless at a stream that has ended.
    pub fn cancel(&self) {
        cancel(&self.0);
    }
}

fn cancel(reader: &ReadableStreamDefaultReader) {
    // A stream that broke before refuses to be cancelled; nobody needs to know. Heard from the start: a worker that is ended before its next
    // turn leaves a refusal behind that Firefox reports to the page.
    let cancelled = JsFuture::from(reader.cancel());
    spawn_local(async move {
        let _ = cancelled.await;
    });
}

/// Reads the next chunk; `None` at the end, the browser's words for an error.
pub(super) async fn read(
    reader: &ReadableStreamDefaultReader,
) -> Result<Option<Uint8Array>, String> {
    chunk(reader.read()).await
}

async fn chunk(promise: Promise) -> Result<Option<Uint8Array>, String> {
    let result = JsFuture::from(promise)
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

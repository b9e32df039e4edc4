//! Reading the long texts of a trace straight from its sources.

use crate::wording::errors as words;
use crewscope_trace::model::{TextForm, TextRef};
use crewscope_trace::text::decode_text;
use crewscope_wire::marks::{same, BLOCK, MARK};
use js_sys::{Array, Uint8Array};
use send_wrapper::SendWrapper;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use thiserror::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Texts kept, and their bytes: what a person reads again while looking around one task.
const CACHED_TEXTS: usize = 64;
const CACHED_BYTES: usize = 16 * 1024 * 1024;

/// The longest text read whole, in bytes: with its decoded copy it fits the page's memory.
const LONGEST: u64 = 256 * 1024 * 1024;

/// Reads texts. A clone reads the same sources and shares the cache.
#[derive(Clone, Debug)]
pub struct Texts {
    inner: SendWrapper<Rc<RefCell<Inner>>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// For each source its parts, by offset.
    sources: Vec<Vec<Part>>,
    /// Last used at the end.
    cache: VecDeque<(TextRef, Rc<str>)>,
}

#[derive(Clone, Debug)]
struct Part {
    offset: u64,
    end: u64,
    blob: Blob,
    /// Of a file: what its blocks are known by.
    marks: Rc<Vec<u8>>,
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// The bytes have not arrived (yet): the source is still being read, or reading failed there.
    #[error("{}", words::TEXT_MISSING)]
    Missing,
    /// Too long to read whole, with its length in bytes; [`Texts::read_head`] reads its beginning.
    #[error("{}", words::text_too_long(.0 / 1_000_000))]
    TooLong(u64),
    /// The browser cannot read the file any more, typically because it changed on disk after it was opened.
    #[error("{}", words::text_unreadable(.0))]
    Unreadable(String),
}

/// How something asks for a text.
pub type Ask<'a> = dyn FnMut(TextRef) -> Option<String> + 'a;

impl Texts {
    /// A handle without sources.
    pub fn new() -> Self {
        Self {
            inner: SendWrapper::new(Rc::default()),
        }
    }

    /// The bytes of a source from `offset` on are in `blob`; parts of a source are added in order.
    pub fn add(&self, source: u32, offset: u64, blob: Blob) {
        let mut inner = self.inner.borrow_mut();
        let at = source as usize;
        if inner.sources.len() <= at {
            inner.sources.resize_with(at + 1, Vec::new);
        }
        if let Some(parts) = inner.sources.get_mut(at) {
            parts.push(Part {
                offset,
                end: offset + blob.size() as u64,
                blob,
                marks: Rc::default(),
            });
        }
    }

    /// The next marks of the file that a source is.
    pub fn add_marks(&self, source: u32, marks: &[u8]) {
        let mut inner = self.inner.borrow_mut();
        let parts = inner.sources.get_mut(source as usize);
        if let Some(file) = parts.and_then(|parts| parts.first_mut()) {
            Rc::make_mut(&mut file.marks).extend(marks);
        }
    }

    /// All bytes of a source that arrived, as one `Blob`.
    pub fn whole(&self, source: u32) -> Option<Blob> {
        let inner = self.inner.borrow();
        let parts = js_sys::Array::new();
        for part in inner.sources.get(source as usize)? {
            parts.push(&part.blob);
        }
        Blob::new_with_blob_sequence(&parts).ok()
    }

    /// What its blocks are known by, from the start, as far as [`Self::whole`] has them.
    pub fn marks(&self, source: u32) -> Uint8Array {
        let inner = self.inner.borrow();
        let marks = match inner.sources.get(source as usize).map(Vec::as_slice) {
            Some([file]) => file.marks.as_slice(),
            // The last block of the file goes on with what was appended.
            Some([file, ..]) => {
                let whole = (file.end / BLOCK as u64) as usize;
                file.marks.get(..whole * MARK).unwrap_or_default()
            }
            _ => &[],
        };
        Uint8Array::from(marks)
    }

    /// Everything that can be read: an array with `[source, offset, blob, marks]` for each part, in order.
    pub fn parts(&self) -> Array {
        let inner = self.inner.borrow();
        let parts = Array::new();
        for (source, of) in inner.sources.iter().enumerate() {
            for part in of {
                let source = JsValue::from_f64(source as f64);
                let offset = JsValue::from_f64(part.offset as f64);
                let told = Array::of3(&source, &offset, &part.blob);
                told.push(&Uint8Array::from(part.marks.as_slice()));
                parts.push(&told);
            }
        }
        parts
    }

    /// The whole text.
    pub async fn read(&self, text: TextRef) -> Result<String, TextError> {
        if let Some(known) = self.cached(&text) {
            return Ok(known.to_string());
        }
        let bytes = self.read_bytes(text).await?;
        let decoded = decode_text(text.form, &bytes);
        self.keep(text, &decoded);
        Ok(decoded)
    }

    /// What `render` makes of texts that it can only have one by one, and not at once as it wants them: it is asked which these are, and asked again when
    /// they are there. A text that cannot be read is `None`.
    pub async fn rendered<T>(&self, render: impl Fn(&mut Ask<'_>) -> T) -> T {
        let mut wanted = Vec::new();
        let _ = render(&mut |text| {
            wanted.push(text);
            None
        });
        let mut read = HashMap::new();
        for text in wanted {
            if let Ok(content) = self.read(text).await {
                read.insert(text, content);
            }
        }
        render(&mut |text| read.get(&text).cloned())
    }

    /// The text of at most the first `max_bytes` bytes, and whether more follow.
    pub async fn read_head(
        &self,
        text: TextRef,
        max_bytes: u64,
    ) -> Result<(String, bool), TextError> {
        if text.len <= max_bytes {
            return Ok((self.read(text).await?, false));
        }
        let bytes = self.slice(text.source, text.offset, max_bytes).await?;
        Ok((decode_text(text.form, &closed(text.form, bytes)), true))
    }

    /// The bytes as they stand in the source.
    pub async fn read_bytes(&self, text: TextRef) -> Result<Vec<u8>, TextError> {
        if text.len > LONGEST {
            return Err(TextError::TooLong(text.len));
        }
        self.slice(text.source, text.offset, text.len).await
    }

    /// Bytes of a source; they may lie in several parts.
    async fn slice(&self, source: u32, offset: u64, len: u64) -> Result<Vec<u8>, TextError> {
        let end = offset.checked_add(len).ok_or(TextError::Missing)?;
        let parts: Vec<Part> = {
            let inner = self.inner.borrow();
            let parts = inner
                .sources
                .get(source as usize)
                .ok_or(TextError::Missing)?;
            let first = parts.partition_point(|part| part.end <= offset);
            let rest = parts.get(first..).unwrap_or_default();
            rest.iter()
                .take_while(|part| part.offset < end)
                .cloned()
                .collect()
        };
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default());
        let mut at = offset;
        for part in parts {
            if part.offset > at {
                return Err(TextError::Missing);
            }
            let until = part.end.min(end);
            bytes.extend(part.read(at - part.offset, until - part.offset).await?);
            at = until;
        }
        if at < end {
            return Err(TextError::Missing);
        }
        Ok(bytes)
    }

    fn cached(&self, text: &TextRef) -> Option<Rc<str>> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.cache.iter().position(|(known, _)| known == text)?;
        let found = inner.cache.remove(at)?;
        let content = Rc::clone(&found.1);
        inner.cache.push_back(found);
        Some(content)
    }

    fn keep(&self, text: TextRef, decoded: &str) {
        if decoded.len() > CACHED_BYTES / 4 {
            return;
        }
        let mut inner = self.inner.borrow_mut();
        inner.cache.push_back((text, decoded.into()));
        let mut bytes: usize = inner.cache.iter().map(|(_, content)| content.len()).sum();
        while inner.cache.len() > CACHED_TEXTS || bytes > CACHED_BYTES {
            match inner.cache.pop_front() {
                Some((_, dropped)) => bytes -= dropped.len(),
                None => break,
            }
        }
    }
}

impl Part {
    /// Its bytes, if they are still what was read.
    async fn read(&self, from: u64, to: u64) -> Result<Vec<u8>, TextError> {
        let unreadable = |error| TextError::Unreadable(crewscope_wire::words(&error));
        // Whole blocks, where these are known by marks.
        let block = match self.marks.is_empty() {
            true => 1,
            false => BLOCK as u64,
        };
        let before = from % block;
        let until = to.next_multiple_of(block).min(self.end - self.offset);
        let slice = self
            .blob
            .slice_with_f64_and_f64((from - before) as f64, until as f64)
            .map_err(unreadable)?;
        let buffer = JsFuture::from(slice.array_buffer()).await;
        let mut bytes = Uint8Array::new(&buffer.map_err(unreadable)?).to_vec();
        let marks = self.marks.get((from / BLOCK as u64) as usize * MARK..);
        if !same(marks.unwrap_or_default(), &bytes) || (bytes.len() as u64) < until + before - from
        {
            return Err(TextError::Unreadable(words::FILE_CHANGED.into()));
        }
        bytes.drain(..before as usize);
        bytes.truncate((to - from) as usize);
        Ok(bytes)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new()
    }
}

/// The beginning of a text, cut where a character ends; a JSON string gets its closing quote back.
fn closed(form: TextForm, mut bytes: Vec<u8>) -> Vec<u8> {
    let whole = match std::str::from_utf8(&bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    bytes.truncate(whole);
    if form != TextForm::Plain && bytes.first() == Some(&b'"') {
        bytes.truncate(whole_escapes(&bytes));
        bytes.push(b'"');
    }
    bytes
}

/// Length without an escape that is cut off, or half a surrogate pair, at the end of a JSON string.
fn whole_escapes(bytes: &[u8]) -> usize {
    let mut at = 0;
    let mut high_at = None;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            at += 1;
            high_at = None;
            continue;
        }
        let (len, digit) = match bytes.get(at + 1) {
            Some(b'u') => (6, bytes.get(at + 2..at + 4)),
            _ => (2, None),
        };
        if at + len > bytes.len() {
            return high_at.unwrap_or(at);
        }
        let high = matches!(
            digit,
            Some([b'd' | b'D', b'8' | b'9' | b'a' | b'A' | b'b' | b'B'])
        );
        high_at = high.then_some(at);
        at += len;
    }
    high_at.unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(form: TextForm, text: &str, at: usize) -> String {
        let head = text.as_bytes().get(..at).expect("in range").to_vec();
        decode_text(form, &closed(form, head))
    }

    #[test]
    fn a_cut_never_shows_half_a_character() {
        let json = r#""a\n\u00e9\ud83d\ude00é😀\\""#;
        let whole = "a\né😀é😀\\";
        for at in 1..json.len() {
            let shown = cut(TextForm::Json, json, at);
            assert!(whole.starts_with(&shown), "cut at {at}: {shown:?}");
        }
        for at in 0..whole.len() {
            assert!(whole.starts_with(&cut(TextForm::Plain, whole, at)));
        }
    }

    #[test]
    fn a_cut_object_stays_as_it_is() {
        assert_eq!(cut(TextForm::Json, r#"{"a":"\u00e9"}"#, 8), r#"{"a":"\u"#);
    }
}

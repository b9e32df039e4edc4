//! Reading the long texts of a trace straight from its sources.

use crewscope_trace::model::TextRef;
use send_wrapper::SendWrapper;
use std::fmt;
use std::rc::Rc;

/// Reads texts. A clone reads the same sources and shares the cache.
#[derive(Clone, Debug)]
pub struct Texts {
    inner: SendWrapper<Rc<()>>,
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextError {
    /// The bytes have not arrived (yet): the source is still being read, or reading failed there.
    Missing,
    /// The browser cannot read the file any more, typically because it changed on disk after it was opened.
    Unreadable(String),
}

impl fmt::Display for TextError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("This text has not been read yet."),
            Self::Unreadable(why) => write!(out, "The browser cannot read this text any more ({why}). Did the file change? Open it again."),
        }
    }
}

impl Texts {
    /// A handle without sources.
    pub fn new() -> Self {
        Self { inner: SendWrapper::new(Rc::new(())) }
    }

    /// The whole text.
    pub async fn read(&self, _text: TextRef) -> Result<String, TextError> {
        Err(TextError::Missing)
    }

    /// The first `max_bytes` of the text's bytes, decoded, and whether more follow.
    pub async fn read_head(&self, _text: TextRef, _max_bytes: u64) -> Result<(String, bool), TextError> {
        Err(TextError::Missing)
    }

    /// The bytes as they stand in the source.
    pub async fn read_bytes(&self, _text: TextRef) -> Result<Vec<u8>, TextError> {
        let _ = &self.inner;
        Err(TextError::Missing)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new()
    }
}

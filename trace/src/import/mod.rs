//! From bytes to the model.

use crate::model::Trace;

/// Reads sources in chunks and builds one [`Trace`] of all of them.
#[derive(Default)]
pub struct Importer {}

impl Importer {
    /// An importer that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }
    /// Begins a source; the chunks that follow belong to it. Returns its index.
    pub fn begin_source(&mut self, _name: &str) -> u32 {
        0
    }
    /// Reads the next bytes of the current source. Any split of the bytes gives the same model.
    pub fn push(&mut self, _chunk: &[u8]) {}
    /// Ends the current source.
    pub fn end_source(&mut self) {}
    /// The model of what was read so far.
    pub fn snapshot(&mut self) -> Trace {
        Trace::default()
    }
    /// The finished model.
    pub fn finish(mut self) -> Trace {
        self.snapshot()
    }
}

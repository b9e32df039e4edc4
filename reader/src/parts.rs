//! Keeping the bytes of a source that the page does not have (fetched, decompressed) so that texts can be read later.

use js_sys::{Array, Uint8Array};
use web_sys::Blob;

/// Bytes collected before they become a `Blob`, which the browser may keep on disk.
const FLUSH: u64 = 8 * 1024 * 1024;

/// Collects the chunks of one source.
#[derive(Debug, Default)]
pub struct Parts {
    chunks: Array,
    offset: u64,
    waiting: u64,
}

impl Parts {
    /// Adds the next chunk (kept, not copied). Returns a part once there is enough: its offset and its bytes.
    pub fn push(&mut self, chunk: &Uint8Array) -> Option<(u64, Blob)> {
        self.chunks.push(chunk);
        self.waiting += u64::from(chunk.length());
        if self.waiting >= FLUSH {
            self.flush()
        } else {
            None
        }
    }

    /// What was collected since the last part.
    pub fn flush(&mut self) -> Option<(u64, Blob)> {
        if self.waiting == 0 {
            return None;
        }
        // Refused only without memory; then the texts of this stretch are missing, and the model is still right.
        let blob = Blob::new_with_u8_array_sequence(&self.chunks).ok();
        let part = blob.map(|blob| (self.offset, blob));
        self.chunks = Array::new();
        self.offset += self.waiting;
        self.waiting = 0;
        part
    }
}

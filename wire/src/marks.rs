//! What is noted of a file while it is read, to know later whether the same still stands there.
//!
//! Chromium refuses to read on in a file that was written since it was opened, as far as its time tells. Firefox reads whatever stands there
//! now, which is no part of the trace. So a mark is kept of each block, from every 32nd byte: it costs next to nothing, and what was moved,
//! cut or written anew is seen by it. A change of less than 32 bytes that moves nothing may not be.

/// Bytes of a block. What is read again begins and ends where one does.
pub const BLOCK: usize = 64 * 1024;

/// Bytes of a mark.
pub const MARK: usize = 4;

/// Every how many bytes one is looked at; divides [`BLOCK`].
const EVERY: usize = 32;

/// The mark of nothing (FNV-1a of 32 bits).
const NOTHING: u32 = 0x811c_9dc5;

fn mixed(mark: u32, bytes: &[u8]) -> u32 {
    let looked_at = bytes.iter().step_by(EVERY);
    looked_at.fold(mark, |mark, &byte| {
        (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Makes the marks of a file that comes in chunks of any length.
#[derive(Debug)]
pub struct Marker {
    /// Bytes of the block that has begun, and its mark so far.
    begun: usize,
    mark: u32,
    /// Marks of blocks that are complete and were not taken yet, four bytes each (little endian, as all that WebAssembly writes).
    done: Vec<u8>,
}

impl Default for Marker {
    /// For a file from its start.
    fn default() -> Self {
        Self {
            begun: 0,
            mark: NOTHING,
            done: Vec::new(),
        }
    }
}

impl Marker {
    /// The next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(BLOCK - self.begun));
            let first = self.begun.wrapping_neg() % EVERY;
            self.mark = mixed(self.mark, now.get(first..).unwrap_or_default());
            self.begun += now.len();
            if self.begun == BLOCK {
                self.end();
            }
            bytes = rest;
        }
    }

    /// The file ends here: its last block may be short.
    pub fn end(&mut self) {
        if self.begun > 0 {
            self.done.extend(self.mark.to_le_bytes());
            (self.begun, self.mark) = (0, NOTHING);
        }
    }

    /// The marks since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.done)
    }
}

/// Whether bytes, from the start of a block on, are those that the marks were made of. Blocks without a mark are believed.
pub fn same(marks: &[u8], bytes: &[u8]) -> bool {
    let mut blocks = bytes.chunks(BLOCK).zip(marks.chunks_exact(MARK));
    blocks.all(|(block, mark)| mixed(NOTHING, block).to_le_bytes() == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at * at / 7 + at / 251) as u8).collect()
    }

    fn marks_of(bytes: &[u8], chunk: usize) -> Vec<u8> {
        let mut marker = Marker::default();
        let mut marks = Vec::new();
        for chunk in bytes.chunks(chunk) {
            marker.push(chunk);
            marks.extend(marker.take());
        }
        marker.end();
        marks.extend(marker.take());
        marks
    }

    #[test]
    fn chunks_of_any_length_make_the_same_marks() {
        for len in [1, 31, 32, 33, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 77] {
            let bytes = content(len);
            let marks = marks_of(&bytes, len);
            assert_eq!(marks.len(), len.div_ceil(BLOCK) * MARK);
            assert!(same(&marks, &bytes));
            for chunk in [1, 7, 32, 1000, BLOCK - 5, BLOCK + 5] {
                assert_eq!(marks_of(&bytes, chunk), marks, "{len} in {chunk}");
            }
        }
        assert!(marks_of(&[], 1).is_empty());
    }

    #[test]
    fn what_was_moved_cut_or_written_anew_is_seen() {
        let bytes = content(2 * BLOCK + 5000);
        let marks = marks_of(&bytes, 1 << 20);
        for at in [0, 1, 100, BLOCK + 1, 2 * BLOCK + 10] {
            let mut longer = bytes.clone();
            longer.insert(at, b'x');
            assert!(!same(&marks, &longer), "a byte more at {at}");
            let mut other = bytes.clone();
            for byte in other.iter_mut().skip(at).take(EVERY) {
                *byte = !*byte;
            }
            assert!(!same(&marks, &other), "written anew at {at}");
            let cut = bytes.get(..bytes.len() - 1000 - at).expect("longer");
            assert!(!same(&marks, cut), "{at} cut");
        }
        // A block somewhere inside, by its own mark.
        let (block, of) = (bytes.get(BLOCK..2 * BLOCK), marks.get(MARK..));
        assert!(same(of.expect("three"), block.expect("long")));
    }

    #[test]
    fn what_has_no_mark_is_believed() {
        assert!(same(&[], b"anything"));
    }
}

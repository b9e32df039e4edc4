//! Finds where each record begins and ends, keeping a chunk and the largest record in memory, never the file.
//!
//! A source is a sequence of *roots*: JSON documents, JSON Lines, concatenated JSON, or the elements of one top-level array.
//! Inside a root, the elements of known arrays (`resourceSpans[].scopeSpans[].spans[]`, `events[]`, …) are *records* of their own:
//! they are handed on one by one, and what remains of the root (its *shell*, with a `0` where a record was) when it closes.
//! The framer looks at depth, strings and escapes only; a root without records is handed on whole.

use crate::framing::paths::{self, Node, RecordPath};
use blocks::{Blocks, Noted};
use crewscope_trace::json::closing;
use crewscope_trace::json::scan;
use memchr::memchr3;

#[path = "framer_blocks.rs"]
mod blocks;

/// Nesting deeper than this is refused: no producer comes near, and it bounds memory with hostile input.
const MAX_DEPTH: usize = 100_000;
/// A record larger than this is refused (bytes): two of them still fit a 4 GiB address space beside the model.
pub const MAX_RECORD: usize = 512 << 20;

/// Why bytes could not be framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No JSON value begins here.
    NotJson,
    /// The value breaks off and another begins on the next line.
    BrokenValue,
    /// The source ends inside a value.
    Truncated,
    /// Nested too deep, or larger than a record may be.
    TooLarge,
}

/// What the framer hands on.
#[derive(Debug)]
pub enum Frame<'a> {
    /// A record inside a root.
    Record {
        /// Which array it is an element of.
        path: RecordPath,
        /// Ordinal of its root within the source.
        root: u64,
        /// Bytes from the start of the source.
        offset: u64,
        /// The record.
        bytes: &'a [u8],
        /// Where its strings begin and end, in bytes from its start, if that is known.
        quotes: &'a [u32],
    },
    /// A root closed.
    Root {
        /// Ordinal within the source.
        root: u64,
        /// Bytes from the start of the source.
        offset: u64,
        /// The whole root, or its shell.
        bytes: &'a [u8],
        /// As above; never known of a shell.
        quotes: &'a [u32],
        /// The array its records came from; `None` if the bytes are the whole root (then offsets into it are true).
        elided: Option<RecordPath>,
    },
    /// An entry of crewai's log as text.
    Entry {
        /// Bytes from the start of the source.
        offset: u64,
        /// The entry, its line feed included.
        bytes: &'a [u8],
    },
    /// Bytes that could not be read.
    Fault {
        /// Why.
        fault: Fault,
        /// Bytes from the start of the source.
        offset: u64,
    },
}

#[derive(Clone, Copy, Debug)]
struct Level {
    array: bool,
    node: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Before the first byte, or between roots.
    Between,
    /// Inside a root.
    Root,
    /// Skipping to the end of the line.
    SkipLine,
}

/// The framing state machine. Feed it chunks; any split gives the same frames.
#[derive(Debug)]
pub struct Framer {
    /// Bytes that are still needed.
    buf: Vec<u8>,
    /// Source offset of `buf[0]`.
    base: u64,
    /// The byte before `buf[0]`.
    let_go: u8,
    /// Scan position in `buf`.
    pos: usize,
    mode: Mode,
    at_start: bool,
    root: u64,
    root_offset: u64,
    levels: Vec<Level>,
    /// Depth from which on no level leads to a record; true only while the innermost level does not.
    dead_from: usize,
    quotes: Noted,
    in_string: bool,
    escaped: bool,
    /// The string being read is a key whose name matters.
    in_key: bool,
    key: Vec<u8>,
    /// Last significant byte outside strings (`"` for a string).
    prev: u8,
    /// Position of the record being read, and the depth at which it closes.
    record: Option<(usize, usize, RecordPath)>,
    shell: Vec<u8>,
    /// Where in `buf` the part of the shell begins that is not copied yet; only while `elided` is set.
    shell_from: usize,
    elided: Option<RecordPath>,
    fault_reported: bool,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            buf: Vec::new(),
            base: 0,
            let_go: 0,
            pos: 0,
            mode: Mode::Between,
            at_start: true,
            root: 0,
            root_offset: 0,
            levels: Vec::new(),
            dead_from: 0,
            quotes: Noted::default(),
            in_string: false,
            escaped: false,
            in_key: false,
            key: Vec::new(),
            prev: 0,
            record: None,
            shell: Vec::new(),
            shell_from: 0,
            elided: None,
            fault_reported: false,
        }
    }
}

impl Framer {
    /// Reads the next bytes.
    pub fn push(&mut self, chunk: &[u8], sink: &mut dyn FnMut(Frame<'_>)) {
        self.buf.extend_from_slice(chunk);
        // A byte order mark can be judged from the third byte on.
        if self.at_start && self.buf.len() < 3 {
            return;
        }
        self.scan(sink);
        self.release();
    }

    /// The source ends here.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        self.scan(sink);
        if self.mode == Mode::Root {
            self.abandon(Fault::Truncated, sink);
        }
        self.pos = self.buf.len();
        self.release();
    }

    fn scan(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        if self.at_start && !self.buf.is_empty() {
            self.at_start = false;
            if self.buf.starts_with(&[0xEF, 0xBB, 0xBF]) {
                self.pos = 3;
            }
        }
        while self.pos < self.buf.len() {
            match self.mode {
                Mode::Between => self.between(sink),
                Mode::SkipLine => match memchr::memchr(b'\n', &self.buf[self.pos..]) {
                    Some(at) => {
                        self.pos += at + 1;
                        self.mode = Mode::Between;
                    }
                    None => self.pos = self.buf.len(),
                },
                Mode::Root => self.inside(sink),
            }
        }
    }

    /// Lets go of the bytes that nothing refers to any more.
    fn release(&mut self) {
        let keep = match (self.mode, &self.record, self.elided) {
            (Mode::Root, Some((at, ..)), _) => *at,
            (Mode::Root, None, Some(_)) => {
                self.copy_shell(self.pos);
                self.pos
            }
            (Mode::Root, None, None) => usize::try_from(self.root_offset - self.base).unwrap_or(0),
            _ => self.pos,
        };
        if keep == 0 {
            return;
        }
        self.let_go = self.buf[keep - 1];
        self.buf.drain(..keep);
        self.base += keep as u64;
        self.pos -= keep;
        self.shell_from = self.shell_from.saturating_sub(keep);
        if let Some((at, ..)) = &mut self.record {
            *at -= keep;
        }
    }

    fn copy_shell(&mut self, to: usize) {
        if self.shell_from < to {
            self.shell.extend_from_slice(&self.buf[self.shell_from..to]);
        }
        self.shell_from = to;
    }

    fn between(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        match self.buf[self.pos] {
            b' ' | b'\t' | b'\r' | b'\n' => self.pos += 1,
            // The brackets and commas of a top-level array: its elements are roots.
            b'[' | b']' | b',' => self.pos += 1,
            b'{' => {
                self.mode = Mode::Root;
                self.root_offset = self.base + self.pos as u64;
                self.quotes.begin(self.root_offset);
                self.levels.clear();
                self.levels.push(Level {
                    array: false,
                    node: paths::ROOT,
                });
                self.prev = b'{';
                self.fault_reported = false;
                self.pos += 1;
            }
            _ => {
                // One fault for a stretch of unreadable lines, not one for each.
                if !self.fault_reported {
                    sink(Frame::Fault {
                        fault: Fault::NotJson,
                        offset: self.base + self.pos as u64,
                    });
                    self.fault_reported = true;
                }
                self.mode = Mode::SkipLine;
            }
        }
    }

    fn inside(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        // Before this the fast way found something odd.
        let mut slow_until = 0;
        while self.pos < self.buf.len() {
            if self.pos >= slow_until && self.is_dead() {
                match self.blocks(sink) {
                    Blocks::Over => return,
                    Blocks::Odd => slow_until = self.pos + scan::BLOCK,
                    Blocks::Left => {}
                }
            }
            if self.pos >= self.buf.len() {
                break;
            }
            if self.in_string {
                if !self.string(sink) {
                    return;
                }
                continue;
            }
            let byte = self.buf[self.pos];
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {
                    self.pos += 1;
                    continue;
                }
                b'"' => {
                    self.in_string = true;
                    self.quotes.quote(self.base + self.pos as u64);
                    let level = self.levels.last();
                    self.in_key = level
                        .is_some_and(|level| !level.array && level.node != paths::DEAD)
                        && matches!(self.prev, b'{' | b',');
                    self.key.clear();
                }
                b'{' | b'[' => {
                    let in_array = self.levels.last().is_some_and(|level| level.array);
                    let begins_value = match self.prev {
                        b'[' | b':' => true,
                        b',' => in_array,
                        _ => false,
                    };
                    if !begins_value {
                        self.abandon(Fault::BrokenValue, sink);
                        return;
                    }
                    if self.levels.len() >= MAX_DEPTH {
                        self.abandon(Fault::TooLarge, sink);
                        return;
                    }
                    self.open(byte == b'[');
                }
                b'}' | b']' => {
                    let closed = self.levels.pop();
                    if closed.is_none_or(|level| level.array != (byte == b']')) {
                        self.abandon(Fault::BrokenValue, sink);
                        return;
                    }
                    self.prev = byte;
                    self.pos += 1;
                    if self.close(sink) {
                        return;
                    }
                    continue;
                }
                _ => {}
            }
            self.prev = byte;
            self.pos += 1;
        }
        if self.pending() > MAX_RECORD {
            self.abandon(Fault::TooLarge, sink);
        }
    }

    /// Bytes held for the root or record being read.
    fn pending(&self) -> usize {
        match (&self.record, self.elided) {
            (Some((at, ..)), _) => self.pos - at,
            (None, Some(_)) => self.shell.len(),
            (None, None) => usize::try_from(self.base + self.pos as u64 - self.root_offset)
                .unwrap_or(usize::MAX),
        }
    }

    /// Reads on in a string. Returns `false` if the root was abandoned.
    fn string(&mut self, sink: &mut dyn FnMut(Frame<'_>)) -> bool {
        if self.escaped {
            self.escaped = false;
            let known = matches!(
                self.buf[self.pos],
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'
            );
            // The digits of `\u` are left to the reader of the record.
            self.quotes.odd |= !known;
            if self.in_key {
                // An escaped key is none of the names that matter.
                self.key.push(b'\\');
            }
            self.pos += 1;
            return true;
        }
        let rest = &self.buf[self.pos..];
        let end = memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
        // No name that matters is longer than 64 bytes.
        if self.in_key && self.key.len() < 64 {
            self.key.extend_from_slice(&rest[..end]);
        }
        if scan::plain_until(rest, 0) < end {
            self.quotes.odd = true;
        }
        self.pos += end;
        match self.buf.get(self.pos) {
            Some(b'"') => {
                self.in_string = false;
                self.quotes.quote(self.base + self.pos as u64);
                if self.in_key {
                    if let Some(level) = self.levels.last_mut() {
                        level.node = paths::after(level.node, &self.key);
                        if level.node == paths::DEAD {
                            self.dead_from = self.levels.len() - 1;
                        }
                    }
                }
                self.prev = b'"';
                self.pos += 1;
            }
            Some(b'\\') => {
                self.escaped = true;
                self.pos += 1;
            }
            // A line feed cannot stand in a JSON string: the value breaks off here (a killed writer), and the next line is a new one.
            Some(_) => {
                self.abandon(Fault::BrokenValue, sink);
                return false;
            }
            None => {}
        }
        true
    }

    fn open(&mut self, array: bool) {
        let parent = self.levels.last().map_or(paths::DEAD, |level| level.node);
        let in_array = self.levels.last().is_some_and(|level| level.array);
        let mut node = match (self.record, parent) {
            (Some(_), _) | (_, paths::DEAD) => paths::DEAD,
            (None, parent) if in_array => paths::element(parent),
            (None, parent) => paths::member(parent, &self.key),
        };
        if let (Some(path), false) = (paths::record(node), array) {
            self.record = Some((self.pos, self.levels.len(), path));
            self.quotes.begin(self.base + self.pos as u64);
            if self.elided.is_none() {
                self.shell.clear();
                self.shell_from = usize::try_from(self.root_offset - self.base).unwrap_or(0);
                self.elided = Some(path);
            }
            self.copy_shell(self.pos);
            self.shell.push(b'0');
            node = paths::DEAD;
        }
        if node == paths::DEAD && (parent != paths::DEAD || self.levels.is_empty()) {
            self.dead_from = self.levels.len();
        }
        self.levels.push(Level { array, node });
    }

    /// After a closing bracket: hands on what it completed. Returns whether the root ended.
    fn close(&mut self, sink: &mut dyn FnMut(Frame<'_>)) -> bool {
        if let Some((at, depth, path)) = self.record {
            if self.levels.len() == depth {
                let offset = self.base + at as u64;
                sink(Frame::Record {
                    path,
                    root: self.root,
                    offset,
                    bytes: &self.buf[at..self.pos],
                    quotes: self.quotes.list(),
                });
                self.record = None;
                self.shell_from = self.pos;
            }
            return false;
        }
        if !self.levels.is_empty() {
            return false;
        }
        if self.elided.is_some() {
            self.copy_shell(self.pos);
            sink(Frame::Root {
                root: self.root,
                offset: self.root_offset,
                bytes: &self.shell,
                quotes: &[],
                elided: self.elided,
            });
        } else {
            let at = usize::try_from(self.root_offset - self.base).unwrap_or(0);
            sink(Frame::Root {
                root: self.root,
                offset: self.root_offset,
                bytes: &self.buf[at..self.pos],
                quotes: self.quotes.list(),
                elided: None,
            });
        }
        self.end_root(Mode::Between);
        true
    }

    fn end_root(&mut self, mode: Mode) {
        self.mode = mode;
        self.root += 1;
        self.record = None;
        self.elided = None;
        self.shell.clear();
        self.in_string = false;
        self.escaped = false;
        self.in_key = false;
        self.levels.clear();
    }

    /// Gives up on the root being read, keeps what its shell says, and goes on with the next line.
    fn abandon(&mut self, fault: Fault, sink: &mut dyn FnMut(Frame<'_>)) {
        // Once records were taken out of a root, its beginning is no longer held.
        let offset = match (&self.record, self.elided) {
            (Some((at, ..)), _) => self.base + *at as u64,
            (None, Some(_)) => self.base + self.pos as u64,
            (None, None) => self.root_offset,
        };
        sink(Frame::Fault { fault, offset });
        if self.elided.is_some() {
            if self.record.is_none() {
                self.copy_shell(self.pos);
            }
            if let Some(shell) = closing::closed(&self.shell) {
                sink(Frame::Root {
                    root: self.root,
                    offset: self.root_offset,
                    bytes: &shell,
                    quotes: &[],
                    elided: self.elided,
                });
            }
        }
        let before = match self.pos.checked_sub(1) {
            Some(at) => self.buf.get(at).copied(),
            None => Some(self.let_go),
        };
        let at_line_start = before == Some(b'\n') || self.buf.get(self.pos) == Some(&b'\n');
        self.end_root(if at_line_start {
            Mode::Between
        } else {
            Mode::SkipLine
        });
    }
}

#[cfg(test)]
#[path = "framer_tests.rs"]
mod tests;

//! The framer's fast way through what holds no further record: 64 bytes at a time, and only brackets outside strings are looked at.
//!
//! It is a shortcut and decides nothing of its own: a block in which something is odd (a line feed in a string, a backslash outside
//! one) is left to the framer's byte by byte way, which then says what to make of it.

use crate::framing::framer::{paths, Fault, Frame, Framer, Level, MAX_DEPTH};
use crewscope_trace::json::scan::{self, BLOCK};
use crewscope_trace::json::syntax;

/// How the fast way ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// Behind the end of the part without records.
    Left,
    /// The next bytes are for the byte by byte way: they are few, or something is odd about them.
    Odd,
    /// The root ended, or was given up.
    Over,
}

/// A bit for each byte of a block that stands in a string: its opening quote, and all up to its closing quote.
fn inside(quotes: u64) -> u64 {
    let mut bits = quotes;
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ bits << 32
}

/// A bit for each byte that a backslash before it escapes, and whether the last one escapes the first of the next block.
fn escaped(slashes: u64, carried: bool) -> (u64, bool) {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let carried = u64::from(carried);
    if slashes == 0 {
        return (carried, false);
    }
    let slashes = slashes & !carried;
    let after = slashes << 1 | carried;
    // Of a run of backslashes every other one is escaped itself: a sum carries from its start to the byte behind it.
    let odd_starts = slashes & !EVEN & !after;
    let (even_runs, overflow) = odd_starts.overflowing_add(slashes);
    ((EVEN ^ (even_runs << 1)) & after, overflow)
}

impl Framer {
    /// Whether the fast way may be taken here: below a place that leads to no record.
    pub(super) fn is_dead(&self) -> bool {
        !self.in_key
            && self
                .levels
                .last()
                .is_some_and(|level| level.node == paths::DEAD)
    }

    /// Goes on as long as whole blocks are there, up to the end of the part that holds no record.
    pub(super) fn blocks(&mut self, sink: &mut dyn FnMut(Frame<'_>)) -> Blocks {
        while let Some(bytes) = self
            .buf
            .get(self.pos..self.pos + BLOCK)
            .and_then(|bytes| <&[u8; BLOCK]>::try_from(bytes).ok())
        {
            let found = scan::block(bytes);
            let (escaped, carry) = escaped(found.slashes, self.escaped);
            let mut inside = inside(found.quotes & !escaped);
            if self.in_string {
                inside = !inside;
            }
            if found.slashes & !inside != 0 {
                break;
            }
            let controls = found.controls & inside;
            if controls != 0 {
                if self.holds_line(bytes, controls & !escaped) {
                    break;
                }
                self.quotes.odd = true;
            }
            let from = self.pos;
            let quotes = found.quotes & !escaped;
            if escaped != 0 {
                self.check_escapes(from, escaped);
            }
            let mut brackets = found.brackets & !inside;
            while brackets != 0 {
                let at = from + brackets.trailing_zeros() as usize;
                brackets &= brackets - 1;
                match self.buf.get(at) {
                    Some(open @ (b'{' | b'[')) => {
                        let open = *open == b'[';
                        if let Some(fault) = self.fault_of_opening(from, at) {
                            return self.leave(at, fault, sink);
                        }
                        self.levels.push(Level {
                            array: open,
                            node: paths::DEAD,
                        });
                    }
                    Some(&close) => {
                        let closed = self.levels.pop();
                        if closed.is_none_or(|level| level.array != (close == b']')) {
                            return self.leave(at, Fault::BrokenValue, sink);
                        }
                        if self.levels.len() <= self.dead_from {
                            // What lies behind is looked at again.
                            let before = (1 << (at - from)) - 1;
                            self.quotes.note(self.base, from, quotes & before);
                            (self.in_string, self.escaped) = (false, false);
                            self.prev = close;
                            self.pos = at + 1;
                            return match self.close(sink) {
                                true => Blocks::Over,
                                false => Blocks::Left,
                            };
                        }
                    }
                    None => {}
                }
            }
            self.quotes.note(self.base, from, quotes);
            self.pos = from + BLOCK;
            // In a string this is none, but before the next bracket stands its closing quote.
            self.prev = self.before(from, self.pos);
            self.in_string = inside >> 63 == 1;
            self.escaped = carry;
        }
        Blocks::Odd
    }

    /// Whether one of the marked bytes is a line feed.
    fn holds_line(&self, bytes: &[u8; BLOCK], marks: u64) -> bool {
        bytes
            .iter()
            .enumerate()
            .any(|(at, &byte)| byte == b'\n' && marks >> at & 1 == 1)
    }

    /// Looks at the marked bytes, which a backslash stands before.
    fn check_escapes(&mut self, from: usize, mut marks: u64) {
        while marks != 0 && !self.quotes.odd {
            let at = from + marks.trailing_zeros() as usize;
            marks &= marks - 1;
            match self.buf.get(at) {
                Some(b'n' | b'"') => {}
                // One that goes on in the next chunk is judged later.
                _ => self.quotes.odd = at == 0 || syntax::escape(&self.buf, at - 1).is_none(),
            }
        }
    }

    /// Why no value may be opened at a place in the block that begins at `from`.
    fn fault_of_opening(&self, from: usize, at: usize) -> Option<Fault> {
        let begins = match self.before(from, at) {
            b'[' | b':' => true,
            b',' => self.levels.last().is_some_and(|level| level.array),
            _ => false,
        };
        if !begins {
            return Some(Fault::BrokenValue);
        }
        (self.levels.len() >= MAX_DEPTH).then_some(Fault::TooLarge)
    }

    /// The last byte before a place that is no white space; `prev` is that before the block.
    fn before(&self, from: usize, at: usize) -> u8 {
        let bytes = self.buf.get(from..at).unwrap_or_default();
        let space = |byte: &&u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        bytes.iter().rev().find(space).copied().unwrap_or(self.prev)
    }

    fn leave(&mut self, at: usize, fault: Fault, sink: &mut dyn FnMut(Frame<'_>)) -> Blocks {
        (self.in_string, self.escaped) = (false, false);
        self.pos = at;
        self.abandon(fault, sink);
        Blocks::Over
    }
}

/// Where the strings of the record being read begin and end: noted on the way, so that its reader need not look for it again.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Longer than what is noted, so that noting is no call.
    list: Vec<u32>,
    /// How many are noted.
    count: usize,
    /// Source offset of the record's first byte.
    from: u64,
    /// Something in its strings is no JSON, or was not looked at: its reader has to.
    pub(super) odd: bool,
}

impl Noted {
    /// A record begins.
    pub(super) fn begin(&mut self, offset: u64) {
        self.count = 0;
        self.from = offset;
        self.odd = false;
    }

    /// The quotes marked in the bytes from `at` on; `base` is the source offset of the buffer.
    fn note(&mut self, base: u64, at: usize, mut marks: u64) {
        let from = (base + at as u64).saturating_sub(self.from) as u32;
        if self.list.len() < self.count + 64 {
            self.list.resize((self.count + 64) * 2, 0);
        }
        for slot in self.list.iter_mut().skip(self.count) {
            if marks == 0 {
                return;
            }
            *slot = from + marks.trailing_zeros();
            self.count += 1;
            marks &= marks - 1;
        }
    }

    /// A quote at a source offset.
    pub(super) fn quote(&mut self, offset: u64) {
        self.note(self.from, 0, 0);
        if let Some(slot) = self.list.get_mut(self.count) {
            *slot = offset.saturating_sub(self.from) as u32;
            self.count += 1;
        }
    }

    /// What was noted; nothing for a record whose strings have to be looked through.
    pub(super) fn list(&self) -> &[u32] {
        if self.odd {
            &[]
        } else {
            self.list.get(..self.count).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escapes_and_strings_as_byte_by_byte(text in r#"[\\"a\\]{128}"#) {
            let (mut carry, mut in_string) = (false, false);
            let (mut is_escaped, mut is_inside) = (false, false);
            for bytes in text.as_bytes().chunks_exact(BLOCK) {
                let found = scan::block(bytes.try_into().unwrap());
                let (mask, next) = escaped(found.slashes, carry);
                let quotes = found.quotes & !mask;
                let mut strings = inside(quotes);
                if in_string {
                    strings = !strings;
                }
                for (at, &byte) in bytes.iter().enumerate() {
                    prop_assert_eq!(mask >> at & 1 == 1, is_escaped);
                    if byte == b'"' && !is_escaped {
                        is_inside = !is_inside;
                    }
                    prop_assert_eq!(strings >> at & 1 == 1, is_inside);
                    is_escaped = byte == b'\\' && !is_escaped;
                }
                (carry, in_string) = (next, strings >> 63 == 1);
            }
            prop_assert_eq!(carry, is_escaped);
        }
    }
}

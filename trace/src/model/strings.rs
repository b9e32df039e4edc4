//! Interned names and ids.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An interned string: a name, a role, a model, an id. Equal texts have equal symbols within one [`crate::model::Trace`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Sym(pub u32);

impl Sym {
    /// The symbol of the empty text.
    pub const EMPTY: Sym = Sym(0);
}

/// The table of interned strings. Symbol 0 is the empty text.
///
/// All texts lie in one piece of memory: a trace of a million spans has more than a million ids, and as many allocations would cost more time
/// than reading it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Strings {
    texts: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<u32>,
    /// A hash table with open addressing: symbol + 1 of a text whose hash belongs there, 0 where there is none. Its length is a power of
    /// two. Empty in a table that was sent: nobody interns there.
    #[serde(skip)]
    slots: Vec<u32>,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self::bare();
        strings.intern("");
        strings
    }
}

impl PartialEq for Strings {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts && self.ends == other.ends
    }
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Eight bytes at a time, multiplied: ids are short and many, and no better hash is as fast.
fn hash(text: &str) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = text.len() as u64;
    let mut words = text.as_bytes().chunks_exact(8);
    for word in &mut words {
        if let Ok(word) = <[u8; 8]>::try_from(word) {
            hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        }
    }
    let rest = words.remainder().iter();
    let rest = rest.fold(0, |rest, &byte| rest << 8 | u64::from(byte));
    hash = (hash.rotate_left(5) ^ rest).wrapping_mul(FACTOR);
    hash ^ hash >> 32
}

impl Strings {
    /// A table to which the parts of another are added: not even the empty text is there.
    pub fn bare() -> Self {
        Self {
            texts: String::new(),
            ends: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// The symbol of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if self.ends.len() >= self.slots.len() / 4 * 3 {
            self.grow();
        }
        let slot = self.slot(text);
        match self.slots.get(slot) {
            Some(0) | None => {}
            Some(&known) => return Sym(known - 1),
        }
        let sym = self.push(text);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = sym.0.saturating_add(1);
        }
        sym
    }

    /// Adds a text that is not there, without noting where it can be found.
    fn push(&mut self, text: &str) -> Sym {
        let sym = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.texts.push_str(text);
        self.ends
            .push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        Sym(sym)
    }

    /// The slot that holds a text, or would.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash(text) as usize & mask;
        loop {
            match self.slots.get(at) {
                Some(0) | None => return at,
                Some(&known) if self.get(Sym(known - 1)) == text => return at,
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(64);
        self.slots = vec![0; len];
        for sym in 0..self.ends.len() as u32 {
            let mut at = hash(self.get(Sym(sym))) as usize & (len - 1);
            while self.slots.get(at).is_some_and(|&slot| slot != 0) {
                at = (at + 1) & (len - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = sym + 1;
            }
        }
    }

    /// The text of a symbol; empty for a symbol of another table.
    pub fn get(&self, sym: Sym) -> &str {
        let at = sym.0 as usize;
        let end = self.ends.get(at).copied().unwrap_or_default();
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.texts
            .get(start.copied().unwrap_or_default() as usize..end as usize)
            .unwrap_or_default()
    }

    /// The symbol of a text that was interned before. Works on a table that was sent, too (by a scan: what finds texts is not sent along).
    pub fn find(&self, text: &str) -> Option<Sym> {
        if self.slots.is_empty() {
            let at = self.iter().position(|known| known == text)?;
            return u32::try_from(at).ok().map(Sym);
        }
        match self.slots.get(self.slot(text)) {
            Some(0) | None => None,
            Some(&known) => Some(Sym(known - 1)),
        }
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none, not even the empty one.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts, in the order of their symbols.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|sym| self.get(Sym(sym)))
    }

    /// The texts from one symbol on: all in one, and how long each is (bytes). At most `count` of them.
    pub fn part(&self, from: usize, count: usize) -> (&str, Vec<u32>) {
        let start = from.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = start.copied().unwrap_or_default();
        let ends = self.ends.iter().skip(from).take(count);
        let mut before = start;
        let lengths: Vec<u32> = ends
            .map(|&end| end.saturating_sub(std::mem::replace(&mut before, end)))
            .collect();
        let texts = self.texts.get(start as usize..before as usize);
        (texts.unwrap_or_default(), lengths)
    }

    /// Adds a part to a table that was sent in parts. `None` if the lengths do not fit the texts.
    pub fn add_part(&mut self, texts: &str, lengths: &[u32]) -> Option<()> {
        let mut end = u32::try_from(self.texts.len()).ok()?;
        self.texts.push_str(texts);
        for &length in lengths {
            end = end.checked_add(length)?;
            if !self.texts.is_char_boundary(end as usize) {
                return None;
            }
            self.ends.push(end);
        }
        (end as usize == self.texts.len()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_symbols() {
        let mut strings = Strings::default();
        assert_eq!(strings.intern(""), Sym::EMPTY);
        let names: Vec<String> = (0..5000)
            .map(|n| "é".repeat(n % 13) + &n.to_string())
            .collect();
        let symbols: Vec<Sym> = names.iter().map(|name| strings.intern(name)).collect();
        for (name, &symbol) in names.iter().zip(&symbols) {
            assert_eq!(strings.intern(name), symbol);
            assert_eq!(strings.get(symbol), name);
            assert_eq!(strings.find(name), Some(symbol));
        }
        assert_eq!(strings.len(), 5001);
        assert_eq!(strings.find("none of them"), None);
        assert_eq!(strings.get(Sym(9999)), "");
    }

    #[test]
    fn a_table_can_be_sent_in_parts() {
        let mut strings = Strings::default();
        for name in ["a", "", "ü🙂", "long ".repeat(50).as_str()] {
            strings.intern(name);
        }
        for step in [1, 2, 10] {
            let mut sent = Strings::bare();
            for from in (0..strings.len()).step_by(step) {
                let (texts, lengths) = strings.part(from, step);
                assert_eq!(sent.add_part(texts, &lengths), Some(()));
            }
            assert_eq!(sent, strings);
            assert_eq!(sent.find("ü🙂"), strings.find("ü🙂"));
            assert_eq!(sent.find("b"), None);
        }
        let wrong = [
            ("ab", [1].as_slice()),
            ("ü", &[1, 1]),
            ("a", &[2]),
            ("a", &[u32::MAX, 2]),
        ];
        for (texts, lengths) in wrong {
            assert_eq!(Strings::bare().add_part(texts, lengths), None);
        }
    }
}

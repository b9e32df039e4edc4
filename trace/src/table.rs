//! One hash table for everything, from numbers to indices: small, fast, and compiled once.

use crate::model::Sym;

/// From a key to an index. Open addressing: a key stands in its slot or in one of those behind it.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Keys, and what stands with them: [`FREE`], [`FORGOTTEN`], or the index. The length is a power of two.
    slots: Vec<(u64, u64)>,
    /// Slots that are not free.
    taken: usize,
}

const FREE: u64 = 0;
const FORGOTTEN: u64 = 1;
/// What is added to an index.
const INDEX: u64 = 2;

/// A key made of two symbols.
pub fn pair(a: Sym, b: Sym) -> u64 {
    u64::from(a.0) << 32 | u64::from(b.0)
}

impl Table {
    /// The slot of a key, or the free one where it would stand.
    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        // The upper half of the product depends on all bits of the key.
        let mut at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while self
            .slots
            .get(at)
            .is_some_and(|&(known, state)| state != FREE && known != key)
        {
            at = (at + 1) & mask;
        }
        at
    }

    /// The index of a key.
    pub fn get(&self, key: u64) -> Option<usize> {
        let (_, state) = *self.slots.get(self.slot(key))?;
        usize::try_from(state.checked_sub(INDEX)?).ok()
    }

    /// The index of a symbol.
    pub fn of(&self, sym: Sym) -> Option<usize> {
        self.get(u64::from(sym.0))
    }

    /// Sets the index of a key. Returns whether the key is new.
    pub fn set(&mut self, key: u64, index: usize) -> bool {
        if self.taken >= self.slots.len() / 4 * 3 {
            self.grow();
        }
        let at = self.slot(key);
        let Some(slot) = self.slots.get_mut(at) else {
            return false;
        };
        let before = std::mem::replace(slot, (key, index as u64 + INDEX)).1;
        self.taken += usize::from(before == FREE);
        before < INDEX
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![(0, FREE); len]);
        self.taken = 0;
        for (key, state) in old.into_iter().filter(|(_, state)| *state >= INDEX) {
            let at = self.slot(key);
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = (key, state);
                self.taken += 1;
            }
        }
    }

    /// Sets the index of a symbol. Returns whether it is new.
    pub fn set_of(&mut self, sym: Sym, index: usize) -> bool {
        self.set(u64::from(sym.0), index)
    }

    /// Sets the index of a key unless it has one. Returns the index it has now.
    pub fn set_new(&mut self, key: u64, index: usize) -> usize {
        match self.get(key) {
            Some(known) => known,
            None => {
                self.set(key, index);
                index
            }
        }
    }

    /// Forgets a symbol.
    pub fn forget(&mut self, sym: Sym) {
        let at = self.slot(u64::from(sym.0));
        // The slot stays taken: keys behind it are found through it.
        if let Some((_, state)) = self.slots.get_mut(at).filter(|(_, state)| *state != FREE) {
            *state = FORGOTTEN;
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn it_remembers_what_a_hash_map_does(steps in proptest::collection::vec((0u64..60, 0usize..9), 0..400)) {
            let (mut table, mut map) = (Table::default(), HashMap::new());
            // Keys that differ in high bits only, too.
            let key = |n: u64| if n < 20 { n << 40 } else { n };
            for (n, what) in steps {
                match what {
                    0 => {
                        table.forget(Sym(key(n) as u32));
                        map.remove(&u64::from(key(n) as u32));
                    }
                    1 => {
                        let known = *map.entry(key(n)).or_insert(7);
                        prop_assert_eq!(table.set_new(key(n), 7), known);
                    }
                    _ => prop_assert_eq!(table.set(key(n), what), map.insert(key(n), what).is_none()),
                }
                for n in 0..60 {
                    prop_assert_eq!(table.get(key(n)), map.get(&key(n)).copied());
                }
            }
            table.clear();
            prop_assert_eq!(table.get(1), None);
        }
    }
}

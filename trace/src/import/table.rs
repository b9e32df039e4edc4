//! One hash table for everything: each pair of key and value types would add its own 2 KB of code to the download.

use crate::model::Sym;
use std::collections::HashMap;

/// From a key to an index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table(HashMap<u64, u32>);

/// A key made of two symbols.
pub fn pair(a: Sym, b: Sym) -> u64 {
    u64::from(a.0) << 32 | u64::from(b.0)
}

impl Table {
    /// The index of a key.
    pub fn get(&self, key: u64) -> Option<usize> {
        self.0.get(&key).map(|&index| index as usize)
    }

    /// The index of a symbol.
    pub fn of(&self, sym: Sym) -> Option<usize> {
        self.get(u64::from(sym.0))
    }

    /// Sets the index of a key. Returns whether the key is new.
    pub fn set(&mut self, key: u64, index: usize) -> bool {
        self.0
            .insert(key, u32::try_from(index).unwrap_or(u32::MAX))
            .is_none()
    }

    /// Sets the index of a symbol. Returns whether it is new.
    pub fn set_of(&mut self, sym: Sym, index: usize) -> bool {
        self.set(u64::from(sym.0), index)
    }

    /// Sets the index of a key unless it has one.
    pub fn set_new(&mut self, key: u64, index: usize) {
        if self.get(key).is_none() {
            self.set(key, index);
        }
    }

    /// Forgets a symbol.
    pub fn forget(&mut self, sym: Sym) {
        self.0.remove(&u64::from(sym.0));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

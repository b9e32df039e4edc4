//! Interned names and ids.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Strings {
    texts: Vec<Box<str>>,
    #[serde(skip)]
    index: HashMap<Box<str>, u32>,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self {
            texts: Vec::new(),
            index: HashMap::new(),
        };
        strings.intern("");
        strings
    }
}

impl PartialEq for Strings {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Strings {
    /// The symbol of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(&known) = self.index.get(text) {
            return Sym(known);
        }
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        self.index.insert(text.into(), id);
        Sym(id)
    }

    /// The text of a symbol; empty for a symbol of another table.
    pub fn get(&self, sym: Sym) -> &str {
        self.texts.get(sym.0 as usize).map_or("", |text| text)
    }

    /// The symbol of a text that was interned before. Works on a decoded table too (by a scan: its index is not sent along).
    pub fn find(&self, text: &str) -> Option<Sym> {
        if self.index.is_empty() {
            let at = self.texts.iter().position(|known| &**known == text)?;
            return u32::try_from(at).ok().map(Sym);
        }
        self.index.get(text).copied().map(Sym)
    }
}

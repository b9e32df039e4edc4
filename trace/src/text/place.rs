//! Where the values of a record stand.

use crate::model::{Place, TextForm, TextRef};

/// The place of the record being read: makes [`TextRef`]s of values that borrow from it.
#[derive(Clone, Copy, Debug)]
pub struct RecordPlace<'a> {
    /// Index of the source.
    pub source: u32,
    /// Source offset of the record's first byte.
    pub offset: u64,
    /// The record.
    pub text: &'a str,
}

impl RecordPlace<'_> {
    /// The place of a value inside the record.
    pub fn text_of(&self, value: &str) -> TextRef {
        self.hashed(value, xxhash_rust::xxh3::xxh3_64(value.as_bytes()))
    }

    /// The same where the hash is another than that of the value's bytes.
    pub fn hashed(&self, value: &str, hash: u64) -> TextRef {
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        debug_assert!(
            within <= self.text.len(),
            "the value borrows from the record"
        );
        TextRef {
            source: self.source,
            offset: self.offset + within as u64,
            len: value.len() as u64,
            hash,
            form: TextForm::Json,
            cut_from: 0,
        }
    }

    /// The place of a value that is its own text, not JSON.
    pub fn plain(&self, value: &str) -> TextRef {
        TextRef {
            form: TextForm::Plain,
            ..self.text_of(value)
        }
    }

    /// The place of a record inside this one; `value` borrows from it.
    pub fn inner<'v>(&self, value: &'v str) -> RecordPlace<'v> {
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        RecordPlace {
            source: self.source,
            offset: self.offset.wrapping_add(within as u64),
            text: value,
        }
    }

    /// Whether a value lies inside the record.
    pub fn holds(&self, value: &str) -> bool {
        let within = (value.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        within
            .checked_add(value.len())
            .is_some_and(|end| end <= self.text.len())
    }

    /// The place of the record itself.
    pub fn whole(&self) -> TextRef {
        self.text_of(self.text)
    }

    /// The place as a warning names it.
    pub fn place(&self) -> Place {
        Place {
            source: self.source,
            offset: self.offset,
        }
    }
}

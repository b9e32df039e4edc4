//! What a span holds in few bytes: its facts, the places of its records, its tokens. A trace of a million spans has ten million facts; as
//! plain values they would take 56 bytes each, twice (reader and page), and here they take 9 on average.

use crate::model::packed::{is_cut, put, take, text_of, write_text, Entry};
use crate::model::{Field, Sym, TextRef, Value};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// Facts, each field at most once if they are [added](Facts::add). In bytes: the field, the kind of value with its length, the value.
#[derive(Clone, Default, PartialEq)]
pub struct Facts {
    bytes: Vec<u8>,
}

/// Kinds of values, beside which stands how many bytes follow.
const BOOL: u8 = 0;
const INT: u8 = 0x10;
const SYM: u8 = 0x20;
const FLOAT: u8 = 0x30;
const TEXT: u8 = 0x40;

/// How many bytes follow after the byte that says so.
fn length(code: u8) -> usize {
    usize::from(match code {
        BOOL..INT => 0,
        TEXT.. => code - TEXT,
        _ => code & 0xF,
    })
}

fn value(code: u8, bytes: &[u8]) -> Option<Value> {
    Some(match code {
        BOOL..INT => Value::Bool(code != BOOL),
        INT..SYM => {
            let number = take(bytes);
            // Small numbers of either sign are short: the sign is the lowest bit.
            Value::Int((number >> 1) as i64 ^ -((number & 1) as i64))
        }
        SYM..FLOAT => Value::Sym(Sym(take(bytes) as u32)),
        FLOAT..TEXT => Value::Float(f64::from_bits(take(bytes))),
        TEXT.. => Value::Text(text_of(bytes)?),
    })
}

impl Facts {
    /// No facts.
    pub const NONE: Self = Self { bytes: Vec::new() };

    /// Adds a fact behind the others, even if the field is there.
    fn push(&mut self, field: Field, value: Value) {
        let mut entry = Entry::of(field as u8);
        let code = match value {
            Value::Bool(flag) => BOOL + u8::from(flag),
            Value::Int(number) => INT + put(&mut entry, (number << 1 ^ number >> 63) as u64),
            Value::Sym(sym) => SYM + put(&mut entry, sym.0.into()),
            Value::Float(number) => FLOAT + put(&mut entry, number.to_bits()),
            Value::Text(text) => TEXT + write_text(&mut entry, &text),
        };
        self.bytes.extend_from_slice(entry.finished(code));
    }

    /// Where a fact lies: from its field on, and the byte after it.
    fn place(&self, wanted: Field) -> Option<(usize, usize)> {
        let mut at = 0;
        while let Some(&[field, code]) = self.bytes.get(at..at + 2) {
            let end = at + 2 + length(code);
            if field == wanted as u8 {
                return Some((at, end));
            }
            at = end;
        }
        None
    }

    /// Adds a fact unless the field is there already.
    pub fn add(&mut self, field: Field, value: Value) {
        if self.place(field).is_none() {
            self.push(field, value);
        }
    }

    /// Adds a fact if there is a value.
    pub fn add_some(&mut self, field: Field, value: Option<Value>) {
        if let Some(value) = value {
            self.add(field, value);
        }
    }

    /// Sets a fact, in the place of what was there.
    pub fn set(&mut self, field: Field, value: Value) {
        let Some((at, end)) = self.place(field) else {
            return self.push(field, value);
        };
        let after = self.bytes.get(end..).unwrap_or_default().to_vec();
        self.bytes.truncate(at);
        self.push(field, value);
        self.bytes.extend_from_slice(&after);
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<Value> {
        let (at, end) = self.place(field)?;
        value(*self.bytes.get(at + 1)?, self.bytes.get(at + 2..end)?)
    }

    /// The symbol of a field, if it is a short text.
    pub fn sym(&self, field: Field) -> Option<Sym> {
        match self.get(field) {
            Some(Value::Sym(sym)) => Some(sym),
            _ => None,
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: Field) -> Option<Value> {
        let (at, end) = self.place(field)?;
        let found = self.get(field);
        let after = self.bytes.get(end..).unwrap_or_default().to_vec();
        self.bytes.truncate(at);
        self.bytes.extend_from_slice(&after);
        found
    }

    /// Adds all facts of another whose fields are missing here.
    pub fn merge(&mut self, other: &Facts) {
        for (field, value) in other {
            self.add(field, value);
        }
    }

    /// All, in the order in which they were added.
    pub fn iter(&self) -> Iter<'_> {
        Iter { rest: &self.bytes }
    }

    /// The long texts that their producer cut. Looks at no others: that a text is whole stands in its second byte.
    pub fn cut(&self) -> impl Iterator<Item = TextRef> + '_ {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || loop {
            let (&[_, code], after) = rest.split_first_chunk()?;
            let (bytes, after) = after.split_at_checked(length(code))?;
            rest = after;
            if code >= TEXT && is_cut(bytes) {
                return text_of(bytes);
            }
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Gives back the room that is kept to grow.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

impl<'a> IntoIterator for &'a Facts {
    type Item = (Field, Value);
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Goes through [`Facts`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    rest: &'a [u8],
}

impl Iterator for Iter<'_> {
    type Item = (Field, Value);
    fn next(&mut self) -> Option<Self::Item> {
        let (&[field, code], rest) = self.rest.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(length(code))?;
        self.rest = rest;
        Some((*Field::ALL.get(usize::from(field))?, value(code, bytes)?))
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// The places of the records that a span was read from.
#[derive(Clone, Default, PartialEq)]
pub struct Records {
    bytes: Vec<u8>,
}

impl Records {
    /// No records.
    pub const NONE: Self = Self { bytes: Vec::new() };

    /// Adds one.
    pub fn push(&mut self, record: TextRef) {
        // The entry's first byte says how long it is; a field of one does not exist here.
        let mut entry = Entry::of(0);
        let length = write_text(&mut entry, &record);
        let entry = entry.finished(length).get(1..).unwrap_or_default();
        if self.bytes.is_empty() {
            self.bytes.reserve_exact(entry.len());
        }
        self.bytes.extend_from_slice(entry);
    }

    /// Adds all of another.
    pub fn extend(&mut self, other: Self) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// All, in the order in which they were read.
    pub fn iter(&self) -> Places<'_> {
        Places { rest: &self.bytes }
    }

    /// The first.
    pub fn first(&self) -> Option<TextRef> {
        self.iter().next()
    }

    /// Whether it is among them.
    pub fn contains(&self, record: &TextRef) -> bool {
        self.iter().any(|known| known == *record)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Gives back the room that is kept to grow.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

impl<'a> IntoIterator for &'a Records {
    type Item = TextRef;
    type IntoIter = Places<'a>;
    fn into_iter(self) -> Places<'a> {
        self.iter()
    }
}

impl From<TextRef> for Records {
    fn from(record: TextRef) -> Self {
        let mut records = Self::default();
        records.push(record);
        records
    }
}

/// Goes through [`Records`].
#[derive(Clone, Debug)]
pub struct Places<'a> {
    rest: &'a [u8],
}

impl Iterator for Places<'_> {
    type Item = TextRef;
    fn next(&mut self) -> Option<TextRef> {
        let (&length, rest) = self.rest.split_first()?;
        let (bytes, rest) = rest.split_at_checked(length.into())?;
        self.rest = rest;
        text_of(bytes)
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// Where people read it, values; on the way to the page, the bytes as they are.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_seq(self)
        } else {
            serializer.serialize_bytes(&self.bytes)
        }
    }
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_seq(self)
        } else {
            serializer.serialize_bytes(&self.bytes)
        }
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }
    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_bytes(Bytes)?;
        Ok(Self { bytes })
    }
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_bytes(Bytes)?;
        Ok(Self { bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::packed;
    use crate::model::{Member, TextForm};

    fn texts() -> Vec<TextRef> {
        let planned = [
            Member::PlannedDescription(0),
            Member::PlannedDescription(u16::MAX),
            Member::PlannedOutput(257),
        ];
        let planned = planned.map(TextForm::Inside);
        let forms = packed::FORMS.into_iter().chain(planned);
        let numbers = [0, 1, 255, 256, 65_536, 5 << 30, u64::MAX];
        let mut texts = Vec::new();
        for (at, form) in forms.enumerate() {
            for (more, number) in numbers.into_iter().enumerate() {
                texts.push(TextRef {
                    source: numbers[(at + more) % 7] as u32,
                    offset: number,
                    len: numbers[(at * 3 + more) % 7],
                    hash: number.wrapping_mul(0x9E37_79B9_7F4A_7C15),
                    form,
                    cut_from: numbers[(at + 2 * more) % 7],
                });
            }
        }
        texts
    }

    fn values() -> Vec<Value> {
        let ints = [0, 1, -1, 63, -64, 64, 1 << 40, i64::MAX, i64::MIN];
        let floats = [0.0, -0.0, 0.25, f64::MAX, f64::INFINITY];
        let syms = [0, 1, 255, 256, u32::MAX];
        let mut values = vec![Value::Bool(false), Value::Bool(true)];
        values.extend(ints.map(Value::Int));
        values.extend(floats.map(Value::Float));
        values.extend(syms.map(|sym| Value::Sym(Sym(sym))));
        values.extend(texts().into_iter().map(Value::Text));
        values
    }

    #[test]
    fn every_value_comes_out_as_it_went_in() {
        let values = values();
        for value in &values {
            let mut facts = Facts::default();
            facts.add(Field::Model, *value);
            facts.add(Field::Output, Value::Bool(true));
            assert_eq!(facts.get(Field::Model), Some(*value));
            assert_eq!(facts.get(Field::Output), Some(Value::Bool(true)));
        }
        let mut facts = Facts::default();
        for (field, value) in Field::ALL.iter().zip(values.iter().cycle()) {
            facts.add(*field, *value);
        }
        assert_eq!(facts.len(), Field::ALL.len());
        let expected = Field::ALL
            .iter()
            .copied()
            .zip(values.iter().cycle().copied());
        assert!(facts.iter().eq(expected));
    }

    #[test]
    fn fields_are_the_bytes_of_their_places() {
        for (at, field) in Field::ALL.iter().enumerate() {
            assert_eq!(*field as usize, at);
        }
        assert!(Field::ALL.len() <= 256);
    }

    #[test]
    fn facts_are_added_once_set_in_place_and_taken_out() {
        let values = values();
        for pair in values.windows(2) {
            let mut facts = Facts::default();
            facts.add(Field::Input, pair[0]);
            facts.add(Field::Output, pair[0]);
            facts.add(Field::Output, pair[1]);
            facts.add(Field::Error, pair[1]);
            assert_eq!(facts.get(Field::Output), Some(pair[0]));
            facts.set(Field::Output, pair[1]);
            let fields: Vec<Field> = facts.iter().map(|(field, _)| field).collect();
            assert_eq!(fields, [Field::Input, Field::Output, Field::Error]);
            assert_eq!(facts.get(Field::Output), Some(pair[1]));
            assert_eq!(facts.remove(Field::Output), Some(pair[1]));
            assert_eq!(facts.remove(Field::Output), None);
            let mut other = Facts::default();
            other.add(Field::Output, pair[0]);
            other.add(Field::Input, pair[1]);
            facts.merge(&other);
            let fields: Vec<Field> = facts.iter().map(|(field, _)| field).collect();
            assert_eq!(fields, [Field::Input, Field::Error, Field::Output]);
            assert_eq!(facts.get(Field::Input), Some(pair[0]));
        }
    }

    #[test]
    fn places_of_records_come_out_as_they_went_in() {
        let mut records = Records::default();
        assert!(records.is_empty() && records.first().is_none());
        for text in texts() {
            records.push(text);
            assert!(records.contains(&text));
        }
        assert!(records.iter().eq(texts()));
        assert_eq!(records.len(), texts().len());
    }

    #[test]
    fn cut_texts_are_found() {
        let mut facts = Facts::default();
        for value in values() {
            facts.push(Field::Output, value);
        }
        let cut = texts().into_iter().filter(|text| text.cut_from > 0);
        assert!(facts.cut().eq(cut));
    }

    #[test]
    fn broken_bytes_end_the_list() {
        let mut whole = Facts::default();
        for value in values().into_iter().take(40) {
            whole.push(Field::Input, value);
        }
        for end in 0..whole.bytes.len() {
            let bytes = whole.bytes[..end].to_vec();
            assert!(
                Facts {
                    bytes: bytes.clone()
                }
                .len()
                    <= 40
            );
            Records { bytes }.iter().count();
        }
        for byte in 0..=255 {
            for length in 0..50 {
                let bytes = vec![byte; length];
                Facts {
                    bytes: bytes.clone(),
                }
                .iter()
                .count();
                Records { bytes }.iter().count();
            }
        }
    }
}

//! Numbers and places of texts in as few bytes as they need.

use crate::model::{Member, Pieces, TextForm, TextRef};

/// An entry being written: what it is, how it goes on, and up to 45 bytes more.
pub(super) struct Entry {
    bytes: [u8; 64],
    end: usize,
}

impl Entry {
    /// Begins one.
    pub(super) fn of(kind: u8) -> Self {
        let mut bytes = [0; 64];
        bytes[0] = kind;
        Self { bytes, end: 2 }
    }

    /// The bytes, with the code of what follows in its place.
    pub(super) fn finished(&mut self, code: u8) -> &[u8] {
        self.bytes[1] = code;
        self.bytes.get(..self.end).unwrap_or_default()
    }
}

/// Writes the bytes of a number up to its last that is not 0, lowest first; says how many.
pub(super) fn put(entry: &mut Entry, number: u64) -> u8 {
    let length = (64 - number.leading_zeros()).div_ceil(8) as u8;
    if let Some(room) = entry.bytes.get_mut(entry.end..entry.end + 8) {
        room.copy_from_slice(&number.to_le_bytes());
    }
    entry.end += usize::from(length);
    length
}

/// Reads such a number.
pub(super) fn take(bytes: &[u8]) -> u64 {
    let mut number = [0; 8];
    for (to, from) in number.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(number)
}

/// Writes the place of a text: lengths of offset and length, of source and of what it was cut from, its form; then these numbers and the hash.
pub(super) fn write_text(entry: &mut Entry, text: &TextRef) -> u8 {
    let head = entry.end;
    let (form, planned) = code(text.form);
    entry.end += 3;
    let near = put(entry, text.offset) << 4 | put(entry, text.len);
    let far = put(entry, text.source.into()) << 4 | put(entry, text.cut_from);
    if let Some(bytes) = entry.bytes.get_mut(head..head + 3) {
        bytes.copy_from_slice(&[near, far, form]);
    }
    if form >= PLANNED {
        // Always two bytes: what follows is found without a length of its own.
        put(entry, u64::from(planned) | 1 << 16);
        entry.end -= 1;
    }
    // A hash has no small numbers, and need not tell its length: it is what is left.
    put(entry, text.hash);
    (entry.end - head) as u8
}

/// Reads the place of a text.
pub(super) fn text_of(bytes: &[u8]) -> Option<TextRef> {
    let (&[near, far, form], rest) = bytes.split_first_chunk()?;
    let (offset, rest) = rest.split_at_checked((near >> 4).into())?;
    let (len, rest) = rest.split_at_checked((near & 0xF).into())?;
    let (source, rest) = rest.split_at_checked((far >> 4).into())?;
    let (cut_from, rest) = rest.split_at_checked((far & 0xF).into())?;
    let (planned, hash) = rest.split_at_checked(if form >= PLANNED { 2 } else { 0 })?;
    Some(TextRef {
        source: take(source) as u32,
        offset: take(offset),
        len: take(len),
        hash: take(hash),
        form: form_of(form, take(planned) as u16)?,
        cut_from: take(cut_from),
    })
}

/// Whether the place of a text says that it was cut.
pub(super) fn is_cut(bytes: &[u8]) -> bool {
    bytes.get(1).is_some_and(|far| far & 0xF > 0)
}

/// Forms without a number of their own.
pub(super) const FORMS: [TextForm; 16] = [
    TextForm::Json,
    TextForm::JsonTwice,
    TextForm::Plain,
    TextForm::Typed,
    TextForm::Gathered(Pieces::Input),
    TextForm::Gathered(Pieces::Output),
    TextForm::Gathered(Pieces::Tools),
    TextForm::Inside(Member::Raw),
    TextForm::Inside(Member::Context),
    TextForm::Inside(Member::Goal),
    TextForm::Inside(Member::Backstory),
    TextForm::Inside(Member::Description),
    TextForm::Inside(Member::ExpectedOutput),
    TextForm::Inside(Member::Messages),
    TextForm::Inside(Member::TaskDescription),
    TextForm::Inside(Member::TaskExpectedOutput),
];
/// From here on a number follows.
const PLANNED: u8 = 0x80;

/// The code of a form, and its number. A `match` without a rest: a new form has to be given its place.
fn code(form: TextForm) -> (u8, u16) {
    let code = match form {
        TextForm::Json => 0,
        TextForm::JsonTwice => 1,
        TextForm::Plain => 2,
        TextForm::Typed => 3,
        TextForm::Gathered(Pieces::Input) => 4,
        TextForm::Gathered(Pieces::Output) => 5,
        TextForm::Gathered(Pieces::Tools) => 6,
        TextForm::Inside(member) => match member {
            Member::Raw => 7,
            Member::Context => 8,
            Member::Goal => 9,
            Member::Backstory => 10,
            Member::Description => 11,
            Member::ExpectedOutput => 12,
            Member::Messages => 13,
            Member::TaskDescription => 14,
            Member::TaskExpectedOutput => 15,
            Member::PlannedDescription(number) => return (PLANNED, number),
            Member::PlannedOutput(number) => return (PLANNED + 1, number),
        },
    };
    (code, 0)
}

fn form_of(code: u8, number: u16) -> Option<TextForm> {
    Some(match code.checked_sub(PLANNED) {
        None => *FORMS.get(usize::from(code))?,
        Some(0) => TextForm::Inside(Member::PlannedDescription(number)),
        Some(_) => TextForm::Inside(Member::PlannedOutput(number)),
    })
}

//! Telling protobuf from everything else by the first bytes: the messages that must stand there are followed as far as to the first
//! attribute's key or the first span's id. No JSON or text has this nesting of lengths.

use crate::proto::fields::{known, Form, Message};
use crate::proto::wire::{Broken, Head};
use crate::proto::{Framing, Unpacker};

/// Bytes after which it is decided.
const ENOUGH: usize = 4096;

/// What the first bytes say.
#[derive(Debug)]
pub enum Sniffed {
    /// It is protobuf, to be unpacked by this.
    Protobuf(Unpacker),
    /// It is something else.
    Other,
    /// More bytes are needed to tell.
    Unclear,
}

/// Looks at the first bytes of a source; `whole` if there are no more.
pub fn sniff(head: &[u8], whole: bool) -> Sniffed {
    let counted = head
        .split_first_chunk::<4>()
        .map(|(len, rest)| (rest, u64::from(u32::from_be_bytes(*len))));
    let mut looks = vec![
        (Framing::Bare, probe(head, u64::MAX, Message::Traces)),
        (Framing::Answer, probe(head, u64::MAX, Message::Response)),
    ];
    looks.push((
        Framing::Counted,
        match counted {
            // A length has its first byte zero unless the message is larger than 16 MB.
            _ if head.first().is_some_and(|&byte| byte > 0x10) => Look::No,
            None => Look::Short,
            // An export of nothing is followed by another one.
            Some((rest, 0)) => probe(rest.get(4..).unwrap_or_default(), u64::MAX, Message::Traces),
            Some((rest, len)) => probe(rest, len, Message::Traces),
        },
    ));
    if let Some((framing, _)) = looks.iter().find(|(_, look)| *look == Look::Yes) {
        return Sniffed::Protobuf(Unpacker::new(*framing));
    }
    let unclear = looks.iter().any(|(_, look)| *look == Look::Short);
    if unclear && !whole && head.len() < ENOUGH {
        Sniffed::Unclear
    } else {
        Sniffed::Other
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Yes,
    No,
    /// Right so far.
    Short,
}

/// Whether bytes begin a message of `size` bytes.
fn probe(bytes: &[u8], size: u64, of: Message) -> Look {
    let (mut rest, mut left) = (bytes, size);
    // An empty message says nothing for or against, and another one follows: not forever.
    for _ in 0..16 {
        if left == 0 {
            return Look::Short;
        }
        let head = match Head::read(rest) {
            Ok(head) if head.total() <= left => head,
            Err(Broken::Short) if rest.len() < 20 => return Look::Short,
            _ => return Look::No,
        };
        let value = rest.get(head.size..).unwrap_or_default();
        let Some(field) = known(of, head.number, head.wire) else {
            return Look::No;
        };
        let look = match (of, field.form) {
            (Message::KeyValue, Form::Text) => key(value, head.len),
            (Message::Span, Form::Hex) if head.number == 1 && head.len == 16 => Look::Yes,
            (Message::Span, _) => Look::No,
            (_, Form::One(inner) | Form::Many(inner)) => probe(value, head.len, inner),
            _ => Look::Short,
        };
        if look != Look::Short {
            return look;
        }
        let Ok((_, next)) = head.split(rest) else {
            return Look::Short;
        };
        (rest, left) = (next, left - head.total());
    }
    Look::No
}

/// An attribute's key: a word, not a line of text.
fn key(value: &[u8], len: u64) -> Look {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let seen = value.get(..len).unwrap_or(value);
    if len == 0 || len > 1024 || seen.iter().any(|&byte| byte <= b' ' || byte == 0x7F) {
        Look::No
    } else if seen.len() < len {
        Look::Short
    } else {
        Look::Yes
    }
}

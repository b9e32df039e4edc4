//! The texts of a trace: where they stand in a source ([`RecordPlace`]), and how they read ([`decode_text`]).
//!
//! A recorder may write a text as a JSON string, as JSON inside of JSON, as attributes with numbers in their keys, or as values that name their types.

pub mod attributes;
mod events;
pub mod gather;
mod place;
pub mod typed;

pub use events::{events, SpanEvent};
pub use place::RecordPlace;

use crate::json::mend::{hex4, repair};
use crate::json::{elements, unescape, Object};
use crate::model::{Member, TextForm};
use std::borrow::Cow;

/// Decodes the bytes of a [`crate::model::TextRef`].
pub fn decode_text(form: TextForm, bytes: &[u8]) -> String {
    decode_str(form, &String::from_utf8_lossy(bytes))
}

/// [`decode_text`] of what is known to be UTF-8.
pub fn decode_str(form: TextForm, text: &str) -> String {
    match form {
        TextForm::Plain => text.to_owned(),
        TextForm::Json => shown(text),
        TextForm::JsonTwice => shown(unescape(text).trim()),
        TextForm::Inside(member) => inside(member, unescape(text)),
        TextForm::Gathered(pieces) => gather::gather(pieces, text),
        TextForm::Typed => typed::plain(text),
    }
}

/// What stands under a name in an object; the whole text if it is none, or has no such member.
fn inside(member: Member, text: Cow<'_, str>) -> String {
    let (outer, at, name) = match member {
        Member::Raw => (None, None, "raw"),
        Member::Context => (None, None, "context"),
        Member::Goal => (Some("agent"), None, "goal"),
        Member::Backstory => (Some("agent"), None, "backstory"),
        Member::Description => (None, None, "description"),
        Member::ExpectedOutput => (None, None, "expected_output"),
        Member::Messages => (None, None, "messages"),
        Member::TaskDescription => (Some("task"), None, "description"),
        Member::TaskExpectedOutput => (Some("task"), None, "expected_output"),
        Member::PlannedDescription(at) => (None, Some(at), "description"),
        Member::PlannedOutput(at) => (None, Some(at), "expected_output"),
    };
    let find = |text: &str| {
        let text = match at {
            Some(at) => elements(text).get(usize::from(at))?.get(),
            None => text,
        };
        let object = Object::parse(text)?;
        let object = match outer {
            Some(outer) => object.object(outer)?,
            None => object,
        };
        Some(unescape(object.get(name)?.get()).into_owned())
    };
    find(&text)
        .or_else(|| {
            // Strict JSON knows no NaN; Python writes it.
            let mut bytes = text.as_bytes().to_vec();
            repair(&mut bytes)
                .then(|| find(std::str::from_utf8(&bytes).ok()?))
                .flatten()
        })
        .unwrap_or_else(|| text.into_owned())
}

/// A string's content, or another JSON value as it stands, but with letters for the escapes of letters.
fn shown(raw: &str) -> String {
    if raw.starts_with('"') || !raw.contains("\\u") {
        return unescape(raw).into_owned();
    }
    let bytes = raw.as_bytes();
    let (mut out, mut from, mut at) = (String::with_capacity(raw.len()), 0, 0);
    while let Some(found) = memchr::memchr(b'\\', bytes.get(at..).unwrap_or_default()) {
        let start = at + found;
        at = start + 2;
        if bytes.get(start + 1) != Some(&b'u') {
            continue;
        }
        let first = hex4(bytes, start + 2).unwrap_or(0);
        let pair =
            (0xD800..0xDC00).contains(&first) && bytes.get(start + 6..start + 8) == Some(b"\\u");
        let (code, len) =
            match hex4(bytes, start + 8).filter(|low| pair && (0xDC00..0xE000).contains(low)) {
                Some(low) => (0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00), 12),
                None => (first, 6),
            };
        // Escapes below are syntax or control characters; half a pair is no letter.
        if let Some(letter) = char::from_u32(code).filter(|_| code >= 0xA0) {
            out.push_str(&raw[from..start]);
            out.push(letter);
            at = start + len;
            from = at;
        }
    }
    out.push_str(&raw[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_for_the_escapes_of_letters() {
        let shown = |text: &str| decode_text(TextForm::Json, text.as_bytes());
        assert_eq!(
            shown(r#"{"a":"\ud83d\udce3 caf\u00e9 \u0022 \\u00e9 \ud83d x \u12"}"#),
            r#"{"a":"📣 café \u0022 \\u00e9 \ud83d x \u12"}"#
        );
        for broken in ["[\"\\u", "\\u \\"] {
            assert_eq!(shown(broken), broken);
        }
        assert_eq!(
            decode_text(TextForm::JsonTwice, br#""{\"a\": \"\\u00e9\"}""#),
            r#"{"a": "é"}"#
        );
    }

    #[test]
    fn members_of_objects_in_strings() {
        let raw = |text: &str| decode_text(TextForm::Inside(Member::Raw), text.as_bytes());
        assert_eq!(raw(r#""{\"raw\": \"a \\n b\", \"n\": NaN}""#), "a \n b");
        assert_eq!(raw(r#"{"raw":{"x":1}}"#), r#"{"x":1}"#);
        assert_eq!(raw(r#""{\"other\": 1}""#), r#"{"other": 1}"#);
        assert_eq!(raw(r#""plain""#), "plain");
        let form = TextForm::Inside(Member::PlannedDescription(1));
        let list = br#""[{\"description\":\"a\"},{\"description\":\"b\"}]""#;
        assert_eq!(decode_text(form, list), "b");
    }
}

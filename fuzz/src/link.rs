//! The fragment of an address, as the page reads it: anything at all is a link or none, and what was written reads back.

use crewscope_analysis::timeline::RowKey;
use std::fmt::Write as _;

#[path = "../../src/embed/link.rs"]
#[allow(dead_code)]
mod fragment;
#[path = "../../src/viewer/look.rs"]
#[allow(dead_code)]
mod look;

use fragment::Link;
use look::Look;

/// Reads a fragment, writes what it says, and reads that.
///
/// # Panics
/// If something was lost on the way.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let link = Link::read_with(&text, decode);
    let look = Look::of(&link.rest);
    assert!(look
        .told
        .iter()
        .all(|(RowKey(key), _)| *key == u64::MAX || *key < u64::MAX));
    let again = Link::read_with(&link.write_with(encode), decode);
    assert_eq!(again, link);
    let mut pairs = link.rest.clone();
    look.put(&mut pairs);
    assert_eq!(Look::of(&pairs), look);
}

/// `decodeURIComponent`.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = rest.get(2..)?;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `encodeURIComponent`.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

//! What the arguments of a tool call say, whatever their order and white space.

use crewscope_trace::json::{self, Object, Raw};
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// Equal for equal arguments; never 0.
pub fn key(text: &str) -> u64 {
    let inner = json::unescape(text.trim());
    let inner = inner.trim();
    let key = match Object::parse(inner) {
        Some(object) => object.0.iter().fold(1u64, |sum, (name, value)| {
            // A sum, so the order of members does not count.
            let member = xxh3_64(name.as_bytes()) ^ of_value(*value).rotate_left(7);
            sum.wrapping_add(member.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        }),
        None => of_text(inner),
    };
    key.max(1)
}

fn of_value(value: Raw<'_>) -> u64 {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'"') => of_text(&json::unescape(text)),
        Some(b'{') => key(text),
        _ => of_text(text),
    }
}

/// White space counts as one space, and at the ends not at all.
fn of_text(text: &str) -> u64 {
    text.split_ascii_whitespace().fold(0u64, |hash, word| {
        hash.rotate_left(9).wrapping_mul(0x100_0000_01B3) ^ xxh3_64(word.as_bytes())
    })
}

/// The coworker that a delegating tool is to ask.
pub fn coworker(text: &str) -> Option<String> {
    let inner = json::unescape(text.trim());
    let object = Object::parse(inner.trim())?;
    object
        .string("coworker")
        .or_else(|| object.string("co_worker"))
        .map(Cow::into_owned)
}

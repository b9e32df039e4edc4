//! The grammar of JSON: where a value ends, and whether it is one. Nothing is built; strings are passed over 16 bytes at a time, or at once
//! where the framer has noted where they end.
//!
//! What is accepted is what `serde_json` accepts in a value that it does not look into: escapes are checked, half surrogate pairs pass.

use crate::json::scan::plain_until;

/// The first byte from `at` on that is no white space.
#[inline(always)]
pub fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// Where the strings of a record begin and end, as the framer has seen it: opening and closing quotes in turn. Their contents are checked
/// already. Empty for a text that came another way; its strings are looked through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotes<'a> {
    /// The quotes that are still to come, in bytes from the start of the record.
    list: &'a [u32],
    /// Where in the record the text begins.
    base: u32,
}

impl<'a> Quotes<'a> {
    /// Those of a whole record.
    pub fn new(list: &'a [u32]) -> Self {
        Self { list, base: 0 }
    }

    /// Those of a part of a record that begins `from` bytes after its start.
    pub fn within(list: &'a [u32], from: usize) -> Self {
        let before = list.partition_point(|&quote| (quote as usize) < from);
        Self {
            list: list.get(before..).unwrap_or_default(),
            base: u32::try_from(from).unwrap_or(u32::MAX),
        }
    }

    /// Those of the part of the text that begins at `from`, when `self` stands there and `end` behind it.
    pub fn part(self, from: usize, end: Self) -> Self {
        let len = self.list.len().saturating_sub(end.list.len());
        Self {
            list: self.list.get(..len).unwrap_or_default(),
            // No record is larger than 512 MB.
            base: self.base.saturating_add(from as u32),
        }
    }

    /// Passes over so many strings.
    #[inline(always)]
    pub fn skip(&mut self, strings: usize) {
        self.list = self.list.get(strings * 2..).unwrap_or_default();
    }

    /// The place behind the closing quote of the string whose opening quote stands before `at`; passes over it.
    #[inline(always)]
    fn pass(&mut self, at: usize) -> Option<usize> {
        match self.list {
            [open, close, rest @ ..] if *open as usize + 1 == self.base as usize + at => {
                self.list = rest;
                (*close as usize + 1).checked_sub(self.base as usize)
            }
            _ => None,
        }
    }
}

/// The end of the string whose opening quote stands before `at`: the place after its closing quote.
#[inline]
pub fn string(bytes: &[u8], at: usize, quotes: &mut Quotes<'_>) -> Option<usize> {
    match quotes.pass(at) {
        Some(end) => Some(end),
        None => look_through(bytes, at),
    }
}

fn look_through(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = plain_until(bytes, at);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at = escape(bytes, at)?,
            _ => return None,
        }
    }
}

/// The end of the escape that begins at `at`; `None` if there is no such escape.
#[inline]
pub fn escape(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => Some(at + 6),
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        _ => None,
    }
}

/// The end of a number or of one of the three words at `at`.
fn scalar(bytes: &[u8], at: usize) -> Option<usize> {
    let word: &[u8] = match bytes.get(at)? {
        b't' => b"true",
        b'f' => b"false",
        b'n' => b"null",
        _ => return number(bytes, at),
    };
    bytes
        .get(at..)?
        .starts_with(word)
        .then_some(at + word.len())
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(bytes.get(at) == Some(&b'-'));
    let mut end = digits(bytes, at)?;
    if bytes.get(at) == Some(&b'0') && end > at + 1 {
        return None;
    }
    if bytes.get(end) == Some(&b'.') {
        end = digits(bytes, end + 1)?;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        end = digits(bytes, end + 1 + usize::from(sign))?;
    }
    Some(end)
}

/// The end of one or more digits.
fn digits(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    (at > from).then_some(at)
}

/// Which brackets are open: a bit for each, 64 of them without memory of their own.
#[derive(Default)]
struct Open {
    /// 1: an object.
    bits: u64,
    depth: usize,
    outer: Vec<u64>,
}

impl Open {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.depth += 1;
    }

    fn in_object(&self) -> bool {
        self.bits & 1 == 1
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
    }
}

/// The end of a member's key and colon; the value stands there.
fn key(bytes: &[u8], at: usize, quotes: &mut Quotes<'_>) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let end = string(bytes, at + 1, quotes)?;
    let colon = space(bytes, end);
    (bytes.get(colon) == Some(&b':')).then(|| space(bytes, colon + 1))
}

/// The end of the value that begins at `at` (no white space). `None` if it is no JSON. Any depth: nothing recurses.
pub fn value(bytes: &[u8], mut at: usize, quotes: &mut Quotes<'_>) -> Option<usize> {
    let mut open = Open::default();
    loop {
        // A value stands at `at`.
        match bytes.get(at)? {
            b'"' => at = string(bytes, at + 1, quotes)?,
            bracket @ (b'{' | b'[') => {
                let object = *bracket == b'{';
                open.push(object);
                at = space(bytes, at + 1);
                let close = if object { b'}' } else { b']' };
                if bytes.get(at) != Some(&close) {
                    if object {
                        at = key(bytes, at, quotes)?;
                    }
                    continue;
                }
                open.pop();
                at += 1;
            }
            _ => at = scalar(bytes, at)?,
        }
        // It ended before `at`.
        loop {
            if open.depth == 0 {
                return Some(at);
            }
            at = space(bytes, at);
            match (bytes.get(at)?, open.in_object()) {
                (b',', true) => {
                    at = key(bytes, space(bytes, at + 1), quotes)?;
                    break;
                }
                (b',', false) => {
                    at = space(bytes, at + 1);
                    break;
                }
                (b'}', true) | (b']', false) => {
                    open.pop();
                    at += 1;
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    /// What `serde_json` says.
    fn reference(text: &str) -> Option<&str> {
        serde_json::from_str::<&RawValue>(text)
            .ok()
            .map(RawValue::get)
    }

    fn ours(text: &str) -> Option<&str> {
        let from = space(text.as_bytes(), 0);
        let to = value(text.as_bytes(), from, &mut Quotes::default())?;
        (space(text.as_bytes(), to) == text.len()).then(|| &text[from..to])
    }

    #[test]
    fn values_end_where_serde_json_says() {
        for text in [
            "{}",
            "[]",
            "[ ]",
            "{ }",
            "0",
            "-0",
            "01",
            "-",
            "1.",
            "1.5",
            ".5",
            "1e",
            "1e5",
            "1E+5",
            "1e-",
            "true",
            "tru",
            "null",
            "\"\"",
            "\"a",
            "\"a\\",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\ud83d\"",
            "\"\\q\"",
            "\"\\/\"",
            "\"\u{1}\"",
            "\"\n\"",
            "\"é→🙂\"",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" : [ {\"b\":null} , -1.5e3 ] }",
            "[NaN]",
            "{\"a\":1]",
            "[1}",
            "[[[[]]]]",
            "{\"a\":{\"a\":{\"a\":{}}}}",
            "\"a string that is longer than one lane of bytes \\\" is\"",
        ] {
            assert_eq!(ours(text), reference(text), "{text}");
        }
    }

    #[test]
    fn depth_has_no_limit() {
        for depth in [63, 64, 65, 127, 128, 129, 200_000] {
            let text = "[{\"a\":".repeat(depth) + "1" + &"}]".repeat(depth);
            assert_eq!(ours(&text), Some(&*text));
            assert_eq!(ours(&text[..text.len() - 1]), None);
            let crossed = "[{\"a\":".repeat(depth) + "1" + &"]}".repeat(depth);
            assert_eq!(ours(&crossed), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn whatever_the_text(text in r#"[\[\]{}:,"\\ux0-9a-f\n .eE+\-ntrue é]{0,40}"#) {
            prop_assert_eq!(ours(&text), reference(&text));
        }

        #[test]
        fn values_of_every_shape(seed in proptest::collection::vec(0u8..14, 1..60), cut in 0usize..400) {
            let parts = ["{", "}", "[", "]", ",", ":", "\"key\"", "\"a longer text with \\n escapes \\u00e9\"", "1", "-2.5e+3", "true", "null", " ", "\n"];
            let text: String = seed.iter().map(|&part| parts[usize::from(part)]).collect();
            prop_assert_eq!(ours(&text), reference(&text));
            let whole = format!("{{\"k\":[{}1]}}", "{\"a\": \"b\\\"c\"},".repeat(seed.len()));
            let cut = cut.min(whole.len());
            prop_assert_eq!(ours(&whole[..cut]), reference(&whole[..cut]));
        }
    }
}

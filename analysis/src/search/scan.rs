//! The scan of a source for a text, as its bytes come.

use crate::search::find;
use serde::{Deserialize, Serialize};

/// Bytes around a hit that are shown with it.
const AROUND: usize = 60;

/// Raw bytes at the end of what has come that are looked at again with what follows: room for the context and an escape.
const TAIL: usize = 2048;

/// Raw bytes that come together before they are looked at.
const STEP: usize = 64 * 1024;

/// A place where the text stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Index of the source.
    pub source: u32,
    /// Bytes from its start.
    pub offset: u64,
    /// It is part of a name of the recorder: a JSON key, or the `key` of an attribute.
    pub in_name: bool,
    /// What stands before it.
    pub before: String,
    /// The text as it stands there.
    pub text: String,
    /// What stands after it.
    pub after: String,
}

/// Looks for a text in the bytes of one source after another. JSON escapes are read, however often the text was wrapped into JSON
/// again, so that what is found is what a person reads.
#[derive(Debug)]
pub struct Scanner {
    /// Without escapes, ASCII letters in lower case.
    needle: Vec<u8>,
    source: u32,
    /// Where `raw` begins in the source.
    offset: u64,
    raw: Vec<u8>,
    /// Hits before this place in the source were told.
    from: u64,
}

/// Bytes without escapes, and where they came from.
struct Plain {
    text: Vec<u8>,
    /// After each escape: a place in `text`, and the raw byte it came from.
    marks: Vec<(u32, u32)>,
}

impl Plain {
    /// The raw byte that a byte of the text came from.
    fn origin(&self, at: usize) -> usize {
        let next = self.marks.partition_point(|(text, _)| *text as usize <= at);
        let mark = next.checked_sub(1).and_then(|last| self.marks.get(last));
        let (text, raw) = mark.copied().unwrap_or_default();
        raw as usize + (at - text as usize)
    }
}

impl Scanner {
    /// Looks for `text`.
    pub fn new(text: &str) -> Self {
        let mut needle = plain(text.as_bytes()).text;
        needle.make_ascii_lowercase();
        Self {
            needle,
            source: 0,
            offset: 0,
            raw: Vec::new(),
            from: 0,
        }
    }

    /// Begins a source; what comes next are its bytes from `offset` on.
    pub fn begin(&mut self, source: u32, offset: u64) {
        (self.source, self.offset, self.from) = (source, offset, offset);
        self.raw.clear();
    }

    /// Takes in bytes and gives the hits that are certain by now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Hit> {
        self.raw.extend_from_slice(bytes);
        // A needle of n letters can take 12 bytes a letter: `\\ud83d\\ude00`.
        let tail = TAIL + self.needle.len() * 12;
        let until = self.raw.len().saturating_sub(tail);
        // The tail is read twice, so there must be a lot before it.
        if until < STEP {
            return Vec::new();
        }
        let hits = self.hits(until);
        let keep = until.saturating_sub(TAIL);
        self.raw.drain(..keep);
        self.offset += keep as u64;
        hits
    }

    /// Ends a source and gives the rest of its hits.
    pub fn end(&mut self) -> Vec<Hit> {
        let hits = self.hits(self.raw.len());
        self.raw.clear();
        hits
    }

    /// The hits that begin before the raw byte `until` and were not told.
    fn hits(&mut self, until: usize) -> Vec<Hit> {
        let mut found = Vec::new();
        if self.needle.is_empty() {
            return found;
        }
        let plain = plain(&self.raw);
        let mut at = 0;
        while let Some(start) = find(&plain.text, &self.needle, at) {
            let end = start + self.needle.len();
            let raw = plain.origin(start);
            if raw >= until {
                break;
            }
            let offset = self.offset + raw as u64;
            if offset < self.from {
                // Within a hit that was told: the next one may begin anywhere behind it.
                at = start + 1;
                continue;
            }
            at = end;
            self.from = self.offset + plain.origin(end) as u64;
            found.push(Hit {
                source: self.source,
                offset,
                in_name: is_name(&self.raw, raw, plain.origin(end)),
                before: text(&plain.text, start.saturating_sub(AROUND), start),
                text: text(&plain.text, start, end),
                after: text(&plain.text, end, end + AROUND),
            });
        }
        self.from = self.from.max(self.offset + until as u64);
        found
    }
}

/// The text of some bytes, without half a character at either end.
fn text(bytes: &[u8], from: usize, to: usize) -> String {
    let inside = |byte: &&u8| **byte & 0xc0 == 0x80;
    let bytes = bytes.get(from..to.min(bytes.len())).unwrap_or_default();
    let cut = bytes.iter().take_while(inside).count();
    let text = String::from_utf8_lossy(bytes.get(cut..).unwrap_or_default());
    text.trim_end_matches('\u{fffd}').to_owned()
}

/// Reads JSON escapes of any depth: any number of backslashes and what follows them.
fn plain(raw: &[u8]) -> Plain {
    let mut text = Vec::with_capacity(raw.len());
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(rest) = raw.get(at..) {
        let run = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        text.extend_from_slice(rest.get(..run).unwrap_or_default());
        at += run;
        if at >= raw.len() {
            break;
        }
        at += slashes(raw, at);
        let escaped = match raw.get(at) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b' | b'f') => b' ',
            Some(b'u') => match letter(raw, at) {
                Some((letter, len)) => {
                    text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    at += len;
                    marks.push((text.len() as u32, at as u32));
                    continue;
                }
                None => b'\\',
            },
            Some(&quote @ (b'"' | b'/')) => quote,
            _ => b'\\',
        };
        text.push(escaped);
        // A backslash that escapes nothing stands for itself.
        at += usize::from(escaped != b'\\');
        marks.push((text.len() as u32, at as u32));
    }
    Plain { text, marks }
}

/// The number of backslashes at a place.
fn slashes(raw: &[u8], at: usize) -> usize {
    let rest = raw.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| **byte == b'\\').count()
}

/// The character of `uXXXX` at a place, or of two halves of one, and the bytes it takes.
fn letter(raw: &[u8], at: usize) -> Option<(char, usize)> {
    let hex = |at: usize| {
        let digits = std::str::from_utf8(raw.get(at + 1..at + 5)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let high = hex(at)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 5));
    }
    let next = at + 5 + slashes(raw, at + 5);
    let low = (raw.get(next) == Some(&b'u'))
        .then(|| hex(next))
        .flatten()?;
    let code = 0x10000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?;
    Some((char::from_u32(code)?, next + 5 - at))
}

/// Whether the raw bytes `start..end` lie in a JSON key, or in the value of a key named `key`.
fn is_name(raw: &[u8], start: usize, end: usize) -> bool {
    const LONGEST: usize = 200;
    let blank = |byte: &&u8| byte.is_ascii_whitespace();
    let after = raw.get(end..).unwrap_or_default();
    let after = after.get(..LONGEST).unwrap_or(after);
    let closing = after.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    let Some(closing) = closing.filter(|at| after.get(*at) == Some(&b'"')) else {
        return false;
    };
    let mut next = after.iter().skip(closing + 1).skip_while(blank);
    if next.next() == Some(&b':') {
        return true;
    }
    let before = raw.get(start.saturating_sub(LONGEST)..start);
    let before = before.unwrap_or_default();
    let Some(opening) = before.iter().rposition(|byte| *byte == b'"') else {
        return false;
    };
    let before = before.get(..opening).unwrap_or_default().trim_ascii_end();
    let before = before.strip_suffix(b":").unwrap_or_default();
    before.trim_ascii_end().ends_with(b"\"key\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(raw: &str, needle: &str, step: usize) -> Vec<Hit> {
        let mut scanner = Scanner::new(needle);
        scanner.begin(0, 0);
        let mut hits = Vec::new();
        for chunk in raw.as_bytes().chunks(step) {
            hits.extend(scanner.push(chunk));
        }
        hits.extend(scanner.end());
        hits
    }

    #[test]
    fn escapes_of_any_depth_are_read() {
        for (raw, needle) in [
            (r#"{"a":"say \"hi\" now"}"#, "\"hi\" now"),
            (r#"{"a":"{\"b\":\"say \\\"hi\\\"\"}"}"#, "say \"hi\""),
            (r#""gr\u00f6\u00dfer""#, "größer"),
            (r#""\\ud83d\\ude00!""#, "😀!"),
            (r#""C:\\new\\table""#, r"c:\new\table"),
            (r#""one\ntwo""#, "one\ntwo"),
            ("Größer", "größer"),
        ] {
            let hits = scan(raw, needle, raw.len());
            assert_eq!(hits.len(), 1, "{raw}");
            assert!(!hits[0].text.is_empty());
        }
        assert!(scan(r#""\u00""#, "x", 99).is_empty());
        assert!(scan("abc\\", "", 99).is_empty());
    }

    #[test]
    fn what_overlaps_is_found_once_however_the_bytes_come() {
        let raw = "\u{fffd}".repeat(60_000);
        for needle in ["\u{fffd}\u{fffd}\u{fffd}", "\u{fffd}"] {
            let whole = scan(&raw, needle, raw.len());
            assert_eq!(whole.len(), 60_000 * 3 / needle.len());
            assert_eq!(scan(&raw, needle, 70_001), whole);
        }
    }

    #[test]
    fn the_place_is_that_in_the_source() {
        let raw = r#"{"x":"\"\"\n\u00e9 here, and Here"}"#;
        let hits = scan(raw, "here", 1000);
        let places: Vec<&str> = hits
            .iter()
            .map(|hit| &raw[hit.offset as usize..][..4])
            .collect();
        assert_eq!(places, ["here", "Here"]);
        assert_eq!(hits[1].before, "{\"x\":\"\"\"\né here, and ");
        assert_eq!(hits[1].after, "\"}");
    }

    #[test]
    fn any_split_of_the_bytes_gives_the_same_hits() {
        let mut raw = String::new();
        for number in 0..3000 {
            raw.push_str(&format!(r#"{{"n":"{number} \\\"näme\\\" \u00e9"}},"#));
        }
        let whole = scan(&raw, "\"NÄME\" é".to_lowercase().as_str(), raw.len());
        assert_eq!(whole.len(), 3000);
        for step in [1, 7, 4096, 10_000] {
            let split = scan(&raw, "\"näme\" é", step);
            let places = |hits: &[Hit]| hits.iter().map(|hit| hit.offset).collect::<Vec<_>>();
            assert_eq!(places(&split), places(&whole), "{step}");
        }
    }

    #[test]
    fn names_of_the_recorder_are_marked() {
        let raw = r#"[{"key":"llm.input.role","value":{"stringValue":"the role"}}]"#;
        let marked: Vec<bool> = scan(raw, "role", 999)
            .iter()
            .map(|hit| hit.in_name)
            .collect();
        assert_eq!(marked, [true, false]);
        assert!(scan(raw, "stringvalue", 999)[0].in_name);
    }
}

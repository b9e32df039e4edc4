//! Search over everything: the words of a query, names in the model, texts in the source.

mod names;
mod places;
mod query;
mod scan;

pub use crewscope_trace::order::sorted;
pub use names::Names;
pub use places::Places;
pub use query::{Filter, Query, KINDS, STATUSES};
pub use scan::{Hit, Scanner};

/// Where `needle` (ASCII letters in lower case) begins in `text` at or after `from`. ASCII letters of either case are the same.
pub fn find(text: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let (at, &rare) = needle
        .iter()
        .enumerate()
        .max_by_key(|(_, byte)| rarity(**byte))?;
    let mut from = from.checked_add(at)?;
    loop {
        let rest = text.get(from..)?;
        let found = from + memchr::memchr2(rare, rare.to_ascii_uppercase(), rest)?;
        let start = found - at;
        let candidate = text.get(start..start + needle.len())?;
        if candidate.eq_ignore_ascii_case(needle) {
            return Some(start);
        }
        from = found + 1;
    }
}

/// How seldom a byte is in traces, roughly: looking for the rarest one first skips most of a file.
fn rarity(byte: u8) -> usize {
    const COMMON: &[u8] = b" etaoinsrhldcumfpg_\"\\,.:-01ywbvk23456789{}[]xjqz";
    COMMON
        .iter()
        .position(|&known| known == byte)
        .unwrap_or(COMMON.len())
}

/// Whether a text holds `needle` (ASCII letters in lower case).
fn holds(text: &str, needle: &str) -> bool {
    needle.is_empty() || find(text.as_bytes(), needle.as_bytes(), 0).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_either_case_are_the_same() {
        for (text, needle, at) in [
            ("An Error here", "error", Some(3)),
            ("xxX", "xx", Some(0)),
            ("aab", "ab", Some(1)),
            ("Größe", "größe", Some(0)),
            ("abc", "abcd", None),
            ("", "a", None),
            ("zzzzz", "zq", None),
        ] {
            assert_eq!(find(text.as_bytes(), needle.as_bytes(), 0), at, "{text}");
        }
        assert_eq!(find(b"abab", b"ab", 1), Some(2));
        assert!(holds("anything", ""));
    }
}

//! What changed between two texts: by lines, and by words inside the lines that changed.

use serde::{Deserialize, Serialize};
use similar::algorithms::{myers, Capture};
use similar::DiffOp;
use xxhash_rust::xxh3::xxh3_64;

/// Words of a changed place above which it is told as a whole: a diff of two unlike texts by words helps nobody.
const WORDS: usize = 20_000;

/// What became of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// In both.
    Same,
    /// Only in the first.
    Removed,
    /// Only in the second.
    Added,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What became of it.
    pub fate: Fate,
    /// The text.
    pub text: String,
}

/// The way from one text to the other, in order. The pieces that are not added make the first text, those that are not removed the second.
pub fn diff(before: &str, after: &str) -> Vec<Change> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut out = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    for (fate, text) in steps(&old, &new) {
        match fate {
            Fate::Removed => removed.push_str(text),
            Fate::Added => added.push_str(text),
            Fate::Same => {
                changed(&mut out, &mut removed, &mut added);
                put(&mut out, Fate::Same, text);
            }
        }
    }
    changed(&mut out, &mut removed, &mut added);
    out
}

fn changed(out: &mut Vec<Change>, removed: &mut String, added: &mut String) {
    let (old, new) = (words(removed), words(added));
    if old.len() + new.len() <= WORDS {
        for (fate, text) in steps(&old, &new) {
            put(out, fate, text);
        }
    } else {
        put(out, Fate::Removed, removed);
        put(out, Fate::Added, added);
    }
    removed.clear();
    added.clear();
}

fn put(out: &mut Vec<Change>, fate: Fate, text: &str) {
    if text.is_empty() {
        return;
    }
    // What went is told before what came.
    let came = (fate == Fate::Removed)
        .then(|| out.pop_if(|last| last.fate == Fate::Added))
        .flatten();
    match out.last_mut() {
        Some(last) if last.fate == fate => last.text.push_str(text),
        _ => out.push(Change {
            fate,
            text: text.to_owned(),
        }),
    }
    out.extend(came);
}

/// Words, runs of white space, and every other character by itself.
fn words(text: &str) -> Vec<&str> {
    let class = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' => 1,
        letter if letter.is_whitespace() => 2,
        _ => 0,
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = 0;
    for (at, letter) in text.char_indices() {
        let now = class(letter);
        if at > start && (now != before || now == 0) {
            out.extend(text.get(start..at));
            start = at;
        }
        before = now;
    }
    out.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    out
}

/// The way from some pieces to others.
fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Fate, &'a str)> {
    let hash = |pieces: &[&str]| -> Vec<u64> {
        let pieces = pieces.iter();
        pieces.map(|piece| xxh3_64(piece.as_bytes())).collect()
    };
    let (a, b) = (hash(old), hash(new));
    let mut capture = Capture::new();
    // The hook never fails.
    let _ = myers::diff(&mut capture, &*a, 0..a.len(), &*b, 0..b.len());
    let mut out = Vec::new();
    let mut take = |fate: Fate, from: &[&'a str], start: usize, len: usize| {
        let pieces = from.get(start..start + len).unwrap_or_default();
        out.extend(pieces.iter().map(|piece| (fate, *piece)));
    };
    for op in capture.into_ops() {
        match op {
            DiffOp::Equal { old_index, len, .. } => take(Fate::Same, old, old_index, len),
            DiffOp::Delete {
                old_index, old_len, ..
            } => take(Fate::Removed, old, old_index, old_len),
            DiffOp::Insert {
                new_index, new_len, ..
            } => take(Fate::Added, new, new_index, new_len),
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => {
                take(Fate::Removed, old, old_index, old_len);
                take(Fate::Added, new, new_index, new_len);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let mut out = String::new();
        for Change { fate, text } in diff(before, after) {
            out.push_str(match fate {
                Fate::Same => "=",
                Fate::Removed => "-",
                Fate::Added => "+",
            });
            out.push_str(&text);
            out.push('|');
        }
        out
    }

    #[test]
    fn words_inside_changed_lines() {
        assert_eq!(
            told(
                "one\nthe price is 184.22 USD\nend",
                "one\nthe price is 190.00 USD\nend"
            ),
            "=one\nthe price is |-184|+190|=.|-22|+00|= USD\nend|"
        );
        assert_eq!(told("", "a"), "+a|");
        assert_eq!(told("a", ""), "-a|");
        assert_eq!(told("", ""), "");
        assert_eq!(told("same\n", "same\n"), "=same\n|");
    }

    #[test]
    fn both_texts_come_out_whole() {
        let (before, after) = ("größe 😀\na b c\n\n x", "Größe 😀!\na c\nnew\n x y");
        let changes = diff(before, after);
        let side = |not: Fate| -> String {
            let kept = changes.iter().filter(|change| change.fate != not);
            kept.map(|change| change.text.as_str()).collect()
        };
        assert_eq!(side(Fate::Added), before);
        assert_eq!(side(Fate::Removed), after);
    }

    #[test]
    fn long_texts_that_share_nothing_are_told_as_wholes() {
        let (before, after) = ("a b ".repeat(20_000), "c d ".repeat(20_000));
        assert_eq!(diff(&before, &after).len(), 2);
    }
}

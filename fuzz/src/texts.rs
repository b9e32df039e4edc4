//! What the page does with a text of a trace: masks secrets, finds words, takes conversations and envelopes apart.

use crewscope_analysis::conversation::messages;
use crewscope_analysis::mask::{mask, names_secret};
use crewscope_analysis::readable;
use crewscope_analysis::search::{Query, Scanner};

/// Longer than what the scan takes together, twice (bytes).
const LONG: usize = 150 << 10;

/// Gives a text to all of them.
///
/// # Panics
/// If a hit lies outside of the text, or depends on how the text came.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = (
        messages(&text),
        readable(&text),
        names_secret(&text),
        mask(&text),
    );
    let (needle, hay) = text.split_once('\n').unwrap_or((&text, &text));
    let needle: String = needle.chars().take(40).collect();
    let query = Query::parse(&needle);
    let mut scanner = Scanner::new(&query.text);
    let mut find = |chunks: &[&[u8]]| {
        scanner.begin(0, 0);
        let mut hits = Vec::new();
        for chunk in chunks {
            hits.append(&mut scanner.push(chunk));
        }
        hits.append(&mut scanner.end());
        hits
    };
    let (dice, _) = super::cuts(data);
    // The scan takes 64 KiB together: splits matter above that only.
    let hay = match hay.len() {
        len @ 1.. if dice % 8 == 0 => hay.repeat(LONG / len + 1),
        _ => hay.to_owned(),
    };
    let hay = hay.as_bytes();
    let whole = find(&[hay]);
    assert!(whole.iter().all(|hit| hit.offset <= hay.len() as u64));
    let (a, b) = super::cuts(hay);
    assert!(
        whole == find(&[&hay[..a], &hay[a..b], &hay[b..]]),
        "a split changes what is found"
    );
}

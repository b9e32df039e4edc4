//! Text from a trace on the screen: secrets masked, invisible and reordering characters made visible.
//!
//! Everything becomes text nodes. No text of a trace reaches the page any other way.

use crate::wording::parts as words;
use crewscope_analysis::mask::mask;
use leptos::prelude::*;
use std::borrow::Cow;

/// A piece of a text.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    /// As it stands.
    Plain(&'a str),
    /// A character that would not be seen, or would reorder what is seen.
    Control(char),
}

/// Whether a character must be marked, given its neighbours.
fn is_hidden(before: Option<char>, at: char, after: Option<char>) -> bool {
    match at {
        // Bidirectional embeddings, overrides, isolates and marks.
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{061c}' => true,
        // Zero width space, word joiner, invisible operators, byte order mark, soft hyphen, Mongolian vowel separator.
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{00ad}' | '\u{180e}' => true,
        // Joiners belong between emoji and inside some scripts (Persian, Hindi), and hide text anywhere else.
        '\u{200c}' | '\u{200d}' => {
            let joins = |neighbour: Option<char>| neighbour.is_some_and(|c| c as u32 > 0x5ff);
            !(joins(before) && joins(after))
        }
        // Tag characters: a whole hidden alphabet.
        '\u{e0000}'..='\u{e007f}' => true,
        '\n' | '\t' | '\r' => false,
        other => other.is_control(),
    }
}

/// A short name for a marked character.
fn short_name(control: char) -> String {
    let name = match control {
        '\u{202a}' => "LRE",
        '\u{202b}' => "RLE",
        '\u{202c}' => "PDF",
        '\u{202d}' => "LRO",
        '\u{202e}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{200e}' => "LRM",
        '\u{200f}' => "RLM",
        '\u{061c}' => "ALM",
        '\u{200b}' => "ZWSP",
        '\u{200c}' => "ZWNJ",
        '\u{200d}' => "ZWJ",
        '\u{2060}' => "WJ",
        '\u{feff}' => "BOM",
        '\u{00ad}' => "SHY",
        '\u{1b}' => "ESC",
        '\0' => "NUL",
        other => return format!("{:04X}", other as u32),
    };
    name.to_owned()
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain_from, mut before) = (0, None);
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let after = chars.peek().map(|(_, next)| *next);
        if is_hidden(before, char, after) {
            if let Some(plain) = text.get(plain_from..at).filter(|plain| !plain.is_empty()) {
                pieces.push(Piece::Plain(plain));
            }
            pieces.push(Piece::Control(char));
            plain_from = at + char.len_utf8();
        }
        before = Some(char);
    }
    if let Some(plain) = text.get(plain_from..).filter(|plain| !plain.is_empty()) {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

/// Marked characters shown one by one at most; a text of a million zero-width spaces must not become a million elements.
const MARKED: usize = 2_000;

/// A text of the trace, masked and with its hidden characters marked.
pub fn shown(text: &str) -> impl IntoView {
    marked(mask(text))
}

/// A text with its hidden characters marked and nothing masked: what a person is about to hand on.
pub fn marked(text: Cow<'_, str>) -> AnyView {
    // ASCII without escapes has nothing to mark; most texts are, and skip the walk.
    if text
        .bytes()
        .all(|byte| byte == b'\n' || byte == b'\t' || byte == b'\r' || (0x20..0x7f).contains(&byte))
    {
        return text.into_owned().into_any();
    }
    let pieces = pieces(&text);
    if let [Piece::Plain(all)] = pieces.as_slice() {
        return (*all).to_owned().into_any();
    }
    let total = pieces.len();
    let mut views: Vec<AnyView> = pieces
        .into_iter()
        .take(MARKED)
        .map(|piece| match piece {
            Piece::Plain(text) => text.to_owned().into_any(),
            Piece::Control(control) => {
                let title = words::unseen(&format!("U+{:04X}", control as u32));
                view! {
                    <span class="cs-control" title=title>
                        {short_name(control)}
                    </span>
                }
                .into_any()
            }
        })
        .collect();
    if total > MARKED {
        views.push(words::HIDDEN_LEFT_OUT.into_any());
    }
    views.into_any()
}

/// The same as plain text, for titles, labels of controls and the canvas; hidden characters become `‹RLO›`.
pub fn plain(text: &str) -> String {
    let masked = mask(text);
    let mut out = String::with_capacity(masked.len());
    for piece in pieces(&masked) {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Control(control) => {
                out.push('‹');
                out.push_str(&short_name(control));
                out.push('›');
            }
        }
    }
    out
}

/// The beginning of a text, at most `max` bytes of it, cut between characters.
pub fn head(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// At most `max` characters on one line, for places with little room.
pub fn clipped(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut space = false;
    for (at, char) in text.trim().chars().enumerate() {
        if at >= max {
            out.push('…');
            break;
        }
        if char.is_whitespace() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && !out.is_empty() {
            out.push(' ');
        }
        out.push(char);
    }
    out
}

/// A name of the trace on one line, ellipsised by the style sheet, whole on hover.
#[component]
pub fn Named(
    /// The name, as the trace has it.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    const LONGEST: usize = 400;
    let title = clipped(&plain(&text), LONGEST);
    let short = clipped(&text, LONGEST);
    view! {
        <bdi class="cs-name" title=title>
            {shown(&short)}
        </bdi>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_named() {
        assert_eq!(plain("a\u{202e}b\u{200b}"), "a‹RLO›b‹ZWSP›");
        assert_eq!(plain("x\u{1b}[31m\u{7}"), "x‹ESC›[31m‹0007›");
    }

    #[test]
    fn line_breaks_and_emoji_stay() {
        assert_eq!(plain("one\n\ttwo"), "one\n\ttwo");
        assert_eq!(plain("👩\u{200d}💻"), "👩\u{200d}💻");
        assert_eq!(plain("a\u{200d}b"), "a‹ZWJ›b");
    }

    #[test]
    fn clipping_counts_characters_and_folds_blanks() {
        assert_eq!(clipped("  a \n b  ", 10), "a b");
        assert_eq!(clipped("äöüß", 2), "äö…");
        assert_eq!(head("äöü", 3), "ä");
    }
}

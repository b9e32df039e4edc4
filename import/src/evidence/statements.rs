//! Statements: the first words of a sentence, line or quoted text, as a hash.
//!
//! They tell that a text came back inside another one, whatever was put around it and however often it was escaped: what a statement is made
//! of is found in the bytes as they stand, where `\n` may also be `\\n` or a line feed, and `é` may be `\u00e9`. A sentence that was rewritten has
//! another hash: what is found is the same wording, never a guess at the same meaning.

/// Words that make a statement. More would miss short sentences, fewer would be found in texts that have nothing to do with each other.
pub(super) const WORDS: u32 = 8;

/// Fewer words are no statement: "Here is the report." is said everywhere.
pub(super) const MIN_WORDS: u32 = 5;

/// Letters of scripts without spaces between words count as half a word.
pub(super) const LETTER: u32 = 1;
pub(super) const WORD: u32 = 2;

/// What most bytes are, so that one look tells: the small letter or digit that an ASCII letter or digit stands for, [`GAP`] for what only
/// stands between words, [`ODD`] for what [`mark`] has to look at.
const PLAIN: [u8; 256] = plain();
const GAP: u8 = 0;
const ODD: u8 = 1;

const fn plain() -> [u8; 256] {
    let mut table = [GAP; 256];
    let mut byte = 0;
    while byte < 256 {
        let small = (byte as u8).to_ascii_lowercase();
        if small.is_ascii_lowercase() || small.is_ascii_digit() {
            table[byte] = small;
        } else if byte >= 0xC0 || matches!(small, b'\n' | b'"' | b'.' | b'\\') {
            table[byte] = ODD;
        }
        byte += 1;
    }
    table
}

/// Finds the statements of a text.
pub fn find(bytes: &[u8], found: &mut Vec<u32>) {
    let mut at = 0;
    loop {
        let (hash, ended) = statement(bytes, at);
        found.extend(hash);
        // What the statement itself went over need not be looked through once more.
        let after = match ended {
            Ended::Stop(after) => Some(after),
            Ended::Looking(from) => next(bytes, from),
        };
        match after {
            Some(after) => at = after,
            None => return,
        }
    }
}

/// Where to go on after a statement.
enum Ended {
    /// The next one may begin there.
    Stop(usize),
    /// There is no stop before.
    Looking(usize),
}

/// What stands at a place that is no letter.
pub(super) enum Mark {
    /// A word goes on over nothing; another one begins.
    Space(usize),
    /// A statement ends, and the next one may begin after it.
    Stop(usize),
    /// A letter.
    Letter(u32, usize),
}

/// Where the next statement may begin.
pub(super) fn next(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let rest = bytes.get(at..)?;
        // A text that was unescaped has line feeds, one that was not has backslashes; few have many of both.
        let found = memchr::memchr3(b'.', b'\\', b'"', rest);
        // 0xE3 begins 。
        let line = memchr::memchr2(b'\n', 0xE3, rest.get(..found.unwrap_or(rest.len()))?);
        at += line.or(found)?;
        match mark(bytes, at) {
            Mark::Stop(after) => return Some(after),
            Mark::Space(after) | Mark::Letter(_, after) => at = after,
        }
    }
}

/// The hash of the statement that begins at a place, and where it ends.
fn statement(bytes: &[u8], mut at: usize) -> (Option<u32>, Ended) {
    let mut ended = None;
    let (mut hash, mut units, mut inside) = (0x811C_9DC5u32, 0, false);
    let mut add = |code: u32| hash = (hash ^ code).wrapping_mul(0x0100_0193);
    while units < WORDS * WORD {
        let Some(&byte) = bytes.get(at) else { break };
        let plain = PLAIN[usize::from(byte)];
        if plain > ODD {
            add(u32::from(plain));
            inside = true;
            at += 1;
            continue;
        }
        let mark = match plain {
            GAP => Mark::Space(at + 1),
            _ => mark(bytes, at),
        };
        match mark {
            Mark::Stop(after) => {
                // `！` and `？` end a statement, and are not looked for: what follows them begins none.
                ended = Some(match byte {
                    0xEF => Ended::Looking(after),
                    _ => Ended::Stop(after),
                });
                break;
            }
            Mark::Space(after) => {
                if inside {
                    add(0x20);
                    units += WORD;
                    inside = false;
                }
                at = after;
            }
            Mark::Letter(code, after) => {
                add(code);
                if code >= 0x2E80 {
                    units += LETTER;
                } else {
                    inside = true;
                }
                at = after;
            }
        }
    }
    if inside && units < WORDS * WORD {
        add(0x20);
        units += WORD;
    }
    // FNV mixes its low bits well and its high bits badly; the high ones decide what is kept.
    let mixed = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
    let hash = (units >= MIN_WORDS * WORD).then_some(mixed ^ (mixed >> 13));
    (hash, ended.unwrap_or(Ended::Looking(at)))
}

pub(super) fn mark(bytes: &[u8], at: usize) -> Mark {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    match byte(at) {
        b @ (b'a'..=b'z' | b'0'..=b'9') => Mark::Letter(u32::from(b), at + 1),
        b @ b'A'..=b'Z' => Mark::Letter(u32::from(b | 0x20), at + 1),
        b'\n' | b'"' => Mark::Stop(at + 1),
        b'.' => match byte(at + 1) {
            b' ' | b'\n' | b'\\' | b'"' => Mark::Stop(at + 1),
            _ => Mark::Space(at + 1),
        },
        b'\\' => escape(bytes, at),
        b @ 0xC0.. => {
            let (len, first) = match b {
                0xC0..=0xDF => (2, u32::from(b & 0x1F)),
                0xE0..=0xEF => (3, u32::from(b & 0x0F)),
                // Above U+FFFF: no letters of living languages, and two escapes where it is escaped.
                _ => return Mark::Space(at + 4),
            };
            let code = (at + 1..at + len).fold(first, |code, at| {
                code << 6 | u32::from(bytes.get(at).copied().unwrap_or(0) & 0x3F)
            });
            letter(code, at + len)
        }
        _ => Mark::Space(at + 1),
    }
}

fn escape(bytes: &[u8], at: usize) -> Mark {
    let run = bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take_while(|&&byte| byte == b'\\')
        .count();
    let after = at + run;
    match bytes.get(after) {
        Some(b'n' | b'"') => Mark::Stop(after + 1),
        Some(b't' | b'r' | b'b' | b'f') => Mark::Space(after + 1),
        Some(b'u') => {
            let code = bytes
                .get(after + 1..after + 5)
                .and_then(|digits| std::str::from_utf8(digits).ok())
                .and_then(|digits| u32::from_str_radix(digits, 16).ok());
            match code {
                Some(code) => letter(code, after + 5),
                None => Mark::Space(after + 1),
            }
        }
        _ => Mark::Space(after),
    }
}

/// A letter outside of ASCII, or what stands between words.
fn letter(code: u32, after: usize) -> Mark {
    match code {
        // 。！？
        0x3002 | 0xFF01 | 0xFF1F => Mark::Stop(after),
        0..=0xBF | 0x2000..=0x2BFF | 0x3000..=0x303F | 0xD800..=0xF8FF | 0xFE00..=0xFFFF => {
            Mark::Space(after)
        }
        code => Mark::Letter(code, after),
    }
}

//! Finds the entries of crewai's log as text (`output_log_file="….txt"`).
//!
//! An entry is `2026-11-20 23:13:53: task_name="…", task="…", agent="…", status="completed", output="…"` and a line feed. Texts stand
//! in it as they are: with raw line feeds, quotes and control characters. So an entry ends where a line ends with a quote and the
//! next begins like an entry. Memory holds a chunk and the largest entry.

use crate::framing::framer::{Fault, Frame, MAX_RECORD};

/// Whether bytes begin like an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// They are too few to tell.
    Maybe,
}

/// `0` stands for any digit.
const TIME: &[u8] = b"0000-00-00 00:00:00: ";
/// What may follow the time: before crewai 0.100 an entry had no `task_name`.
const FIRST: [&[u8]; 2] = [b"task_name=\"", b"agent=\""];

/// Whether bytes begin like an entry.
pub fn head(bytes: &[u8]) -> Head {
    let fits = |pattern: &[u8], bytes: &[u8]| {
        pattern
            .iter()
            .zip(bytes)
            .all(|(&wanted, &byte)| match wanted {
                b'0' => byte.is_ascii_digit(),
                wanted => byte == wanted,
            })
    };
    if !fits(TIME, bytes) {
        return Head::No;
    }
    let rest = bytes.get(TIME.len()..).unwrap_or_default();
    match FIRST.iter().find(|key| fits(key, rest)) {
        None => Head::No,
        Some(key) if rest.len() >= key.len() => Head::Yes,
        Some(_) => Head::Maybe,
    }
}

/// Where the first entry may begin: after a byte order mark and white space.
pub fn begin(bytes: &[u8]) -> usize {
    let mark = if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        3
    } else {
        0
    };
    let rest = bytes.get(mark..).unwrap_or_default();
    mark + rest.len() - rest.trim_ascii_start().len()
}

/// The framing state. Feed it chunks; any split gives the same frames.
#[derive(Debug, Default)]
pub struct LogFramer {
    /// Bytes that are still needed.
    buf: Vec<u8>,
    /// Source offset of `buf[0]`.
    base: u64,
    /// Where the entry being read begins in `buf`; `None` before the first, and while one that is too large is passed over.
    entry: Option<usize>,
    /// Where the search for its end goes on.
    pos: usize,
    started: bool,
}

impl LogFramer {
    /// Reads the next bytes. The first ones must hold the whole head of an entry.
    pub fn push(&mut self, chunk: &[u8], sink: &mut dyn FnMut(Frame<'_>)) {
        self.buf.extend_from_slice(chunk);
        if !self.started {
            self.started = true;
            self.pos = begin(&self.buf);
            self.entry = Some(self.pos);
        }
        self.scan(sink);
        let keep = self.entry.unwrap_or(self.pos);
        self.buf.drain(..keep);
        self.base += keep as u64;
        self.pos -= keep;
        self.entry = self.entry.map(|_| 0);
    }

    /// The source ends here.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        self.hand_on(self.buf.len(), sink);
        self.pos = self.buf.len();
    }

    fn scan(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        while let Some(at) = memchr::memchr(b'\n', self.buf.get(self.pos..).unwrap_or_default()) {
            let feed = self.pos + at;
            let line = self.buf.get(..feed).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let may_end = self.entry.is_none() || line.last() == Some(&b'"');
            match head(self.buf.get(feed + 1..).unwrap_or_default()) {
                Head::Yes if may_end => {
                    self.hand_on(feed + 1, sink);
                    self.entry = Some(feed + 1);
                }
                // The line feed is looked at again when more is there.
                Head::Maybe if may_end => {
                    self.pos = feed;
                    return self.bound(sink);
                }
                _ => {}
            }
            self.pos = feed + 1;
        }
        self.pos = self.buf.len();
        self.bound(sink);
    }

    fn hand_on(&mut self, end: usize, sink: &mut dyn FnMut(Frame<'_>)) {
        let Some(from) = self.entry.take() else {
            return;
        };
        if let Some(bytes) = self.buf.get(from..end).filter(|bytes| !bytes.is_empty()) {
            sink(Frame::Entry {
                offset: self.base + from as u64,
                bytes,
            });
        }
    }

    fn bound(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        let too_large = self
            .entry
            .filter(|from| self.pos.saturating_sub(*from) > MAX_RECORD);
        if let Some(from) = too_large {
            sink(Frame::Fault {
                fault: Fault::TooLarge,
                offset: self.base + from as u64,
            });
            self.entry = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2026-11-20 23:13:53: task_name=\"a\", task=\"t\", agent=\"r\", status=\"started\"\n\
        2026-11-20 23:13:54: task_name=\"a\", task=\"t\", agent=\"r\", status=\"completed\", output=\"one\n\
        \"two\"\n\u{2028}\u{1b}[0m 2026-11-20 23:13:54: task_name=\"no\" …\n\
        2026-11-20 23:13:54: task_name=\"a line of the output\n\"\r\n\
        2026-11-20 23:13:55: task_name=\"b\", task=\"t\", agent=\"r\", status=\"started\"\n";

    fn entries<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Vec<(u64, String)> {
        let mut framer = LogFramer::default();
        let mut found = Vec::new();
        let mut sink = |frame: Frame<'_>| match frame {
            Frame::Entry { offset, bytes } => {
                found.push((offset, String::from_utf8(bytes.to_vec()).unwrap()));
            }
            other => panic!("{other:?}"),
        };
        chunks.for_each(|chunk| framer.push(chunk, &mut sink));
        framer.finish(&mut sink);
        found
    }

    #[test]
    fn an_entry_ends_where_a_quoted_line_is_followed_by_a_head() {
        let found = entries(std::iter::once(LOG.as_bytes()));
        assert_eq!(found.len(), 3);
        for (offset, text) in &found {
            assert!(LOG[usize::try_from(*offset).unwrap()..].starts_with(text));
        }
        assert!(found[1].1.contains("a line of the output"));
        assert_eq!(
            found.iter().map(|(_, text)| text.len()).sum::<usize>(),
            LOG.len()
        );
    }

    #[test]
    fn any_split_gives_the_same_entries() {
        let whole = entries(std::iter::once(LOG.as_bytes()));
        // The first bytes hold a whole head: the choice of the framing needs it.
        for first in 32..LOG.len() {
            let (a, b) = LOG.as_bytes().split_at(first);
            assert_eq!(entries([a, b].into_iter()), whole, "cut at {first}");
            assert_eq!(entries(std::iter::once(a).chain(b.chunks(1))), whole);
        }
    }
}

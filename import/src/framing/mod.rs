//! Which framing a source has: chosen by its first bytes, never by its name.

pub mod framer;
mod log_framer;
pub mod paths;

use crate::framing::framer::{Frame, Framer};
use crate::framing::log_framer::{Head, LogFramer};

/// White space before the first record is looked through this far (bytes).
const LOOK: usize = 4096;

/// The framing of a source.
#[derive(Debug)]
pub enum Framing {
    /// The bytes so far may begin either.
    Open(Vec<u8>),
    /// JSON in any arrangement; also what is none, so that somebody says so.
    Json(Framer),
    /// crewai's log as text.
    Log(LogFramer),
}

impl Default for Framing {
    fn default() -> Self {
        Self::Open(Vec::new())
    }
}

impl Framing {
    /// Reads the next bytes.
    pub fn push(&mut self, chunk: &[u8], sink: &mut dyn FnMut(Frame<'_>)) {
        match self {
            Self::Json(framer) => framer.push(chunk, sink),
            Self::Log(framer) => framer.push(chunk, sink),
            Self::Open(held) => {
                held.extend_from_slice(chunk);
                let held = std::mem::take(held);
                *self = match choose(&held) {
                    Some(framing) => framing,
                    None => return *self = Self::Open(held),
                };
                self.push(&held, sink);
            }
        }
    }

    /// The source ends here.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Frame<'_>)) {
        if let Self::Open(held) = self {
            let held = std::mem::take(held);
            *self = Self::Json(Framer::default());
            self.push(&held, sink);
        }
        match self {
            Self::Json(framer) => framer.finish(sink),
            Self::Log(framer) => framer.finish(sink),
            Self::Open(_) => {}
        }
    }
}

/// The framing of a source that begins with these bytes; `None` if they are too few to tell.
fn choose(bytes: &[u8]) -> Option<Framing> {
    let begin = log_framer::begin(bytes);
    let head = match bytes.get(begin..) {
        Some([]) | None if bytes.len() < LOOK => Head::Maybe,
        rest => log_framer::head(rest.unwrap_or_default()),
    };
    match head {
        Head::Yes => Some(Framing::Log(LogFramer::default())),
        Head::No => Some(Framing::Json(Framer::default())),
        Head::Maybe if bytes.len() < LOOK => None,
        Head::Maybe => Some(Framing::Json(Framer::default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> &'static str {
        match choose(text.as_bytes()) {
            None => "open",
            Some(Framing::Log(_)) => "log",
            Some(_) => "json",
        }
    }

    #[test]
    fn the_first_bytes_decide() {
        assert_eq!(chosen("{\"a\":1}"), "json");
        assert_eq!(chosen(""), "open");
        assert_eq!(chosen("\u{feff} \r\n2026-11-20 23:13:5"), "open");
        assert_eq!(chosen("\u{feff}2026-11-20 23:13:53: task_name=\""), "log");
        assert_eq!(chosen("2026-11-20 23:13:53: agent=\"a\""), "log");
        assert_eq!(chosen("2026-11-20 23:13:53: hello"), "json");
        assert_eq!(chosen("2026-11-20T23:13:53"), "json");
        assert_eq!(chosen(&" ".repeat(LOOK)), "json");
    }
}

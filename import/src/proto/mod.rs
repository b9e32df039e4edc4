//! OTLP as protobuf, unpacked into OTLP JSON as gzip is unpacked into what it holds: places, texts and raw records are then those of
//! the JSON, and everything behind works unchanged.
//!
//! Two framings: a bare message (the body of an export request, Tempo's answers), and messages that each have their length before
//! them in four bytes, big endian, as the OpenTelemetry Collector's file exporter writes them with `format: proto`
//! (`exporter/fileexporter/file_writer.go` of opentelemetry-collector-contrib, 0.140). Memory holds the largest span, not the message.

mod fields;
mod sniff;
mod text;
mod wire;

pub use sniff::{sniff, Sniffed};

use fields::{known, Form, Message};
use wire::{Broken, Head};

/// A field larger than this is skipped (bytes): its JSON may be several times as long, and all must fit into 4 GiB.
const MAX_FIELD: u64 = 256 << 20;

/// How messages follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One message; its end is the end of the source.
    Bare,
    /// The same, inside of Tempo's answer.
    Answer,
    /// Any number of messages, each after its length.
    Counted,
}

/// A message that was begun and is written piece by piece.
#[derive(Clone, Copy, Debug)]
struct Level {
    message: Message,
    /// Where it ends, in bytes from the start of the source.
    end: u64,
    /// The field whose array is open.
    array: u32,
    /// Nothing was written into it.
    empty: bool,
}

/// Unpacks protobuf into JSON, one document for each message. Feed it chunks; any split gives the same bytes.
#[derive(Debug)]
pub struct Unpacker {
    framing: Framing,
    buf: Vec<u8>,
    /// Source offset of `buf[0]`.
    base: u64,
    /// Position in `buf`.
    pos: usize,
    /// Source offset up to which bytes are passed over.
    skip_to: u64,
    levels: Vec<Level>,
    /// Stretches that could not be read since the last document, and where the first begins.
    faults: Option<(u64, u64)>,
}

impl Unpacker {
    fn new(framing: Framing) -> Self {
        Self {
            framing,
            buf: Vec::new(),
            base: 0,
            pos: 0,
            skip_to: 0,
            levels: Vec::new(),
            faults: None,
        }
    }

    /// Unpacks the next bytes; their JSON is appended to `out`.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        self.buf.extend_from_slice(chunk);
        while let Ok(()) = self.step(out) {}
        self.buf.drain(..self.pos.min(self.buf.len()));
        self.base += self.pos as u64;
        self.pos = 0;
    }

    /// The source ends here. A message that breaks off leaves a JSON value that breaks off, for its reader to count.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let whole = self.buf.is_empty()
            && self.skip_to <= self.base
            && self.levels.iter().all(|level| level.end == u64::MAX);
        while !self.levels.is_empty() {
            self.close(out);
        }
        if !whole {
            out.extend_from_slice(b"{\"truncated\":");
        }
    }

    fn at(&self) -> u64 {
        self.base + self.pos as u64
    }

    /// One field, or what comes between messages. `Err` if more bytes are needed.
    fn step(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        if self.skip_to > self.at() {
            let missing = usize::try_from(self.skip_to - self.at()).unwrap_or(usize::MAX);
            self.pos += missing.min(self.buf.len() - self.pos);
            if self.skip_to > self.at() {
                return Err(Broken::Short);
            }
        }
        let Some(level) = self.levels.last().copied() else {
            return self.begin(out);
        };
        if self.at() >= level.end {
            self.close(out);
            return Ok(());
        }
        let rest = self.buf.get(self.pos..).unwrap_or_default();
        let head = match Head::read(rest) {
            Ok(head) => head,
            // The longest head is a tag of ten bytes and a length of ten.
            Err(Broken::Short)
                if rest.len() < 20 && self.at() + (rest.len() as u64) < level.end =>
            {
                return Err(Broken::Short);
            }
            Err(_) => {
                self.fault(level.end);
                return Ok(());
            }
        };
        let end = self.at().saturating_add(head.total());
        if end > level.end || head.len > MAX_FIELD && !contains(level.message, head) {
            self.fault(end.min(level.end));
            return Ok(());
        }
        let field = known(level.message, head.number, head.wire);
        if let Some(Form::Many(inner)) = field.map(|field| field.form) {
            if inner != Message::Span {
                // Not whole yet, and need not be.
                let name = field.map_or("", |field| field.name);
                self.element(out, head.number, name);
                self.open(out, inner, end);
                self.pos += head.size;
                return Ok(());
            }
        }
        let (value, _) = head.split(rest)?;
        let size = head.size + value.len();
        let before = out.len();
        let mut after = level;
        let written = match field.map(|field| (field.name, field.form)) {
            // Figures about the search for the trace.
            _ if level.message == Message::Response => Ok(()),
            Some((name, Form::Many(inner))) => {
                begin_element(out, &mut after, head.number, name);
                text::message(out, inner, value, 0)
            }
            Some((name, form)) => {
                begin_member(out, &mut after);
                text::key(out, name);
                match form {
                    Form::One(inner) => text::message(out, inner, value, 0),
                    form => text::scalar(out, form, head.wire, value),
                }
            }
            None => {
                begin_member(out, &mut after);
                text::unknown(out, head, value)
            }
        };
        if written.is_err() {
            out.truncate(before);
            self.note_fault();
        } else if let Some(last) = self.levels.last_mut() {
            *last = after;
        }
        self.pos += size;
        Ok(())
    }

    /// Begins the next message.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        let rest = self.buf.get(self.pos..).unwrap_or_default();
        match self.framing {
            Framing::Bare if !rest.is_empty() => self.open(out, Message::Traces, u64::MAX),
            Framing::Answer if !rest.is_empty() => self.open(out, Message::Response, u64::MAX),
            Framing::Counted => {
                let len = *rest.first_chunk::<4>().ok_or(Broken::Short)?;
                self.pos += 4;
                let end = self.at() + u64::from(u32::from_be_bytes(len));
                self.open(out, Message::Traces, end);
            }
            _ => return Err(Broken::Short),
        }
        Ok(())
    }

    fn open(&mut self, out: &mut Vec<u8>, message: Message, end: u64) {
        // Tempo's answer is one object with the trace in it: the trace alone is what stands for it.
        if message != Message::Response {
            out.push(b'{');
        }
        self.levels.push(Level {
            message,
            end,
            array: 0,
            empty: true,
        });
    }

    fn element(&mut self, out: &mut Vec<u8>, number: u32, name: &str) {
        if let Some(level) = self.levels.last_mut() {
            if level.message != Message::Response {
                begin_element(out, level, number, name);
            }
        }
    }

    /// Ends the innermost message.
    fn close(&mut self, out: &mut Vec<u8>) {
        let Some(level) = self.levels.pop() else {
            return;
        };
        if level.array != 0 {
            out.push(b']');
        }
        if level.message == Message::Traces && level.empty {
            out.extend_from_slice(b"\"resourceSpans\":[]");
        }
        if level.message != Message::Response {
            out.push(b'}');
        }
        if level.message == Message::Traces {
            out.push(b'\n');
            if let Some((count, first)) = self.faults.take() {
                // No JSON: the reader counts it as such, and the raw bytes of the place say what it was.
                let line = [
                    "protobuf: ",
                    &count.to_string(),
                    " stretches could not be read, the first at byte ",
                    &first.to_string(),
                    "\n",
                ];
                out.extend_from_slice(line.concat().as_bytes());
            }
        }
    }

    /// Passes over what cannot be read: the field if its end is known, else the message it is in.
    fn fault(&mut self, end: u64) {
        self.note_fault();
        self.skip_to = end;
    }

    fn note_fault(&mut self) {
        let at = self.at();
        let (count, _) = self.faults.get_or_insert((0, at));
        *count += 1;
    }
}

/// Whether a field holds messages that are written piece by piece.
fn contains(message: Message, head: Head) -> bool {
    known(message, head.number, head.wire)
        .is_some_and(|field| matches!(field.form, Form::Many(inner) if inner != Message::Span))
}

/// What stands before a member of an object.
fn begin_member(out: &mut Vec<u8>, level: &mut Level) {
    if std::mem::take(&mut level.array) != 0 {
        out.push(b']');
    }
    if !std::mem::take(&mut level.empty) {
        out.push(b',');
    }
}

/// What stands before an element of an array member.
fn begin_element(out: &mut Vec<u8>, level: &mut Level, number: u32, name: &str) {
    if level.array == number {
        out.push(b',');
    } else {
        begin_member(out, level);
        text::key(out, name);
        out.push(b'[');
        level.array = number;
    }
    // A line each: a text tool can look into the unpacked file.
    out.push(b'\n');
}

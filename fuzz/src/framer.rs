//! The framer: splits do not matter, records lie where they say, what is noted about strings is true, and JSON is never a fault.

use crewscope_import::fuzzing::{Frame, Framing};
use crewscope_trace::json::Object;
use serde_json::Value;

/// Deeper input is left to the unit tests: `serde_json` stops at 128.
const ONE_BY_ONE: usize = 4 << 10;

/// A frame without its bytes.
#[derive(Debug, PartialEq)]
enum Seen {
    Record(u64, u64, usize),
    Root(u64, u64, Vec<u8>, bool),
    Entry(u64, usize),
    Fault(u64),
}

/// Frames the bytes in several ways.
///
/// # Panics
/// If a property is broken.
pub fn check(data: &[u8]) {
    let whole = frames(data, &[data]);
    let (a, b) = super::cuts(data);
    let three = frames(data, &[&data[..a], &data[a..b], &data[b..]]);
    assert!(whole == three, "cut at {a} and {b} gives other frames");
    if data.len() <= ONE_BY_ONE {
        let bytes: Vec<&[u8]> = data.chunks(1).collect();
        assert!(
            whole == frames(data, &bytes),
            "byte by byte gives other frames"
        );
    }
    // 64 bytes are a step of the framer: chunks around that meet its edges.
    let size = 63 + a % 3;
    let chunks: Vec<&[u8]> = data.chunks(size).collect();
    assert!(
        whole == frames(data, &chunks),
        "chunks of {size} give other frames"
    );

    let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_slice(data)
        .into_iter()
        .collect();
    // A value of a line is found to be broken at the next line, so a line feed inside of one is a matter of its own.
    let lined = data.contains(&b'\n') || data.contains(&b'\r');
    if let Some(values) = values
        .ok()
        .filter(|values| !lined && values.iter().all(Value::is_object))
    {
        let faults = whole
            .iter()
            .filter(|seen| matches!(seen, Seen::Fault(_)))
            .count();
        let roots = whole
            .iter()
            .filter(|seen| matches!(seen, Seen::Root(..)))
            .count();
        assert_eq!((faults, roots), (0, values.len()), "JSON is a fault");
    }
}

/// What the framing hands on, checked against the input.
fn frames(data: &[u8], chunks: &[&[u8]]) -> Vec<Seen> {
    let mut seen = Vec::new();
    let place = |offset: u64, len: usize| {
        let from = usize::try_from(offset).expect("an offset of this input");
        &data[from..from + len]
    };
    let mut sink = |frame: Frame<'_>| match frame {
        Frame::Record {
            root,
            offset,
            bytes,
            quotes,
            ..
        } => {
            assert!(
                place(offset, bytes.len()) == bytes,
                "a record lies elsewhere"
            );
            strings(bytes, quotes);
            seen.push(Seen::Record(root, offset, bytes.len()));
        }
        Frame::Root {
            root,
            offset,
            bytes,
            quotes,
            elided,
        } => {
            if elided.is_none() {
                assert!(place(offset, bytes.len()) == bytes, "a root lies elsewhere");
            }
            strings(bytes, quotes);
            seen.push(Seen::Root(root, offset, bytes.to_vec(), elided.is_some()));
        }
        Frame::Entry { offset, bytes } => {
            assert!(
                place(offset, bytes.len()) == bytes,
                "an entry lies elsewhere"
            );
            seen.push(Seen::Entry(offset, bytes.len()));
        }
        Frame::Fault { offset, .. } => {
            assert!(offset <= data.len() as u64);
            seen.push(Seen::Fault(offset));
        }
    };
    let mut framing = Framing::default();
    for chunk in chunks {
        framing.push(chunk, &mut sink);
    }
    framing.finish(&mut sink);
    seen
}

/// With what was noted about its strings or without, a record reads the same.
fn strings(bytes: &[u8], quotes: &[u32]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let noted = Object::of_record(text, quotes);
    let looked = Object::parse(text);
    let members = |object: Option<Object<'_>>| {
        object.map(|object| {
            let members = object.0.into_iter();
            members
                .map(|(key, raw)| (key.into_owned(), raw.get().to_owned()))
                .collect::<Vec<_>>()
        })
    };
    assert!(
        members(noted) == members(looked),
        "the notes about strings are wrong"
    );
}

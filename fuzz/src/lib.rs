//! What every fuzz target does with its input, and how inputs are changed without breaking them as JSON.
//!
//! Forms are told apart by content, so one target reads them all, and is run on the corpus of each (`src/seeds.rs`). What importers stand on, and
//! what reads a text for the page, has targets and properties of its own.

pub mod framer;
pub mod json;
pub mod link;
mod mutate;
pub mod prices;
pub mod texts;

pub use mutate::mutate;

#[doc(hidden)]
pub use libfuzzer_sys;

/// The whole program of a target.
#[macro_export]
macro_rules! target {
    () => {
        $crate::target!($crate::check);
    };
    ($check:path) => {
        use $crate::libfuzzer_sys;
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $check(data));
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            $crate::mutate(data, size, max_size, seed)
        });
    };
}

use crewscope_analysis::findings::{self, Thresholds};
use crewscope_analysis::{conversation, report, Prices};
use crewscope_trace::evidence::Evidence;
use crewscope_import::{sniff, Importer, Sniffed};
use crewscope_trace::text::decode_text;
use crewscope_trace::model::{Kind, TextRef, Trace};

/// Reads the bytes whole and in pieces, which must give equal models, and computes everything that the page would show.
///
/// # Panics
/// If a property is broken; that is what the fuzzer looks for.
pub fn check(data: &[u8]) {
    let unpacked = unpack(data);
    let data = unpacked.as_deref().unwrap_or(data);
    let (trace, evidence) = import([data].into_iter());
    let (a, b) = cuts(data);
    let (split, other) = import([&data[..a], &data[a..b], &data[b..]].into_iter());
    assert!(trace == split, "cut at {a} and {b} gives another model");

    for (at, span) in trace.spans.iter().enumerate() {
        assert!(span.parent.is_none_or(|parent| (parent as usize) < at));
        assert!(span.subtree_end as usize > at && span.subtree_end as usize <= trace.spans.len());
    }
    let mut read = |text: TextRef| read(data, text);
    let found = findings::find(&trace, &evidence, &Thresholds::default());
    let of_split = findings::find(&split, &other, &Thresholds::default());
    assert!(found == of_split, "cut at {a} and {b} gives other findings");
    let _ = report::report(&trace, &found, &Prices::default(), &mut read);
    for span in trace.spans.iter().filter(|span| span.kind == Kind::Llm) {
        for (field, _) in &span.fields {
            if let Some(text) = span.text(field).and_then(&mut read) {
                let _ = conversation::messages(&text);
            }
        }
    }
}

/// What protobuf holds; `None` if the bytes are none.
fn unpack(data: &[u8]) -> Option<Vec<u8>> {
    let unpack = |chunks: &[&[u8]]| {
        let Sniffed::Protobuf(mut unpacker) = sniff(data, true) else {
            return None;
        };
        let mut out = Vec::new();
        chunks
            .iter()
            .for_each(|chunk| unpacker.push(chunk, &mut out));
        unpacker.finish(&mut out);
        Some(out)
    };
    let whole = unpack(&[data])?;
    let (a, b) = cuts(data);
    let split = unpack(&[&data[..a], &data[a..b], &data[b..]]);
    assert!(
        split.as_ref() == Some(&whole),
        "cut at {a} and {b} unpacks to something else"
    );
    Some(whole)
}

/// Two places that depend on the content only, so that a finding can be repeated.
fn cuts(data: &[u8]) -> (usize, usize) {
    let seed = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let place = |seed: u64| (seed % (data.len() as u64 + 1)) as usize;
    let (a, b) = (place(seed), place(seed >> 32));
    (a.min(b), a.max(b))
}

fn import<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> (Trace, Evidence) {
    let mut importer = Importer::new();
    importer.begin_source("input");
    chunks.for_each(|chunk| importer.push(chunk));
    importer.finish_noted()
}

/// A text of the model, which must lie inside its source.
fn read(data: &[u8], text: TextRef) -> Option<String> {
    let start = usize::try_from(text.offset).expect("an offset of this input");
    let end = start + usize::try_from(text.len).expect("a length of this input");
    let bytes = data.get(start..end).expect("a text lies inside its source");
    Some(decode_text(text.form, bytes))
}

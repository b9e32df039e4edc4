//! OTLP as protobuf.

use super::encode::{self, bytes, varint};
use super::support::{open, open_bytes, sample, Opened};
use super::{assert_same, open_values, otlp_files};
use crewscope_import::{sniff, Sniffed, Unpacker};
use proptest::prelude::*;

fn unpacker(bytes: &[u8]) -> Unpacker {
    match sniff(bytes, true) {
        Sniffed::Protobuf(unpacker) => unpacker,
        other => panic!("not recognised: {other:?}"),
    }
}

/// The JSON that protobuf holds.
fn unpack<'a>(mut unpacker: Unpacker, chunks: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    chunks.for_each(|chunk| unpacker.push(chunk, &mut out));
    unpacker.finish(&mut out);
    out
}

fn opened(bytes: &[u8]) -> Opened {
    let json = unpack(unpacker(bytes), std::iter::once(bytes));
    open_bytes(vec![("x".to_owned(), json)])
}

/// As the Collector's file exporter puts them.
fn counted(messages: &[Vec<u8>]) -> Vec<u8> {
    messages
        .iter()
        .flat_map(|message| {
            let len = u32::try_from(message.len()).unwrap();
            [&len.to_be_bytes()[..], message].concat()
        })
        .collect()
}

#[test]
fn every_otlp_file_reads_the_same_as_protobuf() {
    for (path, documents) in otlp_files() {
        let want = open_values(&documents);
        let messages: Vec<Vec<u8>> = documents.iter().map(encode::traces).collect();
        // Messages without a length between them are one message: that is how protobuf merges.
        assert_same(&path, &opened(&messages.concat()), &want, false);
        assert_same(&path, &opened(&counted(&messages)), &want, false);
        let mut answer = Vec::new();
        bytes(&mut answer, 1, &messages.concat());
        bytes(&mut answer, 2, &[8, 3]);
        assert_same(&path, &opened(&answer), &want, false);
    }
}

#[test]
fn what_the_official_python_package_wrote_reads_as_the_json_it_was_made_of() {
    let want = open("failing_task/otlp-crewai1.15.30.json");
    let bare = sample("failing_task/protobuf-crewai1.15.30.binpb");
    assert_same("bare", &opened(&bare), &want, false);
    let want = open("failing_task/otlp-crewai1.15.30.jsonl");
    let collector = sample("failing_task/protobuf-collector-crewai1.15.30.binpb");
    assert_same("collector", &opened(&collector), &want, false);
}

#[test]
fn any_split_unpacks_to_the_same_bytes() {
    for name in ["protobuf", "protobuf-collector"] {
        let bytes = sample(&format!("failing_task/{name}-crewai1.15.30.binpb"));
        let whole = unpack(unpacker(&bytes), std::iter::once(&bytes[..]));
        for size in [1, 3, 1000, 65_537] {
            assert!(
                unpack(unpacker(&bytes), bytes.chunks(size)) == whole,
                "{size}"
            );
        }
    }
}

#[test]
fn a_large_message_is_unpacked_as_it_comes() {
    // One resource, one scope, 3000 spans: no piece of it is whole before its end.
    let mut scope = Vec::new();
    for at in 0..3000_u64 {
        let mut span = Vec::new();
        bytes(&mut span, 1, &[7; 16]);
        bytes(&mut span, 2, &at.to_be_bytes());
        bytes(&mut span, 5, "x".repeat(2000).as_bytes());
        bytes(&mut scope, 2, &span);
    }
    let (mut resource, mut message) = (Vec::new(), Vec::new());
    bytes(&mut resource, 2, &scope);
    bytes(&mut message, 1, &resource);
    let mut unpacker = unpacker(&message[..100]);
    let mut out = Vec::new();
    for (at, chunk) in message.chunks(64 << 10).enumerate() {
        unpacker.push(chunk, &mut out);
        let read = at * (64 << 10) + chunk.len();
        assert!(out.len() + 3000 > read, "{} of {read} bytes", out.len());
    }
    unpacker.finish(&mut out);
    let opened = open_bytes(vec![("x".to_owned(), out)]);
    assert_eq!(opened.trace.sources[0].records, 3000);
}

#[test]
fn all_kinds_of_values() {
    let document = serde_json::json!({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a\"b\\c\n\u{1}é"}}]},
        "scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"00ff1122334455667788990011223344","spanId":"a1b2c3d4e5f60718","name":"n","attributes":[
            {"key":"i","value":{"intValue":"-9007199254740993"}},
            {"key":"d","value":{"doubleValue":0.1}},
            {"key":"t","value":{"boolValue":true}},
            {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"x"},{"arrayValue":{"values":[{"intValue":"1"}]}}]}}},
            {"key":"map","value":{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}}
        ],"status":{"code":2,"message":"bad"}}]}]}]});
    let mut message = encode::traces(&document);
    let json = unpack(unpacker(&message), std::iter::once(&message[..]));
    let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(read, document);
    // A field that nobody has heard of, and bytes as a value, stay visible.
    let mut any = Vec::new();
    bytes(&mut any, 7, b"\xff\xfe\xfdA");
    let mut pair = Vec::new();
    bytes(&mut pair, 1, b"raw");
    bytes(&mut pair, 2, &any);
    let mut resource = Vec::new();
    bytes(&mut resource, 1, &pair);
    let mut one = Vec::new();
    bytes(&mut one, 1, &resource);
    bytes(&mut one, 77, b"new");
    bytes(&mut message, 1, &one);
    varint(&mut message, 99 << 3);
    varint(&mut message, 5);
    let json = unpack(unpacker(&message), std::iter::once(&message[..]));
    let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(
        read["resourceSpans"][1]["resource"]["attributes"][0]["value"]["bytesValue"],
        "//79QQ=="
    );
    assert_eq!(read["resourceSpans"][1]["field77"], "bmV3");
    assert_eq!(read["field99"], "5");
}

#[test]
fn elements_that_do_not_stand_together_are_all_kept() {
    let pair = |key: &str| {
        let mut out = Vec::new();
        bytes(&mut out, 1, key.as_bytes());
        bytes(&mut out, 2, &[16, 1]);
        out
    };
    let mut span = Vec::new();
    bytes(&mut span, 1, &[1; 16]);
    bytes(&mut span, 9, &pair("a"));
    bytes(&mut span, 2, &[2; 8]);
    bytes(&mut span, 9, &pair("b"));
    let (mut scope, mut resource, mut message) = (Vec::new(), Vec::new(), Vec::new());
    bytes(&mut scope, 2, &span);
    bytes(&mut scope, 1, &[]);
    bytes(&mut scope, 2, &span);
    bytes(&mut resource, 2, &scope);
    bytes(&mut message, 1, &resource);
    let opened = opened(&message);
    // The same span twice, on both sides of its scope.
    assert_eq!(opened.warned("duplicate-record"), 1);
    let json = String::from_utf8(opened.bytes[0].clone()).unwrap();
    assert!(
        json.contains(r#""attributes":[{"key":"a","value":{"boolValue":true}},{"key":"b""#),
        "{json}"
    );
}

/// Spans that were read, which are more than the model has: markers are merged.
fn records(opened: &Opened) -> usize {
    let spans = opened.trace.spans.iter();
    spans.map(|span| span.records.len()).sum()
}

#[test]
fn a_broken_span_costs_itself_and_is_counted() {
    let documents =
        serde_json::Deserializer::from_slice(&sample("failing_task/otlp-crewai1.15.30.jsonl"))
            .into_iter::<serde_json::Value>()
            .map(Result::unwrap)
            .collect::<Vec<_>>();
    let mut messages: Vec<Vec<u8>> = documents.iter().map(encode::traces).collect();
    let spans = |messages: &[Vec<u8>]| {
        let opened = opened(&counted(messages));
        (
            records(&opened),
            opened.warned("unreadable-record"),
            opened.warned("truncated-source"),
        )
    };
    let (all, none, _) = spans(&messages);
    assert_eq!(none, 0);
    // The status, last in the first message, gets a wire type that does not exist.
    let message = &mut messages[0];
    let at = message.len() - 6;
    message[at] = 0x07;
    let (left, unreadable, cut) = spans(&messages);
    assert_eq!((left, unreadable, cut), (all - 1, 1, 0));
    let whole = counted(&documents.iter().map(encode::traces).collect::<Vec<_>>());
    let opened = opened(&whole[..whole.len() - 40]);
    assert_eq!(
        (records(&opened), opened.warned("truncated-source")),
        (all - 1, 1)
    );
}

#[test]
fn nothing_else_is_taken_for_protobuf() {
    let mut seen = 0;
    for (path, documents) in otlp_files() {
        for prefix in [
            "",
            "\n",
            "\n\n\n",
            "\n\r\n\t\n",
            "\u{feff}",
            "[\n",
            "\n{\n",
            "\n \n",
        ] {
            let text = format!("{prefix}{}", documents[0]);
            assert!(
                matches!(sniff(text.as_bytes(), true), Sniffed::Other),
                "{path} after {prefix:?}"
            );
            seen += 1;
        }
    }
    assert!(seen > 80);
    for other in [
        &b""[..],
        b"\n",
        b"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
        b"\nZ\nR\nP\n0 a poem with shorter and shorter lines, that ends in words\n",
        b"{}",
        b"\x1f\x8b\x08\x00\x00",
        b"\x00\x00\x00\x0a(\xb5/\xfd......",
        b"\x00\x00\x00\x05hello",
        b"PK\x03\x04",
        b"SQLite format 3\0",
        &[0; 4096],
        &[10; 4096],
        &[255; 64],
    ] {
        assert!(
            matches!(sniff(other, true), Sniffed::Other),
            "{:?}",
            &other[..other.len().min(20)]
        );
    }
    let bytes = sample("failing_task/protobuf-crewai1.15.30.binpb");
    for len in 0..64 {
        assert!(
            !matches!(sniff(&bytes[..len], false), Sniffed::Other),
            "{len}"
        );
    }
    assert!(matches!(sniff(&bytes[..64], false), Sniffed::Protobuf(_)));
    // JSON is known by its first byte: a slow stream need not be waited for.
    assert!(matches!(sniff(b"{", false), Sniffed::Other));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn mutated_protobuf_never_panics_and_splits_do_not_matter(
        collector: bool,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..3), 1..8),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
        size in 1usize..5000,
    ) {
        let name = if collector { "protobuf-collector" } else { "protobuf" };
        let mut bytes = sample(&format!("failing_task/{name}-crewai1.15.30.binpb"));
        // As it was recognised before it broke.
        let fresh = || unpacker(&sample(&format!("failing_task/{name}-crewai1.15.30.binpb")));
        for (at, byte, remove) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let until = (at + remove).min(bytes.len());
            bytes.drain(at..until);
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        let whole = unpack(fresh(), std::iter::once(&bytes[..]));
        prop_assert!(unpack(fresh(), bytes.chunks(size)) == whole);
        prop_assert!(whole.len() < bytes.len() * 8 + 1000, "{} of {}", whole.len(), bytes.len());
        let opened = open_bytes(vec![("x".to_owned(), whole)]);
        let _ = opened.report();
    }
}

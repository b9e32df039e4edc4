use super::*;
use crewscope_trace::json::Object;
use proptest::prelude::*;

/// What is noted about strings must be what looking through them finds: with the notes or without, a record reads the same.
fn check(bytes: &[u8], quotes: &[u32]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let members = |object: Option<Object<'_>>| {
        object.map(|object| {
            let members = object.0.into_iter();
            let members = members.map(|(key, raw)| (key.into_owned(), raw.get().to_owned()));
            members.collect::<Vec<_>>()
        })
    };
    assert_eq!(
        members(Object::of_record(text, quotes)),
        members(Object::parse(text)),
        "{text}"
    );
}

/// Everything the framer hands on, owned.
fn frames(chunks: &[&[u8]]) -> Vec<String> {
    let mut out = Vec::new();
    let mut sink = |frame: Frame<'_>| {
        out.push(match frame {
            Frame::Record {
                path,
                root,
                offset,
                bytes,
                quotes,
            } => {
                check(bytes, quotes);
                format!(
                    "record {path:?} {root} {offset} {}",
                    String::from_utf8_lossy(bytes)
                )
            }
            Frame::Root {
                root,
                offset,
                bytes,
                quotes,
                elided,
            } => {
                check(bytes, quotes);
                format!(
                    "root {root} {offset} {} {}",
                    elided.is_some(),
                    String::from_utf8_lossy(bytes)
                )
            }
            Frame::Fault { fault, offset, .. } => format!("fault {fault:?} {offset}"),
            Frame::Entry { .. } => panic!("no frame of JSON"),
        });
    };
    let mut framer = Framer::default();
    for chunk in chunks {
        framer.push(chunk, &mut sink);
    }
    framer.finish(&mut sink);
    out
}

const MIXED: &str = concat!(
    "{\"a\":\"x\\\"}\",\"events\":[{\"e\":[1,{\"events\":[2]}]} , {\"f\":\"\\\\\"}],\"z\":{\"events\":[{\"no\":1}]}}\n",
    "{\"type\":\"line\",\"messages\":[{\"a\":1}]}\r\n",
    "{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"spans\":[{\"spanId\":\"1\",\"events\":[{\"name\":\"n\"}]}]}]}]}",
    "{\"body\":{\"events\":[{\"type\":\"t\"}]},\"path\":\"/p\"}\n",
    "[{\"in\":\"array\"},{\"second\":1}]\n",
);

#[test]
fn records_and_shells() {
    assert_eq!(
        frames(&[MIXED.as_bytes()]),
        [
            r#"record BatchEvent 0 22 {"e":[1,{"events":[2]}]}"#,
            r#"record BatchEvent 0 49 {"f":"\\"}"#,
            r#"root 0 0 true {"a":"x\"}","events":[0 , 0],"z":{"events":[{"no":1}]}}"#,
            r#"root 1 88 false {"type":"line","messages":[{"a":1}]}"#,
            r#"record OtlpSpan 2 183 {"spanId":"1","events":[{"name":"n"}]}"#,
            r#"root 2 126 true {"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[0]}]}]}"#,
            r#"record BatchEvent 3 246 {"type":"t"}"#,
            r#"root 3 227 true {"body":{"events":[0]},"path":"/p"}"#,
            r#"root 4 275 false {"in":"array"}"#,
            r#"root 5 290 false {"second":1}"#,
        ]
    );
}

#[test]
fn a_killed_writer_costs_one_line() {
    let text =
        "{\"a\":1}\n{\"b\":\"cut of\n{\"c\":3}\n{\"d\":[1,2\n{\"e\":5}\n{\"f\":6,\n{\"g\":7}\n";
    let got = frames(&[text.as_bytes()]);
    assert_eq!(
        got.iter().filter(|line| line.starts_with("root")).count(),
        4,
        "{got:?}"
    );
    assert_eq!(
        got.iter()
            .filter(|line| line.starts_with("fault BrokenValue"))
            .count(),
        3,
        "{got:?}"
    );
}

#[test]
fn a_truncated_document_keeps_its_records_and_its_head() {
    let text = r#"{"batch_id":"b1","events":[{"a":1},{"b":2},{"c":"#;
    assert_eq!(
        frames(&[text.as_bytes()]),
        [
            r#"record BatchEvent 0 27 {"a":1}"#,
            r#"record BatchEvent 0 35 {"b":2}"#,
            "fault Truncated 43",
            r#"root 0 0 true {"batch_id":"b1","events":[0,0]}"#,
        ]
    );
}

#[test]
fn what_is_no_json_is_one_fault() {
    assert_eq!(
        frames(&[b"<!doctype html>\n<html>\n</html>\n"]),
        ["fault NotJson 0"]
    );
    assert_eq!(
        frames(&[b"\xEF\xBB\xBF{\"a\":1}"]),
        ["root 0 3 false {\"a\":1}"]
    );
    assert_eq!(frames(&[b""]), Vec::<String>::new());
    assert_eq!(frames(&[b"{"]), ["fault Truncated 0"]);
}

#[test]
fn trap_34_line_separators_inside_strings_split_nothing() {
    let text = "{\"a\":\"x\u{2028}y\u{2029}z\u{feff}\"}\n{\"b\":1}";
    assert_eq!(frames(&[text.as_bytes()]).len(), 2);
}

proptest! {
    #[test]
    fn any_split_gives_the_same_frames(cuts in proptest::collection::vec(0..MIXED.len(), 0..12)) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        let bytes = MIXED.as_bytes();
        let mut chunks = Vec::new();
        let mut from = 0;
        for cut in cuts {
            chunks.push(&bytes[from..cut]);
            from = cut;
        }
        chunks.push(&bytes[from..]);
        prop_assert_eq!(frames(&chunks), frames(&[bytes]));
    }

    #[test]
    fn no_input_panics_and_no_split_of_it_matters(bytes in proptest::collection::vec(prop_oneof![
        Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b','), Just(b':'), Just(b'\n'), Just(b'a'), any::<u8>(),
    ], 0..80), cut in 0usize..80) {
        let cut = cut.min(bytes.len());
        prop_assert_eq!(frames(&[&bytes[..cut], &bytes[cut..]]), frames(&[&bytes]));
    }

    #[test]
    fn offsets_lead_back_to_the_record(cut in 0usize..300) {
        let bytes = MIXED.as_bytes();
        let cut = cut.min(bytes.len());
        let mut framer = Framer::default();
        let mut check = |frame: Frame<'_>| {
            if let Frame::Record { offset, bytes: record, .. } | Frame::Root { offset, bytes: record, elided: None, .. } = frame {
                let offset = usize::try_from(offset).unwrap();
                assert_eq!(&bytes[offset..offset + record.len()], record);
            }
        };
        framer.push(&bytes[..cut], &mut check);
        framer.push(&bytes[cut..], &mut check);
        framer.finish(&mut check);
    }
}

#[test]
fn a_root_that_breaks_after_its_first_chunk_was_let_go() {
    let text = br#"{"events":[{"a":1}{"b":2}],"z":1}"#;
    for cut in 0..text.len() {
        assert_eq!(
            frames(&[&text[..cut], &text[cut..]]),
            frames(&[text]),
            "cut at {cut}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    /// One byte at a time there is never a whole block: the byte by byte way is the reference of the fast one.
    #[test]
    fn blocks_change_nothing(parts in proptest::collection::vec(0usize..22, 20..300), form in 0usize..3, cut in 0usize..2000) {
        const PARTS: [&str; 22] = [
            "{", "}", "[", "]", ",", ":", "{\"a\":", "\"key\":", "\"a text with } and \\\" in it\"", "\"\\\\\"", "\"", "\\", "\n", " ",
            "                                                                     ", "\"events\":[{", "1", "}]", "},{", "[[", "]]",
            "\"a longer text, of which many lie in the records of a trace and in which nothing happens for blocks and blocks\"",
        ];
        let before = ["{\"events\":[{\"a\":", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"x\":[", "{\"messages\":[{"][form];
        let text = before.to_owned() + &parts.iter().map(|&part| PARTS[part]).collect::<String>() + "\n{\"after\":1}";
        let bytes = text.as_bytes();
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        let expected = frames(&single);
        prop_assert_eq!(frames(&[bytes]), expected.clone());
        let (first, second) = bytes.split_at(cut.min(bytes.len()));
        prop_assert_eq!(frames(&[first, second]), expected);
    }
}

/// Wherever the borders of blocks fall, the strings of a root and of a record are noted, each once.
#[test]
fn strings_are_noted_wherever_they_lie() {
    for filler in 0..140 {
        let inner = format!(
            "{{\"type\":\"t\\u00e9\",\"a\":{{\"b\":\"{}\",\"c\":[1,\"2\\n\"]}},\"d\":\"e\\\\\",\"f\":{{\"g\":\"h\"}}}}",
            "x".repeat(filler)
        );
        let strings = 12;
        let text = format!("{inner}\n{{\"events\":[{inner},{inner}]}}\n");
        let mut noted = Vec::new();
        let mut framer = Framer::default();
        let mut sink = |frame: Frame<'_>| match frame {
            Frame::Record { bytes, quotes, .. }
            | Frame::Root {
                bytes,
                quotes,
                elided: None,
                ..
            } => {
                check(bytes, quotes);
                assert_eq!(bytes, inner.as_bytes());
                noted.push(quotes.len());
            }
            _ => {}
        };
        framer.push(text.as_bytes(), &mut sink);
        framer.finish(&mut sink);
        // An escape at the border of a chunk may be left to the reader; here is only one chunk, and it ends behind the last record.
        assert_eq!(noted.len(), 3);
        assert!(
            noted
                .iter()
                .all(|&quotes| quotes == 2 * strings || quotes == 0),
            "{noted:?}"
        );
        assert_eq!(noted[1], 2 * strings, "with {filler}");
    }
}

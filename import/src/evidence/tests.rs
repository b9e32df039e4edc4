use super::*;

fn statements(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    statements::find(text.as_bytes(), &mut found);
    found
}

#[test]
fn statements_do_not_depend_on_escapes() {
    let text = "The café opens at nine in the morning.\n- Prices rose by 3.5 percent over the last year\nShort line.\n\"Nobody saw it coming at all that day\" he said to them.";
    let found = statements(text);
    assert_eq!(found.len(), 3, "what follows the quotation is too short");
    let once = serde_json::to_string(text).unwrap();
    assert_eq!(statements(&once), found);
    let twice = serde_json::to_string(&once).unwrap();
    assert_eq!(statements(&twice), found);
    let ascii = once.replace('é', "\\u00e9");
    assert_eq!(statements(&ascii), found);
    // It is found inside another text, too.
    let around = format!(
        "[{{\"role\":\"user\",\"content\":\"Do it.\\n\\nContext:\\n{}\"}}]",
        once.trim_matches('"')
    );
    let inside = statements(&around);
    assert!(found.iter().all(|hash| inside.contains(hash)));
    // Another wording is another statement.
    assert!(statements("The bar opens at nine in the morning.")
        .iter()
        .all(|hash| !found.contains(hash)));
}

#[test]
fn statements_of_scripts_without_spaces() {
    let found =
        statements("电池市场在二零二六年增长了百分之十二。价格下降，库存上升，供应商减少了产量。");
    assert_eq!(found.len(), 2);
    let escaped = r#""\u7535\u6c60\u5e02\u573a\u5728\u4e8c\u96f6\u4e8c\u516d\u5e74\u589e\u957f\u4e86\u767e\u5206\u4e4b\u5341\u4e8c\u3002""#;
    assert_eq!(statements(escaped), found[..1]);
}

#[test]
fn hostile_bytes_end() {
    for text in [
        "\\",
        "\\u",
        "\\\\\\u12",
        "\u{fffd}é\\ud83d",
        "...",
        "\"\"\"",
        "\\n\\n\\n",
    ] {
        assert!(statements(text).is_empty(), "{text}");
    }
}

#[test]
fn arguments_are_equal_whatever_their_order() {
    let key = arguments::key;
    assert_eq!(
        key(r#"{"q":"a b","n":1}"#),
        key(r#"{ "n": 1, "q": " a  b" }"#)
    );
    assert_eq!(key(r#""{\"q\": \"a\"}""#), key(r#"{"q":"a"}"#));
    assert_ne!(key(r#"{"q":"a"}"#), key(r#"{"q":"b"}"#));
    assert_ne!(key(r#"{"q":"1"}"#), key(r#"{"p":"1"}"#));
    assert_ne!(key(r#"{"a":"x","b":"y"}"#), key(r#"{"a":"y","b":"x"}"#));
    assert_ne!(key(""), 0);
    assert_eq!(
        arguments::coworker(r#"{"coworker":"Editor"}"#).as_deref(),
        Some("Editor")
    );
}

#[test]
fn results_that_are_errors() {
    let signs = |text: &str| phrases::of_result(&serde_json::to_string(text).unwrap());
    for text in [
        "Error: upstream said 500",
        "ValueError: no such page",
        "requests.exceptions.HTTPError: 404",
        "I encountered an error while trying to use the tool. This was the error: boom.\n Tool search accepts these inputs: …",
        "{\"error\": \"quota\"}",
        "\nError executing tool. coworker mentioned not found, it must be one of the following options:\n- finder",
        "Tool not found",
        "Failed to fetch https://example.org",
    ] {
        assert!(signs(text).has(Signs::ERROR), "{text}");
    }
    for text in [
        "Error handling in Rust: a guide",
        "The request failed twice in March, the operator said.",
        "{\"error\": null, \"rows\": []}",
        "{\"errors\": 0}",
        "Failures of 2008: a list",
        "Terror: a history of the word",
        "seen 1",
    ] {
        assert_eq!(signs(text), Signs::default(), "{text}");
    }
    assert!(signs("coworker mentioned not found").has(Signs::NO_SUCH_COWORKER));
    assert!(
        signs("Arguments validation failed: 1 validation error for Arg").has(Signs::BAD_ARGUMENTS)
    );
    let own = "I encountered an error while trying to use the tool. This was the error: boom 1.\n Tool boom accepts these inputs: x";
    assert!(!signs(own).has(Signs::BAD_ARGUMENTS));
}

#[test]
fn what_is_asked_for() {
    let points = |text: &str| outputs::expected(text).1;
    let exact = |n| Points { min: n, max: n };
    assert_eq!(points("Exactly 3 bullet points."), exact(3));
    assert_eq!(points("A list of five short bullets"), exact(5));
    assert_eq!(points("3-5 bullet points"), Points { min: 3, max: 5 });
    assert_eq!(points("between 3 and 5 bullets"), Points { min: 3, max: 5 });
    assert_eq!(
        points("at least 3 bullets"),
        Points {
            min: 3,
            max: u16::MAX
        }
    );
    assert_eq!(points("up to ten bullets"), Points { min: 1, max: 10 });
    for none in [
        "A report of 2026",
        "bullets",
        "about 5 bullets",
        "3 bullets for each city",
        "2026 bullets",
    ] {
        assert_eq!(points(none), Points::default(), "{none}");
    }
    let json = |text: &str| outputs::expected(text).0.has(Signs::WANTS_JSON);
    assert!(json("A JSON object with title and n."));
    assert!(json("JSON: {title, n}"));
    assert!(!json("A review of the JSON parser."));
    assert!(!json("Plain text, not as JSON, no JSON object."));
}

#[test]
fn what_an_output_is_like() {
    let (signs, points, words) = outputs::output("Intro\n- a b\n  - inner\n* c\n1. d\n");
    assert_eq!((signs, points.max, words), (Signs::default(), 3, 10));
    assert!(outputs::output("```json\n{\"a\": 1}\n```")
        .0
        .has(Signs::JSON));
    assert!(outputs::output("[1, 2]").0.has(Signs::JSON));
    assert!(!outputs::output("{a: 1}").0.has(Signs::JSON));
    assert!(outputs::output(" \n").0.has(Signs::EMPTY));
}

use crewscope_trace::evidence::Points;

/// What `find` does, without passing over anything and with a look at each byte by `mark` alone.
fn slowly(bytes: &[u8]) -> Vec<u32> {
    use statements::{mark, next, Mark, LETTER, MIN_WORDS, WORD, WORDS};
    let (mut found, mut begin) = (Vec::new(), Some(0));
    while let Some(from) = begin {
        let (mut at, mut hash, mut units, mut inside) = (from, 0x811C_9DC5u32, 0, false);
        let mut add = |code: u32| hash = (hash ^ code).wrapping_mul(0x0100_0193);
        while units < WORDS * WORD && at < bytes.len() {
            at = match mark(bytes, at) {
                Mark::Stop(_) => break,
                Mark::Space(after) => {
                    if std::mem::take(&mut inside) {
                        add(0x20);
                        units += WORD;
                    }
                    after
                }
                Mark::Letter(code, after) => {
                    add(code);
                    match code >= 0x2E80 {
                        true => units += LETTER,
                        false => inside = true,
                    }
                    after
                }
            };
        }
        if inside && units < WORDS * WORD {
            add(0x20);
            units += WORD;
        }
        let mixed = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
        found.extend((units >= MIN_WORDS * WORD).then_some(mixed ^ (mixed >> 13)));
        begin = next(bytes, from);
    }
    found
}

#[test]
fn statements_are_found_as_by_looking_at_each_byte() {
    let pieces = [
        "the price of a battery",
        " fell by 12 percent",
        " over the LAST year",
        ". ",
        ".",
        "\n",
        "\\n",
        "\\\\n",
        "\"",
        "\\\"",
        "\\u00e9",
        "\\u3002",
        "\\",
        "é",
        "日本語の市場",
        "。",
        "！",
        "？",
        "🙂",
        "\t",
        " - ",
        "3.5",
        "\u{a0}",
        "\\t",
        "one two three four five six seven eight nine ten",
    ];
    let mut dice = 0x9E37_79B9_7F4A_7C15u64;
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..12 {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            text.push_str(pieces[(dice >> 11) as usize % pieces.len()]);
        }
        assert_eq!(statements(&text), slowly(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_says_nothing_is_noted_once_and_found_for_all() {
    let mut evidence = crewscope_trace::evidence::Evidence::default();
    let text = |hash| TextRef {
        source: 0,
        offset: 0,
        len: 9,
        hash,
        form: TextForm::Json,
        cut_from: 0,
    };
    let mut error = Digest::default();
    error.signs.set(Signs::ERROR);
    for (hash, digest) in [(1, Digest::default()), (2, error), (3, Digest::default())] {
        evidence.note(Role::Result, &text(hash), digest, &[]);
    }
    let of = |hash| evidence.of(Role::Result, &text(hash)).copied();
    assert_eq!(of(1).unwrap().signs, Signs::default());
    assert_eq!(of(2).unwrap().signs, error.signs);
    assert_eq!(of(3), of(1));
    assert_eq!(of(4), None);
}

//! Search on real files: what a person reads is found where it stands, in every form.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::search::{Hit, Names, Places, Query, Scanner};
use crewscope_trace::model::{Field, Kind, SpanIndex, Status, Value};
use support::{open, Opened};

fn scan(opened: &Opened, text: &str) -> Vec<Hit> {
    let mut scanner = Scanner::new(text);
    let mut hits = Vec::new();
    for (source, bytes) in opened.bytes.iter().enumerate() {
        scanner.begin(source as u32, 0);
        for chunk in bytes.chunks(5000) {
            hits.extend(scanner.push(chunk));
        }
        hits.extend(scanner.end());
    }
    hits
}

fn texts_with(opened: &Opened, text: &str) -> Vec<(SpanIndex, Field)> {
    let mut places = Places::new(scan(opened, text));
    let spans = opened.trace.spans.len();
    places.look(&opened.trace, 0..spans / 2);
    places.look(&opened.trace, spans / 2..spans);
    let mut found: Vec<_> = places
        .found()
        .into_iter()
        .map(|(at, field, _)| (at, field))
        .collect();
    found.dedup();
    found
}

/// Every text of a trace that holds the words, read one by one: the slow truth.
fn slowly(opened: &Opened, words: &str) -> Vec<(SpanIndex, Field)> {
    let mut found = Vec::new();
    for (at, span) in opened.trace.spans.iter().enumerate() {
        for (field, value) in &span.fields {
            let Value::Text(text) = value else { continue };
            let content = opened.read(text).unwrap_or_default().to_lowercase();
            if content.contains(words) {
                found.push((at as SpanIndex, field, text.offset));
            }
        }
    }
    found.sort_by_key(|(.., offset)| *offset);
    // A text that several spans share is one place.
    found.dedup_by_key(|(.., offset)| *offset);
    found
        .into_iter()
        .map(|(at, field, _)| (at, field))
        .collect()
}

#[test]
fn everything_that_holds_the_words_is_found_in_every_form() {
    for (file, words) in [
        (
            "failing_task/otlp-crewai1.15.30.json",
            "refused the connection",
        ),
        (
            "failing_task/events-crewai1.15.30.jsonl",
            "refused the connection",
        ),
        (
            "failing_task/batchwire-crewai1.6.1.jsonl",
            "refused the connection",
        ),
        ("failing_task/log-crewai1.15.30.txt", "two sentences"),
        ("hierarchical/otlp-crewai1.15.30.jsonl", "charging"),
        ("lite_agent/phoenix-crewai1.15.30.json", "unit assistant"),
    ] {
        let opened = open(file);
        let fast = texts_with(&opened, words);
        assert!(!fast.is_empty(), "{file}");
        let slow: Vec<_> = slowly(&opened, words);
        let missed: Vec<_> = slow.iter().filter(|place| !fast.contains(place)).collect();
        assert!(missed.is_empty(), "{file}: missed {missed:?}");
    }
}

#[test]
fn pieces_that_are_gathered_are_found_and_their_keys_are_not() {
    let opened = open("failing_task/openinference-crewai1.15.30.jsonl");
    let found = texts_with(&opened, "refused the connection");
    assert!(found
        .iter()
        .any(|(at, _)| opened.trace.spans[*at as usize].kind == Kind::Llm));
    assert_eq!(texts_with(&opened, "llm.input_messages"), []);
}

#[test]
fn names_and_errors_are_found_in_the_model() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let all = 0..opened.trace.spans.len();
    let found = Names::new(&opened.trace, "quote_serv").among(&opened.trace, all.clone());
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|(_, field)| field.is_none()));
    assert_eq!(
        Names::new(&opened.trace, "nowhere at all").among(&opened.trace, all),
        []
    );
}

#[test]
fn terms_narrow() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let fit = |query: &str| {
        let query = Query::parse(query);
        let all = 0..opened.trace.spans.len() as SpanIndex;
        all.filter(|&at| query.fits(&opened.trace, at)).count()
    };
    let failed = |kind: Kind| {
        let spans = opened.trace.spans.iter();
        spans
            .filter(|span| span.kind == kind && span.status == Status::Failed)
            .count()
    };
    assert_eq!(fit("status:failed kind:llm"), failed(Kind::Llm));
    assert_eq!(
        fit("status:failed kind:tool tool:quote"),
        failed(Kind::Tool)
    );
    assert_eq!(fit("kind:llm agent:\"market watcher\""), 5);
    assert_eq!(fit("kind:llm model:claude"), 2);
    assert_eq!(fit("kind:llm tokens:400"), 1);
    assert_eq!(fit("kind:llm min:800ms"), 2);
    assert_eq!(fit("kind:llm -model:claude -model:mini"), 1);
    assert_eq!(fit(""), opened.trace.spans.len());
}

//! What must not change what is found.

use super::{said, Said};
use crate::support::{open_bytes, sample, Opened};
use crewscope_analysis::findings::{find, Thresholds};
use crewscope_import::Importer;
use proptest::prelude::*;
use serde_json::{json, Value};

const FILES: &[&str] = &[
    "findings/tools-otlp-crewai1.15.30.jsonl",
    "findings/time-otlp-crewai1.15.30.jsonl",
    "findings/react-otlp-crewai1.15.30.jsonl",
    "findings/delegation-otlp-crewai1.15.30.jsonl",
    "findings/merge-otlp-crewai1.15.30.jsonl",
    "hierarchical/otlp-crewai1.15.30.jsonl",
    "redundant_tools/otlp-crewai1.15.30.jsonl",
];

/// The spans of an export, a request a line.
fn spans(file: &str) -> Vec<Value> {
    let text = String::from_utf8(sample(file)).unwrap();
    let mut spans = Vec::new();
    for line in text.lines() {
        let request: Value = serde_json::from_str(line).unwrap();
        for resource in request["resourceSpans"].as_array().unwrap() {
            for scope in resource["scopeSpans"].as_array().unwrap() {
                spans.extend(scope["spans"].as_array().unwrap().iter().cloned());
            }
        }
    }
    spans
}

fn opened(spans: &[Value]) -> Opened {
    let lines: Vec<String> = spans
        .iter()
        .map(|span| {
            json!({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "crewai", "version": "1.15.30"}, "spans": [span]}]}]}).to_string()
        })
        .collect();
    open_bytes(vec![("lines".to_owned(), lines.join("\n").into_bytes())])
}

/// Titles and the ids of the evidence.
fn found(opened: &Opened) -> Vec<(Said, Vec<String>)> {
    let mut found: Vec<(Said, Vec<String>)> = super::shown(opened)
        .into_iter()
        .map(|(_, shown)| {
            let finding = &opened.findings.list[shown.at];
            let trace = &opened.trace;
            let ids = finding
                .evidence
                .iter()
                .map(|&at| trace.str(trace.spans[at as usize].id).to_owned());
            ((finding.what.definition().id, shown.title), ids.collect())
        })
        .collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_records_does_not_change_what_is_found(file in 0..FILES.len(), seed in any::<u64>()) {
        let spans = spans(FILES[file]);
        let mut shuffled = spans.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(found(&opened(&spans)), found(&opened(&shuffled)));
    }

    #[test]
    fn splits_do_not_change_what_is_found(file in 0..FILES.len(), cut in any::<prop::sample::Index>()) {
        let bytes = sample(FILES[file]);
        let at = cut.index(bytes.len());
        let import = |chunks: &[&[u8]]| {
            let mut importer = Importer::new();
            importer.begin_source("x");
            chunks.iter().for_each(|chunk| importer.push(chunk));
            let (trace, evidence) = importer.finish_noted();
            find(&trace, &evidence, &Thresholds::default())
        };
        prop_assert_eq!(import(&[&bytes]), import(&[&bytes[..at], &bytes[at..]]));
    }
}

/// A task of its own, in a crew of its own, in the same trace: nothing of what the others are about changes. (Findings about shares of the
/// whole run do change with what else ran: that is what they say.)
#[test]
fn an_unrelated_task_changes_no_finding_of_the_others() {
    for file in FILES {
        let before = spans(file);
        let of = |spans: &[Value]| {
            let mut found = found(&opened(spans));
            found.retain(|((kind, _), _)| !matches!(*kind, "token-heavy-task" | "smaller-model"));
            found
        };
        let like = |name: &str| {
            let span = before.iter().find(|span| span["name"] == name).unwrap();
            let mut span = span.clone();
            let keep = [
                "crewai.execution_uuid",
                "crewai.event_name",
                "crewai.task.key",
            ];
            let attributes = span["attributes"].as_array_mut().unwrap();
            attributes.retain(|attribute| keep.contains(&attribute["key"].as_str().unwrap()));
            span
        };
        let mut crew = like("execute crew");
        let mut task = like("execute task");
        let end = before
            .iter()
            .map(|span| {
                span["endTimeUnixNano"]
                    .as_str()
                    .unwrap()
                    .parse::<i64>()
                    .unwrap()
            })
            .max()
            .unwrap();
        for (span, id, parent, from, to) in [
            (&mut crew, "00000000000000aa", "", 1_000_000, 9_000_000),
            (
                &mut task,
                "00000000000000ab",
                "00000000000000aa",
                2_000_000,
                8_000_000,
            ),
        ] {
            span["spanId"] = json!(id);
            span["parentSpanId"] = json!(parent);
            span["startTimeUnixNano"] = json!((end + from).to_string());
            span["endTimeUnixNano"] = json!((end + to).to_string());
        }
        task["attributes"].as_array_mut().unwrap().push(
            json!({"key": "crewai.task.output", "value": {"stringValue": "Something else."}}),
        );
        let mut more = before.clone();
        more.extend([crew, task]);
        let after = opened(&more);
        assert_eq!(
            after.trace.executions.len(),
            opened(&before).trace.executions.len()
        );
        assert_eq!(of(&more), of(&before), "{file}");
        assert!(!said(&after).is_empty());
    }
}

#[test]
fn thresholds_are_adjustable() {
    let file = "findings/time-otlp-crewai1.15.30.jsonl";
    let bytes = sample(file);
    let with = |text: &str| {
        let mut importer = Importer::new();
        importer.begin_source("x");
        importer.push(&bytes);
        let (trace, evidence) = importer.finish_noted();
        let (thresholds, unknown) = Thresholds::parse(text);
        let found = find(&trace, &evidence, &thresholds);
        let ids: Vec<&str> = found
            .list
            .iter()
            .map(|finding| finding.what.definition().id)
            .collect();
        (ids.contains(&"sequential-tasks"), unknown)
    };
    assert_eq!(with(""), (true, vec![]));
    assert_eq!(with("parallel_ms=60000, slow_factor=2"), (false, vec![]));
    assert_eq!(
        with("parallel_ms=60000 nonsense=1 slow_factor=x").1,
        ["nonsense=1", "slow_factor=x"]
    );
}

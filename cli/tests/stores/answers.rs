//! The answers of Jaeger, Grafana Tempo and Phoenix.

use super::shapes::{data_frame, jaeger, phoenix, tempo, zipkin};
use super::support::{open_bytes, Opened};
use super::{assert_same, open_values, otlp_files};
use crewscope_import::Importer;
use serde_json::{json, Value};

fn same(path: &str, form: &str, documents: &[Value], want: &Opened, coarse: bool) {
    assert_same(
        &format!("{form} of {path}"),
        &open_values(documents),
        want,
        coarse,
    );
}

#[test]
fn jaeger_answers_read_as_the_traces_that_it_was_sent() {
    for (path, documents) in otlp_files() {
        let want = open_values(&documents);
        let answers = jaeger(&documents);
        same(&path, "jaeger", &answers, &want, true);
        // As the UI saves several, and one trace a line.
        let traces: Vec<Value> = answers
            .iter()
            .map(|answer| answer["data"][0].clone())
            .collect();
        same(&path, "jaeger lines", &traces, &want, true);
        same(
            &path,
            "jaeger download",
            &[json!({ "data": traces })],
            &want,
            true,
        );
    }
}

#[test]
fn zipkin_spans_read_as_the_traces_that_they_were() {
    for (path, documents) in otlp_files() {
        let want = open_values(&documents);
        let spans = zipkin(&documents);
        same(&path, "zipkin", std::slice::from_ref(&spans), &want, true);
        // As the server answers several traces, and one span a line.
        same(&path, "zipkin traces", &[json!([spans])], &want, true);
        same(
            &path,
            "zipkin lines",
            spans.as_array().unwrap(),
            &want,
            true,
        );
    }
}

#[test]
fn otlp_in_a_wrapper_is_otlp() {
    for (path, documents) in otlp_files() {
        let want = open_values(&documents);
        // Jaeger's /api/v3, as one result or as several.
        let results: Vec<Value> = documents
            .iter()
            .map(|document| json!({ "result": document }))
            .collect();
        same(&path, "jaeger v3", &results, &want, false);
        let answer = tempo(&documents);
        same(
            &path,
            "tempo",
            &[json!({"batches": answer["resourceSpans"]})],
            &want,
            false,
        );
        same(
            &path,
            "tempo v2",
            &[json!({"trace": answer, "metrics": {"inspectedBytes": "1"}})],
            &want,
            false,
        );
        // Of both at once nothing counts twice: the ids are the same in either spelling.
        let both = open_values(&[&documents[..], &[answer]].concat());
        let spans = |opened: &Opened| opened.trace.spans.len();
        assert_eq!(spans(&both), spans(&want), "{path}");
    }
}

#[test]
fn phoenix_answers_read_as_the_traces_that_it_was_sent() {
    for (path, documents) in otlp_files() {
        let want = open_values(&documents);
        let pages = phoenix(&documents, 7);
        // What Phoenix does not keep: the scope, and with it the version of crewai.
        let forget = |mut opened: Opened| {
            for execution in &mut opened.trace.executions {
                execution.version = None;
            }
            opened
        };
        let want = forget(want);
        same(&path, "phoenix", &pages, &want, true);
        let spans: Vec<Value> = pages
            .iter()
            .flat_map(|page| page["data"].as_array().unwrap().clone())
            .collect();
        same(&path, "phoenix lines", &spans, &want, true);
        same(&path, "phoenix list", &[Value::Array(spans)], &want, true);
        same(
            &path,
            "phoenix data frame",
            &[data_frame(&documents)],
            &want,
            true,
        );
    }
}

#[test]
fn a_page_says_what_follows_and_unread_pages_are_named() {
    let (_, documents) = otlp_files().remove(0);
    let pages = phoenix(&documents, 9);
    let mut importer = Importer::new();
    importer.begin_source("x");
    for (at, page) in pages.iter().enumerate() {
        importer.push(page.to_string().as_bytes());
        let cursor = page["next_cursor"].as_str().map(str::to_owned);
        assert_eq!(importer.next_page(), cursor, "page {at}");
        assert_eq!(importer.next_page(), None, "asked again");
    }
    let warned = |opened: &Opened| opened.warned("unread-page");
    assert!(importer
        .finish()
        .warnings
        .iter()
        .all(|warning| warning.kind.name() != "unread-page"));
    assert_eq!(warned(&open_values(&pages[..1])), 1);
    assert_eq!(warned(&open_values(&pages)), 0, "all of them in one file");
}

#[test]
fn empty_answers_are_no_faults() {
    for (answer, form) in [
        (r#"{"data":[],"next_cursor":null}"#, "phoenix"),
        (r#"{"batches":[]}"#, "otlp-json"),
        (r#"{"resourceSpans":[]}"#, "otlp-json"),
    ] {
        let opened = open_bytes(vec![("x".to_owned(), answer.as_bytes().to_vec())]);
        assert_eq!(opened.trace.sources[0].formats, [form]);
        assert!(opened.trace.warnings.is_empty(), "{answer}");
    }
}

/// Writes the answers of the stores that lie in `tests/traces`, in the shapes that are tested here:
/// `cargo test -p crewscope-cli --test stores -- --ignored fixtures`.
#[test]
#[ignore = "writes into tests/traces"]
fn fixtures() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces/lite_agent");
    let documents: Vec<Value> = serde_json::Deserializer::from_slice(
        &std::fs::read(folder.join("otlp-crewai1.15.30.jsonl")).unwrap(),
    )
    .into_iter()
    .map(Result::unwrap)
    .collect();
    let answer = tempo(&documents);
    let pages = phoenix(&documents, 1000);
    let traces: Vec<Value> = jaeger(&documents)
        .iter()
        .map(|answer| answer["data"][0].clone())
        .collect();
    let resources: Vec<&Value> = documents
        .iter()
        .flat_map(|document| document["resourceSpans"].as_array().unwrap())
        .collect();
    for (name, value) in [
        ("jaeger", json!({ "data": traces })),
        ("jaeger-v3", json!({"result": {"resourceSpans": resources}})),
        ("tempo", json!({"batches": answer["resourceSpans"]})),
        (
            "tempo-v2",
            json!({"trace": answer, "metrics": {"inspectedBytes": "1"}}),
        ),
        ("phoenix", pages[0].clone()),
        ("phoenix-dataframe", data_frame(&documents)),
    ] {
        std::fs::write(
            folder.join(format!("{name}-crewai1.15.30.json")),
            value.to_string() + "\n",
        )
        .unwrap();
    }
}

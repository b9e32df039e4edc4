//! Texts, names and values.

use super::event;
use super::support::{open, open_bytes, open_lines, sample};
use crewscope_analysis::Prices;
use crewscope_trace::model::{Field, Kind, Status, Value};

#[test]
fn trap_28_values_that_are_json_in_json_or_no_strict_json() {
    let opened = open("human_input/otlp-flow-crewai1.15.30.json");
    let output = crewscope_analysis::final_output(&opened.trace, opened.execution());
    assert_eq!(
        output.text.and_then(|text| opened.read(text)).as_deref(),
        Some("published")
    );
    for file in [
        "hostile_output/otlp-nan-crewai1.15.30.json",
        "hostile_output/events-nan-crewai1.15.30.jsonl",
    ] {
        let opened = open(file);
        assert_eq!(opened.execution().status, Status::Completed, "{file}");
        assert!(!opened.spans(Kind::Tool).is_empty(), "{file}");
    }
    let opened = open_lines(&[event(
        "tool_usage_started",
        1,
        1,
        "s",
        r#","tool_name":"t","tool_args":{"scale":Infinity,"x":NaN}"#,
    )]);
    assert_eq!(
        (
            opened.spans(Kind::Tool).len(),
            opened.warned("repaired-value")
        ),
        (1, 1)
    );
    assert_eq!(
        opened
            .text(opened.spans(Kind::Tool)[0], Field::Input)
            .as_deref(),
        Some(r#"{"scale":Infinity,"x":NaN}"#),
        "shown as written"
    );
}

#[test]
fn trap_29_no_repr_reaches_a_name() {
    for file in [
        "failing_task/events-crewai1.15.30.jsonl",
        "research_sequential/events-defaultstr-crewai1.15.30.jsonl",
        "failing_task/batch-crewai1.14.7.json",
    ] {
        let opened = open(file);
        for span in &opened.trace.spans {
            for (field, value) in &span.fields {
                if let Value::Sym(sym) = value {
                    let text = opened.trace.str(sym);
                    assert!(
                        !text.starts_with(['\'', '<']) && !text.starts_with("UUID("),
                        "{file}: {field:?} is {text}"
                    );
                }
            }
        }
    }
}

#[test]
fn trap_32_secrets_are_masked_before_they_are_shown() {
    let opened = open("failing_task/events-crewai1.15.30.jsonl");
    let agent = opened.spans(Kind::Agent)[0];
    let raw = opened.read(agent.records.first().unwrap()).unwrap();
    assert!(raw.contains("\"api_key\""));
    let shown = crewscope_analysis::mask::mask(&raw);
    assert!(
        shown.contains("\"api_key\":\"••••••\"") || shown.contains("\"api_key\": \"••••••\""),
        "{}",
        &shown[..400]
    );
    assert!(opened
        .trace
        .spans
        .iter()
        .flat_map(|span| &span.fields)
        .all(|(_, value)| !matches!(value, Value::Sym(sym) if opened.trace.str(sym) == "x")));
}

#[test]
fn trap_33_a_cut_value_says_how_long_it_was() {
    let attribute = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":{value}}}"#);
    let attributes = [
        attribute("crewai.task.output", r#"{"stringValue":"abc"}"#),
        attribute("crewai.task.output.truncated", r#"{"boolValue":true}"#),
        attribute(
            "crewai.task.output.original_size_bytes",
            r#"{"intValue":"1048576"}"#,
        ),
    ];
    let opened = open_lines(&[format!(
        r#"{{"traceId":"t","spanId":"s","name":"execute task","attributes":[{}]}}"#,
        attributes.join(",")
    )]);
    assert_eq!(
        opened.spans(Kind::Task)[0]
            .text(Field::Output)
            .unwrap()
            .cut_from,
        1_048_576
    );
    assert_eq!(opened.warned("truncated-value"), 1);
}

#[test]
fn trap_34_strange_characters_split_no_record() {
    let opened = open("hostile_output/events-crewai1.15.30.jsonl");
    assert_eq!(
        (
            opened.warned("unreadable-record"),
            opened.execution().status
        ),
        (0, Status::Completed)
    );
    assert!(opened
        .spans(Kind::Task)
        .iter()
        .any(|task| opened.name(task) == "__proto__"));
}

#[test]
fn trap_36_an_unnamed_task_has_no_name() {
    for file in [
        "research_sequential/otlpwire-crewai1.15.30.jsonl",
        "research_sequential/events-modeldumpjson-crewai1.15.30.jsonl",
        "research_sequential/batchwire-crewai0.203.2.jsonl",
    ] {
        let opened = open(file);
        let tasks =
            crewscope_analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
        assert_eq!(
            (tasks[3].name.as_deref(), tasks[3].label.as_str()),
            (None, "Unnamed task 4"),
            "{file}"
        );
        assert!(
            opened
                .text(opened.spans(Kind::Task)[3], Field::Description)
                .is_some(),
            "{file}"
        );
    }
}

#[test]
fn trap_37_equal_texts_have_equal_hashes_and_are_not_loaded() {
    let opened = open("failing_task/otlp-crewai1.15.30.json");
    let crew = std::mem::size_of_val(&*opened.trace.spans);
    assert!(
        crew < opened.bytes[0].len(),
        "the model is smaller than its source"
    );
    let tools = opened.spans(Kind::Tool);
    let hash = |at: usize| tools[at].text(Field::Input).unwrap().hash;
    assert_eq!(hash(0), hash(2));
    assert_ne!(hash(0), hash(1));
}

#[test]
fn several_files_make_one_trace_and_repeated_records_count_once() {
    let file = |name: &str| (name.to_owned(), sample(name));
    let name = "failing_task/otlp-crewai1.15.30.jsonl";
    let once = open(name);
    let twice = open_bytes(vec![file(name), file(name)]);
    assert_eq!(twice.report()["executions"], once.report()["executions"]);
    assert_eq!(
        twice.warned("duplicate-record"),
        once.trace.spans.len() as u64 + 2,
        "two markers are merged"
    );
    let many = open_bytes(vec![file(name), file("running/otlp-crewai1.15.30.jsonl")]);
    assert_eq!(many.trace.executions.len(), 2);
}

#[test]
fn snake_case_reads_like_camel_case() {
    let camel = String::from_utf8(sample("failing_task/otlp-crewai1.15.30.jsonl")).unwrap();
    let mut snake = camel.clone();
    for (from, to) in [
        ("resourceSpans", "resource_spans"),
        ("scopeSpans", "scope_spans"),
        ("traceId", "trace_id"),
        ("spanId", "span_id"),
        ("parentSpanId", "parent_span_id"),
        ("startTimeUnixNano", "start_time_unix_nano"),
        ("endTimeUnixNano", "end_time_unix_nano"),
        ("timeUnixNano", "time_unix_nano"),
        ("stringValue", "string_value"),
        ("intValue", "int_value"),
        ("boolValue", "bool_value"),
        ("doubleValue", "double_value"),
        ("arrayValue", "array_value"),
    ] {
        snake = snake.replace(&format!("\"{from}\""), &format!("\"{to}\""));
    }
    let read = |text: String| {
        open_bytes(vec![("x".to_owned(), text.into_bytes())]).report()["executions"].clone()
    };
    assert_eq!(read(snake), read(camel));
}

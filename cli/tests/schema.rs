//! The report of every file keeps to the published schema, `docs/report.schema.json`.
#![allow(missing_docs)]

mod support;

use serde_json::Value;
use support::open;

const SCHEMA: &str = include_str!("../../docs/report.schema.json");

/// The part of JSON Schema that the published schema uses. Anything else in it is refused, so that nothing goes unchecked.
fn check(value: &Value, schema: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for key in schema.as_object().unwrap().keys() {
        assert!(
            [
                "$schema",
                "$id",
                "title",
                "description",
                "type",
                "properties",
                "required",
                "additionalProperties",
                "items",
                "enum",
                "const",
                "minimum"
            ]
            .contains(&key.as_str()),
            "{key} is not checked"
        );
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => panic!("{at}: no type"),
    };
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        _ => false,
    };
    if !types.iter().any(|name| is(name)) {
        faults.push(format!("{at}: {value} is no {types:?}"));
    }
    if let Some(allowed) = schema["enum"].as_array() {
        if !allowed.contains(value) {
            faults.push(format!("{at}: {value} is none of {allowed:?}"));
        }
    }
    if schema.get("const").is_some_and(|only| only != value) {
        faults.push(format!("{at}: {value}"));
    }
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object())
    {
        let required = schema["required"].as_array().unwrap();
        faults.extend(
            required
                .iter()
                .filter(|key| !members.contains_key(key.as_str().unwrap()))
                .map(|key| format!("{at}: {key} is missing")),
        );
        for (key, member) in members {
            match properties.get(key) {
                Some(schema) => faults.extend(check(member, schema, &format!("{at}.{key}"))),
                None => faults.push(format!("{at}: {key} is not in the schema")),
            }
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        faults.extend(check(item, &schema["items"], &format!("{at}[{index}]")));
    }
    faults
}

#[test]
fn reports_keep_to_the_published_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for file in [
        "failing_task/otlp-crewai1.15.30.json",
        "failing_task/batchwire-crewai0.203.2.jsonl",
        "running/batchwire-crewai1.14.7.jsonl",
        "running/events-crewai1.15.30.jsonl",
        "flow_nested/otlp-crewai1.15.30.json",
        "lite_agent/otlp-crewai1.15.30.jsonl",
        "failing_task/log-crewai1.15.30.txt",
        "research_sequential/checkpoint-crewai1.15.30.json",
        "failing_task/lastrun-crewai1.15.30.json",
        "failing_task/report-crewai1.15.30.json",
    ] {
        let faults = check(&open(file).report(), &schema, file);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
    assert!(!check(&serde_json::json!({"schema": "other"}), &schema, "x").is_empty());
}

#[test]
fn what_a_form_does_not_carry_is_null_and_not_zero() {
    let report = open("failing_task/batchwire-crewai0.203.2.jsonl").report();
    let summary = &report["executions"][0]["summary"];
    for key in [
        "total_tokens",
        "prompt_tokens",
        "completion_tokens",
        "cached_prompt_tokens",
        "reasoning_tokens",
        "estimated_cost_usd",
    ] {
        assert!(summary[key].is_null(), "{key}: {}", summary[key]);
    }
    assert_eq!(summary["requests"], 7);
    let running = open("running/batchwire-crewai1.14.7.jsonl").report();
    let execution = &running["executions"][0];
    assert_eq!(execution["status"], "running");
    for key in [
        "requests",
        "failed_requests",
        "execution_time_ms",
        "total_tokens",
    ] {
        assert!(execution["summary"][key].is_null(), "{key}");
    }
    let old_task = &report["executions"][0]["tasks"][0];
    assert!(old_task["key"].is_null() && old_task["total_tokens"].is_null());
}

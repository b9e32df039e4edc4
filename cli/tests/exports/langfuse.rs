//! Langfuse: counts, costs and pages.

use super::*;

#[test]
fn langfuse_trace_without_observations_is_one_step_with_unknown_requests() {
    let opened = stored("langfuse-traces-otlp-crewai1.15.30.json");
    let report = opened.report();
    let execution = &report["executions"][0];
    assert_eq!(execution["status"], "unknown");
    assert_eq!(execution["summary"]["requests"], Value::Null);
    assert_eq!(execution["summary"]["total_tokens"], Value::Null);
    assert!(execution["duration_ms"].as_f64().unwrap() > 1000.0);
}

/// A generation of Langfuse with some members of its own.
fn generation(more: &str) -> Opened {
    value(&format!(
        r#"{{"observations":[{{"id":"a","traceId":"t","parentObservationId":null,"type":"GENERATION","name":"n","model":"gpt-4o","startTime":"2026-11-20T10:00:00.000Z","endTime":"2026-11-20T10:00:01.000Z","level":"DEFAULT",{more}}}],"scores":[]}}"#
    ))
}

#[test]
fn langfuse_counts_of_every_age() {
    let usage = |more: &str| {
        let opened = generation(more);
        let usage = &opened.spans(Kind::Llm)[0].usage;
        (
            usage.prompt,
            usage.completion,
            usage.total(),
            usage.cached,
            usage.reasoning,
        )
    };
    // Parts that no other key counts; crewai's `reasoning_tokens` is a part of the output, and Langfuse's total counts it twice.
    assert_eq!(
        usage(
            r#""usageDetails":{"input":70,"output":20,"input_cached_tokens":30,"reasoning_tokens":5,"total":125}"#
        ),
        (Some(100), Some(20), Some(120), Some(30), Some(5))
    );
    assert_eq!(
        usage(
            r#""usageDetails":{"input":70,"output":15,"input_cached_tokens":30,"output_reasoning_tokens":5,"total":120}"#
        ),
        (Some(100), Some(20), Some(120), Some(30), Some(5))
    );
    // Parts that `input` counts in already.
    assert_eq!(
        usage(r#""usageDetails":{"input":100,"output":20,"input_cached_tokens":30,"total":120}"#),
        (Some(100), Some(20), Some(120), Some(30), None)
    );
    let old = r#""usage":{"input":7,"output":3,"total":10,"unit":"TOKENS"},"promptTokens":7"#;
    assert_eq!(usage(old), (Some(7), Some(3), Some(10), None, None));
    assert_eq!(
        usage(r#""promptTokens":7,"completionTokens":3,"totalTokens":10"#).2,
        Some(10)
    );
    // 0 where nothing was counted, and units that are no tokens.
    for nothing in [
        r#""usageDetails":{},"promptTokens":0,"completionTokens":0,"totalTokens":0"#,
        r#""usage":{"input":7,"output":3,"total":10,"unit":"CHARACTERS"}"#,
    ] {
        assert_eq!(usage(nothing), (None, None, None, None, None), "{nothing}");
    }
}

#[test]
fn langfuse_cost_of_nothing_known_is_none() {
    let cost = |more: &str| {
        generation(more).report()["executions"][0]["summary"]["estimated_cost_usd"].clone()
    };
    assert_eq!(
        cost(r#""costDetails":{"input":0.1,"total":0.25}"#),
        json!(0.25)
    );
    assert_eq!(cost(r#""calculatedTotalCost":0.5"#), json!(0.5));
    assert_eq!(cost(r#""costDetails":{"total":0}"#), json!(0.0));
    for unknown in [
        r#""costDetails":{},"calculatedTotalCost":0"#,
        r#""calculatedTotalCost":0"#,
        r#""totalCost":null"#,
    ] {
        assert_eq!(cost(unknown), Value::Null, "{unknown}");
        assert!(
            generation(unknown).spans(Kind::Llm)[0]
                .get(Field::Cost)
                .is_none(),
            "{unknown}"
        );
    }
}

#[test]
fn langfuse_pages_that_were_not_opened_are_named() {
    let page = |meta: &str| {
        value(&format!(
            r#"{{"data":[{{"id":"a","traceId":"t","parentObservationId":null,"type":"SPAN","name":"n","startTime":"2026-11-20T10:00:00Z","endTime":null}}],"meta":{meta}}}"#
        ))
    };
    assert_eq!(
        page(r#"{"page":1,"limit":50,"totalItems":51,"totalPages":2}"#).warned("unread-page"),
        1
    );
    assert_eq!(page(r#"{"cursor":"abc"}"#).warned("unread-page"), 1);
    assert_eq!(
        page(r#"{"page":2,"limit":50,"totalItems":51,"totalPages":2}"#).warned("unread-page"),
        0
    );
}

#[test]
fn attributes_kept_as_text_give_names_and_no_texts() {
    let inner = r#"{\"mlflow.spanType\":\"\\\"AGENT\\\"\",\"role\":\"\\\"Doer\\\"\",\"goal\":\"\\\"Do\\\"\",\"mlflow.spanOutputs\":\"\\\"lost\\\"\"}"#;
    let opened = generation(&format!(
        r#""output":"kept","metadata":{{"attributes":"{inner}"}}"#
    ));
    let span = &opened.trace.spans[0];
    assert_eq!((span.kind, opened.name(span)), (Kind::Agent, "Doer"));
    assert_eq!(opened.text(span, Field::Output).as_deref(), Some("kept"));
    assert!(span.get(Field::AgentGoal).is_none());
}

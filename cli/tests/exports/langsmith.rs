//! LangSmith: sums, nesting, LangChain.

use super::*;

#[test]
fn langsmith_sums_of_chains_are_not_counted_again() {
    let run = |id: &str, kind: &str, parent: &str, more: &str| {
        format!(
            r#"{{"id":"{id}","trace_id":"a","parent_run_id":{parent},"name":"{id}","run_type":"{kind}","start_time":"2026-11-20T10:00:00","end_time":"2026-11-20T10:00:01","inputs":{{}},"outputs":{{}},{more}}}"#
        )
    };
    let counted = r#""prompt_tokens":10,"completion_tokens":2,"total_tokens":12,"total_cost":"0.5","prompt_token_details":{"cache_read":4},"completion_token_details":{"reasoning":1},"extra":{"metadata":{"ls_model_name":"gpt-4o"}}"#;
    let opened = open_lines(&[
        run("a", "chain", "null", counted),
        run("b", "llm", "\"a\"", counted),
    ]);
    let summary = &opened.report()["executions"][0]["summary"];
    assert_eq!(
        (
            &summary["total_tokens"],
            &summary["cached_prompt_tokens"],
            &summary["reasoning_tokens"]
        ),
        (&json!(12), &json!(4), &json!(1))
    );
    assert_eq!(summary["estimated_cost_usd"], json!(0.5));
    assert_eq!(opened.warned("naive-time"), 0);
    // 0 of everything is what the SDK writes where the answer counted nothing.
    let none = open_lines(&[run(
        "b",
        "llm",
        "null",
        r#""prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"total_cost":0"#,
    )]);
    assert!(!none.spans(Kind::Llm)[0].usage.is_recorded());
}

#[test]
fn langsmith_runs_of_the_wrapper_and_of_langchain() {
    let opened = value(
        r#"{"id":"a","name":"crew","run_type":"chain","start_time":1795168800000,"end_time":1795168805000,"inputs":{"input":"go"},"outputs":{"output":"done"},"child_runs":[
        {"id":"b","name":"ChatOpenAI","run_type":"llm","start_time":1795168801000,"end_time":1795168802000,"inputs":{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"u"}}]]},
         "outputs":{"generations":[[{"text":"a","generation_info":{"finish_reason":"length"},"message":{"lc":1,"type":"constructor","id":["x","AIMessage"],"kwargs":{"content":"a","usage_metadata":{"input_tokens":9,"output_tokens":4,"total_tokens":13,"output_token_details":{"reasoning":2}}}}}]]},"error":null},
        {"id":"c","name":"search","run_type":"tool","start_time":1795168803000,"end_time":null,"inputs":{"input":"{'q': 1}"},"outputs":null,"error":"ValueError('no')\n\nTraceback"},
        {"id":"d","nothing":1}]}"#,
    );
    let call = opened.spans(Kind::Llm)[0];
    assert_eq!(
        (call.usage.prompt, call.usage.reasoning),
        (Some(9), Some(2))
    );
    assert_eq!(
        call.sym(Field::FinishReason)
            .map(|sym| opened.trace.str(sym)),
        Some("length")
    );
    assert_eq!(
        messages(&opened.text(call, Field::Input).unwrap())[0].role,
        "user"
    );
    assert_eq!(
        messages(&opened.text(call, Field::Output).unwrap())[0].role,
        "assistant"
    );
    let tool = opened.spans(Kind::Tool)[0];
    assert_eq!((opened.name(tool), tool.status), ("search", Status::Failed));
    assert_eq!(opened.text(tool, Field::Input).as_deref(), Some("{'q': 1}"));
    assert!(opened
        .text(tool, Field::Error)
        .unwrap()
        .starts_with("ValueError"));
    let root = &opened.trace.spans[0];
    assert_eq!(
        (root.start, root.duration()),
        (Some(1_795_168_800_000_000_000), Some(5_000_000_000))
    );
    assert_eq!(opened.text(root, Field::Output).as_deref(), Some("done"));
    assert_eq!(opened.warned("unreadable-record"), 1);
}

#[test]
fn nesting_without_end_is_counted_and_stops() {
    let mut text = r#"{"id":"x","run_type":"chain"}"#.to_owned();
    for depth in 0..1000 {
        text = format!(r#"{{"id":"{depth}","run_type":"chain","child_runs":[{text}]}}"#);
    }
    let opened = value(&text);
    assert!(opened.trace.spans.len() > 100 && opened.trace.spans.len() < 200);
    assert_eq!(opened.warned("unreadable-record"), 1);
}

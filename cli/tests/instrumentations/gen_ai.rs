//! The GenAI conventions of OpenTelemetry, current and older.

use super::*;

#[test]
fn gen_ai_of_today() {
    let input = r#"[{"role":"user","parts":[{"type":"text","content":"Hi"}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c0","response":"ok"}]}]"#;
    let output = r#"[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm"},{"type":"tool_call","id":"c1","name":"f","arguments":{"a":1}}],"finish_reason":"tool_call"}]"#;
    let opened = open_lines(&[
        span(
            "w",
            "",
            "invoke_workflow market",
            (1, 20),
            &strings(&[
                ("gen_ai.operation.name", "invoke_workflow"),
                ("gen_ai.workflow.name", "market"),
            ]),
            "",
        ),
        span(
            "a",
            "w",
            "invoke_agent Scout",
            (2, 18),
            &strings(&[
                ("gen_ai.operation.name", "invoke_agent"),
                ("gen_ai.agent.name", "Scout"),
                ("gen_ai.agent.description", "Finds"),
                ("gen_ai.request.model", "gpt-4o"),
            ]),
            "",
        ),
        span(
            "l",
            "a",
            "chat gpt-4o",
            (3, 5),
            &strings(&[
                ("gen_ai.operation.name", "chat"),
                ("gen_ai.provider.name", "openai"),
                ("gen_ai.request.model", "gpt-4o"),
                ("gen_ai.input.messages", input),
                ("gen_ai.output.messages", output),
                ("gen_ai.usage.input_tokens", "100"),
                ("gen_ai.usage.output_tokens", "20"),
                ("gen_ai.usage.cache_read.input_tokens", "40"),
                ("gen_ai.usage.reasoning.output_tokens", "5"),
                ("gen_ai.usage.cost", "0.5"),
            ]),
            "",
        ),
        span(
            "h",
            "l",
            "POST",
            (3, 4),
            &strings(&[("http.request.method", "POST")]),
            "",
        ),
        span(
            "t",
            "a",
            "execute_tool f",
            (6, 7),
            &strings(&[
                ("gen_ai.operation.name", "execute_tool"),
                ("gen_ai.tool.call.arguments", "{\"a\":1}"),
                ("gen_ai.tool.call.result", "found"),
                ("error.type", "Timeout"),
            ]),
            "",
        ),
        span(
            "e",
            "a",
            "embeddings e",
            (8, 9),
            &strings(&[
                ("gen_ai.operation.name", "embeddings"),
                ("gen_ai.request.model", "e"),
                ("gen_ai.usage.input_tokens", "9"),
            ]),
            "",
        ),
        span("s", "a", "redis flush memory", (8, 9), "", ""),
    ]);
    let execution = opened.execution();
    let sums = crewscope_analysis::summary(&opened.trace, execution, &Prices::bundled());
    assert_eq!(
        (
            sums.total_tokens,
            sums.requests,
            sums.cached_prompt_tokens,
            sums.reasoning_tokens
        ),
        (Some(120), Some(1), Some(40), Some(5))
    );
    assert_eq!(sums.cost.usd, Some(0.5));
    assert_eq!(
        (execution.kind, opened.trace.str(execution.name)),
        (ExecutionKind::Crew, "market")
    );
    let call = opened.spans(Kind::Llm)[0];
    assert_eq!(
        read(&opened, call, Field::Input),
        ["user: Hi", "tool  returns ok true"]
    );
    assert_eq!(
        read(&opened, call, Field::Output),
        ["assistant thinks: Hm", "assistant calls f {\"a\":1} true"]
    );
    let tool = opened.spans(Kind::Tool)[0];
    assert_eq!(
        (opened.name(tool), fact(&opened, tool, Field::ErrorType)),
        ("f", Some("Timeout"))
    );
    assert_eq!(
        fact(&opened, opened.spans(Kind::Agent)[0], Field::AgentRole),
        Some("Scout")
    );
    let others: Vec<&str> = opened
        .spans(Kind::Other)
        .iter()
        .map(|span| opened.name(span))
        .collect();
    assert_eq!(others, ["POST", "embeddings e", "redis flush memory"]);
    assert_eq!(opened.trace.sources[0].formats, ["otlp-json", "gen-ai"]);
}

#[test]
fn gen_ai_details_on_an_event_and_typed_messages() {
    let typed = r#"{"key":"gen_ai.input.messages","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"user"}},{"key":"parts","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"type","value":{"stringValue":"text"}},{"key":"content","value":{"stringValue":"Typed"}}]}}]}}}]}}]}}}"#;
    let details = strings(&[
        (
            "gen_ai.output.messages",
            r#"[{"role":"assistant","parts":[{"type":"text","content":"Told"}]}]"#,
        ),
        ("gen_ai.response.model", "gpt-4o-2024"),
    ]);
    let event = format!(
        r#"{{"name":"gen_ai.client.inference.operation.details","attributes":[{typed},{details}]}}"#
    );
    let opened = open_lines(&[span(
        "l",
        "",
        "chat m",
        (1, 2),
        &strings(&[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "m"),
        ]),
        &event,
    )]);
    let call = opened.spans(Kind::Llm)[0];
    assert_eq!(read(&opened, call, Field::Input), ["user: Typed"]);
    assert_eq!(read(&opened, call, Field::Output), ["assistant: Told"]);
    assert_eq!(
        fact(&opened, call, Field::ResponseModel),
        Some("gpt-4o-2024")
    );
}

#[test]
fn gen_ai_of_before() {
    let flat = strings(&[
        ("gen_ai.system", "Anthropic"),
        ("llm.request.type", "chat"),
        ("gen_ai.request.model", "claude-3"),
        ("gen_ai.request.max_tokens", "64"),
        ("gen_ai.prompt.0.role", "user"),
        ("gen_ai.prompt.0.content", "Hi"),
        ("gen_ai.completion.0.role", "assistant"),
        ("gen_ai.completion.0.content", "Bye"),
        ("gen_ai.completion.0.finish_reason", "end_turn"),
        ("gen_ai.usage.prompt_tokens", "10"),
        ("gen_ai.usage.completion_tokens", "2"),
        ("llm.usage.total_tokens", "12"),
        ("gen_ai.usage.cache_read_input_tokens", "30"),
    ]);
    let events = [
        format!(
            r#"{{"name":"gen_ai.user.message","attributes":[{}]}}"#,
            strings(&[("content", "Question")])
        ),
        format!(
            r#"{{"name":"gen_ai.choice","attributes":[{}]}}"#,
            strings(&[
                ("finish_reason", "stop"),
                ("message", "{\"content\": \"Answer\"}")
            ])
        ),
    ]
    .join(",");
    let opened = open_lines(&[
        span("a", "", "anthropic.chat", (1, 2), &flat, ""),
        span(
            "b",
            "",
            "chat gpt-4o",
            (3, 4),
            &strings(&[
                ("gen_ai.system", "openai"),
                ("gen_ai.request.model", "gpt-4o"),
            ]),
            &events,
        ),
    ]);
    let calls = opened.spans(Kind::Llm);
    assert_eq!(read(&opened, calls[0], Field::Input), ["user: Hi"]);
    assert_eq!(read(&opened, calls[0], Field::Output), ["assistant: Bye"]);
    assert_eq!(
        fact(&opened, calls[0], Field::FinishReason),
        Some("end_turn")
    );
    assert_eq!(calls[0].int(Field::MaxTokens), Some(64));
    // A part is no larger than the whole: this prompt left out what the cache read.
    let usage = Usage {
        prompt: Some(40),
        completion: Some(2),
        total: Some(42),
        cached: Some(30),
        ..Usage::default()
    };
    assert_eq!(*calls[0].usage, usage);
    assert_eq!(read(&opened, calls[1], Field::Input), ["user: Question"]);
    assert_eq!(
        read(&opened, calls[1], Field::Output),
        ["assistant: Answer"]
    );
    assert_eq!(fact(&opened, calls[1], Field::FinishReason), Some("stop"));
}

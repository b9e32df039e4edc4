//! OpenInference: its wrapper, its listener, nested in a console span.

use super::*;

#[test]
fn openinference_wrapper_conversation_and_task() {
    let opened = open("failing_task/openinference-crewai1.15.30.jsonl");
    let calls = opened.spans(Kind::Llm);
    assert_eq!(
        read(&opened, calls[2], Field::Input),
        [
            "system: You are Market Watcher. ",
            "user:  Current Task: Get the l",
            "assistant calls quote_service {\"symbol\": \"ACME\"} true",
            "tool quote_service returns Error executing tool: up true",
            "assistant calls quote_service {\"symbol\": \"ACME\", \"retry\": true} true",
            "tool quote_service returns Error executing tool: up true",
        ]
    );
    let asked = read(&opened, calls[2], Field::Output);
    assert_eq!(
        asked.last().unwrap(),
        "assistant calls quote_service {\"symbol\": \"ACME\"} true"
    );
    let tools = opened.text(calls[2], Field::ToolDefinitions).unwrap();
    let tools: serde_json::Value = serde_json::from_str(&tools).unwrap();
    assert_eq!(tools[0]["function"]["name"], "quote_service");
    assert_eq!(fact(&opened, calls[2], Field::Provider), Some("openai"));
    assert_eq!(
        fact(&opened, calls[2], Field::FinishReason),
        Some("tool_calls")
    );
    let failed: Vec<_> = calls
        .iter()
        .filter(|call| call.status == Status::Failed)
        .collect();
    assert_eq!(
        fact(&opened, failed[0], Field::Model),
        Some("claude-3-5-sonnet-20241022")
    );
    assert!(!failed[0].usage.is_recorded());

    let tasks = opened.spans(Kind::Task);
    assert_eq!(
        fact(&opened, tasks[0], Field::AgentRole),
        Some("Market Watcher")
    );
    assert_eq!(
        opened.text(tasks[0], Field::AgentGoal).as_deref(),
        Some("Know the price")
    );
    assert_eq!(
        opened.text(tasks[0], Field::Backstory).as_deref(),
        Some("Watches screens.")
    );
    assert_eq!(
        opened.text(tasks[0], Field::ExpectedOutput).as_deref(),
        Some("A price.")
    );
    let answer = opened.text(tasks[0], Field::Output).unwrap();
    assert!(answer.starts_with("ACME trades at"), "{answer}");
    assert_eq!(opened.text(tasks[1], Field::Context), Some(answer));
    // A failed task has no output to describe it: its crew does.
    let described = opened.text(tasks[2], Field::Description).unwrap();
    assert_eq!(described, "Forecast the close with a confidence interval.");
    assert!(opened.text(tasks[2], Field::StackTrace).is_some());
    assert!(opened.spans(Kind::Agent).is_empty());
    assert_eq!(opened.execution().kind, ExecutionKind::Crew);
    assert_eq!(
        opened.trace.sources[0].formats,
        ["otlp-json", "openinference"]
    );
    assert_eq!(
        (
            opened.warned("no-coworkers"),
            opened.warned("no-tool-calls")
        ),
        (1, 0)
    );
}

#[test]
fn openinference_listener_makes_agents_of_delegated_tasks() {
    let opened = open("hierarchical/openinference-eventlistener-crewai1.15.30.jsonl");
    assert_eq!(opened.spans(Kind::Task).len(), 2);
    let agents = opened.spans(Kind::Agent);
    let roles: Vec<&str> = agents.iter().map(|agent| opened.name(agent)).collect();
    assert_eq!(
        roles,
        ["Field Researcher", "Field Researcher", "Copy Writer"]
    );
    for agent in agents {
        let above = opened.parent(agent).unwrap();
        assert_eq!(above.kind, Kind::Tool, "{}", opened.name(above));
    }
    let call = opened.spans(Kind::Llm)[0];
    assert_eq!(
        read(&opened, call, Field::Input)[0],
        "system: You are Crew Manager. Yo"
    );
    assert!(read(&opened, call, Field::Output)[0]
        .starts_with("assistant calls delegate_work_to_coworker"));
    // The listener leaves out a cached part of 0, and never knows the reasoning part.
    assert!(call.usage.cached.is_some() && call.usage.reasoning.is_none());
    let crew = opened.spans(Kind::Crew)[0];
    assert_eq!(crew.int(Field::ReportedTotal), Some(6044));
    let output = opened.text(crew, Field::Output).unwrap();
    assert!(output.starts_with("A record year"), "{output}");
}

#[test]
fn openinference_calls_of_a_killed_run_belong_to_a_task() {
    let opened = open("running/openinference-crewai1.15.30.jsonl");
    let tasks = opened.spans(Kind::Task);
    assert_eq!(tasks.len(), 2);
    assert!(tasks[1].flags.has(Flags::INFERRED) && tasks[1].status == Status::Running);
    let rows = crewscope_analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(rows[1].models, ["gpt-4o-mini"]);
    assert_eq!(
        (rows[1].requests, rows[1].total_tokens),
        (Some(3), Some(714))
    );
}

/// An instrumented agent of its own inside a task judges for a guardrail: it is no agent of the task.
#[test]
fn openinference_guardrail_agents_judge() {
    let verdict = r#"{"raw": "{}", "pydantic": {"valid": false, "feedback": "Too long"}}"#;
    let opened = open_lines(&[
        span(
            "t",
            "",
            "Writer.draft._execute_core",
            (1, 9),
            &strings(&[
                ("openinference.span.kind", "AGENT"),
                ("task_id", "T1"),
                ("task_name", "draft"),
                ("graph.node.id", "Writer"),
            ]),
            "",
        ),
        span(
            "g",
            "t",
            "Guardrail Agent.kickoff",
            (2, 5),
            &strings(&[
                ("openinference.span.kind", "AGENT"),
                ("graph.node.id", "Guardrail Agent"),
                ("output.value", verdict),
                ("output.mime_type", "application/json"),
            ]),
            "",
        ),
        span(
            "l",
            "g",
            "ChatCompletion",
            (3, 4),
            &strings(&[
                ("openinference.span.kind", "LLM"),
                ("llm.model_name", "m"),
                ("llm.token_count.total", "5"),
            ]),
            "",
        ),
    ]);
    let guardrail = opened.spans(Kind::Guardrail)[0];
    assert_eq!(guardrail.status, Status::Failed);
    assert_eq!(opened.spans(Kind::Task)[0].status, Status::Completed);
    let rows = crewscope_analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(rows[0].agents, ["Writer", "Guardrail Agent"]);
    let agents = crewscope_analysis::agents(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (agents[0].role.as_str(), agents[0].total_tokens),
        ("Guardrail Agent", Some(5))
    );
}

/// Its first versions call every task `Task._execute_core`; an agent may have a span of its own inside it, which is no judge.
#[test]
fn openinference_tasks_by_their_class() {
    let of = |kind: &'static str, more: &[(&str, &str)]| {
        let mut pairs = vec![("openinference.span.kind", kind)];
        pairs.extend(more);
        strings(&pairs)
    };
    let crew = of("CHAIN", &[("crew_key", "C"), ("crew_id", "1")]);
    for (task, of_task) in [
        ("CHAIN", &[("task_key", "K")][..]),
        ("CHAIN", &[]),
        ("AGENT", &[("task_key", "K")]),
        ("AGENT", &[]),
    ] {
        let mut pairs = of_task.to_vec();
        pairs.extend([("input.value", "Plan it."), ("output.value", "Planned.")]);
        let role = of("AGENT", &[("graph.node.id", "Planner")]);
        let call = of(
            "LLM",
            &[("llm.model_name", "m"), ("llm.token_count.total", "5")],
        );
        let name = "Task._execute_core";
        let opened = open_lines(&[
            span("c", "", "Crew_1.kickoff", (1, 9), &crew, ""),
            span("t", "c", name, (2, 8), &of(task, &pairs), ""),
            span("a", "t", "Planner._execute_core", (3, 7), &role, ""),
            span("l", "a", "ChatCompletion", (4, 5), &call, ""),
        ]);
        let own = opened.spans(Kind::Task)[0];
        assert_eq!(opened.text(own, Field::Input).unwrap(), "Plan it.");
        assert_eq!(opened.text(own, Field::Output).unwrap(), "Planned.");
        assert!(opened.spans(Kind::Guardrail).is_empty());
        let rows = crewscope_analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].agents, ["Planner"]);
        assert_eq!((rows[0].requests, rows[0].total_tokens), (Some(1), Some(5)));
    }
    // Elsewhere a chain of that name is not a task of a crew.
    let other = open_lines(&[span(
        "x",
        "",
        "Other._execute_core",
        (1, 2),
        &of("CHAIN", &[]),
        "",
    )]);
    assert!(other.spans(Kind::Task).is_empty());
}

/// The same attributes as objects and lists instead of keys with dots and numbers.
#[test]
fn openinference_nested_in_a_console_span() {
    let opened = open_lines(&[r#"{"name":"ChatCompletion","context":{"trace_id":"0x1","span_id":"0x2"},"parent_id":null,"start_time":"2026-11-20T10:00:00Z","end_time":"2026-11-20T10:00:01Z","status":{"status_code":"UNSET"},"attributes":{"openinference":{"span":{"kind":"LLM"}},"llm":{"model_name":"m","token_count":{"prompt":4,"completion":1,"prompt_details":{"cache_read":2}},"input_messages":[{"message":{"role":"user","content":"Hi"}}],"output_messages":[{"message":{"role":"assistant","content":"Bye"}}],"tools":[{"tool":{"json_schema":"{\"name\":\"f\"}"}}]}},"events":[]}"#.to_owned()]);
    let call = opened.spans(Kind::Llm)[0];
    assert_eq!((call.usage.total(), call.usage.cached), (Some(5), Some(2)));
    assert_eq!(read(&opened, call, Field::Input), ["user: Hi"]);
    assert_eq!(read(&opened, call, Field::Output), ["assistant: Bye"]);
    let tools = opened.text(call, Field::ToolDefinitions).unwrap();
    assert_eq!(tools, r#"[{"name":"f"}]"#);
    assert_eq!(
        opened.trace.sources[0].formats,
        ["python-otel", "openinference"]
    );
}

#[test]
fn openinference_lone_agents_flows_and_embeddings() {
    let kind = |kind: &'static str, more: &[(&str, &str)]| {
        let mut pairs = vec![("openinference.span.kind", kind)];
        pairs.extend(more);
        strings(&pairs)
    };
    let opened = open_lines(&[
        span(
            "f",
            "",
            "Flow_73ee.kickoff",
            (1, 20),
            &kind(
                "CHAIN",
                &[
                    ("flow_id", "73ee"),
                    ("flow_inputs", ""),
                    ("output.value", "done"),
                ],
            ),
            "",
        ),
        span(
            "m",
            "f",
            "Flow_73ee.choose",
            (2, 19),
            &kind(
                "CHAIN",
                &[("flow.node.name", "choose"), ("flow.node.type", "router")],
            ),
            "",
        ),
        span(
            "a",
            "m",
            "Scout.kickoff",
            (3, 9),
            &kind(
                "AGENT",
                &[
                    ("graph.node.id", "Scout"),
                    ("agent.goal", "Find"),
                    ("input.value", "{\"messages\": \"Who?\"}"),
                    ("output.value", "{\"raw\": \"Me\", \"pydantic\": null}"),
                    ("output.mime_type", "application/json"),
                ],
            ),
            "",
        ),
        span(
            "l",
            "a",
            "Messages",
            (4, 5),
            &kind(
                "LLM",
                &[
                    ("llm.model_name", "claude-3"),
                    ("llm.provider", "anthropic"),
                    ("llm.token_count.prompt", "100"),
                    ("llm.token_count.completion", "10"),
                    ("llm.token_count.prompt_details.cache_read", "60"),
                    ("llm.token_count.prompt_details.cache_write", "20"),
                    (
                        "llm.invocation_parameters",
                        "{\"max_tokens\": 9, \"temperature\": 0.5}",
                    ),
                    ("output.value", "{\"stop_reason\": \"end_turn\"}"),
                    ("llm.cost.total", "0.25"),
                ],
            ),
            "",
        ),
        span(
            "e",
            "a",
            "CreateEmbeddings",
            (5, 6),
            &kind(
                "EMBEDDING",
                &[
                    ("embedding.model_name", "e"),
                    ("llm.token_count.prompt", "7"),
                    ("llm.token_count.total", "7"),
                ],
            ),
            "",
        ),
        span(
            "c",
            "m",
            "Crew_1234.kickoff",
            (10, 12),
            &kind("CHAIN", &[("crew_key", "k"), ("crew_id", "1234")]),
            "",
        ),
    ]);
    let execution = opened.execution();
    assert_eq!(
        (execution.kind, opened.trace.str(execution.name)),
        (ExecutionKind::Flow, "")
    );
    let sums = crewscope_analysis::summary(&opened.trace, execution, &Prices::bundled());
    assert_eq!(
        (
            sums.requests,
            sums.total_tokens,
            sums.cache_write_tokens,
            sums.cost.usd
        ),
        (Some(1), Some(110), Some(20), Some(0.25))
    );
    let agent = opened.spans(Kind::Agent)[0];
    assert_eq!(opened.text(agent, Field::Input).as_deref(), Some("Who?"));
    assert_eq!(opened.text(agent, Field::Output).as_deref(), Some("Me"));
    let call = opened.spans(Kind::Llm)[0];
    assert_eq!(fact(&opened, call, Field::FinishReason), Some("end_turn"));
    assert_eq!(call.int(Field::MaxTokens), Some(9));
    assert_eq!(opened.name(opened.spans(Kind::Crew)[0]), "crew");
    assert_eq!(opened.name(opened.spans(Kind::Method)[0]), "choose");
}

//! The dialects of instrumentations other than crewai's own: what their attributes become, down to the messages of a conversation.
#![allow(missing_docs)]

mod support;

use crewscope_trace::analysis::conversation::{messages, Part};
use crewscope_trace::analysis::{self, Prices};
use crewscope_trace::model::{ExecutionKind, Field, Flags, Kind, Span, Status, Usage};
use support::{open, open_lines, Opened};

/// A conversation as lines: role, and what each part is.
fn read(opened: &Opened, span: &Span, field: Field) -> Vec<String> {
    let text = opened.text(span, field).unwrap_or_default();
    messages(&text)
        .into_iter()
        .flat_map(|message| {
            let role = message.role;
            message.parts.into_iter().map(move |part| {
                let head =
                    |text: &str| text.chars().take(24).collect::<String>().replace('\n', " ");
                match part {
                    Part::Text(text) => format!("{role}: {}", head(&text)),
                    Part::Thought(text) => format!("{role} thinks: {}", head(&text)),
                    Part::ToolCall {
                        name,
                        arguments,
                        id,
                        ..
                    } => {
                        format!("{role} calls {name} {arguments} {}", !id.is_empty())
                    }
                    Part::ToolResult { name, content, id } => {
                        format!(
                            "{role} {name} returns {} {}",
                            head(&content),
                            !id.is_empty()
                        )
                    }
                    Part::Media { kind, .. } => format!("{role} shows {kind}"),
                    Part::Other(text) => format!("{role}? {}", head(&text)),
                }
            })
        })
        .collect()
}

/// A span of some instrumentation.
fn span(
    id: &str,
    parent: &str,
    name: &str,
    seconds: (u32, u32),
    attributes: &str,
    events: &str,
) -> String {
    format!(
        r#"{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"{}000000000","endTimeUnixNano":"{}000000000","status":{{}},"attributes":[{attributes}],"events":[{events}]}}"#,
        seconds.0, seconds.1
    )
}

fn strings(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| {
            let value = serde_json::Value::from(*value);
            match value.as_str().and_then(|text| text.parse::<i64>().ok()) {
                Some(number) => format!(r#"{{"key":"{key}","value":{{"intValue":"{number}"}}}}"#),
                None => format!(r#"{{"key":"{key}","value":{{"stringValue":{value}}}}}"#),
            }
        })
        .collect();
    pairs.join(",")
}

fn fact<'o>(opened: &'o Opened, span: &Span, field: Field) -> Option<&'o str> {
    opened.trace.name_of(span, field)
}

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
    let rows = analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(rows[1].models, ["gpt-4o-mini"]);
    assert_eq!(
        (rows[1].requests, rows[1].total_tokens),
        (Some(3), Some(714))
    );
}

#[test]
fn openllmetry_asynchronous_tasks_are_known_from_their_agents() {
    let opened = open("parallel_async/openllmetry-crewai1.15.30.jsonl");
    let tasks = opened.spans(Kind::Task);
    let inferred: Vec<_> = tasks
        .iter()
        .filter(|task| task.flags.has(Flags::INFERRED))
        .collect();
    assert_eq!((tasks.len(), inferred.len()), (4, 3));
    for task in &inferred {
        assert_eq!(task.status, Status::Completed);
        assert!(task.flags.has(Flags::DERIVED_STATUS) && task.duration().is_none());
        assert!(fact(&opened, task, Field::TaskId).is_some());
    }
    let news = inferred
        .iter()
        .find(|task| fact(&opened, task, Field::AgentRole) == Some("News Desk"));
    let description = opened.text(news.unwrap(), Field::Description).unwrap();
    assert!(
        description.starts_with("Collect three local headlines"),
        "{description}"
    );
    let crew = opened.spans(Kind::Crew)[0];
    // `str()` of a dictionary.
    assert_eq!(crew.int(Field::ReportedTotal), Some(1787));
    assert_eq!(crew.int(Field::ReportedCached), Some(256));
    assert_eq!(fact(&opened, crew, Field::Process), Some("sequential"));
    let streamed = opened
        .spans(Kind::Llm)
        .into_iter()
        .filter(|call| call.bool(Field::Stream) == Some(true));
    let streamed: Vec<_> = streamed.collect();
    assert_eq!(streamed.len(), 1);
    assert_eq!(streamed[0].usage.total, Some(137));
    assert_eq!(
        read(&opened, streamed[0], Field::Output),
        ["assistant: Lisbon tomorrow: **18–24"]
    );
    let editor = opened
        .spans(Kind::Agent)
        .into_iter()
        .find(|agent| opened.name(agent) == "Editor");
    assert_eq!(
        fact(&opened, editor.unwrap(), Field::Model),
        Some("claude-3-5-sonnet-20241022")
    );
}

#[test]
fn what_a_recorder_cannot_write_is_said_once_for_a_source() {
    let opened = open("flow_nested/openllmetry-crewai1.15.30.jsonl");
    for kind in [
        "no-tool-calls",
        "no-task-names",
        "no-inner-steps",
        "no-flows",
        "no-async-tasks",
    ] {
        assert_eq!(opened.warned(kind), 1, "{kind}");
    }
    assert_eq!(opened.trace.executions.len(), 2);
    let own = open("failing_task/pyotel-lines-crewai1.15.30.jsonl");
    assert!(own
        .trace
        .warnings
        .iter()
        .all(|warning| !warning.kind.name().starts_with("no-")));
}

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
    let sums = analysis::summary(&opened.trace, execution, &Prices::bundled());
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

#[test]
fn one_request_seen_by_two_instrumentations_counts_once() {
    let chat = |id: &str, parent: &str, name: &str, seconds, usage: &[(&str, &str)]| {
        let mut pairs = vec![
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "gpt-4o"),
        ];
        pairs.extend(usage);
        span(id, parent, name, seconds, &strings(&pairs), "")
    };
    let usage = [
        ("gen_ai.usage.input_tokens", "10"),
        ("gen_ai.usage.output_tokens", "2"),
        ("gen_ai.usage.cache_read.input_tokens", "4"),
    ];
    let opened = open_lines(&[
        // The outer one knows less about its tokens.
        chat("a", "", "gpt-4o.llm", (1, 5), &usage[..2]),
        chat("a1", "a", "openai.chat", (2, 4), &usage),
        chat("a2", "a1", "chat gpt-4o", (2, 3), &usage),
        // Two tries inside one call that has no numbers of its own: both were requests.
        chat("b", "", "gpt-4o.llm", (6, 9), &[]),
        chat("b1", "b", "openai.chat", (6, 7), &usage),
        chat("b2", "b", "openai.chat", (7, 8), &usage),
    ]);
    let sums = analysis::summary(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (sums.requests, sums.total_tokens, sums.cached_prompt_tokens),
        (Some(3), Some(36), Some(12))
    );
    assert_eq!(opened.spans(Kind::Other).len(), 3);
}

/// Texts are compared by hash: what else stands among the attributes does not count.
#[test]
fn the_same_prompt_in_pieces_has_the_same_hash() {
    let call = |id: &str, answer: &str, tokens: &str, prompt: &str| {
        let pairs = [
            ("openinference.span.kind", "LLM"),
            ("llm.input_messages.0.message.role", "user"),
            ("llm.input_messages.0.message.content", prompt),
            ("llm.output_messages.0.message.content", answer),
            ("llm.token_count.total", tokens),
        ];
        span(id, "", "ChatCompletion", (1, 2), &strings(&pairs), "")
    };
    let opened = open_lines(&[
        call("a", "Yes", "5", "Hi"),
        call("b", "No", "6", "Hi"),
        call("c", "No", "6", "Ho"),
    ]);
    let hash = |at: usize, field| opened.spans(Kind::Llm)[at].text(field).unwrap().hash;
    assert_eq!(hash(0, Field::Input), hash(1, Field::Input));
    assert_ne!(hash(1, Field::Input), hash(2, Field::Input));
    assert_ne!(hash(0, Field::Output), hash(1, Field::Output));
    assert_eq!(hash(1, Field::Output), hash(2, Field::Output));
    // A request with nothing around it is answered by its answer.
    let lone = open_lines(&[call("a", "Yes", "5", "Hi")]);
    let report = lone.report();
    assert_eq!(report["executions"][0]["kind"], "trace");
    assert_eq!(report["executions"][0]["final_output"], "Yes");
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
    let rows = analysis::tasks(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(rows[0].agents, ["Writer", "Guardrail Agent"]);
    let agents = analysis::agents(&opened.trace, opened.execution(), &Prices::bundled());
    assert_eq!(
        (agents[0].role.as_str(), agents[0].total_tokens),
        ("Guardrail Agent", Some(5))
    );
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
    let sums = analysis::summary(&opened.trace, execution, &Prices::bundled());
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

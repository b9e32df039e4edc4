//! MLflow: real files in every shape that MLflow has given them.

use super::*;

const MLFLOW: &[&str] = &[
    "mlflow-crew",
    "mlflow-crew-litellm",
    "mlflow-crew-openai-async",
    "mlflow-flow-openai",
];

fn mlflow(name: &str) -> Value {
    serde_json::from_slice(&support::sample(&format!(
        "stores/{name}-crewai1.14.7.json"
    )))
    .unwrap()
}

#[test]
fn mlflow_agrees_with_what_the_server_counted() {
    let truth: Value = serde_json::from_slice(&support::sample("stores/expected.json")).unwrap();
    for name in MLFLOW {
        let opened = stored(&format!("{name}-crewai1.14.7.json"));
        let report = opened.report();
        assert_eq!(report["sources"][0]["format"], "mlflow", "{name}");
        let summary = &report["executions"][0]["summary"];
        let of = |key: &str| truth[name][key].clone();
        let total = of("prompt").as_u64().unwrap() + of("completion").as_u64().unwrap();
        assert_eq!(summary["total_tokens"], total, "{name}");
        if *name == "mlflow-crew" {
            // Without the autologging of the provider's client no call is recorded; the crew counts for itself.
            assert_eq!(summary["requests"], Value::Null);
            assert_eq!(opened.warned("no-tool-calls"), 1);
            continue;
        }
        for (ours, theirs) in [
            ("prompt_tokens", "prompt"),
            ("completion_tokens", "completion"),
            ("cached_prompt_tokens", "cached"),
            ("reasoning_tokens", "reasoning"),
            ("requests", "requests"),
            ("failed_requests", "failed"),
        ] {
            assert_eq!(summary[ours], of(theirs), "{name} {ours}");
        }
    }
}

#[test]
fn mlflow_tells_crew_flow_task_agent_and_call_apart() {
    let flow = stored("mlflow-flow-openai-crewai1.14.7.json");
    let kinds: Vec<(Kind, &str)> = flow
        .trace
        .spans
        .iter()
        .map(|span| (span.kind, flow.name(span)))
        .collect();
    assert_eq!(
        kinds,
        [
            (Kind::Flow, "Brief"),
            (Kind::Crew, "inner"),
            (Kind::Task, "first"),
            (Kind::Agent, "Doer"),
            (Kind::Llm, "gpt-4o")
        ]
    );
    let execution = &flow.report()["executions"][0];
    assert_eq!(execution["final_output"], "flow says From the crew.");
    let task = &execution["tasks"][0];
    assert_eq!(
        (&task["description"], &task["output"]),
        (&json!("Please do first [[a]]"), &json!("From the crew."))
    );
    assert_eq!(execution["summary"]["estimated_cost_usd"], json!(0.00025));
    let call = flow.spans(Kind::Llm)[0];
    assert_eq!(
        call.sym(Field::FinishReason).map(|sym| flow.trace.str(sym)),
        Some("stop")
    );
    let said = messages(&flow.text(call, Field::Input).unwrap());
    assert_eq!(
        said.iter()
            .map(|message| message.role.as_str())
            .collect::<Vec<_>>(),
        ["system", "user"]
    );
    assert_eq!(
        messages(&flow.text(call, Field::Output).unwrap())[0].parts,
        [Part::Text("From the crew.".into())]
    );
}

#[test]
fn mlflow_async_task_without_a_span_is_read_from_its_agent() {
    let opened = stored("mlflow-crew-openai-async-crewai1.14.7.json");
    let tasks = opened.spans(Kind::Task);
    assert_eq!(
        tasks
            .iter()
            .map(|task| opened.name(task))
            .collect::<Vec<_>>(),
        ["left", "right"]
    );
    assert!(tasks[0].flags.has(Flags::INFERRED) && !tasks[1].flags.has(Flags::INFERRED));
    assert_eq!(
        opened.text(tasks[0], Field::Description).as_deref(),
        Some("Please do left [[a]]")
    );
    assert_eq!(opened.text(tasks[0], Field::Output).as_deref(), Some("Ok."));
    assert_eq!(
        (tasks[0].status, tasks[1].status),
        (Status::Completed, Status::Failed)
    );
    assert!(opened
        .text(tasks[1], Field::Error)
        .unwrap()
        .starts_with("BadRequestError"));
}

#[test]
fn mlflow_call_recorded_by_two_instrumentations_is_one_request() {
    let opened = stored("mlflow-crew-litellm-crewai1.14.7.json");
    let calls = opened.spans(Kind::Llm);
    assert_eq!(calls.len(), 2);
    assert!(calls
        .iter()
        .all(|call| opened.trace.spans[call.parent.unwrap() as usize].kind == Kind::Agent));
    // The inner ones stay, as steps.
    assert_eq!(opened.spans(Kind::Other).len(), 2);
}

/// `Span.to_dict` before MLflow 3.0 (schema 2).
fn schema_2(span: &Value) -> Value {
    let hex = |key: &str| span[key].as_str().map(|id| format!("0x{}", hex_of(id)));
    json!({
        "name": span["name"], "context": {"trace_id": hex("trace_id"), "span_id": hex("span_id")}, "parent_id": hex("parent_span_id"),
        "start_time": span["start_time_unix_nano"], "end_time": span["end_time_unix_nano"],
        "status_code": span["status"]["code"].as_str().unwrap().trim_start_matches("STATUS_CODE_"),
        "status_message": span["status"]["message"], "attributes": span["attributes"],
        "events": span["events"].as_array().unwrap().iter().map(|event| json!({"name": event["name"], "timestamp": event["time_unix_nano"], "attributes": event["attributes"]})).collect::<Vec<_>>(),
    })
}

/// `Span.to_dict` of MLflow 3.5.0.
fn version_3_5(span: &Value) -> Value {
    let mut out = span.clone();
    for key in ["span_id", "parent_span_id"] {
        out[key] = span[key].as_str().map(hex_of).into();
    }
    out["trace_id"] = json!(format!("tr-{}", hex_of(span["trace_id"].as_str().unwrap())));
    out["status"]["code"] = json!(span["status"]["code"]
        .as_str()
        .unwrap()
        .trim_start_matches("STATUS_CODE_"));
    out
}

/// A span as the tracking API answers it: OTLP's own JSON.
fn of_the_api(span: &Value) -> Value {
    let mut out = span.clone();
    let list = |map: &Value| -> Value {
        map.as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| json!({"key": key, "value": {"string_value": value}}))
            .collect::<Vec<_>>()
            .into()
    };
    out["attributes"] = list(&span["attributes"]);
    for event in out["events"].as_array_mut().unwrap() {
        event["attributes"] = list(&event["attributes"]);
    }
    for key in ["start_time_unix_nano", "end_time_unix_nano"] {
        out[key] = json!(span[key].to_string());
    }
    out
}

fn hex_of(base64: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = base64
        .trim_end_matches('=')
        .chars()
        .map(|c| format!("{:06b}", alphabet.find(c).unwrap()))
        .collect();
    let whole = bits.len() / 8 * 8;
    bits.as_bytes()[..whole]
        .chunks(4)
        .map(|four| {
            format!(
                "{:x}",
                u8::from_str_radix(std::str::from_utf8(four).unwrap(), 2).unwrap()
            )
        })
        .collect()
}

#[test]
fn every_shape_of_an_mlflow_trace_says_the_same() {
    for name in MLFLOW {
        let trace = mlflow(name);
        let want = facts(&stored(&format!("{name}-crewai1.14.7.json")));
        let spans = trace["data"]["spans"].as_array().unwrap();
        let each = |shape: fn(&Value) -> Value| -> Value {
            spans.iter().map(shape).collect::<Vec<_>>().into()
        };
        let info = json!({"request_id": "tr-1", "timestamp_ms": 1, "execution_time_ms": 2, "status": "OK", "request_metadata": {}, "tags": {}});
        let row = json!({"trace_id": "tr-1", "trace": trace.to_string(), "state": "OK", "request": {}, "response": null, "tags": {}, "spans": spans});
        let shapes = [
            ("artifact", json!({"spans": spans})),
            (
                "artifact of schema 2",
                json!({"spans": each(schema_2), "request": "{}", "response": "{}"}),
            ),
            (
                "schema 2",
                json!({"info": info, "data": {"spans": each(schema_2)}}),
            ),
            (
                "3.5",
                json!({"info": {}, "data": {"spans": each(version_3_5)}}),
            ),
            ("rows", json!([row])),
            (
                "API",
                json!({"trace": {"trace_info": {"trace_id": "tr-1"}, "spans": each(of_the_api)}}),
            ),
            (
                "API, several",
                json!({"traces": [{"trace_info": {}, "spans": each(of_the_api)}]}),
            ),
            ("several", json!([trace])),
        ];
        for (shape, document) in shapes {
            let opened = value(&document.to_string());
            assert_eq!(facts(&opened), want, "{name}: {shape}");
            assert_eq!(
                opened.trace.sources[0].records,
                spans.len() as u64,
                "{name}: {shape}"
            );
        }
        let lines: Vec<String> = spans.iter().map(Value::to_string).collect();
        assert_eq!(facts(&open_lines(&lines)), want, "{name}: a span a line");
    }
}

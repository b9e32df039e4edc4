//! Messages that a recorder wrote in pieces, as a person reads them.

use crewscope_analysis::conversation::{messages, Message as Read, Part};
use crewscope_trace::model::Pieces;
use crewscope_trace::text::gather::gather;
use crewscope_trace::text::typed::plain;

fn read(pieces: Pieces, text: &str) -> Vec<Read> {
    messages(&gather(pieces, text))
}

fn text(role: &str, text: &str) -> Read {
    Read {
        role: role.into(),
        parts: vec![Part::Text(text.into())],
    }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall {
        id: id.into(),
        name: name.into(),
        arguments: arguments.into(),
        result: None,
    }
}

#[test]
fn openinference_pieces_flat_and_nested() {
    let flat = r#"[{"key":"llm.model_name","value":{"stringValue":"m"}},
        {"key":"llm.input_messages.0.message.role","value":{"stringValue":"user"}},
        {"key":"llm.input_messages.0.message.content","value":{"stringValue":"Hi \"you\""}},
        {"key":"llm.input_messages.1.message.role","value":{"stringValue":"assistant"}},
        {"key":"llm.input_messages.1.message.tool_calls.0.tool_call.id","value":{"stringValue":"c1"}},
        {"key":"llm.input_messages.1.message.tool_calls.0.tool_call.function.name","value":{"stringValue":"f"}},
        {"key":"llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments","value":{"stringValue":"{\"a\": 1}"}},
        {"key":"llm.input_messages.2.message.role","value":{"stringValue":"tool"}},
        {"key":"llm.input_messages.2.message.tool_call_id","value":{"stringValue":"c1"}},
        {"key":"llm.input_messages.2.message.name","value":{"stringValue":"f"}},
        {"key":"llm.input_messages.2.message.content","value":{"stringValue":"7"}},
        {"key":"llm.output_messages.0.message.role","value":{"stringValue":"assistant"}},
        {"key":"llm.output_messages.0.message.contents.0.message_content.type","value":{"stringValue":"text"}},
        {"key":"llm.output_messages.0.message.contents.0.message_content.text","value":{"stringValue":"Bye"}}]"#;
    let nested = r#"{"llm":{"model_name":"m","input_messages":[{"message":{"role":"user","content":"Hi \"you\""}},
        {"message":{"role":"assistant","tool_calls":[{"tool_call":{"id":"c1","function":{"name":"f","arguments":"{\"a\": 1}"}}}]}},
        {"message":{"role":"tool","tool_call_id":"c1","name":"f","content":"7"}}],
        "output_messages":[{"message":{"role":"assistant","contents":[{"message_content":{"type":"text","text":"Bye"}}]}}]}}"#;
    let columns = r#"{"name":"x","attributes.llm.input_messages":[{"message.role":"user","message.content":"Hi \"you\""},
        {"message.role":"assistant","message.tool_calls":[{"tool_call.id":"c1","tool_call.function.name":"f","tool_call.function.arguments":"{\"a\": 1}"}]},
        {"message.role":"tool","message.tool_call_id":"c1","message.name":"f","message.content":"7"}],
        "attributes.llm.output_messages.0.message.role":"assistant","attributes.llm.output_messages.0.message.content":"Bye"}"#;
    for form in [flat, nested, columns] {
        let result = Part::ToolResult {
            id: "c1".into(),
            name: "f".into(),
            content: "7".into(),
        };
        let input = read(Pieces::Input, form);
        assert_eq!(input[0], text("user", "Hi \"you\""), "{form}");
        assert_eq!(input[1].parts, [call("c1", "f", r#"{"a": 1}"#)], "{form}");
        assert_eq!(input[2].parts, [result], "{form}");
        assert_eq!(read(Pieces::Output, form), [text("assistant", "Bye")]);
    }
}

#[test]
fn gen_ai_pieces_of_older_conventions() {
    let form = r#"{"gen_ai.prompt.0.role":"user","gen_ai.prompt.0.content":"[{\"type\":\"text\",\"text\":\"Look\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]",
        "gen_ai.completion.0.role":"assistant","gen_ai.completion.0.finish_reason":"tool_calls","gen_ai.completion.0.tool_calls.0.id":"c1",
        "gen_ai.completion.0.tool_calls.0.name":"f","gen_ai.completion.0.tool_calls.0.arguments":"{}",
        "llm.request.functions.0.name":"f","llm.request.functions.0.parameters":"{\"type\":\"object\"}"}"#;
    let input = read(Pieces::Input, form);
    assert_eq!(input[0].parts[0], Part::Text("Look".into()));
    assert!(matches!(&input[0].parts[1], Part::Media { .. }));
    assert_eq!(read(Pieces::Output, form)[0].parts, [call("c1", "f", "{}")]);
    assert_eq!(
        gather(Pieces::Tools, form),
        r#"[{"name":"f","parameters":{"type":"object"}}]"#
    );
}

#[test]
fn span_events_as_messages() {
    let events = r#"[{"name":"gen_ai.system.message","timeUnixNano":"1","attributes":[{"key":"content","value":{"stringValue":"Be brief"}}]},
        {"name":"gen_ai.user.message","attributes":[{"key":"content","value":{"stringValue":"Hi"}},{"key":"role","value":{"stringValue":"user"}}]},
        {"name":"gen_ai.assistant.message","attributes":[{"key":"tool_calls","value":{"stringValue":"[{\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]"}}]},
        {"name":"gen_ai.tool.message","attributes":[{"key":"id","value":{"stringValue":"c1"}},{"key":"content","value":{"stringValue":"ok"}}]},
        {"name":"exception","attributes":[]},
        {"name":"gen_ai.choice","attributes":[{"key":"index","value":{"intValue":"0"}},{"key":"finish_reason","value":{"stringValue":"stop"}},{"key":"message","value":{"stringValue":"{\"role\":\"assistant\",\"content\":\"Hello\"}"}}]}]"#;
    let input = read(Pieces::Input, events);
    assert_eq!(input[0], text("system", "Be brief"));
    assert_eq!(input[1], text("user", "Hi"));
    assert_eq!(input[2].parts, [call("c1", "f", "{}")]);
    assert!(matches!(&input[3].parts[0], Part::ToolResult { id, .. } if id == "c1"));
    assert_eq!(read(Pieces::Output, events), [text("assistant", "Hello")]);

    let content = r#"[{"name":"gen_ai.content.prompt","attributes":{"gen_ai.prompt":"[{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Yes?\"}]"}},
        {"name":"gen_ai.content.completion","attributes":{"gen_ai.completion":"[{\"role\": \"assistant\", \"content\": \"Bye\"}]"}}]"#;
    assert_eq!(
        read(Pieces::Input, content),
        [text("user", "Hi"), text("assistant", "Yes?")]
    );
    assert_eq!(read(Pieces::Output, content), [text("assistant", "Bye")]);
}

#[test]
fn a_cut_preview_shows_what_is_whole() {
    let form = r#"[{"key":"llm.input_messages.0.message.role","value":{"stringValue":"user"}},{"key":"llm.input_messages.0.message.content","value":{"stringValue":"Hi"}},{"key":"llm.input_messages.1.message.role","value":{"stri"#;
    assert_eq!(read(Pieces::Input, form)[0], text("user", "Hi"));
    for broken in [
        "",
        "[",
        "{\"a\":",
        "[{\"key\":\"gen_ai.prompt.99999999999999999999.role\",\"value\":{}}]",
        "7",
    ] {
        assert_eq!(gather(Pieces::Input, broken), broken);
    }
}

#[test]
fn typed_values_become_plain_json() {
    let typed = r#"{"values":[{"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"user"}},{"key":"parts","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"type","value":{"stringValue":"text"}},{"key":"content","value":{"stringValue":"Hi"}}]}}]}}}]}}]}"#;
    assert_eq!(
        plain(typed),
        r#"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#
    );
    assert_eq!(messages(&plain(typed)), [text("user", "Hi")]);
    assert_eq!(plain(r#"{"values":[]}"#), "[]");
    assert_eq!(plain("nope"), "nope");
}

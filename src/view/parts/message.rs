//! One message of a conversation.

use super::format::bytes;
use super::rich::rich;
use super::text::{head, named, shown as text};
use crate::dom::{button, el, group, live, Dom};
use crate::live::RwSignal;
use crewscope_trace::analysis::conversation::{messages, Message, Part};
use leptos::prelude::*;

/// Bytes of a message that are shown before "show all".
const SHORT: usize = 1_200;

/// The messages in a text that is a list of them; `None` for any other text.
pub fn spoken(text: &str) -> Option<Vec<Message>> {
    let start = text.trim_start();
    // A look at the beginning first: parsing every long JSON text twice would be felt.
    if !(start.starts_with("[{") || start.starts_with('{'))
        || !head(start, 400).contains("\"role\"")
    {
        return None;
    }
    let messages = messages(text);
    let all = !messages.is_empty()
        && messages
            .iter()
            .all(|message| !message.role.is_empty() && !message.parts.is_empty());
    all.then_some(messages)
}

/// A message with its parts in order.
pub fn message(message: Message) -> Dom {
    let Message { role, parts } = message;
    let word = match role.as_str() {
        "system" | "developer" => "System".to_owned(),
        "user" | "human" => "User".to_owned(),
        "assistant" | "ai" | "model" => "Assistant".to_owned(),
        "tool" | "function" => "Tool".to_owned(),
        "" => "Text".to_owned(),
        other => other.to_owned(),
    };
    let side = match word.as_str() {
        "System" => "system",
        "User" => "user",
        "Assistant" => "assistant",
        "Tool" => "tool",
        _ => "other",
    };
    let parts = parts.into_iter().map(part).collect::<Dom>();
    el("article")
        .class("cs-message")
        .attr("data-role", side)
        .child(el("p").class("cs-role").child(text(&word)))
        .child(parts)
        .dom()
}

fn part(part: Part) -> Dom {
    match part {
        Part::Text(content) => folded(content),
        Part::Other(content) => folded(content),
        Part::Thought(content) => el("div")
            .class("cs-thought")
            .child(el("p").class("cs-role").child("Thought"))
            .child(folded(content))
            .dom(),
        Part::ToolCall {
            name, arguments, ..
        } => el("div")
            .class("cs-tool-call")
            .child(
                el("p")
                    .class("cs-role")
                    .child(el("span").class("cs-kind").attr("data-kind", "tool"))
                    .child("Calls ")
                    .child(named(if name.is_empty() {
                        "a tool".to_owned()
                    } else {
                        name
                    })),
            )
            .child((!arguments.is_empty()).then(|| folded(arguments)))
            .dom(),
        Part::ToolResult { name, content, .. } => el("div")
            .class("cs-tool-call")
            .child(
                el("p")
                    .class("cs-role")
                    .child(el("span").class("cs-kind").attr("data-kind", "tool"))
                    .child("Result of ")
                    .child(named(if name.is_empty() {
                        "a tool".to_owned()
                    } else {
                        name
                    })),
            )
            .child(folded(content))
            .dom(),
        Part::Media { kind, description } => el("p")
            .class("cs-image")
            .attr(
                "title",
                "Nothing is loaded: a request would tell its server \
 that this trace was read.",
            )
            .child(text(&kind))
            .child(" not loaded: ")
            .child(el("span").class("cs-mono").child(text(&description)))
            .dom(),
    }
}

/// A text, the long rest of it on demand.
pub fn folded(content: String) -> Dom {
    // Prompts are templates and often begin with an empty line.
    let content = content.trim_start_matches(['\n', '\r']).to_owned();
    if content.is_empty() {
        return el("p").class("cs-unknown").child("empty").dom();
    }
    // An eighth more is shown at once: a button for three more lines would be a nuisance.
    if content.len() <= SHORT + SHORT / 8 {
        return rich(content, None, false);
    }
    let all = RwSignal::new(false);
    let size = bytes(content.len() as u64);
    let end = head(&content, SHORT).len();
    let content = StoredValue::new(content);
    group()
        .child(live(move || {
            let (text, cut) = content.with_value(|content| {
                if all.get() {
                    (content.clone(), false)
                } else {
                    (content.get(..end).unwrap_or(content).to_owned() + "…", true)
                }
            });
            // The head of a JSON text is no JSON; it is only a preview then.
            rich(text, None, cut)
        }))
        .child(
            button()
                .class("cs-button")
                .attr("data-look", "quiet")
                .attr("data-size", "small")
                .attr("aria-expanded", move || all.get().to_string())
                .click(move || all.update(|all| *all = !*all))
                .child(live(move || {
                    if all.get() {
                        "Show less".to_owned()
                    } else {
                        format!("Show all ({size})")
                    }
                })),
        )
        .dom()
}

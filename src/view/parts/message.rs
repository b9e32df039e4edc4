//! One message of a conversation.

use super::format::bytes;
use super::rich::Rich;
use super::text::{head, shown as text, Name};
use crate::live::{live, RwSignal};
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
pub fn message(message: Message) -> AnyView {
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
    let parts = parts.into_iter().map(part).collect_view();
    view! {
        <article class="cs-message" data-role=side>
            <p class="cs-role">{text(&word)}</p>
            {parts}
        </article>
    }
    .into_any()
}

fn part(part: Part) -> AnyView {
    match part {
        Part::Text(content) => view! { <Clipped content=content/> }.into_any(),
        Part::Other(content) => view! { <Clipped content=content/> }.into_any(),
        Part::Thought(content) => view! {
            <div class="cs-thought">
                <p class="cs-role">"Thought"</p>
                <Clipped content=content/>
            </div>
        }
        .into_any(),
        Part::ToolCall { name, arguments, .. } => view! {
            <div class="cs-tool-call">
                <p class="cs-role">
                    <span class="cs-kind" data-kind="tool"></span>
                    "Calls "
                    <Name text=if name.is_empty() { "a tool".to_owned() } else { name }/>
                </p>
                {(!arguments.is_empty()).then(|| view! { <Clipped content=arguments/> }.into_any())}
            </div>
        }
        .into_any(),
        Part::ToolResult { name, content, .. } => view! {
            <div class="cs-tool-call">
                <p class="cs-role">
                    <span class="cs-kind" data-kind="tool"></span>
                    "Result of "
                    <Name text=if name.is_empty() { "a tool".to_owned() } else { name }/>
                </p>
                <Clipped content=content/>
            </div>
        }
        .into_any(),
        Part::Media { kind, description } => view! {
            <p class="cs-image" title="Nothing is loaded: a request would tell its server that this trace was read.">
                {text(&kind)}
                " not loaded: "
                <span class="cs-mono">{text(&description)}</span>
            </p>
        }
        .into_any(),
    }
}

/// A text, the long rest of it on demand.
#[component]
pub fn Clipped(
    /// The text.
    content: String,
) -> impl IntoView {
    // Prompts are templates and often begin with an empty line.
    let content = content.trim_start_matches(['\n', '\r']).to_owned();
    if content.is_empty() {
        return view! { <p class="cs-unknown">"empty"</p> }.into_any();
    }
    // An eighth more is shown at once: a button for three more lines would be a nuisance.
    if content.len() <= SHORT + SHORT / 8 {
        return view! { <Rich text=content form=None/> }.into_any();
    }
    let all = RwSignal::new(false);
    let size = bytes(content.len() as u64);
    let end = head(&content, SHORT).len();
    let content = StoredValue::new(content);
    view! {
        {live(move || {
            let (text, cut) = content.with_value(|content| {
                if all.get() { (content.clone(), false) } else { (content.get(..end).unwrap_or(content).to_owned() + "…", true) }
            });
            // The head of a JSON text is no JSON; it is only a preview then.
            view! { <Rich text=text form=None cut=cut/> }
        })}
        <button
            type="button"
            class="cs-button"
            data-look="quiet"
            data-size="small"
            aria-expanded=move || all.get().to_string()
            on:click=move |_| all.update(|all| *all = !*all)
        >
            {live(move || if all.get() { "Show less".to_owned() } else { format!("Show all ({size})") })}
        </button>
    }
    .into_any()
}

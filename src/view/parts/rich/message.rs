//! One message of a conversation.

use crate::dom::{button, el, group, live, Dom};
use crate::live::RwSignal;
use crate::view::parts::copy::copy_button;
use crate::view::parts::form::Form;
use crate::view::parts::format::bytes;
use crate::view::parts::rich::rich;
use crate::view::parts::text::{head, named, plain, shown as text};
use crate::wording::{common, conversation as words};
use crewscope_analysis::conversation::{messages, Message, Part};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};

/// Bytes of a message that are shown before "show all".
const SHORT: usize = 1_200;

/// Whether a text begins like a list of messages: parsing every long JSON text twice would be felt.
pub fn may_be_spoken(text: &str) -> bool {
    let start = text.trim_start();
    (start.starts_with("[{") || start.starts_with('{')) && head(start, 400).contains("\"role\"")
}

/// The messages in a text that is a list of them; `None` for any other text.
pub fn spoken(text: &str) -> Option<Vec<Message>> {
    if !may_be_spoken(text) {
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
    drawn(message, false)
}

/// A message that the call before was not sent.
pub fn message_new(message: Message) -> Dom {
    drawn(message, true)
}

fn drawn(message: Message, new: bool) -> Dom {
    let Message { role, parts } = message;
    let word = match role.as_str() {
        "system" | "developer" => words::SYSTEM.to_owned(),
        "user" | "human" => words::USER.to_owned(),
        "assistant" | "ai" | "model" => words::ASSISTANT.to_owned(),
        "tool" | "function" => common::TOOL.to_owned(),
        "" => common::TEXT.to_owned(),
        other => other.to_owned(),
    };
    let side = match word.as_str() {
        words::SYSTEM => "system",
        words::USER => "user",
        words::ASSISTANT => "assistant",
        common::TOOL => "tool",
        _ => "other",
    };
    let form = RwSignal::new(None::<Form>);
    let copied = said(&parts);
    let label = words::message_of(&word);
    let copy =
        (!copied.is_empty()).then(|| copy_button(Callback::new(move |()| plain(&copied)), &label));
    let parts = parts
        .into_iter()
        .map(|this| part(this, form))
        .collect::<Dom>();
    el("article")
        .class("cs-message")
        .attr("data-role", side)
        .child(
            el("div")
                .class("cs-message-head")
                .child(el("p").class("cs-role").child(text(&word)))
                .child(new.then(|| el("span").class("cs-new").child(words::NEW).dom()))
                .child(el("span").class("cs-grow"))
                .child(forms(form))
                .child(copy),
        )
        .child(parts)
        .dom()
}

/// Chooses how the texts of a message are shown.
fn forms(form: RwSignal<Option<Form>>) -> Dom {
    const FORMS: [(&str, Option<Form>); 4] = [
        (words::AUTO, None),
        (common::MARKDOWN, Some(Form::Markdown)),
        (common::JSON, Some(Form::Json)),
        (common::TEXT, Some(Form::Text)),
    ];
    let options = FORMS.map(|(label, _)| el("option").child(label).dom());
    el("select")
        .class("cs-mini")
        .attr("aria-label", words::SHOW_AS)
        .on("change", move |event: Event| {
            let chosen = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
                .and_then(|select| FORMS.get(usize::try_from(select.selected_index()).ok()?));
            form.set(chosen.and_then(|(_, form)| *form));
        })
        .child(Vec::from(options))
        .dom()
}

/// What a message says, as one text to copy.
pub fn said(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        let texts = match part {
            Part::Text(text) | Part::Thought(text) | Part::Other(text) => [text.as_str(), "", ""],
            Part::ToolCall {
                name,
                arguments,
                result,
                ..
            } => [name, arguments, result.as_deref().unwrap_or_default()],
            Part::ToolResult { content, .. } => [content.as_str(), "", ""],
            Part::Media { description, .. } => [description.as_str(), "", ""],
        };
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(text);
        }
    }
    out
}

/// The line over what a tool was asked or gave back.
fn tool_line(word: &'static str, name: String) -> Dom {
    let name = if name.is_empty() {
        words::A_TOOL.to_owned()
    } else {
        name
    };
    el("p")
        .class("cs-role")
        .child(el("span").class("cs-kind").attr("data-kind", "tool"))
        .child(word)
        .child(named(name))
        .dom()
}

fn part(part: Part, form: RwSignal<Option<Form>>) -> Dom {
    match part {
        Part::Text(content) | Part::Other(content) => folded(content, form),
        Part::Thought(content) => el("div")
            .class("cs-thought")
            .child(el("p").class("cs-role").child(common::THOUGHT))
            .child(folded(content, form))
            .dom(),
        Part::ToolCall {
            name,
            arguments,
            result,
            ..
        } => el("div")
            .class("cs-tool-call")
            .child(tool_line(words::CALLS, name))
            .child((!arguments.is_empty()).then(|| folded(arguments, form)))
            .child(result.map(|result| {
                el("div")
                    .class("cs-tool-result")
                    .child(el("p").class("cs-role").child(common::RESULT))
                    .child(folded(result, form))
                    .dom()
            }))
            .dom(),
        Part::ToolResult { name, content, .. } => el("div")
            .class("cs-tool-call")
            .child(tool_line(words::RESULT_OF, name))
            .child(folded(content, form))
            .dom(),
        Part::Media {
            kind,
            description,
            data,
        } => media(kind, description, data),
    }
}

/// An image that lies in the message, once a person asks for it. What lies elsewhere is never asked for.
fn media(kind: String, description: String, data: Option<String>) -> Dom {
    let Some(data) = data else {
        return el("p")
            .class("cs-image")
            .attr("title", words::NOTHING_LOADED)
            .child(text(&kind))
            .child(words::NOT_LOADED)
            .child(el("span").class("cs-mono").child(text(&description)))
            .dom();
    };
    let open = RwSignal::new(false);
    // Base64 says three bytes in four letters; what fills the last four up says nothing.
    let said = data.split_once(',').map_or(&*data, |(_, said)| said);
    let size = said.trim_end_matches('=').len() as u64 * 3 / 4;
    let label = words::show_image(&bytes(size));
    let data = StoredValue::new(data);
    live(move || {
        if open.get() {
            el("img")
                .class("cs-picture")
                .attr("alt", words::IMAGE)
                .attr("src", data.get_value())
                .dom()
        } else {
            button()
                .class("cs-button")
                .attr("data-size", "small")
                .click(move || open.set(true))
                .child(label.clone())
                .dom()
        }
    })
}

/// A text, the long rest of it on demand.
fn folded(content: String, form: RwSignal<Option<Form>>) -> Dom {
    // Prompts are templates and often begin with an empty line.
    let content = content.trim_start_matches(['\n', '\r']).to_owned();
    if content.is_empty() {
        return el("p").class("cs-unknown").child(common::EMPTY).dom();
    }
    // An eighth more is shown at once: a button for three more lines would be a nuisance.
    if content.len() <= SHORT + SHORT / 8 {
        return live(move || rich(content.clone(), form.get(), false));
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
                    (
                        content.get(..end).unwrap_or(content).to_owned() + words::CUT,
                        true,
                    )
                }
            });
            // The head of a JSON text is no JSON; it is only a preview then.
            rich(text, form.get(), cut)
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
                        words::SHOW_LESS.to_owned()
                    } else {
                        words::show_all(&size)
                    }
                })),
        )
        .dom()
}

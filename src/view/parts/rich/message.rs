//! One message of a conversation.

use crate::view::parts::copy::CopyButton;
use crate::view::parts::form::Form;
use crate::view::parts::format::bytes;
use crate::view::parts::rich::Rich;
use crate::view::parts::text::{head, plain, shown as text, Named};
use crate::wording::{common, conversation as words};
use crewscope_analysis::conversation::{messages, Message, Part};
use leptos::prelude::*;

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
#[component]
pub fn MessageView(
    /// What was said.
    message: Message,
    /// The call before was not sent it.
    #[prop(optional)]
    is_new: bool,
) -> impl IntoView {
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
        (!copied.is_empty()).then(|| view! { <CopyButton text=move |()| plain(&copied) label /> });
    let parts = parts
        .into_iter()
        .map(|part| view! { <PartView part form /> })
        .collect_view();
    view! {
        <article class="cs-message" data-role=side>
            <div class="cs-message-head">
                <p class="cs-role">{text(&word)}</p>
                {is_new.then(|| view! { <span class="cs-new">{words::NEW}</span> })}
                <span class="cs-grow" />
                <FormChoice form />
                {copy}
            </div>
            {parts}
        </article>
    }
}

/// Chooses how the texts of a message are shown.
#[component]
fn FormChoice(
    /// The choice; none: as their content suggests.
    form: RwSignal<Option<Form>>,
) -> impl IntoView {
    const FORMS: [(&str, Option<Form>); 4] = [
        (words::AUTO, None),
        (common::MARKDOWN, Some(Form::Markdown)),
        (common::JSON, Some(Form::Json)),
        (common::TEXT, Some(Form::Text)),
    ];
    let options = FORMS
        .into_iter()
        .map(|(label, _)| view! { <option>{label}</option> });
    view! {
        <select
            class="cs-mini"
            aria-label=words::SHOW_AS
            on:change:target=move |event| {
                let chosen = usize::try_from(event.target().selected_index()).ok();
                let chosen = chosen.and_then(|chosen| FORMS.get(chosen));
                form.set(chosen.and_then(|(_, form)| *form));
            }
        >
            {options.collect_view()}
        </select>
    }
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
#[component]
fn ToolLine(
    /// What the tool does.
    word: &'static str,
    /// What it is called; may be empty.
    name: String,
) -> impl IntoView {
    let name = if name.is_empty() {
        words::A_TOOL.to_owned()
    } else {
        name
    };
    view! {
        <p class="cs-role">
            <span class="cs-kind" data-kind="tool" />
            {word}
            <Named text=name />
        </p>
    }
}

/// A part of a message.
#[component]
fn PartView(
    /// The part.
    part: Part,
    /// How its texts are shown.
    form: RwSignal<Option<Form>>,
) -> impl IntoView {
    match part {
        Part::Text(content) | Part::Other(content) => view! { <Folded content form /> }.into_any(),
        Part::Thought(content) => view! {
            <div class="cs-thought">
                <p class="cs-role">{common::THOUGHT}</p>
                <Folded content form />
            </div>
        }
        .into_any(),
        Part::ToolCall {
            name,
            arguments,
            result,
            ..
        } => view! {
            <div class="cs-tool-call">
                <ToolLine word=words::CALLS name />
                {(!arguments.is_empty()).then(|| view! { <Folded content=arguments form /> })}
                {result
                    .map(|result| {
                        view! {
                            <div class="cs-tool-result">
                                <p class="cs-role">{common::RESULT}</p>
                                <Folded content=result form />
                            </div>
                        }
                    })}
            </div>
        }
        .into_any(),
        Part::ToolResult { name, content, .. } => view! {
            <div class="cs-tool-call">
                <ToolLine word=words::RESULT_OF name />
                <Folded content form />
            </div>
        }
        .into_any(),
        Part::Media {
            data: Some(data), ..
        } => view! { <Picture data /> }.into_any(),
        // What lies elsewhere is never asked for.
        Part::Media {
            kind, description, ..
        } => view! {
            <p class="cs-image" title=words::NOTHING_LOADED>
                {text(&kind)}
                {words::NOT_LOADED}
                <span class="cs-mono">{text(&description)}</span>
            </p>
        }
        .into_any(),
    }
}

/// An image that lies in the message, once a person asks for it.
#[component]
fn Picture(
    /// Its `data:` address.
    data: String,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // Base64 says three bytes in four letters; what fills the last four up says nothing.
    let said = data.split_once(',').map_or(&*data, |(_, said)| said);
    let size = said.trim_end_matches('=').len() as u64 * 3 / 4;
    let label = words::show_image(&bytes(size));
    let ask = move || {
        view! {
            <button
                type="button"
                class="cs-button"
                data-size="small"
                on:click=move |_| open.set(true)
            >
                {label.clone()}
            </button>
        }
    };
    view! {
        <Show when=move || open.get() fallback=ask>
            <img class="cs-picture" alt=words::IMAGE src=data.clone() />
        </Show>
    }
}

/// A text, the long rest of it on demand.
#[component]
fn Folded(
    /// The text.
    content: String,
    /// How it is shown.
    form: RwSignal<Option<Form>>,
) -> impl IntoView {
    // Prompts are templates and often begin with an empty line.
    let content = content.trim_start_matches(['\n', '\r']).to_owned();
    if content.is_empty() {
        return view! { <p class="cs-unknown">{common::EMPTY}</p> }.into_any();
    }
    // An eighth more is shown at once: a button for three more lines would be a nuisance.
    if content.len() <= SHORT + SHORT / 8 {
        let whole = move || view! { <Rich text=content.clone() form=form.get() /> };
        return whole.into_any();
    }
    let all = RwSignal::new(false);
    let size = bytes(content.len() as u64);
    let end = head(&content, SHORT).len();
    let shown = move || {
        let cut = !all.get();
        let text = if cut {
            content.get(..end).unwrap_or(&content).to_owned() + words::CUT
        } else {
            content.clone()
        };
        // The head of a JSON text is no JSON; it is only a preview then.
        view! { <Rich text form=form.get() cut /> }
    };
    view! {
        {shown}
        <button
            type="button"
            class="cs-button"
            data-look="quiet"
            data-size="small"
            aria-expanded=move || all.get().to_string()
            on:click=move |_| all.update(|all| *all = !*all)
        >
            {move || {
                if all.get() { words::SHOW_LESS.to_owned() } else { words::show_all(&size) }
            }}
        </button>
    }
    .into_any()
}

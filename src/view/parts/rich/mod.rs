//! One text in the form that suits it: messages, Markdown, a JSON tree, or as it stands.

pub mod message;

use crate::view::parts::form::Form;
use crate::view::parts::json_tree::{is_tree, JsonTree};
use crate::view::parts::markdown::Markdown;
use crate::view::parts::text::shown;
use leptos::prelude::*;
use message::{may_be_spoken, spoken, MessageView};

/// A text in a form.
#[component]
pub fn Rich(
    /// The text.
    #[prop(into)]
    text: String,
    /// The form; by default messages, if the text is a list of them, else what the content suggests.
    #[prop(optional_no_strip)]
    form: Option<Form>,
    /// The text is only the head of a longer one; a JSON tree needs all of it.
    #[prop(optional)]
    cut: bool,
) -> impl IntoView {
    let text = match form {
        None if !cut => unquoted(&text).unwrap_or(text),
        _ => text,
    };
    if form.is_none() && !cut && may_be_spoken(&text) {
        if let Some(messages) = spoken(&text) {
            return messages
                .into_iter()
                .map(|message| view! { <MessageView message /> })
                .collect_view()
                .into_any();
        }
    }
    view! { <Formed text form cut /> }.into_any()
}

/// What a JSON string says: some producers write a tool's result as one, and that is easier to read than its escapes.
fn unquoted(text: &str) -> Option<String> {
    let quoted = text.starts_with('"').then_some(text)?;
    serde_json::from_str(quoted).ok()
}

/// Whether [`Rich`] shows this as messages.
pub fn is_messages(text: &str, form: Option<Form>, cut: bool) -> bool {
    if form.is_some() || cut {
        return false;
    }
    match unquoted(text) {
        Some(text) => spoken(&text).is_some(),
        None => spoken(text).is_some(),
    }
}

/// A text that is no list of messages, or is not to be shown as one.
#[component]
fn Formed(text: String, form: Option<Form>, cut: bool) -> impl IntoView {
    let form = form.unwrap_or_else(|| Form::of(&text));
    match form {
        Form::Json if !cut && is_tree(&text) => view! { <JsonTree text /> }.into_any(),
        Form::Markdown => view! { <Markdown text /> }.into_any(),
        _ => view! { <div class="cs-text">{shown(&text)}</div> }.into_any(),
    }
}

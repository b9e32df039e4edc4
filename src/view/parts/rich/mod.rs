//! One text in the form that suits it: messages, Markdown, a JSON tree, or as it stands.

pub mod message;

use crate::dom::{el, Dom};
use crate::view::parts::form::Form;
use crate::view::parts::json_tree::{is_tree, json_tree};
use crate::view::parts::markdown::markdown;
use crate::view::parts::text::shown;
use message::{may_be_spoken, message, spoken};

/// A text in a form.
pub fn rich(
    text: String,
    // The form; by default messages, if the text is a list of them, else what the content suggests.
    form: Option<Form>,
    // The text is only the head of a longer one; a JSON tree needs all of it.
    cut: bool,
) -> Dom {
    let text = match form {
        None if !cut => unquoted(&text).unwrap_or(text),
        _ => text,
    };
    if form.is_none() && !cut && may_be_spoken(&text) {
        if let Some(messages) = spoken(&text) {
            return messages.into_iter().map(message).collect();
        }
    }
    formed(text, form, cut)
}

/// What a JSON string says: some producers write a tool's result as one, and that is easier to read than its escapes.
fn unquoted(text: &str) -> Option<String> {
    let quoted = text.starts_with('"').then_some(text)?;
    serde_json::from_str(quoted).ok()
}

/// Whether [`rich`] shows this as messages.
pub fn is_messages(text: &str, form: Option<Form>, cut: bool) -> bool {
    if form.is_some() || cut {
        return false;
    }
    match unquoted(text) {
        Some(text) => spoken(&text).is_some(),
        None => spoken(text).is_some(),
    }
}

fn formed(text: String, form: Option<Form>, cut: bool) -> Dom {
    let form = form.unwrap_or_else(|| Form::of(&text));
    match form {
        Form::Json if !cut && is_tree(&text) => json_tree(text),
        Form::Markdown => el("div").class("cs-markdown").child(markdown(&text)).dom(),
        _ => plain(&text),
    }
}

fn plain(text: &str) -> Dom {
    el("div").class("cs-text").child(shown(text)).dom()
}

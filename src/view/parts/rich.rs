//! One text in the form that suits it: messages, Markdown, a JSON tree, or as it stands.

use super::json_tree::{is_tree, json_tree};
use super::markdown::markdown;
use super::message::{may_be_spoken, message, spoken};
use super::text::shown;
use super::whole::when_whole;
use crate::dom::{el, live, Dom};
use crate::state::Viewer;
use crate::wording::common;
use leptos::prelude::*;

/// How a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rendered Markdown.
    Markdown,
    /// A collapsible tree of a JSON object or array.
    Json,
    /// As it stands.
    Text,
}

impl Form {
    /// The word on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Markdown => common::MARKDOWN,
            Self::Json => common::JSON,
            Self::Text => common::TEXT,
        }
    }

    /// The form that the content itself suggests.
    pub fn of(text: &str) -> Self {
        if is_tree(text) {
            Self::Json
        } else if looks_like_markdown(text) {
            Self::Markdown
        } else {
            Self::Text
        }
    }
}

/// Whether some line begins, or some word is set, as Markdown does it.
fn looks_like_markdown(text: &str) -> bool {
    const LINES: usize = 400;
    let block = text.lines().take(LINES).any(|line| {
        let line = line.trim_start();
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len() && heading.starts_with(' '))
            || ["- ", "* ", "+ ", "> ", "```", "~~~", "|"]
                .iter()
                .any(|start| line.starts_with(start))
            || line.split_once(". ").is_some_and(|(number, _)| {
                !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            })
    });
    block || text.contains("**") || text.contains("](") || text.contains('`')
}

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
        return when_whole(move || match spoken(&text) {
            Some(messages) => messages.into_iter().map(message).collect(),
            None => formed(text.clone(), form, cut),
        });
    }
    formed(text, form, cut)
}

/// What a JSON string says: some producers write a tool's result as one, and that is easier to read than its escapes.
fn unquoted(text: &str) -> Option<String> {
    let quoted = text.starts_with('"').then_some(text)?;
    serde_json::from_str(quoted).ok()
}

/// Whether [`rich`] shows this as messages.
#[inline(never)]
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
        Form::Json if !cut && is_tree(&text) => when_whole(move || json_tree(text.clone())),
        Form::Markdown => {
            let viewer = expect_context::<Viewer>();
            // Worth reading at once, with its signs, until the second part is here.
            live(move || match viewer.whole.get() {
                true => el("div").class("cs-markdown").child(markdown(&text)).dom(),
                false => plain(&text),
            })
        }
        _ => plain(&text),
    }
}

fn plain(text: &str) -> Dom {
    el("div").class("cs-text").child(shown(text)).dom()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_suggests_its_form() {
        assert_eq!(Form::of(" {\"a\": 1} "), Form::Json);
        assert_eq!(Form::of("{not json"), Form::Text);
        assert_eq!(Form::of("# Title\ntext"), Form::Markdown);
        assert_eq!(Form::of("1. first\n2. second"), Form::Markdown);
        assert_eq!(Form::of("#hashtag and C# are words"), Form::Text);
        assert_eq!(Form::of("A plain sentence. Another one."), Form::Text);
    }
}

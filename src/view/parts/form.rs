//! The forms in which a text can be shown, and which one its content suggests.

use crate::view::parts::json_tree::is_tree;
use crate::wording::common;

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

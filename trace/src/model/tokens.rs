//! The tokens of a span, where there are any.

use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// Tokens of one LLM call (or of a crew, as reported). `None`: not recorded. Unit: tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub prompt: Option<u64>,
    /// Completion tokens, reasoning included.
    pub completion: Option<u64>,
    /// Total as recorded.
    pub total: Option<u64>,
    /// Prompt tokens read from the provider's cache: a part of `prompt`.
    pub cached: Option<u64>,
    /// Prompt tokens written to the provider's cache.
    pub cache_write: Option<u64>,
    /// Reasoning tokens: a part of `completion`.
    pub reasoning: Option<u64>,
}

impl Usage {
    /// Whether anything is recorded.
    pub fn is_recorded(&self) -> bool {
        self.prompt.is_some() || self.completion.is_some() || self.total.is_some()
    }

    /// Recorded total, else prompt + completion.
    pub fn total(&self) -> Option<u64> {
        self.total.or(match (self.prompt, self.completion) {
            (None, None) => None,
            (prompt, completion) => {
                Some(prompt.unwrap_or(0).saturating_add(completion.unwrap_or(0)))
            }
        })
    }
}

/// [`Usage`] in its own piece of memory: it is recorded for requests only, and would be half of what every other span takes.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Tokens(Option<Box<Usage>>);

impl Tokens {
    /// No tokens.
    pub const NONE: Self = Self(None);
}

/// Of a span without tokens.
static NONE: Usage = Usage {
    prompt: None,
    completion: None,
    total: None,
    cached: None,
    cache_write: None,
    reasoning: None,
};

impl From<Usage> for Tokens {
    fn from(usage: Usage) -> Self {
        Self((usage != NONE).then(|| Box::new(usage)))
    }
}

impl Deref for Tokens {
    type Target = Usage;
    fn deref(&self) -> &Usage {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for Tokens {
    fn deref_mut(&mut self) -> &mut Usage {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for Tokens {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

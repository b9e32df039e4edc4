//! The tokens of a span, where there are any.

use super::Usage;
use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

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

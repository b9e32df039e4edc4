//! What can be taken along: Markdown for an issue or a language model, and a Chrome trace.

mod chrome;
mod markdown;
mod redact;

pub use chrome::chrome;
pub use markdown::markdown;
pub use redact::{redact, Redacted};

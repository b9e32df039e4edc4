//! The page's side of reading: what is opened ([`Input`]) is given to a reader on a thread of its own ([`host`]), of which the [`Loader`] has one at
//! a time; long texts are read from the sources again ([`Texts`]), and what cannot be read is explained ([`explain`]).

pub mod diff;
pub mod explain;
pub mod gather;
pub mod helper;
pub mod host;
mod input;
mod loader;
mod runtime;
pub mod search;
mod texts;

pub use input::{picked, Input};
pub use loader::Loader;
pub use runtime::Runtime;
pub use texts::{Ask, TextError, Texts};

/// Why nothing could be opened, for a person.
#[derive(Clone, Debug, Default, PartialEq, thiserror::Error)]
#[error("{title}: {detail} {hint}")]
pub struct LoadError {
    /// A few words: what happened.
    pub title: String,
    /// One sentence with the name and the place.
    pub detail: String,
    /// What would work.
    pub hint: String,
}

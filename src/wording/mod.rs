//! All that a person reads or hears of the viewer's own words, a file a region.
//!
//! One place to read them through, to correct and to translate: views ask for a text by its name, and where a sentence is put together
//! from parts, the function here decides on the order of its words and on what is one or many. Numbers, times and names come as they
//! are to be shown (`view/parts/format.rs`), so nothing here depends on the rest of the program. Kinds, warnings and findings have their
//! words in `crewscope-trace`, for the report and the command line say them too. `tests/wording.rs` finds texts that stand elsewhere.

pub mod common;
pub mod compare;
pub mod conversation;
pub mod details;
pub mod errors;
pub mod executions;
pub mod find;
pub mod findings;
pub mod keys;
pub mod output;
pub mod parts;
pub mod shell;
pub mod summary;
pub mod take;
pub mod tasks;
pub mod timeline;

/// What is counted: the word for one, and for any other number.
pub type Noun = [&'static str; 2];

//! From the model to answers.

pub mod timeline;

//! crewscope: a trace viewer for CrewAI runs, all in the browser.
//!
//! What is opened is [`reading`]'s matter, which lets a reader on another thread do the work; it lands in the reactive state of a [`viewer`], and is
//! shown by the [`view`]; [`embed`] puts a viewer into a page.
#![warn(missing_docs)]

pub mod embed;
pub mod reading;
mod report;
pub mod view;
pub mod viewer;
mod wording;

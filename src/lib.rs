//! crewscope: a trace viewer for CrewAI runs, all in the browser.
//!
//! Bytes come from a [`source`], are read off the main thread by a [`worker`], land in the reactive [`state`], and are
//! shown by the [`view`]; [`embed`] puts a viewer into a page.
#![warn(missing_docs)]

pub mod dom;
pub mod embed;
mod live;
mod report;
pub mod source;
pub mod state;
pub mod view;
mod wording;
pub mod worker;

//! The viewer's components, one folder or file a region.
//!
//! [`App`] is the frame, [`REGIONS`] the table of what stands in it. Regions read the state ([`crate::viewer::Viewer`]) and the answers of the analysis from context,
//! and hold only what concerns their own looks. Texts of a trace reach the page as text nodes only.

mod actions;
mod answers;
mod compare;
mod details;
mod executions;
mod find;
mod findings;
mod frame;
mod output;
mod palette;
mod parts;
pub mod regions;
mod shell;
mod summary;
mod take;
mod tasks;
mod timeline;
mod trust;
mod usage;

pub use shell::{App, OwnsPage};

use crate::wording;
use leptos::prelude::*;
use regions::{Column, Region};

/// All regions, in the order of the page.
pub const REGIONS: &[Region] = &[
    Region {
        word: "header",
        name: None,
        column: Column::Header,
        turn: 0,
        draw: || view! { <shell::Header /> }.into_any(),
    },
    Region {
        word: "executions",
        name: Some(wording::common::EXECUTIONS),
        column: Column::Executions,
        turn: 0,
        draw: || view! { <executions::Executions /> }.into_any(),
    },
    Region {
        word: "summary",
        name: Some(wording::summary::EXECUTION_SUMMARY),
        column: Column::Main,
        turn: 0,
        draw: || view! { <summary::ExecutionSummary /> }.into_any(),
    },
    Region {
        word: "findings",
        name: Some(wording::findings::FINDINGS),
        column: Column::Main,
        turn: 3,
        draw: || view! { <findings::Findings /> }.into_any(),
    },
    Region {
        word: "timeline",
        name: Some(wording::timeline::EXECUTION_TIMELINE),
        column: Column::Main,
        turn: 2,
        draw: || view! { <timeline::ExecutionTimeline /> }.into_any(),
    },
    Region {
        word: "usage",
        name: Some(wording::usage::USAGE),
        column: Column::Main,
        turn: 3,
        draw: || view! { <usage::Usage /> }.into_any(),
    },
    Region {
        word: "tasks",
        name: Some(wording::tasks::TASKS_AND_AGENTS),
        column: Column::Main,
        turn: 1,
        draw: || view! { <tasks::TasksAndAgents /> }.into_any(),
    },
    Region {
        word: "output",
        name: Some(wording::output::FINAL_OUTPUT),
        column: Column::Main,
        turn: 3,
        draw: || view! { <output::FinalOutput /> }.into_any(),
    },
    Region {
        word: "details",
        name: Some(wording::details::TASK_DETAILS),
        column: Column::Details,
        turn: 4,
        draw: || view! { <details::TaskDetails /> }.into_any(),
    },
];

/// All style sheets of `style/`, one text: adopted into the viewer's shadow root. `build.rs` writes it.
pub const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

/// Traces to try out; in context where some are at hand (the project's own page has them, a host page does not).
#[derive(Clone)]
pub struct Samples {
    /// Title and description of each.
    pub titles: Vec<[String; 2]>,
    /// Opens one by its index.
    pub open: send_wrapper::SendWrapper<std::rc::Rc<dyn Fn(u32)>>,
}

/// Saves what is open as one HTML file; in context where the page around the viewer can do that.
#[derive(Clone)]
pub struct Save(pub send_wrapper::SendWrapper<std::rc::Rc<dyn Fn()>>);

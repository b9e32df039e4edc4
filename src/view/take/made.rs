//! What can be taken along, and its text.

use crate::reading::Ask;
use crate::report::{js_of, report_of};
use crate::view::frame::Frame;
use crate::viewer::{Shown, Viewer};
use crate::wording::take as words;
use crewscope_analysis::findings::Findings;
use crewscope_analysis::take::{chrome, markdown};
use crewscope_trace::model::Kind;
use js_sys::JSON;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// What can be taken along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// The task in the details, as Markdown.
    Task,
    /// The execution shown, as Markdown.
    #[default]
    Execution,
    /// The report of all executions.
    Report,
    /// The execution shown, for viewers of Chrome traces.
    Chrome,
}

impl What {
    /// All of it, in the order in which it is offered.
    pub const ALL: [Self; 4] = [Self::Task, Self::Execution, Self::Report, Self::Chrome];

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Task => words::THIS_TASK,
            Self::Execution => words::THIS_EXECUTION,
            Self::Report => words::REPORT,
            Self::Chrome => words::CHROME_TRACE,
        }
    }

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Task => "task.md",
            Self::Execution => "execution.md",
            Self::Report => "report.json",
            Self::Chrome => "trace.json",
        }
    }
}

/// The text of what was chosen. `None`: nothing is open, or no task is selected.
pub async fn made(viewer: Viewer, frame: Frame, what: What) -> Option<String> {
    let shown = frame.answers.shown.get_untracked()?;
    match what {
        What::Task => {
            let task = task_in_details(&shown, frame)?;
            markdown_of(viewer, &shown, Some(task)).await
        }
        What::Execution => markdown_of(viewer, &shown, None).await,
        What::Report => written(&report_of(viewer).await),
        What::Chrome => written(&js_of(&chrome(&shown.trace, shown.execution()?))),
    }
}

/// Index of the task around the span in the details.
fn task_in_details(shown: &Shown, frame: Frame) -> Option<usize> {
    let at = frame.answers.detail.get_untracked()?;
    let task = shown.trace.nearest(at, |span| span.kind == Kind::Task)?;
    frame
        .answers
        .tasks
        .with_untracked(|rows| rows.iter().position(|row| row.span == task))
}

/// An execution, or one of its tasks, as Markdown.
async fn markdown_of(viewer: Viewer, shown: &Shown, task: Option<usize>) -> Option<String> {
    let prices = viewer.prices.get_untracked();
    let loaded = viewer.data.get_untracked()?;
    let none = Findings::default();
    let found = loaded.found.as_deref().unwrap_or(&none);
    let render = |ask: &mut Ask<'_>| markdown(&shown.trace, shown.at, task, found, &prices, ask);
    Some(loaded.texts.rendered(render).await)
}

/// A value as JSON, a field a line.
fn written(value: &JsValue) -> Option<String> {
    JSON::stringify_with_replacer_and_space(value, &JsValue::NULL, &2.into())
        .ok()
        .map(String::from)
}

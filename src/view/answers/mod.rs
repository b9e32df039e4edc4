//! What the analysis says about the execution shown, computed once and shared by the regions.

mod found;

pub use found::{not_among, Found};
use leptos::prelude::*;

use crate::viewer::{Shown, Viewer};
use crewscope_analysis::{Prices, Summary, TaskRow};
use crewscope_trace::model::{Kind, SpanIndex};
use std::sync::Arc;

/// Answers about the execution shown. Get it with `expect_context::<Answers>()`.
#[derive(Clone, Copy)]
pub struct Answers {
    /// The execution shown.
    pub shown: Memo<Option<Shown>>,
    /// Its summary.
    pub summary: Memo<Option<Summary>>,
    /// Its tasks, in the order they were started.
    pub tasks: Memo<Vec<TaskRow>>,
    /// What was found in it, in the order in which it is shown; `None` before all is read.
    pub findings: Memo<Option<Vec<Found>>>,
    /// Those of them that nobody has put aside: what tasks and bars are marked with.
    pub open: Memo<Option<Vec<Found>>>,
    /// The span in Task Details: the selected one, else the first failed task, else the first task.
    pub detail: Memo<Option<SpanIndex>>,
    viewer: Viewer,
}

impl Answers {
    /// Answers for a viewer.
    pub fn new(viewer: Viewer) -> Self {
        let prices = viewer.prices;
        let shown = viewer.shown;
        let summary = Memo::new(move |_| {
            let shown = shown.get()?;
            let execution = shown.execution()?;
            prices.track();
            let work = || {
                prices.with(|prices| crewscope_analysis::summary(&shown.trace, execution, prices))
            };
            Some(viewer.answer(shown.at, |known| &known.summary, work))
        });
        let tasks = Memo::new(move |_| {
            let Some(shown) = shown.get() else {
                return Vec::new();
            };
            let Some(execution) = shown.execution() else {
                return Vec::new();
            };
            prices.track();
            let work =
                || prices.with(|prices| crewscope_analysis::tasks(&shown.trace, execution, prices));
            viewer.answer(shown.at, |known| &known.tasks, work)
        });
        let findings = Memo::new(move |_| {
            let shown = shown.get()?;
            let found = viewer
                .data
                .with(|data| data.as_ref().and_then(|loaded| loaded.found.clone()))?;
            Some(prices.with(|prices| found::of_shown(&shown, &found, prices)))
        });
        let open = Memo::new(move |_| {
            let dismissed = viewer.dismissed.get();
            findings.with(|found| Some(found::not_among(found.as_deref()?, &dismissed)))
        });
        let detail = Memo::new(move |_| {
            viewer
                .selected_span()
                .or_else(|| tasks.with(|tasks| first_of_interest(tasks)))
                .or_else(|| first_work(shown))
        });
        Self {
            shown,
            summary,
            tasks,
            findings,
            open,
            detail,
            viewer,
        }
    }

    /// The price table in use. Tracked.
    pub fn prices(&self) -> Arc<Prices> {
        self.viewer.prices.get()
    }
}

fn first_of_interest(tasks: &[TaskRow]) -> Option<SpanIndex> {
    use crewscope_trace::model::Status;
    let failed = tasks.iter().find(|task| task.status == Status::Failed);
    failed.or(tasks.first()).map(|task| task.span)
}

/// For an execution without tasks (a lone agent, a direct call): its first agent, else its first span.
fn first_work(shown: Memo<Option<Shown>>) -> Option<SpanIndex> {
    let shown = shown.get()?;
    let execution = shown.execution()?;
    let spans = shown.trace.spans_of(execution);
    let agent = spans
        .iter()
        .position(|span| span.kind == Kind::Agent)
        .unwrap_or(0);
    (!spans.is_empty()).then(|| {
        execution
            .first_span
            .saturating_add(u32::try_from(agent).unwrap_or(0))
    })
}

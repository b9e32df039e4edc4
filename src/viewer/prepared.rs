//! Answers about a large trace, worked out in slices before it is shown: all at once they would hold up the page for half a second at a
//! million spans.

use crewscope_analysis::coverage::{self, Note};
use crewscope_analysis::timeline::{self, Activity, Cache, Folding, Scale, Stretch};
use crewscope_analysis::{agents, AgentRow, Prices, Reconciliation, Summary, TaskRow};
use crewscope_trace::model::Trace;
use crewscope_trace::slices::Slices;
use std::sync::{Arc, Mutex};

/// An answer to be taken once: whoever asks again has another question.
#[derive(Debug)]
pub struct Slot<T>(Mutex<Option<T>>);

impl<T> Slot<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(Some(value)))
    }

    fn take(&self) -> Option<T> {
        self.0.lock().ok()?.take()
    }
}

/// The answers about one execution, and about the trace as a whole.
#[derive(Debug)]
pub struct Prepared {
    execution: usize,
    prices: Arc<Prices>,
    /// Of the first executions.
    pub summaries: Slot<Vec<Summary>>,
    /// Its summary.
    pub summary: Slot<Summary>,
    /// Its tasks.
    pub tasks: Slot<Vec<TaskRow>>,
    /// Its agents.
    pub agents: Slot<Vec<AgentRow>>,
    /// Whether its sums agree.
    pub reconciliation: Slot<Reconciliation>,
    /// What is missing in the trace.
    pub notes: Slot<Vec<Note>>,
    /// Its whole time.
    pub whole: Slot<Option<Stretch>>,
    /// What ran when.
    pub activity: Slot<Activity>,
    /// Where a time is drawn if idle stretches are drawn short.
    pub squeezed: Slot<Option<Scale>>,
    /// How deep its rows are open at first.
    pub depth: Slot<u16>,
    /// The rows that are open at first.
    pub rows: Slot<Cache>,
}

/// Executions whose summaries are listed at once.
pub const LISTED: usize = 200;

impl Prepared {
    /// Works it all out.
    pub async fn new(
        slices: &Slices,
        trace: &Trace,
        at: usize,
        prices: Arc<Prices>,
    ) -> Option<Self> {
        let execution = trace.executions.get(at)?;
        let mut summaries = Vec::new();
        for listed in trace.executions.iter().take(LISTED) {
            summaries.push(crewscope_analysis::summary_in(slices, trace, listed, &prices).await);
            slices.breathe().await;
        }
        let summary = match summaries.get(at) {
            Some(summary) => summary.clone(),
            None => crewscope_analysis::summary_in(slices, trace, execution, &prices).await,
        };
        let tasks = crewscope_analysis::tasks_in(slices, trace, execution, &prices).await;
        let agents = agents(trace, execution, &prices);
        slices.breathe().await;
        let reconciliation = crewscope_analysis::reconcile_in(slices, trace, execution).await;
        let notes = coverage::of_trace_in(slices, trace).await;
        slices.breathe().await;
        let whole = timeline::whole(trace, execution);
        slices.breathe().await;
        let activity = match whole {
            Some(whole) => Activity::new_in(slices, trace, execution, whole).await,
            None => Activity::default(),
        };
        slices.breathe().await;
        let squeezed = whole.map(|whole| Scale::squeezed(whole, &activity.gaps()));
        slices.breathe().await;
        let folding = Folding::fitting(trace, execution);
        slices.breathe().await;
        let mut rows = Cache::default();
        if let Some(whole) = whole {
            timeline::rows(trace, execution, whole, &folding, &mut rows);
        }
        slices.breathe().await;
        Some(Self {
            execution: at,
            summaries: Slot::new(summaries),
            summary: Slot::new(summary),
            tasks: Slot::new(tasks),
            agents: Slot::new(agents),
            reconciliation: Slot::new(reconciliation),
            notes: Slot::new(notes),
            whole: Slot::new(whole),
            activity: Slot::new(activity),
            squeezed: Slot::new(squeezed),
            depth: Slot::new(folding.default_depth),
            rows: Slot::new(rows),
            prices,
        })
    }

    /// Takes an answer about an execution at some prices, if it is there.
    pub fn answer<T>(
        &self,
        execution: usize,
        prices: &Arc<Prices>,
        which: impl FnOnce(&Self) -> &Slot<T>,
    ) -> Option<T> {
        let fits = self.execution == execution && Arc::ptr_eq(&self.prices, prices);
        fits.then(|| which(self).take()).flatten()
    }
}

//! What went wrong and what to change: findings, each with its evidence, its cost and one sentence of advice.
//!
//! Pure functions over the model and over what was noted of the texts while they were read ([`crewscope_trace::evidence`]). They run where the reading
//! runs (in the worker), in time linear in the spans but for sorting; the page gets the findings and puts prices to them ([`show`]).
//! No finding without evidence, and none where what it would need is not recorded.

mod agents;
mod failures;
mod kinds;
mod lineage;
mod models;
mod outputs;
mod prompts;
mod run;
mod show;
mod thresholds;
mod time;
mod tools;

pub use kinds::{Definition, Severity, Use, What, KINDS};
pub use lineage::Edge;
pub use show::{label, show, Shown};
pub use thresholds::Thresholds;

use crewscope_trace::evidence::Evidence;
use crewscope_trace::model::{SpanIndex, Sym, Trace, Usage};
use run::Run;
use serde::{Deserialize, Serialize};

/// Places of evidence that a finding keeps.
pub const MAX_EVIDENCE: usize = 50;

/// Findings of one kind that an execution keeps, the costliest: nobody reads more, and a run with a million failures must not flood the page.
pub const MAX_OF_KIND: usize = 50;

/// Calls of one model, as the part of a finding that they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// One of the calls: says model and provider.
    pub call: SpanIndex,
    /// Their tokens.
    pub usage: Usage,
    /// Their cost as recorded, USD.
    pub recorded: Option<f64>,
}

/// Something that was found in an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub what: What,
    /// Index of the execution.
    pub execution: u32,
    /// The span it is about.
    pub subject: SpanIndex,
    /// Another one: the cause, the task before.
    pub other: Option<SpanIndex>,
    /// Where it shows, at most [`MAX_EVIDENCE`] places.
    pub evidence: Vec<SpanIndex>,
    /// In how many places it shows.
    pub places: u32,
    /// Numbers of the title.
    pub numbers: [i64; 3],
    /// Names of the title.
    pub names: Vec<Sym>,
    /// What it cost in nanoseconds, if that is known.
    pub time: Option<i64>,
    /// The LLM calls that it cost, by model.
    pub spent: Vec<Spent>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Findings, by execution.
    pub list: Vec<Finding>,
    /// Which task's output reached which task's prompts.
    pub edges: Vec<Edge>,
    /// From when on something was worth saying.
    pub thresholds: Thresholds,
}

impl Findings {
    /// Adds what was found in other executions.
    pub fn add(&mut self, mut more: Findings) {
        self.thresholds = more.thresholds;
        self.list.append(&mut more.list);
        self.edges.append(&mut more.edges);
    }
}

/// Looks through all executions.
pub fn find(trace: &Trace, evidence: &Evidence, thresholds: &Thresholds) -> Findings {
    let earlier = time::Earlier::of(trace);
    let mut found = Findings {
        thresholds: thresholds.clone(),
        ..Findings::default()
    };
    for at in 0..trace.executions.len() {
        find_in(trace, at, evidence, thresholds, &earlier, &mut found);
    }
    found
}

/// Looks through one execution; `earlier` is made once for all of them.
pub fn find_in(
    trace: &Trace,
    at: usize,
    evidence: &Evidence,
    thresholds: &Thresholds,
    earlier: &time::Earlier,
    found: &mut Findings,
) {
    let Some(mut run) = Run::new(trace, at, evidence, thresholds) else {
        return;
    };
    failures::find(&mut run);
    tools::find(&mut run);
    agents::find(&mut run);
    outputs::find(&mut run);
    time::find(&mut run, earlier);
    prompts::find(&mut run);
    models::find(&mut run);
    let edges = lineage::find(&mut run);
    found.edges.extend(edges);
    found.list.extend(run.finish());
}

pub use time::Earlier;

#[cfg(test)]
mod tests;

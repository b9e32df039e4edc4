//! The runs of one crew in a row, as small bars.

use crate::view::actions::COMPARED;
use crate::view::parts::format::{count, duration, px, usd};
use crate::view::parts::status::word;
use crate::view::parts::time;
use crate::viewer::Viewer;
use crate::wording::{common, compare as words};
use crewscope_analysis::compare::series;
use crewscope_analysis::{summary, Summary};
use crewscope_trace::model::{Execution, Status, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// Runs that are drawn: the last ones.
const MOST: usize = 60;

/// Height of the bars in CSS pixels.
const HEIGHT: f64 = 44.0;

/// What is drawn of each run.
struct Figure {
    label: &'static str,
    value: fn(&Summary) -> Option<f64>,
    told: fn(&Summary) -> Option<String>,
}

/// One above the other.
const FIGURES: [Figure; 3] = [
    Figure {
        label: common::TIME,
        value: |run| run.execution_time.map(|time| time as f64),
        told: |run| run.execution_time.map(duration),
    },
    Figure {
        label: common::TOKENS,
        value: |run| run.total_tokens.map(|tokens| tokens as f64),
        told: |run| run.total_tokens.map(count),
    },
    Figure {
        label: common::COST,
        value: |run| run.cost.usd,
        told: |run| run.cost.usd.map(usd),
    },
];

/// How a run takes part in the comparison.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    This,
    Other,
    Neither,
}

impl Part {
    /// As the style sheet knows it.
    fn name(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::Other => "other",
            Self::Neither => "",
        }
    }
}

/// A bar for each run of the crew, for each figure; nothing for a single run.
#[component]
pub fn Trend(
    /// The trace of both.
    trace: Arc<Trace>,
    /// The execution shown.
    a: usize,
    /// The one it is compared with.
    b: usize,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let runs = series(&trace, a);
    let first = runs.len().saturating_sub(MOST);
    let runs = runs.get(first..).filter(|runs| runs.len() > 1)?;
    let prices = viewer.prices.get_untracked();
    let runs: Vec<_> = runs
        .iter()
        .filter_map(|&run| {
            let execution = trace.executions.get(run)?;
            let part = match run {
                _ if run == a => Part::This,
                _ if run == b => Part::Other,
                _ => Part::Neither,
            };
            Some((part, execution, summary(&trace, execution, &prices)))
        })
        .collect();
    let rows = FIGURES.iter().map(|figure| bars(&trace, figure, &runs));
    let rows = rows.collect_view();
    Some(view! {
        <div class="cs-trend" role="group" aria-label=words::RUNS>
            {rows}
        </div>
    })
}

/// The bars of one figure, the highest of them as high as there is room.
fn bars(trace: &Trace, figure: &Figure, runs: &[(Part, &Execution, Summary)]) -> impl IntoView {
    let values = runs.iter().filter_map(|(.., run)| (figure.value)(run));
    let most = values.fold(0.0_f64, f64::max);
    let bars = runs.iter().map(|&(part, execution, ref run)| {
        let told = (figure.told)(run).unwrap_or_else(|| common::UNKNOWN.to_owned());
        let start = execution.start.map(time::local).unwrap_or_default();
        let share = (figure.value)(run).map(|value| if most > 0.0 { value / most } else { 0.0 });
        view! {
            <Bar
                part
                failed=execution.status == Status::Failed
                title=words::run(&start, &told, word(execution.status))
                share
                id=trace.str(execution.id).to_owned()
            />
        }
    });
    view! {
        <span class="cs-muted">{figure.label}</span>
        <div class="cs-trend-bars">{bars.collect_view()}</div>
    }
}

/// A run. A click compares with it.
#[component]
fn Bar(
    /// How it takes part in the comparison.
    part: Part,
    /// It failed.
    failed: bool,
    /// What it is, and its figure.
    title: String,
    /// Its figure, as a share of the largest one; none if that is not known.
    share: Option<f64>,
    /// The id of its execution.
    id: String,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    view! {
        <button
            type="button"
            class="cs-trend-bar"
            data-run=part.name()
            data-unknown=share.is_none().then_some("")
            class:cs-trend-failed=failed
            title=title.clone()
            aria-label=title
            on:click=move |_| {
                if part != Part::This {
                    viewer.set_extra(COMPARED, Some(id.clone()));
                }
            }
        >
            <i style:height=share.map(|share| px(2.0 + share * HEIGHT)) />
        </button>
    }
}

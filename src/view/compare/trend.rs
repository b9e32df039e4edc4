//! The runs of one crew in a row, as small bars.

use crate::view::parts::format::{count, duration, px, usd};
use crate::view::parts::status::word;
use crate::view::parts::time;
use crate::viewer::Viewer;
use crate::wording::{common, compare as words};
use crewscope_analysis::compare::series;
use crewscope_analysis::summary;
use crewscope_trace::model::{Status, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// Runs that are drawn: the last ones.
const MOST: usize = 60;

/// Height of the bars in CSS pixels.
const HEIGHT: f64 = 44.0;

/// What is drawn of each run.
const FIGURES: [&str; 3] = [common::TIME, common::TOKENS, common::COST];

/// A bar for each run, three figures one above the other; nothing for a single run. A click compares with that run.
pub fn trend(viewer: Viewer, trace: &Arc<Trace>, a: usize, b: usize) -> Option<impl IntoView> {
    let runs = series(trace, a);
    let first = runs.len().saturating_sub(MOST);
    let runs = runs.get(first..).filter(|runs| runs.len() > 1)?;
    let prices = leptos::prelude::untrack(|| viewer.prices.get());
    let told: Vec<_> = runs
        .iter()
        .filter_map(|&run| {
            let execution = trace.executions.get(run)?;
            let figures = summary(trace, execution, &prices);
            Some((run, execution, figures))
        })
        .collect();
    let rows = FIGURES.iter().enumerate().map(|(which, label)| {
        let values: Vec<Option<f64>> = told
            .iter()
            .map(|(_, _, figures)| match which {
                0 => figures.execution_time.map(|time| time as f64),
                1 => figures.total_tokens.map(|tokens| tokens as f64),
                _ => figures.cost.usd,
            })
            .collect();
        let most = values
            .iter()
            .flatten()
            .fold(0.0_f64, |most, value| most.max(*value));
        let bars = told
            .iter()
            .zip(&values)
            .map(|((run, execution, figures), value)| {
                let said = match which {
                    0 => figures.execution_time.map(duration),
                    1 => figures.total_tokens.map(count),
                    _ => figures.cost.usd.map(usd),
                };
                let said = said.unwrap_or_else(|| common::UNKNOWN.to_owned());
                let start = execution.start.map(time::local).unwrap_or_default();
                let title = words::run(&start, &said, word(execution.status));
                let height = value
                    .filter(|_| most > 0.0)
                    .map_or(2.0, |value| 2.0 + value / most * HEIGHT);
                let id = trace.str(execution.id).to_owned();
                let own = *run == a;
                let which = if own {
                    "this"
                } else if *run == b {
                    "other"
                } else {
                    ""
                };
                view! {
                    <button
                        type="button"
                        class="cs-trend-bar"
                        data-run=which
                        data-unknown=value.is_none().then_some("")
                        class:cs-trend-failed=execution.status == Status::Failed
                        title=title.clone()
                        aria-label=title
                        on:click=move |_| {
                            if !own {
                                viewer.set_extra(crate::view::actions::COMPARED, Some(id.clone()));
                            }
                        }
                    >
                        <i style:height=value.map(|_| px(height)) />
                    </button>
                }
            });
        view! {
            <span class="cs-muted">{*label}</span>
            <div class="cs-trend-bars">{bars.collect_view()}</div>
        }
    });
    let rows = rows.collect_view();
    Some(view! {
        <div class="cs-trend" role="group" aria-label=words::RUNS>
            {rows}
        </div>
    })
}

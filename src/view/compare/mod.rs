//! Region "Compare": the execution shown beside another one.
//!
//! `trend` draws the runs of the same crew, `figures` sets the figures of both side by side, `tasks` and `agents` what belongs together in them,
//! `difference` shows where two texts differ, and `links` leads there.

mod agents;
mod difference;
mod figures;
mod links;
mod tasks;
mod trend;

use crate::view::actions::COMPARED;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::text::{plain, Named};
use crate::view::parts::time;
use crate::viewer::{Shown, Viewer};
use crate::wording::{common, compare as words};
use agents::Agents;
use crewscope_analysis::compare::{compare, Comparison, Divergence, Pair, Why};
use crewscope_trace::model::Trace;
use difference::{TextDifference, Wanted};
use figures::Figures;
use leptos::prelude::*;
use links::SpanLinks;
use std::sync::Arc;
use tasks::Tasks;
use trend::Trend;

/// Executions offered at most.
const MOST: usize = 500;

/// What is compared.
#[derive(Clone)]
struct Compared {
    trace: Arc<Trace>,
    a: usize,
    b: usize,
    told: Arc<Comparison>,
}

impl PartialEq for Compared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.trace, &other.trace) && (self.a, self.b) == (other.a, other.b)
    }
}

/// The region.
#[component]
pub fn Comparison() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let compared = Memo::new(move |_| {
        let Shown { trace, at } = frame.answers.shown.get()?;
        let id = viewer.extra(COMPARED)?;
        let b = trace
            .executions
            .iter()
            .position(|other| trace.str(other.id) == id)?;
        let prices = viewer.prices.get();
        let (one, other) = (trace.executions.get(at)?, trace.executions.get(b)?);
        let told = Arc::new(compare(&trace, one, other, &prices));
        Some(Compared {
            trace,
            a: at,
            b,
            told,
        })
    });
    view! {
        <section class="cs-panel cs-compare" role="region" aria-label=common::COMPARE>
            <div class="cs-panel-head">
                <h2 class="cs-heading">{common::COMPARE}</h2>
                <div class="cs-actions">
                    {move || compared.get().map(|compared| view! { <Chooser compared /> })}
                    <button
                        type="button"
                        class="cs-button"
                        data-look="quiet"
                        data-size="small"
                        on:click=move |_| viewer.set_extra(COMPARED, None)
                    >
                        {Icon::Cross.draw()}
                        {common::CLOSE}
                    </button>
                </div>
            </div>
            {move || match compared.get() {
                Some(compared) => view! { <CompareBody compared /> }.into_any(),
                None => view! { <p class="cs-nothing">{words::OTHER_NOT_OPEN}</p> }.into_any(),
            }}
        </section>
    }
}

/// What to call an execution of a trace, with the time it began.
fn title(trace: &Trace, at: usize) -> String {
    let execution = trace.executions.get(at);
    execution.map_or_else(String::new, |execution| {
        let start = execution.start.map(time::local).unwrap_or_default();
        [
            &plain(&name::of_execution(trace, execution)),
            common::BETWEEN,
            &start,
        ]
        .concat()
    })
}

/// Chooses what the execution shown is compared with.
#[component]
fn Chooser(
    /// What is compared now.
    compared: Compared,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let Compared { trace, a, b, .. } = compared;
    let others: Vec<usize> = (0..trace.executions.len().min(MOST))
        .filter(|other| *other != a)
        .collect();
    let options = others
        .iter()
        .map(|&other| view! { <option selected=other == b>{title(&trace, other)}</option> })
        .collect_view();
    view! {
        <select
            class="cs-compare-with"
            aria-label=words::COMPARE_WITH
            on:change:target=move |event| {
                let chosen = usize::try_from(event.target().selected_index()).ok();
                let other = chosen.and_then(|chosen| trace.executions.get(*others.get(chosen)?));
                if let Some(other) = other {
                    viewer.set_extra(COMPARED, Some(trace.str(other.id).to_owned()));
                }
            }
        >
            {options}
        </select>
    }
}

/// A table that is scrolled by itself where it is too wide.
#[component]
fn Scrolled(
    /// What the table holds.
    label: &'static str,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="cs-compare-scroll" tabindex="0" role="group" aria-label=label>
            {children()}
        </div>
    }
}

/// All that is said about the two.
#[component]
fn CompareBody(
    /// What is compared.
    compared: Compared,
) -> impl IntoView {
    let Compared { trace, a, b, told } = compared;
    let told = Arc::unwrap_or_clone(told);
    let titles = [a, b].map(|at| title(&trace, at));
    let statuses = [a, b].map(|at| Some(trace.executions.get(at)?.status));
    let wanted = RwSignal::new(None::<Wanted>);
    let difference = {
        let trace = trace.clone();
        move || {
            let wanted = wanted.get()?;
            Some(view! { <TextDifference trace=trace.clone() wanted /> })
        }
    };
    view! {
        <Trend trace=trace.clone() a b />
        <Scrolled label=words::FIGURES>
            <Figures titles statuses figures=told.figures />
        </Scrolled>
        <Parting trace=trace.clone() at=told.divergence wanted />
        {difference}
        <Scrolled label=words::TASKS>
            <Tasks trace pairs=told.tasks wanted />
        </Scrolled>
        <Scrolled label=words::AGENTS>
            <Agents pairs=told.agents />
        </Scrolled>
    }
}

/// Where the two part, and by what.
#[component]
fn Parting(
    /// The trace of both.
    trace: Arc<Trace>,
    /// Where they part; none: they do not.
    at: Option<Divergence>,
    /// The texts to compare.
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let Some(apart) = at else {
        return view! { <p class="cs-compare-apart">{words::SAME_ALL_THROUGH}</p> }.into_any();
    };
    let why = match apart.why {
        Why::Task => words::PART_BY_TASK,
        Why::Call => words::PART_BY_CALL,
        Why::Input => words::PART_BY_INPUT,
        Why::Output => words::PART_BY_OUTPUT,
        Why::Status => words::PART_BY_STATUS,
    };
    let (a, b) = (apart.a, apart.b);
    let what = a.or(b).map(|at| name::at(&trace, at)).unwrap_or_default();
    view! {
        <p class="cs-compare-apart">
            {words::PART_AT} <b>
                <Named text=what />
            </b> ": " {why} ". " <SpanLinks trace pair=Pair { a, b } wanted />
        </p>
    }
    .into_any()
}

//! How the time divides between models, tools and nobody: of the whole execution, or of the measured stretch.

use crate::view::parts::format::{duration, duration_exact, fixed, percent};
use crate::view::timeline::chart::Chart;
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::{Doing, Stretch};
use leptos::prelude::*;

/// Word, what it means, and the name the style sheet has for it.
fn words(doing: Doing) -> (&'static str, &'static str, &'static str) {
    match doing {
        Doing::Llm => (common::LLM, words::LLM_MEANS, "llm"),
        Doing::Human => (words::WAITING, words::WAITING_MEANS, "human"),
        Doing::Tool => (common::TOOLS, words::TOOLS_MEANS, "tool"),
        Doing::Other => (words::OTHER, words::OTHER_MEANS, "other"),
        Doing::Idle => (words::IDLE, words::IDLE_MEANS, "idle"),
    }
}

/// The line below the chart.
#[component]
pub fn Shares(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    view! {
        <div class="cs-tl-shares">
            <span class="cs-tl-measured" role="status">
                {move || measured(chart, chart.mark.get()?)}
            </span>
            {move || parts(chart)}
        </div>
    }
}

fn measured(chart: Chart, mark: Stretch) -> Option<impl IntoView> {
    let from = mark.start.saturating_sub(chart.whole.get()?.start);
    Some(view! {
        <b>{words::measured(&duration_exact(mark.length()))}</b>
        {words::measured_from(&duration_exact(from))}
        <button
            type="button"
            class="cs-button"
            data-look="quiet"
            data-size="small"
            title=words::FORGET
            on:click=move |_| chart.mark.set(None)
        >
            {words::CLEAR}
        </button>
    })
}

fn parts(chart: Chart) -> Option<impl IntoView> {
    let activity = chart.activity.get()?;
    if !activity.has_calls {
        return None;
    }
    let stretch = chart.mark.get().or(chart.whole.get())?;
    let sums = activity.between(stretch);
    let length = (stretch.length() as f64).max(1.0);
    let found = || {
        let all = Doing::ALL.into_iter().zip(sums.doing);
        all.filter(|(_, time)| *time > 0)
    };
    let bar = found().map(|(doing, time)| {
        view! {
            <i
                data-doing=words(doing).2
                style:width=format!("{}%", fixed(time as f64 / length * 100.0, 2))
            />
        }
    });
    let list = found().map(|(doing, time)| {
        let (word, meaning, name) = words(doing);
        view! {
            <li title=meaning>
                <i data-doing=name />
                {word}
                " "
                <b>{percent(time as f64 / length)}</b>
                <span class="cs-muted">{[" ", &duration(time)].concat()}</span>
            </li>
        }
    });
    Some(view! {
        <span class="cs-tl-sharebar" aria-hidden="true">
            {bar.collect_view()}
        </span>
        <ul class="cs-plain" aria-label=words::SHARES>
            {list.collect_view()}
        </ul>
    })
}

//! How the time divides between models, tools and nobody: of the whole execution, or of the measured stretch.

use crate::dom::{button, el, group, live, Dom};
use crate::view::parts::format::{duration, duration_exact, fixed, percent};
use crate::view::timeline::chart::Chart;
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::{Doing, Stretch};

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
pub fn shares(chart: Chart) -> Dom {
    el("div")
        .class("cs-tl-shares")
        .child(
            el("span")
                .class("cs-tl-measured")
                .attr("role", "status")
                .child(live(move || measured(chart, chart.mark.get()?))),
        )
        .child(live(move || parts(chart)))
        .dom()
}

fn measured(chart: Chart, mark: Stretch) -> Option<Dom> {
    let from = mark.start.saturating_sub(chart.whole.get()?.start);
    let forget = button()
        .class("cs-button")
        .attr("data-look", "quiet")
        .attr("data-size", "small")
        .attr("title", words::FORGET)
        .click(move || chart.mark.set(None))
        .child(words::CLEAR);
    let measured = words::measured(&duration_exact(mark.length()));
    Some(
        group()
            .child(el("b").child(measured))
            .child(words::measured_from(&duration_exact(from)))
            .child(forget)
            .dom(),
    )
}

fn parts(chart: Chart) -> Option<Dom> {
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
        el("i").attr("data-doing", words(doing).2).style(
            "width",
            format!("{}%", fixed(time as f64 / length * 100.0, 2)),
        )
    });
    let list = found().map(|(doing, time)| {
        let (word, meaning, name) = words(doing);
        el("li")
            .attr("title", meaning)
            .child(el("i").attr("data-doing", name))
            .child(word)
            .child(" ")
            .child(el("b").child(percent(time as f64 / length)))
            .child(
                el("span")
                    .class("cs-muted")
                    .child([" ", &duration(time)].concat()),
            )
    });
    Some(
        group()
            .child(
                el("span")
                    .class("cs-tl-sharebar")
                    .attr("aria-hidden", "true")
                    .child(bar.collect::<Dom>()),
            )
            .child(
                el("ul")
                    .class("cs-plain")
                    .attr("aria-label", words::SHARES)
                    .child(list.collect::<Dom>()),
            )
            .dom(),
    )
}

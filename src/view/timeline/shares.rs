//! How the time divides between models, tools and nobody: of the whole execution, or of the measured stretch.

use super::chart::Chart;
use crate::dom::{button, el, group, live, Dom};
use crate::view::parts::format::{duration, duration_exact, fixed, percent};
use crewscope_trace::analysis::timeline::{Doing, Stretch};

/// Word, what it means, and the name the style sheet has for it.
fn words(doing: Doing) -> (&'static str, &'static str, &'static str) {
    match doing {
        Doing::Llm => ("LLM", "At least one LLM call ran", "llm"),
        Doing::Human => (
            "Waiting for a person",
            "Feedback or input was waited for",
            "human",
        ),
        Doing::Tool => ("Tools", "A tool ran, and no LLM call", "tool"),
        Doing::Other => ("Other", "Something else that is recorded ran", "other"),
        Doing::Idle => (
            "Idle",
            "No recorded call ran: the crew's own work, or what the trace does not hold",
            "idle",
        ),
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

#[inline(never)]
fn measured(chart: Chart, mark: Stretch) -> Option<Dom> {
    let from = mark.start.saturating_sub(chart.whole.get()?.start);
    let forget = button()
        .class("cs-button")
        .attr("data-look", "quiet")
        .attr("data-size", "small")
        .attr("title", "Forget the measured range (Esc)")
        .click(move || chart.mark.set(None))
        .child("Clear");
    let measured = format!("Measured {}", duration_exact(mark.length()));
    Some(
        group()
            .child(el("b").child(measured))
            .child(format!(" from {}", duration_exact(from)))
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
                    .child(format!(" {}", duration(time))),
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
                    .attr("aria-label", "Shares of the time")
                    .child(list.collect::<Dom>()),
            )
            .dom(),
    )
}

//! What is under the pointer, in a few words beside it.

use crate::dom::{el, live, Dom};
use crate::view::parts::format::{count, duration, px};
use crate::view::parts::name;
use crate::view::parts::status::status_mark;
use crate::view::parts::text::shown as text;
use crate::view::timeline::chart::{Chart, Hover};
use crate::view::timeline::{colours, marks};
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::Shades;
use crewscope_trace::model::Flags;

/// Distance from the pointer in CSS pixels, so that it is never covered.
const AWAY: f64 = 16.0;
/// Widest tip; where less room is left, it opens to the other side.
const WIDTH: f64 = 300.0;
/// Room beside the chart where the labels are, at least.
const LABELS: f64 = 110.0;

/// The tip; for the mouse only, the tree grid tells the same to everyone else.
pub fn tip(chart: Chart) -> Dom {
    live(move || drawn(chart, chart.hover.get()?))
}

fn drawn(chart: Chart, hover: Hover) -> Option<Dom> {
    let shown = chart.answers.shown.get()?;
    let whole = chart.whole.get()?;
    let span = shown.trace.spans.get(hover.bar.span as usize)?;
    let area = chart.area.get();
    // To the left it may lie over the labels.
    let (right, left) = (area.width - hover.x, hover.x + LABELS);
    let flip = right < AWAY + WIDTH && left > right;
    let room = (if flip { left } else { right }) - AWAY;
    let across = if flip {
        px(area.width - hover.x + AWAY)
    } else {
        px(hover.x + AWAY)
    };
    let (left, right) = if flip {
        ("auto".to_owned(), across)
    } else {
        (across, "auto".to_owned())
    };
    // Below the pointer, or above it where there is more room: never on it.
    let below = hover.y < area.height / 2.0;
    let down = if below {
        hover.y
    } else {
        area.height - hover.y
    };
    let (top, bottom) = if below {
        (px(down + AWAY), "auto".to_owned())
    } else {
        ("auto".to_owned(), px(down + AWAY))
    };
    let shades = chart.shades.get();
    let word = |shades: &Shades| colours::word(&shown.trace, hover.bar.span, shades);
    let said = shades.as_deref().and_then(word);
    let start = hover.bar.start.saturating_sub(whole.start);
    let time = match (span.duration(), hover.bar.open) {
        (Some(time), _) => duration(time),
        (None, true) => words::NO_END.to_owned(),
        (None, false) => words::about(&duration(hover.bar.end.saturating_sub(hover.bar.start))),
    };
    let tokens = span
        .usage
        .total()
        .map(|tokens| common::tokens(&count(tokens)));
    let guessed = hover.bar.guessed.then_some(words::GUESSED);
    let label = if span.name == Default::default() {
        String::new()
    } else {
        [span.kind.label(), common::BETWEEN].concat()
    };
    Some(
        el("div")
            .class("cs-tl-tip")
            .attr("aria-hidden", "true")
            .style("max-width", px(room.min(WIDTH)))
            .style("left", left)
            .style("right", right)
            .style("top", top)
            .style("bottom", bottom)
            .child(
                el("b")
                    .child(el("span").class("cs-kind").attr(
                        "data-kind",
                        if hover.bar.failed {
                            "failed"
                        } else {
                            name::colour(span.kind)
                        },
                    ))
                    .child(label)
                    .child(el("bdi").child(text(&name::at(&shown.trace, hover.bar.span)))),
            )
            .child(
                el("span")
                    .child(words::time_from(&time, &duration(start)))
                    .child(tokens.map(|tokens| [common::BETWEEN, &tokens].concat())),
            )
            .child(said.map(|said| el("span").child(el("bdi").child(text(&said)))))
            .child(status_mark(
                span.status,
                span.flags.has(Flags::DERIVED_STATUS),
                false,
            ))
            .child(guessed)
            .child(marks::tip(chart, hover.bar.span))
            .dom(),
    )
}

//! What is under the pointer, in a few words beside it.

use super::chart::Chart;
use crate::dom::{el, live, Dom};
use crate::view::parts::format::{count, duration, px};
use crate::view::parts::name;
use crate::view::parts::status::status_mark;
use crate::view::parts::text::shown as text;
use crewscope_trace::model::Flags;

/// Distance from the pointer in CSS pixels, so that it is never covered.
const AWAY: f64 = 16.0;
/// Widest tip; where less room is left, it opens to the other side.
const WIDTH: f64 = 300.0;

/// The tip; for the mouse only, the tree grid tells the same to everyone else.
pub fn tip(chart: Chart) -> Dom {
    live(move || {
        let hover = chart.hover.get()?;
        let shown = chart.answers.shown.get()?;
        let whole = chart.whole.get()?;
        let span = shown.trace.spans.get(hover.bar.span as usize)?;
        let area = chart.area.get();
        let flip = hover.x + AWAY + WIDTH > area.width && hover.x > area.width / 2.0;
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
        let start = hover.bar.start.saturating_sub(whole.start);
        let time = match (span.duration(), hover.bar.open) {
            (Some(time), _) => duration(time),
            (None, true) => "no end recorded".to_owned(),
            (None, false) => format!(
                "about {}",
                duration(hover.bar.end.saturating_sub(hover.bar.start))
            ),
        };
        let tokens = span
            .usage
            .total()
            .map(|tokens| format!("{} tokens", count(tokens)));
        let guessed = hover.bar.guessed.then_some("Its place is a guess.");
        let label = if span.name == Default::default() {
            String::new()
        } else {
            format!("{} · ", span.kind.label())
        };
        Some(
            el("div")
                .class("cs-tl-tip")
                .attr("aria-hidden", "true")
                .style("left", left)
                .style("right", right)
                .style("top", px(hover.y + AWAY))
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
                        .child(el("bdi").child(text(&name::of(&shown.trace, span)))),
                )
                .child(
                    el("span")
                        .child(format!("{time}, from {}", duration(start)))
                        .child(tokens.map(|tokens| format!(" · {tokens}"))),
                )
                .child(status_mark(
                    span.status,
                    span.flags.has(Flags::DERIVED_STATUS),
                    false,
                ))
                .child(guessed)
                .dom(),
        )
    })
}

//! What is under the pointer, in a few words beside it.

use super::chart::Chart;
use crate::live::live;
use crate::view::parts::format::{count, duration, px};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::shown as text;
use crewscope_trace::model::Flags;
use leptos::prelude::*;

/// Distance from the pointer in CSS pixels, so that it is never covered.
const AWAY: f64 = 16.0;
/// Widest tip; where less room is left, it opens to the other side.
const WIDTH: f64 = 300.0;

/// The tip; for the mouse only, the tree grid tells the same to everyone else.
#[component]
pub fn Tip(
    /// The timeline.
    chart: Chart,
) -> impl IntoView {
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
        Some(view! {
            <div class="cs-tl-tip" aria-hidden="true" style:left=left style:right=right style:top=px(hover.y + AWAY)>
                <b>
                    <span class="cs-kind" data-kind=if hover.bar.failed { "failed" } else { name::colour(span.kind) }></span>
                    {label}
                    <bdi>{text(&name::of(&shown.trace, span))}</bdi>
                </b>
                <span>{format!("{time}, from {}", duration(start))}{tokens.map(|tokens| format!(" · {tokens}"))}</span>
                <StatusMark status=span.status derived=span.flags.has(Flags::DERIVED_STATUS)/>
                {guessed}
            </div>
        }.into_any())
    })
}

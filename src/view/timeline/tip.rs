//! What is under the pointer, in a few words beside it.

use crate::view::parts::format::{count, duration, px};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::shown as text;
use crate::view::timeline::chart::{Area, Chart, Hover};
use crate::view::timeline::{colours, marks};
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::Shades;
use crewscope_trace::model::Flags;
use leptos::prelude::*;

/// Distance from the pointer in CSS pixels, so that it is never covered.
const AWAY: f64 = 16.0;
/// Widest tip; where less room is left, it opens to the other side.
const WIDTH: f64 = 300.0;
/// Room beside the chart where the labels are, at least.
const LABELS: f64 = 110.0;

/// The tip; for the mouse only, the tree grid tells the same to everyone else.
#[component]
pub fn Tip(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    move || tip_of(chart, &chart.hover.get()?)
}

/// Where the tip stands, in CSS: beside the pointer, on the side where there is room.
struct Place {
    left: String,
    right: String,
    top: String,
    bottom: String,
    max_width: String,
}

impl Place {
    fn beside(hover: &Hover, area: Area) -> Self {
        let auto = || "auto".to_owned();
        // To the left it may lie over the labels.
        let (right, left) = (area.width - hover.x, hover.x + LABELS);
        let flip = right < AWAY + WIDTH && left > right;
        let room = (if flip { left } else { right }) - AWAY;
        let (left, right) = if flip {
            (auto(), px(area.width - hover.x + AWAY))
        } else {
            (px(hover.x + AWAY), auto())
        };
        // Below the pointer, or above it where there is more room: never on it.
        let (top, bottom) = if hover.y < area.height / 2.0 {
            (px(hover.y + AWAY), auto())
        } else {
            (auto(), px(area.height - hover.y + AWAY))
        };
        Self {
            left,
            right,
            top,
            bottom,
            max_width: px(room.min(WIDTH)),
        }
    }
}

fn tip_of(chart: Chart, hover: &Hover) -> Option<impl IntoView> {
    let shown = chart.answers.shown.get()?;
    let whole = chart.whole.get()?;
    let span = shown.trace.spans.get(hover.bar.span as usize)?;
    let place = Place::beside(hover, chart.area.get());
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
    Some(view! {
        <div
            class="cs-tl-tip"
            aria-hidden="true"
            style:max-width=place.max_width
            style:left=place.left
            style:right=place.right
            style:top=place.top
            style:bottom=place.bottom
        >
            <b>
                <span
                    class="cs-kind"
                    data-kind=if hover.bar.failed { "failed" } else { name::colour(span.kind) }
                />
                {label}
                <bdi>{text(&name::at(&shown.trace, hover.bar.span))}</bdi>
            </b>
            <span>
                {words::time_from(&time, &duration(start))}
                {tokens.map(|tokens| [common::BETWEEN, &tokens].concat())}
            </span>
            {said
                .map(|said| {
                    view! {
                        <span>
                            <bdi>{text(&said)}</bdi>
                        </span>
                    }
                })}
            <StatusMark
                status=span.status
                derived=span.flags.has(Flags::DERIVED_STATUS)
                badge=false
            />
            {guessed}
            {marks::finding_lines(chart, hover.bar.span)}
        </div>
    })
}

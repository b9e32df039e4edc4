//! What lies over the chart: the line of the pointer with its exact time, the measured stretch, and the tip.

use crate::view::parts::format::{duration_exact, px};
use crate::view::timeline::axis;
use crate::view::timeline::chart::Chart;
use crate::view::timeline::tip::Tip;
use crewscope_analysis::timeline::Stretch;
use leptos::prelude::*;

/// The layer. It takes no pointer.
#[component]
pub fn Over(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    view! {
        <div class="cs-tl-over" aria-hidden="true">
            <div>
                {move || mark(chart, chart.mark.get()?)}
                {move || cursor(chart, chart.cursor.get()?)} <Tip chart />
            </div>
        </div>
    }
}

/// The time under the pointer, as exact as a pixel.
fn cursor(chart: Chart, x: f64) -> Option<impl IntoView> {
    let (time, width) = chart.in_window(|window, whole| {
        let time = axis::exact(window, x, whole.start);
        (time, window.pixels)
    })?;
    Some(view! {
        <div class="cs-tl-cursor" data-flip=(x > width - 90.0).to_string() style:left=px(x)>
            <span>{time}</span>
        </div>
    })
}

/// The measured stretch, as far as it is on the screen.
fn mark(chart: Chart, mark: Stretch) -> Option<impl IntoView> {
    let (left, right, width) = chart.in_window(|window, _| {
        let (left, right) = (window.x(mark.start), window.x(mark.end));
        (left.max(0.0), right.min(window.pixels), window.pixels)
    })?;
    (right >= 0.0 && left <= width).then(|| {
        view! {
            <div class="cs-tl-mark" style:left=px(left) style:width=px((right - left).max(1.0))>
                <span>{duration_exact(mark.length())}</span>
            </div>
        }
    })
}

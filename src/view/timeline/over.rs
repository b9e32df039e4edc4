//! What lies over the chart: the line of the pointer with its exact time, the measured stretch, and the tip.

use crate::dom::{el, live, Dom};
use crate::view::parts::format::{duration_exact, px};
use crate::view::timeline::axis;
use crate::view::timeline::chart::Chart;
use crate::view::timeline::tip::tip;
use crewscope_analysis::timeline::Stretch;

/// The layer. It takes no pointer.
pub fn over(chart: Chart) -> Dom {
    el("div")
        .class("cs-tl-over")
        .attr("aria-hidden", "true")
        .child(
            el("div")
                .child(live(move || mark_at(chart, chart.mark.get()?)))
                .child(live(move || cursor_at(chart, chart.cursor.get()?)))
                .child(tip(chart)),
        )
        .dom()
}

/// The time under the pointer, as exact as a pixel.
fn cursor_at(chart: Chart, x: f64) -> Option<Dom> {
    let (time, width) = chart.in_window(|window, whole| {
        let time = axis::exact(window, x, whole.start);
        (time, window.pixels)
    })?;
    Some(
        el("div")
            .class("cs-tl-cursor")
            .attr("data-flip", (x > width - 90.0).to_string())
            .style("left", px(x))
            .child(el("span").child(time))
            .dom(),
    )
}

fn mark_at(chart: Chart, mark: Stretch) -> Option<Dom> {
    let (left, right, width) = chart.in_window(|window, _| {
        let (left, right) = (window.x(mark.start), window.x(mark.end));
        (left.max(0.0), right.min(window.pixels), window.pixels)
    })?;
    (right >= 0.0 && left <= width).then(|| {
        el("div")
            .class("cs-tl-mark")
            .style("left", px(left))
            .style("width", px((right - left).max(1.0)))
            .child(el("span").child(duration_exact(mark.length())))
            .dom()
    })
}

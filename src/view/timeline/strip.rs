//! The strip above the bars that says how much ran at once.

use crate::view::parts::format::px;
use crate::view::timeline::chart::Chart;
use crate::view::timeline::colours::Palette;
use crate::view::timeline::drawing::draw_when_changed;
use crate::view::timeline::paint::sharp;
use crate::wording::timeline as words;
use crewscope_analysis::timeline::By;
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// Its height in CSS pixels.
const HEIGHT: f64 = 20.0;

/// The strip, with the most that ran at once beside it.
#[component]
pub fn Strip(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    let canvas = NodeRef::new();
    draw_when_changed(
        move || {
            chart.activity.track();
            chart.scale.track();
            chart.viewport.track();
            chart.area.track();
            chart.theme.track();
            canvas.track();
        },
        move || paint(&canvas.get_untracked()?, chart),
    );
    let peak = move || {
        let activity = chart.activity.get()?;
        Some(words::at_once(activity.peak))
    };
    view! {
        <div class="cs-tl-strip">
            <span class="cs-tl-side" title=words::STRIP>
                {peak}
            </span>
            <canvas node_ref=canvas aria-hidden="true" style:height=px(HEIGHT) />
        </div>
    }
}

/// Draws a column for each pixel: LLM calls below, tools above them, the rest on top.
fn paint(canvas: &HtmlCanvasElement, chart: Chart) -> Option<()> {
    let scale = chart.scale.try_get_untracked()??;
    let width = chart.area.get_untracked().width;
    let window = chart.viewport.get_untracked()?.window(&scale, width);
    let context = sharp(canvas, width, HEIGHT)?;
    let activity = chart.activity.get_untracked()?;
    let palette = Palette::read(canvas, By::Kind)?;
    let unit = (HEIGHT - 2.0) / f64::from(activity.peak.max(1));
    let colours = ["--kind-llm", "--kind-tool", "--kind-other"].map(|name| palette.token(name));
    let draw = |from: f64, to: f64, tops: [f64; 3]| {
        let mut bottom = 0.0;
        for (colour, top) in colours.iter().zip(tops) {
            if top - bottom > 0.001 {
                context.set_fill_style_str(colour);
                context.fill_rect(from, HEIGHT - top, to - from, top - bottom);
            }
            bottom = top;
        }
    };
    let mut time = window.time(0.0);
    let mut before = activity.until(time);
    // Neighbours of one height are one rectangle.
    let (mut from, mut height) = (0.0, [0.0; 3]);
    let mut x = 0.0;
    while x < width {
        let end = window.time(x + 1.0);
        let now = activity.until(end);
        let sums = now.since(&before);
        let length = (end.saturating_sub(time) as f64).max(1.0);
        let high = |work: i64| work as f64 / length * unit;
        let own = [sums.llm, sums.llm.wrapping_add(sums.tool), sums.all].map(high);
        if own != height {
            draw(from, x, height);
            (from, height) = (x, own);
        }
        (time, before, x) = (end, now, x + 1.0);
    }
    draw(from, width, height);
    Some(())
}

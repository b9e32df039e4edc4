//! The whole execution in small above the chart, with the visible part as a window that can be drawn, moved and stretched; and the
//! strip that says how much ran at once.

use crate::view::parts::format::{fixed, px};
use crate::view::timeline::chart::Chart;
use crate::view::timeline::colours::{self, Palette};
use crate::view::timeline::paint::sharp;
use crate::view::timeline::viewport::Viewport;
use crate::wording::timeline as words;
use crewscope_analysis::timeline::{By, Shades, Window};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, MouseEvent, PointerEvent};

/// Height of the overview in CSS pixels.
pub const MAP: f64 = 30.0;
/// Height of the strip.
pub const STRIP: f64 = 20.0;
/// This near to an edge of the window (CSS pixels) a press takes hold of the edge.
const EDGE: f64 = 9.0;

/// What a press on the overview does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// Moves the window; the number is where it was taken hold of, as a share of the whole from its left edge.
    Window(f64),
    /// Draws a range from this share of the whole on: a new one, or the window with one of its edges.
    From(f64),
}

/// The overview.
#[component]
pub fn Overview(chart: Chart, canvas: NodeRef<html::Canvas>) -> impl IntoView {
    let hold = StoredValue::new(None::<(Hold, f64)>);
    let shares = move || chart.viewport.get().map(Viewport::shares);
    let percent = |share: f64| format!("{}%", fixed(share * 100.0, 3));
    let down = move |event: PointerEvent| {
        let (Some((at, width)), Some(view)) = (place(&event), chart.viewport.get_untracked())
        else {
            return;
        };
        if event.button() != 0 {
            return;
        }
        let (start, end) = view.shares();
        let near = |edge: f64| !view.is_fit() && (at - edge).abs() * width <= EDGE;
        let taken = if near(end) {
            Hold::From(start)
        } else if near(start) {
            Hold::From(end)
        } else if !view.is_fit() && at > start && at < end {
            Hold::Window(at - start)
        } else {
            Hold::From(at)
        };
        hold.set_value(Some((taken, at)));
    };
    let moved = move |event: PointerEvent| {
        let (Some((at, width)), Some((taken, began))) = (place(&event), hold.get_value()) else {
            return;
        };
        // A press that hardly moves is a click.
        if (at - began).abs() * width < 3.0 {
            return;
        }
        chart.look(|view| match taken {
            Hold::Window(within) => {
                let by = at - within - view.shares().0;
                view.moved(by * view.whole() / view.length())
            }
            Hold::From(from) => view.spanning(from * view.whole(), at * view.whole()),
        });
    };
    let up = move |event: PointerEvent| {
        let began = hold.try_update_value(Option::take).flatten();
        let (Some((at, width)), Some((_, began))) = (place(&event), began) else {
            return;
        };
        if (at - began).abs() * width < 3.0 {
            // A click brings its place to the middle.
            chart.look(|view| {
                let (start, end) = view.shares();
                let by = at - (start + end) / 2.0;
                view.moved(by * view.whole() / view.length())
            });
        }
    };
    view! {
        <div class="cs-tl-map" aria-hidden="true">
            <span class="cs-tl-side">{words::ALL}</span>
            <div
                class="cs-tl-mapbox"
                title=words::OVERVIEW
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=up
                on:pointercancel=move |_: PointerEvent| hold.set_value(None)
                on:dblclick=move |_: MouseEvent| chart.fit()
            >
                <canvas node_ref=canvas style:height=px(MAP) />
                <div
                    class="cs-tl-part"
                    data-all=move || {
                        let view = chart.viewport.get();
                        view.is_none_or(Viewport::is_fit).to_string()
                    }
                    style:left=move || shares().map(|(start, _)| percent(start))
                    style:width=move || { shares().map(|(start, end)| percent(end - start)) }
                />
            </div>
        </div>
    }
}

// `f64::clamp` can panic, and its message would link the standard library's float formatter.
#[allow(clippy::manual_clamp)]
/// Where a pointer is, as a share of the width, and the width. Takes hold of the pointer when it goes down.
fn place(event: &PointerEvent) -> Option<(f64, f64)> {
    let target = event.current_target()?;
    let element = target.dyn_into::<HtmlElement>().ok()?;
    let bounds = element.get_bounding_client_rect();
    if event.type_() == "pointerdown" {
        // Fails for a pointer that is already gone; then there is nothing to follow.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
    let width = bounds.width().max(1.0);
    let at = (f64::from(event.client_x()) - bounds.left()) / width;
    Some((at.max(0.0).min(1.0), width))
}

#[allow(clippy::manual_clamp)]
/// Draws the overview: a line for each row of the first level, thinner the more there are.
pub fn paint_map(canvas: &HtmlCanvasElement, chart: Chart) -> Option<()> {
    let width = chart.area.get_untracked().width;
    let context = sharp(canvas, width, MAP)?;
    let scale = chart.scale.get_untracked()?;
    let whole = Viewport::fit(scale.length());
    let shades = chart.shades.get_untracked();
    let shades = shades.as_deref();
    let palette = Palette::read(canvas, shades.map_or(By::Kind, Shades::by))?;
    let rows = chart.rows.get_untracked();
    let top = rows.iter().filter(|row| row.depth == 0);
    let number = top.clone().count().max(1) as f64;
    let line = (MAP - 4.0) / number;
    let thick = (line * 0.8).min(6.0).max(1.0);
    // Setting a colour costs more than filling with it, and ten thousand rows are mostly of one.
    let mut last = None;
    for (at, row) in top.enumerate() {
        let y = 2.0 + at as f64 * line;
        row.lane.draw(whole.window(&scale, width), &mut |run| {
            let own = colours::of(&run.bar, shades);
            if let Some((colour, strength)) = palette.bars.get(own) {
                if last.replace(own) != Some(own) {
                    context.set_fill_style_str(colour);
                    context.set_global_alpha(*strength);
                }
                let length = (run.right - run.left).max(1.0);
                context.fill_rect(run.left, y, length, thick);
            }
        });
    }
    context.set_global_alpha(1.0);
    Some(())
}

/// Draws how much ran at once, a column for each pixel: LLM calls below, tools above them, the rest on top.
pub fn paint_strip(canvas: &HtmlCanvasElement, chart: Chart, window: Window<'_>) -> Option<()> {
    let width = window.pixels;
    let context = sharp(canvas, width, STRIP)?;
    let activity = chart.activity.get_untracked()?;
    let palette = Palette::read(canvas, By::Kind)?;
    let unit = (STRIP - 2.0) / f64::from(activity.peak.max(1));
    let colours = ["--kind-llm", "--kind-tool", "--kind-other"].map(|name| palette.token(name));
    let draw = |from: f64, to: f64, tops: [f64; 3]| {
        let mut bottom = 0.0;
        for (colour, top) in colours.iter().zip(tops) {
            if top - bottom > 0.001 {
                context.set_fill_style_str(colour);
                context.fill_rect(from, STRIP - top, to - from, top - bottom);
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

/// The strip, with the most that ran at once beside it.
#[component]
pub fn Strip(chart: Chart, canvas: NodeRef<html::Canvas>) -> impl IntoView {
    let peak = move || {
        let activity = chart.activity.get()?;
        Some(words::at_once(activity.peak))
    };
    view! {
        <div class="cs-tl-strip">
            <span class="cs-tl-side" title=words::STRIP>
                {peak}
            </span>
            <canvas node_ref=canvas aria-hidden="true" style:height=px(STRIP) />
        </div>
    }
}

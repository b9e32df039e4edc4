//! The whole execution in small above the chart, with the visible part as a window that can be drawn, moved and stretched.

use crate::view::parts::format::{fixed, px};
use crate::view::timeline::chart::Chart;
use crate::view::timeline::colours::{self, Palette};
use crate::view::timeline::drawing::draw_when_changed;
use crate::view::timeline::paint::sharp;
use crate::view::timeline::viewport::Viewport;
use crate::wording::timeline as words;
use crewscope_analysis::timeline::{By, Shades};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, PointerEvent};

/// Its height in CSS pixels.
const HEIGHT: f64 = 30.0;
/// This near to an edge of the window (CSS pixels) a press takes hold of the edge.
const EDGE: f64 = 9.0;
/// A press that moves less than this (CSS pixels) is a click.
const CLICK: f64 = 3.0;

/// What a press on the overview does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// Moves the window; the number is where it was taken hold of, as a share of the whole from its left edge.
    Window(f64),
    /// Draws a range from this share of the whole on: a new one, or the window with one of its edges.
    From(f64),
}

/// What a press holds, and where it began.
type Held = StoredValue<Option<(Hold, f64)>>;

/// The overview.
#[component]
pub fn Overview(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    let canvas = NodeRef::new();
    draw_when_changed(
        move || {
            chart.rows.track();
            chart.scale.track();
            chart.area.track();
            chart.shades.track();
            chart.theme.track();
            canvas.track();
        },
        move || paint(&canvas.get_untracked()?, chart),
    );
    let held: Held = StoredValue::new(None);
    view! {
        <div class="cs-tl-map" aria-hidden="true">
            <span class="cs-tl-side">{words::ALL}</span>
            <div
                class="cs-tl-mapbox"
                title=words::OVERVIEW
                on:pointerdown=move |event| press(&event, held, chart)
                on:pointermove=move |event| drag(&event, held, chart)
                on:pointerup=move |event| release(&event, held, chart)
                on:pointercancel=move |_| held.set_value(None)
                on:dblclick=move |_| chart.fit()
            >
                <canvas node_ref=canvas style:height=px(HEIGHT) />
                <VisiblePart chart />
            </div>
        </div>
    }
}

/// The visible part, as a window over the whole.
#[component]
fn VisiblePart(chart: Chart) -> impl IntoView {
    let shares = move || chart.viewport.get().map(Viewport::shares);
    let percent = |share: f64| format!("{}%", fixed(share * 100.0, 3));
    view! {
        <div
            class="cs-tl-part"
            data-all=move || chart.viewport.get().is_none_or(Viewport::is_fit).to_string()
            style:left=move || shares().map(|(start, _)| percent(start))
            style:width=move || shares().map(|(start, end)| percent(end - start))
        />
    }
}

/// Takes hold of the window, of an edge of it, or of a place beside it.
fn press(event: &PointerEvent, held: Held, chart: Chart) {
    let (Some((at, width)), Some(view)) = (place(event), chart.viewport.get_untracked()) else {
        return;
    };
    if event.button() != 0 {
        return;
    }
    let (start, end) = view.shares();
    let near = |edge: f64| !view.is_fit() && (at - edge).abs() * width <= EDGE;
    let hold = if near(end) {
        Hold::From(start)
    } else if near(start) {
        Hold::From(end)
    } else if !view.is_fit() && at > start && at < end {
        Hold::Window(at - start)
    } else {
        Hold::From(at)
    };
    held.set_value(Some((hold, at)));
}

/// Moves or draws what is held.
fn drag(event: &PointerEvent, held: Held, chart: Chart) {
    let (Some((at, width)), Some((hold, began))) = (place(event), held.get_value()) else {
        return;
    };
    if (at - began).abs() * width < CLICK {
        return;
    }
    chart.look(|view| match hold {
        Hold::Window(within) => {
            let by = at - within - view.shares().0;
            view.moved(by * view.whole() / view.length())
        }
        Hold::From(from) => view.spanning(from * view.whole(), at * view.whole()),
    });
}

/// Lets go. A click brings its place to the middle.
fn release(event: &PointerEvent, held: Held, chart: Chart) {
    let held = held.try_update_value(Option::take).flatten();
    let (Some((at, width)), Some((_, began))) = (place(event), held) else {
        return;
    };
    if (at - began).abs() * width < CLICK {
        chart.look(|view| {
            let (start, end) = view.shares();
            let by = at - (start + end) / 2.0;
            view.moved(by * view.whole() / view.length())
        });
    }
}

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
    Some((at.clamp(0.0, 1.0), width))
}

/// Draws a line for each row of the first level, thinner the more there are.
fn paint(canvas: &HtmlCanvasElement, chart: Chart) -> Option<()> {
    let width = chart.area.get_untracked().width;
    let context = sharp(canvas, width, HEIGHT)?;
    let scale = chart.scale.get_untracked()?;
    let whole = Viewport::fit(scale.length());
    let shades = chart.shades.get_untracked();
    let shades = shades.as_deref();
    let palette = Palette::read(canvas, shades.map_or(By::Kind, Shades::by))?;
    let rows = chart.rows.get_untracked();
    let top = rows.iter().filter(|row| row.depth == 0);
    let number = top.clone().count().max(1) as f64;
    let line = (HEIGHT - 4.0) / number;
    let thick = (line * 0.8).clamp(1.0, 6.0);
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

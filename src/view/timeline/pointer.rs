//! Mouse, wheel, pen and fingers on the canvas.

use crate::view::timeline::chart::{Chart, Hover};
use crewscope_analysis::timeline::Stretch;
use leptos::attr::Attribute;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MouseEvent, PointerEvent, WheelEvent};

/// Movement in CSS pixels up to which a press is still a click.
const CLICK: f64 = 5.0;

/// Pointers that are down: one drags, two pinch.
#[derive(Clone, Debug, Default)]
pub struct Pressed {
    pointers: Vec<(i32, f64)>,
    moved: f64,
    /// The press measures instead of moving: from this time on.
    from: Option<i64>,
}

/// The pointers of one timeline.
pub type Pointers = StoredValue<Pressed>;

/// Listens on an element on which the pointer moves in time; or measures, where `measures` says so.
pub fn listeners(chart: Chart, pointers: Pointers, measures: bool) -> impl Attribute {
    view! {
        <{..}
            on:pointerdown=move |event| down(&event, pointers, chart, measures)
            on:pointermove=move |event| moved(&event, pointers, chart, measures)
            on:pointerup=move |event| up(&event, pointers, chart)
            on:pointercancel=move |event| cancelled(&event, pointers)
            on:pointerleave=move |_| {
                chart.hover.set(None);
                chart.cursor.set(None);
            }
            on:wheel=move |event| wheel(&event, chart)
        />
    }
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

/// A pointer goes down. With Shift, or where `measures` says so, it draws a measured range.
fn down(event: &PointerEvent, pointers: Pointers, chart: Chart, measures: bool) {
    if event.button() != 0 {
        return;
    }
    if let Some(element) = event
        .current_target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
    {
        // Fails for a pointer that is already gone; then there is nothing to follow.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
    let time = time_at(chart, place(event).0);
    pointers.update_value(|pressed| {
        if pressed.pointers.is_empty() {
            pressed.moved = 0.0;
            pressed.from = time.filter(|_| measures || event.shift_key());
        }
        pressed.pointers.retain(|(id, _)| *id != event.pointer_id());
        pressed.pointers.push((event.pointer_id(), place(event).0));
    });
}

/// A pointer moves: drags, pinches, or only points.
fn moved(event: &PointerEvent, pointers: Pointers, chart: Chart, measures: bool) {
    let (x, y) = place(event);
    chart.cursor.set(Some(x));
    let width = chart.area.get_untracked().width.max(1.0);
    let mut pressed = pointers.get_value();
    let id = event.pointer_id();
    let Some(own) = pressed
        .pointers
        .iter()
        .position(|(pointer, _)| *pointer == id)
    else {
        // The axis has no bars.
        if !measures {
            point(chart, x, y);
        }
        return;
    };
    let before = pressed.pointers.clone();
    if let Some(pointer) = pressed.pointers.get_mut(own) {
        pointer.1 = x;
    }
    match (before.as_slice(), pressed.pointers.as_slice()) {
        ([(_, a0), (_, b0), ..], [(_, a), (_, b), ..]) => {
            let (apart0, apart) = ((a0 - b0).abs().max(1.0), (a - b).abs().max(1.0));
            let middle = (a + b) / 2.0;
            let drift = (a0 + b0) / 2.0 - middle;
            pressed.moved += CLICK;
            chart.look(|view| {
                view.moved(drift / width)
                    .zoomed(middle / width, apart0 / apart)
            });
        }
        ([(_, before)], _) => {
            let by = before - x;
            pressed.moved += by.abs();
            if let Some(from) = pressed.from {
                if let Some(to) = time_at(chart, x).filter(|_| pressed.moved > CLICK) {
                    chart.hover.set(None);
                    chart.mark.set(Some(Stretch {
                        start: from.min(to),
                        end: from.max(to),
                    }));
                }
            } else if pressed.moved > CLICK {
                chart.hover.set(None);
                chart.look(|view| view.moved(by / width));
            }
        }
        _ => {}
    }
    pointers.set_value(pressed);
}

/// A pointer goes up: a press without movement is a click.
fn up(event: &PointerEvent, pointers: Pointers, chart: Chart) {
    let mut was_click = false;
    pointers.update_value(|pressed| {
        let own = pressed
            .pointers
            .iter()
            .any(|(id, _)| *id == event.pointer_id());
        pressed.pointers.retain(|(id, _)| *id != event.pointer_id());
        was_click = own && pressed.pointers.is_empty() && pressed.moved <= CLICK;
    });
    let (x, y) = place(event);
    if was_click && pointers.with_value(|pressed| pressed.from.is_some()) {
        chart.mark.set(None);
    } else if was_click {
        if let Some(bar) = chart.bar_at(x, y) {
            chart.open(bar.span);
        }
    }
}

/// The browser took the pointer away, for example to scroll.
fn cancelled(event: &PointerEvent, pointers: Pointers) {
    pointers.update_value(|pressed| pressed.pointers.retain(|(id, _)| *id != event.pointer_id()));
}

/// The time at a pixel of the chart; not before the execution and not after it.
fn time_at(chart: Chart, x: f64) -> Option<i64> {
    let (viewport, scale) = (
        chart.viewport.get_untracked()?,
        chart.scale.get_untracked()?,
    );
    let whole = chart.whole.get_untracked()?;
    let time = viewport
        .window(&scale, chart.area.get_untracked().width)
        .time(x);
    Some(time.max(whole.start).min(whole.end))
}

/// A double click zooms to the bar under it, or shows all if that is what is on the screen already.
pub fn double(event: &MouseEvent, chart: Chart) {
    let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    let before = chart.viewport.get_untracked();
    match chart.bar_at(at.0, at.1) {
        Some(bar) => chart.show(
            Stretch {
                start: bar.start,
                end: bar.end,
            },
            0.05,
        ),
        None => chart.fit(),
    }
    if before == chart.viewport.get_untracked() {
        chart.fit();
    }
}

fn point(chart: Chart, x: f64, y: f64) {
    let hover = chart.bar_at(x, y).map(|bar| Hover { bar, x, y });
    if chart.hover.get_untracked() != hover {
        chart.hover.set(hover);
    }
}

/// The wheel: with Ctrl (and as a pinch on a touchpad) zooms, with Shift or sideways moves in time, else scrolls as usual.
fn wheel(event: &WheelEvent, chart: Chart) {
    const LINE: f64 = 16.0;
    let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL {
        1.0
    } else {
        LINE
    };
    let (across, down) = (event.delta_x() * unit, event.delta_y() * unit);
    let width = chart.area.get_untracked().width.max(1.0);
    if event.ctrl_key() || event.meta_key() {
        // A notch of a wheel is about 100, a step of a pinch about 4.
        let speed = if down.abs() < 40.0 { 0.01 } else { 0.0025 };
        let at = (f64::from(event.offset_x()) / width).clamp(0.0, 1.0);
        let factor = (down.clamp(-400.0, 400.0) * speed).exp();
        chart.look(|view| view.zoomed(at, factor));
    } else if event.shift_key() || across.abs() > down.abs() {
        let by = if across == 0.0 { down } else { across };
        chart.look(|view| view.moved(by / width));
    } else {
        return;
    }
    chart.hover.set(None);
    event.prevent_default();
}

//! Region "Execution Timeline": when everything started and ended.
//!
//! `chart` holds the state, `viewport` the arithmetic of zoom and time, `labels` the tree grid at the left (the accessible
//! twin), `paint` the canvas, `pointer` what hands do on it, `tip` what is under the pointer. Rows, bars and the level of
//! detail come from [`crewscope_trace::analysis::timeline`].

mod chart;
mod labels;
mod paint;
mod pointer;
mod tip;
mod viewport;

use super::answers::Answers;
use super::parts::format::{duration, fixed, px};
use super::parts::icon::Icon;
use super::parts::name;
use super::shell::Frame;
use crate::dom::{button, el, group, live, Dom, Ref};
use crate::live::{effect, Memo, RwSignal};
use crate::state::Viewer;
use chart::{Area, Chart, ROW};
use crewscope_trace::model::{Kind, SpanIndex, Status};
use gloo::events::EventListener;
use labels::{labels, scroll_to_row};
use leptos::prelude::*;
use paint::{paint, Scene};
use pointer::{Pointers, Pressed};
use tip::tip;
use viewport::Viewport;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, HtmlElement, PointerEvent, WheelEvent};

/// One press of a zoom button.
const ZOOM: f64 = 0.6;

/// The timeline.
pub fn execution_timeline() -> Dom {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let chart = Chart::new(viewer, answers, frame);
    let has_time = Memo::new(move || chart.whole.get().is_some());
    el("section")
        .class("cs-panel cs-timeline")
        .attr("part", "timeline")
        .attr("role", "region")
        .attr("aria-label", "Execution Timeline")
        .child(
            el("div")
                .class("cs-panel-head")
                .child(el("h2").class("cs-heading").child("Execution Timeline"))
                .child(live(move || has_time.get().then(|| tools(chart)))),
        )
        .child(live(move || {
            if has_time.get() {
                group()
                    .child(body(chart, viewer))
                    .child(legend(chart))
                    .dom()
            } else {
                el("p")
                    .class("cs-nothing")
                    .child(
                        "The trace records no times, so there is no timeline. \
 The tasks are listed below.",
                    )
                    .dom()
            }
        }))
        .dom()
}

fn tools(chart: Chart) -> Dom {
    let range = move || {
        let viewport = chart.viewport.get()?;
        (!viewport.is_fit()).then(|| {
            format!(
                "{} – {}",
                duration(viewport.start as i64),
                duration(viewport.end as i64)
            )
        })
    };
    let fit = move || {
        let whole = chart.whole.get_untracked();
        chart.viewport.set(whole.map(Viewport::fit));
    };
    el("div")
        .class("cs-actions")
        .child(el("span").class("cs-muted cs-tl-range").child(live(range)))
        .child(
            button()
                .class("cs-button")
                .attr("data-look", "square")
                .attr("data-size", "small")
                .attr("aria-label", "Zoom out")
                .attr("title", "Zoom out (−)")
                .click(move || chart.look(|view| view.zoomed(0.5, 1.0 / ZOOM)))
                .child(Icon::Minus.draw()),
        )
        .child(
            button()
                .class("cs-button")
                .attr("data-look", "square")
                .attr("data-size", "small")
                .attr("aria-label", "Zoom in")
                .attr("title", "Zoom in (+, or Ctrl + wheel)")
                .click(move || chart.look(|view| view.zoomed(0.5, ZOOM)))
                .child(Icon::Plus.draw()),
        )
        .child(
            button()
                .class("cs-button")
                .attr("data-size", "small")
                .attr("title", "Show all (0)")
                .click(fit)
                .child(Icon::Fit.draw())
                .child("Fit"),
        )
        .dom()
}

/// Axis, labels and canvas.
fn body(chart: Chart, viewer: Viewer) -> Dom {
    let canvas = Ref::new();
    let scroller = Ref::new();
    let lane = Ref::new();
    let selected_row = Memo::new(move || row_of(chart, chart.answers.detail.get()?));
    let pointers: Pointers = StoredValue::new(Pressed::default());
    follow_area(chart, scroller, lane);
    draw_when_changed(chart, viewer, canvas, selected_row);
    // What is selected elsewhere is brought into view here.
    let mut before = None;
    effect(move || {
        let selected = viewer.selected.get();
        if before
            .replace(selected.clone())
            .is_some_and(|before| before != selected)
        {
            if let Some(row) = selected_row.get_untracked() {
                scroll_to_row(scroller, row);
            }
        }
    });
    let ticks = move || {
        let width = chart.area.get().width;
        let ticks = chart
            .viewport
            .get()
            .map(|viewport| viewport.ticks(width))
            .unwrap_or_default();
        ticks
            .into_iter()
            .map(|(at, label)| {
                // The last one ends at the edge instead of running over it.
                let near_end = at > 0.94;
                el("span")
                    .attr("data-end", near_end.to_string())
                    .style("left", format!("{}%", fixed(at * 100.0, 3)))
                    .child(label)
                    .dom()
            })
            .collect::<Dom>()
    };
    let height = move || px(chart.rows.with(|rows| rows.len()) as f64 * ROW);
    let canvas_height = move || px(chart.area.get().height);
    let on_scroll = move |_: Event| {
        if let Some(element) = scroller.get_untracked() {
            let top = f64::from(element.scroll_top());
            chart.area.update(|area| area.top = top);
        }
    };
    el("div")
        .class("cs-tl")
        .child(
            el("div")
                .class("cs-tl-axis")
                .attr("aria-hidden", "true")
                .child(el("div").child(live(ticks))),
        )
        .child(
            el("div")
                .class("cs-tl-scroll")
                .node_ref(scroller)
                .on("scroll", on_scroll)
                .child(
                    el("div")
                        .class("cs-tl-body")
                        .style("height", height)
                        .child(labels(chart, scroller, selected_row))
                        .child(
                            el("div").class("cs-tl-lane").node_ref(lane).child(
                                el("div")
                                    .class("cs-tl-window")
                                    .style("height", canvas_height)
                                    .child(
                                        el("canvas")
                                            .node_ref(canvas)
                                            .attr("aria-hidden", "true")
                                            .attr("data-pointing", move || {
                                                chart.hover.with(Option::is_some).to_string()
                                            })
                                            .on("pointerdown", move |event: PointerEvent| {
                                                pointer::down(&event, pointers)
                                            })
                                            .on("pointermove", move |event: PointerEvent| {
                                                pointer::moved(&event, pointers, chart)
                                            })
                                            .on("pointerup", move |event: PointerEvent| {
                                                pointer::up(&event, pointers, chart)
                                            })
                                            .on("pointercancel", move |event: PointerEvent| {
                                                pointer::cancelled(&event, pointers)
                                            })
                                            .on("pointerleave", move |_: PointerEvent| {
                                                chart.hover.set(None)
                                            })
                                            .on("wheel", move |event: WheelEvent| {
                                                pointer::wheel(&event, chart)
                                            }),
                                    ),
                            ),
                        ),
                ),
        )
        .child(
            el("div")
                .class("cs-tl-tips")
                .child(el("div").child(tip(chart))),
        )
        .dom()
}

/// The row that shows a span, or the nearest of its parents that has an open row.
fn row_of(chart: Chart, span: SpanIndex) -> Option<usize> {
    let shown = chart.answers.shown.get()?;
    chart.rows.with(|rows| {
        let mut at = Some(span);
        while let Some(index) = at {
            let row = rows
                .iter()
                .position(|row| row.lane.spans().binary_search(&index).is_ok());
            if row.is_some() {
                return row;
            }
            at = shown.trace.spans.get(index as usize)?.parent;
        }
        None
    })
}

/// Keeps size and scroll position of the drawn area.
fn follow_area(chart: Chart, scroller: Ref<HtmlElement>, lane: Ref<HtmlElement>) {
    let measure = move || {
        if let (Some(scroller), Some(lane)) = (scroller.get_untracked(), lane.get_untracked()) {
            let area = Area {
                width: f64::from(lane.client_width()),
                height: f64::from(scroller.client_height()),
                top: f64::from(scroller.scroll_top()),
            };
            if chart
                .area
                .try_get_untracked()
                .is_some_and(|now| now != area)
            {
                chart.area.set(area);
            }
        }
    };
    effect(move || {
        let (Some(scroller), Some(lane)) = (scroller.get(), lane.get()) else {
            return;
        };
        let changed = Closure::<dyn FnMut()>::new(measure);
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&scroller);
        observer.observe(&lane);
        let kept = StoredValue::new_local(Some(changed));
        let observer = StoredValue::new_local(observer);
        on_cleanup(move || {
            observer.with_value(web_sys::ResizeObserver::disconnect);
            kept.set_value(None);
        });
    });
}

/// Draws once per frame at most, whenever something that is drawn has changed.
fn draw_when_changed(
    chart: Chart,
    viewer: Viewer,
    canvas: Ref<HtmlCanvasElement>,
    selected_row: Memo<Option<usize>>,
) {
    let asked = StoredValue::new(false);
    let system_theme = RwSignal::new(0_u32);
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        let listener = EventListener::new(&query, "change", move |_| {
            let _ = system_theme.try_update(|n| *n = n.wrapping_add(1));
        });
        let listener = StoredValue::new_local(Some(listener));
        on_cleanup(move || listener.set_value(None));
    }
    let draw = move || {
        let rows = chart.rows.try_get_untracked()?;
        let canvas = canvas.get_untracked()?;
        let pointed = chart
            .hover
            .get_untracked()
            .map(|hover| hover.bar.span)
            .or_else(|| {
                let active = chart.active.get_untracked();
                rows.get(active.row)
                    .filter(|_| active.item > 0)?
                    .lane
                    .spans()
                    .get(active.item)
                    .copied()
            });
        let scene = Scene {
            rows: &rows,
            whole: chart.whole.get_untracked()?,
            viewport: chart.viewport.get_untracked()?,
            area: chart.area.get_untracked(),
            selected: chart.answers.detail.get_untracked(),
            pointed,
            selected_row: selected_row.get_untracked(),
        };
        paint(&canvas, &scene)
    };
    effect(move || {
        chart.rows.track();
        chart.viewport.track();
        chart.area.track();
        chart.hover.track();
        chart.active.track();
        chart.answers.detail.track();
        selected_row.track();
        viewer.theme.track();
        system_theme.track();
        canvas.track();
        if asked.get_value() {
            return;
        }
        asked.set_value(true);
        request_animation_frame(move || {
            if asked.try_set_value(false).is_none() {
                draw();
            }
        });
    });
}

/// The colours, of kinds that occur.
fn legend(chart: Chart) -> Dom {
    const ENTRIES: [(&str, &str); 10] = [
        ("flow", "Crew, flow"),
        ("task", "Task"),
        ("agent", "Agent"),
        ("llm", "LLM call"),
        ("tool", "Tool"),
        ("guardrail", "Guardrail"),
        ("memory", "Memory, knowledge"),
        ("human", "Human"),
        ("other", "Other"),
        ("failed", "Failed"),
    ];
    let present = Memo::new(move || {
        chart.answers.shown.with(|shown| {
            let Some((shown, execution)) = shown
                .as_ref()
                .and_then(|shown| Some((shown, shown.execution()?)))
            else {
                return Vec::new();
            };
            let spans = shown.trace.spans_of(execution);
            let root = spans
                .first()
                .filter(|root| {
                    root.parent.is_none() && matches!(root.kind, Kind::Crew | Kind::Flow)
                })
                .map(|root| root.id);
            let mut found: Vec<&str> = Vec::new();
            for span in spans.iter().filter(|span| Some(span.id) != root) {
                let colour = name::colour(span.kind);
                let failed = (span.status == Status::Failed).then_some("failed");
                for colour in [colour].into_iter().chain(failed) {
                    if !found.contains(&colour) {
                        found.push(colour);
                    }
                }
            }
            found
        })
    });
    el("ul")
        .class("cs-tl-legend cs-plain")
        .attr("aria-label", "Colours")
        .child(live(move || {
            let present = present.get();
            ENTRIES
                .into_iter()
                .filter(|(kind, _)| present.contains(kind))
                .map(|(kind, word)| {
                    el("li")
                        .child(el("span").class("cs-kind").attr("data-kind", kind))
                        .child(word)
                        .dom()
                })
                .collect::<Dom>()
        }))
        .dom()
}

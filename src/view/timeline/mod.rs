//! Region "Execution Timeline": when everything started and ended.
//!
//! `chart` holds the state, `viewport` and `axis` the arithmetic of zoom and time, `labels` the tree grid at the left (the
//! accessible twin), `paint` the canvas, `colours` its colours, `legend` what they say, and `marks` what findings mark on it, `overview` the whole in small and the strip of what ran at once,
//! `pointer` what hands do, `tools` the actions with their buttons and keys, `over` and `tip` what lies over the bars, `shares` how
//! the time divides. Rows, bars, the level of detail, scale, critical path and activity come from [`crewscope_analysis::timeline`].

mod axis;
mod chart;
mod colours;
mod labels;
mod legend;
mod marks;
mod over;
mod overview;
mod paint;
mod pointer;
mod same;
mod shares;
mod tip;
mod tools;
mod viewport;

use crate::dom::{el, group, live, Dom, El, Ref};
use crate::live::{effect, Memo, RwSignal};
use crate::view::answers::Answers;
use crate::view::frame::Frame;
use crate::view::parts::format::px;
use crate::viewer::Viewer;
use crate::wording::timeline as words;
use chart::{Area, Chart, ROW};
use crewscope_trace::model::SpanIndex;
use gloo::events::EventListener;
use labels::{labels, scroll_to_row};
use legend::legend;
use leptos::prelude::*;
use over::over;
use overview::{overview, paint_map, paint_strip, strip};
use paint::{paint, Scene};
use pointer::{Pointers, Pressed};
use shares::shares;
use tools::{view_tools, zoom_tools};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;
use web_sys::{
    Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent,
};

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
        .attr("aria-label", words::EXECUTION_TIMELINE)
        // A click on the bars brings the keys here.
        .attr("tabindex", "-1")
        .on("keydown", move |event: KeyboardEvent| {
            tools::key(&event, chart)
        })
        .child(
            el("div")
                .class("cs-panel-head")
                .child(
                    el("h2")
                        .class("cs-heading")
                        .child(words::EXECUTION_TIMELINE),
                )
                .child(live(move || has_time.get().then(|| zoom_tools(chart)))),
        )
        .child(live(move || {
            if has_time.get() {
                group()
                    .child(view_tools(chart))
                    .child(body(chart, viewer))
                    .child(shares(chart))
                    .child(legend(chart))
                    .dom()
            } else {
                el("p").class("cs-nothing").child(words::NO_TIMES).dom()
            }
        }))
        .dom()
}

/// Axis, labels and canvas.
fn body(chart: Chart, viewer: Viewer) -> Dom {
    let canvas = Ref::new();
    let (map, strip_canvas) = (Ref::new(), Ref::new());
    let scroller = Ref::new();
    let lane = Ref::new();
    let selected_row = Memo::new(move || row_of(chart, chart.answers.detail.get()?));
    let pointers: Pointers = StoredValue::new(Pressed::default());
    follow_area(chart, scroller, lane);
    let on_theme = theme_changes(viewer);
    draw_when_changed(
        move || {
            chart.rows.track();
            chart.viewport.track();
            chart.area.track();
            chart.hover.track();
            chart.active.track();
            chart.shades.track();
            chart.path.track();
            chart.marked.track();
            chart.answers.detail.track();
            selected_row.track();
            on_theme();
            canvas.track();
        },
        move || draw_chart(chart, canvas, strip_canvas, selected_row),
    );
    draw_when_changed(
        move || {
            chart.rows.track();
            chart.scale.track();
            chart.area.track();
            chart.shades.track();
            on_theme();
            map.track();
        },
        move || paint_map(&map.get_untracked()?, chart),
    );
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
        let ticks = chart.in_window(|window, whole| axis::ticks(window, whole.start));
        let width = chart.area.with(|area| area.width);
        let ticks = ticks.unwrap_or_default().into_iter();
        let mark = |(at, label)| {
            // The last one ends at the edge instead of running over it.
            el("span")
                .attr("data-end", (at > width * 0.94).to_string())
                .style("left", px(at))
                .child(label)
        };
        ticks.map(mark).collect::<Dom>()
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
        .child(overview(chart, map))
        .child(
            el("div")
                .class("cs-tl-plot")
                .child(strip(chart, strip_canvas))
                .child(
                    el("div")
                        .class("cs-tl-axis")
                        .attr("aria-hidden", "true")
                        .attr("title", words::DRAG_TO_MEASURE)
                        .child(listening(el("div"), chart, pointers, true).child(live(ticks))),
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
                                                listening(el("canvas"), chart, pointers, false)
                                                    .node_ref(canvas)
                                                    .attr("aria-hidden", "true")
                                                    .attr("data-pointing", move || {
                                                        chart
                                                            .hover
                                                            .with(Option::is_some)
                                                            .to_string()
                                                    })
                                                    .on("dblclick", move |event: MouseEvent| {
                                                        pointer::double(&event, chart)
                                                    }),
                                            ),
                                    ),
                                ),
                        ),
                )
                .child(over(chart)),
        )
        .dom()
}

/// An element on which the pointer moves in time, or measures.
fn listening(element: El, chart: Chart, pointers: Pointers, measures: bool) -> El {
    element
        .on("pointerdown", move |event: PointerEvent| {
            pointer::down(&event, pointers, chart, measures)
        })
        .on("pointermove", move |event: PointerEvent| {
            pointer::moved(&event, pointers, chart, measures)
        })
        .on("pointerup", move |event: PointerEvent| {
            pointer::up(&event, pointers, chart)
        })
        .on("pointercancel", move |event: PointerEvent| {
            pointer::cancelled(&event, pointers)
        })
        .on("pointerleave", move |_: PointerEvent| {
            chart.hover.set(None);
            chart.cursor.set(None);
        })
        .on("wheel", move |event: WheelEvent| {
            pointer::wheel(&event, chart)
        })
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

/// Tells of changes of the colours.
fn theme_changes(viewer: Viewer) -> impl Fn() + Copy {
    let system_theme = RwSignal::new(0_u32);
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        let listener = EventListener::new(&query, "change", move |_| {
            let _ = system_theme.try_update(|n| *n = n.wrapping_add(1));
        });
        let listener = StoredValue::new_local(Some(listener));
        on_cleanup(move || listener.set_value(None));
    }
    move || {
        viewer.theme.track();
        system_theme.track();
    }
}

/// Draws once per frame at most, whenever something that is drawn has changed.
fn draw_when_changed(track: impl Fn() + 'static, draw: impl Fn() -> Option<()> + Copy + 'static) {
    let asked = StoredValue::new(false);
    effect(move || {
        track();
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

fn draw_chart(
    chart: Chart,
    canvas: Ref<HtmlCanvasElement>,
    strip: Ref<HtmlCanvasElement>,
    selected_row: Memo<Option<usize>>,
) -> Option<()> {
    let rows = chart.rows.try_get_untracked()?;
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
    let (scale, shown) = (
        chart.scale.get_untracked()?,
        chart.answers.shown.get_untracked()?,
    );
    let (shades, path) = (chart.shades.get_untracked(), chart.path.get_untracked());
    let marks = chart.marks();
    let area = chart.area.get_untracked();
    let window = chart.viewport.get_untracked()?.window(&scale, area.width);
    let scene = Scene {
        trace: &shown.trace,
        rows: &rows,
        window,
        origin: chart.whole.get_untracked()?.start,
        area,
        shades: shades.as_deref(),
        path: path.as_deref(),
        marks: &marks,
        selected: chart.answers.detail.get_untracked(),
        pointed,
        selected_row: selected_row.get_untracked(),
    };
    paint(&canvas.get_untracked()?, &scene)?;
    paint_strip(&strip.get_untracked()?, chart, window)
}

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

use crate::view::answers::Answers;
use crate::view::frame::Frame;
use crate::view::parts::format::px;
use crate::viewer::Viewer;
use crate::wording::timeline as words;
use chart::{Area, Chart, ROW};
use crewscope_trace::model::SpanIndex;
use gloo::events::EventListener;
use labels::{scroll_to_row, Labels};
use legend::Legend;
use leptos::html;
use leptos::prelude::*;
use over::Over;
use overview::{paint_map, paint_strip, Overview, Strip};
use paint::{paint, Scene};
use pointer::{Pointers, Pressed};
use shares::Shares;
use tools::{ViewTools, ZoomTools};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

/// The timeline.
#[component]
pub fn ExecutionTimeline() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let chart = Chart::new(viewer, answers, frame);
    let has_time = Memo::new(move |_| chart.whole.get().is_some());
    view! {
        <section
            class="cs-panel cs-timeline"
            part="timeline"
            role="region"
            aria-label=words::EXECUTION_TIMELINE
            // A click on the bars brings the keys here.
            tabindex="-1"
            on:keydown=move |event: KeyboardEvent| { tools::key(&event, chart) }
        >
            <div class="cs-panel-head">
                <h2 class="cs-heading">{words::EXECUTION_TIMELINE}</h2>
                {move || has_time.get().then(|| view! { <ZoomTools chart /> })}
            </div>
            {move || {
                if has_time.get() {
                    view! {
                        <ViewTools chart />
                        <TimelineBody chart viewer />
                        <Shares chart />
                        <Legend chart />
                    }
                        .into_any()
                } else {
                    view! { <p class="cs-nothing">{words::NO_TIMES}</p> }.into_any()
                }
            }}
        </section>
    }
}

/// Axis, labels and canvas.
#[component]
fn TimelineBody(chart: Chart, viewer: Viewer) -> impl IntoView {
    let canvas = NodeRef::new();
    let (map, strip_canvas) = (NodeRef::new(), NodeRef::new());
    let scroller = NodeRef::new();
    let lane = NodeRef::new();
    let selected_row = Memo::new(move |_| row_of(chart, chart.answers.detail.get()?));
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
    Effect::new(move |_| {
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
            view! {
                <span data-end=(at > width * 0.94).to_string() style:left=px(at)>
                    {label}
                </span>
            }
        };
        ticks.map(mark).collect_view()
    };
    // What an element does on which the pointer moves in time, or measures.
    let listening = move |measures: bool| {
        view! {
            <{..}
                on:pointerdown=move |event| pointer::down(&event, pointers, chart, measures)
                on:pointermove=move |event| pointer::moved(&event, pointers, chart, measures)
                on:pointerup=move |event| pointer::up(&event, pointers, chart)
                on:pointercancel=move |event| pointer::cancelled(&event, pointers)
                on:pointerleave=move |_| {
                    chart.hover.set(None);
                    chart.cursor.set(None);
                }
                on:wheel=move |event| pointer::wheel(&event, chart)
            />
        }
    };
    let height = move || px(chart.rows.with(|rows| rows.len()) as f64 * ROW);
    let canvas_height = move || px(chart.area.get().height);
    let on_scroll = move |_: Event| {
        if let Some(element) = scroller.get_untracked() {
            let top = f64::from(element.scroll_top());
            chart.area.update(|area| area.top = top);
        }
    };
    view! {
        <div class="cs-tl">
            <Overview chart canvas=map />
            <div class="cs-tl-plot">
                <Strip chart canvas=strip_canvas />
                <div class="cs-tl-axis" aria-hidden="true" title=words::DRAG_TO_MEASURE>
                    <div {..listening(true)}>{ticks}</div>
                </div>
                <div class="cs-tl-scroll" node_ref=scroller on:scroll=on_scroll>
                    <div class="cs-tl-body" style:height=height>
                        <Labels chart scroller selected_row />
                        <div class="cs-tl-lane" node_ref=lane>
                            <div class="cs-tl-window" style:height=canvas_height>
                                <canvas
                                    node_ref=canvas
                                    aria-hidden="true"
                                    data-pointing=move || {
                                        chart.hover.with(Option::is_some).to_string()
                                    }
                                    on:dblclick=move |event| pointer::double(&event, chart)
                                    {..listening(false)}
                                />
                            </div>
                        </div>
                    </div>
                </div>
                <Over chart />
            </div>
        </div>
    }
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
fn follow_area(chart: Chart, scroller: NodeRef<html::Div>, lane: NodeRef<html::Div>) {
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
    Effect::new(move |_| {
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
    Effect::new(move |_| {
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
    canvas: NodeRef<html::Canvas>,
    strip: NodeRef<html::Canvas>,
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

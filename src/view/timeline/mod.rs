//! Region "Execution Timeline": when everything started and ended.
//!
//! `chart` holds the state, `derived` what of it is worked out, `viewport` and `axis` the arithmetic of zoom and time, `labels` the
//! tree grid at the left (the accessible twin), `bars` the canvas, `drawing` when and `paint` how it is drawn, `colours` its colours,
//! `legend` what they say, and `marks` what findings mark on it, `overview` the whole in small, `strip` what ran at once, `pointer`
//! what hands do, `tools` the actions with their buttons and keys, `over` and `tip` what lies over the bars, `shares` how the time
//! divides. Rows, bars, the level of detail, scale, critical path and activity come from [`crewscope_analysis::timeline`].

mod axis;
mod bars;
mod chart;
mod colours;
mod derived;
mod drawing;
mod labels;
mod legend;
mod marks;
mod over;
mod overview;
mod paint;
mod pointer;
mod same;
mod shares;
mod strip;
mod tip;
mod tools;
mod viewport;

use crate::view::answers::Answers;
use crate::view::frame::Frame;
use crate::view::parts::format::px;
use crate::viewer::Viewer;
use crate::wording::timeline as words;
use bars::Bars;
use chart::{Area, Chart, ROW};
use crewscope_trace::model::SpanIndex;
use gloo::events::EventListener;
use labels::{scroll_to_row, Labels};
use legend::Legend;
use leptos::html;
use leptos::prelude::*;
use over::Over;
use overview::Overview;
use pointer::{Pointers, Pressed};
use shares::Shares;
use strip::Strip;
use tools::{ViewTools, ZoomTools};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;

/// The timeline.
#[component]
pub fn ExecutionTimeline() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let chart = Chart::new(viewer, answers, frame, theme_changes(viewer));
    let has_time = move || chart.whole.with(Option::is_some);
    view! {
        <section
            class="cs-panel cs-timeline"
            part="timeline"
            role="region"
            aria-label=words::EXECUTION_TIMELINE
            // A click on the bars brings the keys here.
            tabindex="-1"
            on:keydown=move |event| tools::key(&event, chart)
        >
            <div class="cs-panel-head">
                <h2 class="cs-heading">{words::EXECUTION_TIMELINE}</h2>
                <Show when=has_time>
                    <ZoomTools chart />
                </Show>
            </div>
            <Show when=has_time fallback=|| view! { <p class="cs-nothing">{words::NO_TIMES}</p> }>
                <ViewTools chart />
                <Plot chart />
                <Shares chart />
                <Legend chart />
            </Show>
        </section>
    }
}

/// Overview, axis, labels and bars.
#[component]
fn Plot(chart: Chart) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let scroller = NodeRef::new();
    let lane = NodeRef::new();
    let selected_row = Memo::new(move |_| row_of(chart, chart.answers.detail.get()?));
    let pointers: Pointers = StoredValue::new(Pressed::default());
    follow_area(chart, scroller, lane);
    // What is selected elsewhere is brought into view here.
    Effect::new(move |before: Option<Option<String>>| {
        let selected = viewer.selected.get();
        if before.is_some_and(|before| before != selected) {
            if let Some(row) = selected_row.get_untracked() {
                scroll_to_row(scroller, row);
            }
        }
        selected
    });
    view! {
        <div class="cs-tl">
            <Overview chart />
            <div class="cs-tl-plot">
                <Strip chart />
                <Axis chart pointers />
                <div
                    class="cs-tl-scroll"
                    node_ref=scroller
                    on:scroll:target=move |event| {
                        let top = f64::from(event.target().scroll_top());
                        chart.area.update(|area| area.top = top);
                    }
                >
                    <div
                        class="cs-tl-body"
                        style:height=move || px(chart.rows.with(|rows| rows.len()) as f64 * ROW)
                    >
                        <Labels chart scroller selected_row />
                        <Bars chart lane pointers selected_row />
                    </div>
                </div>
                <Over chart />
            </div>
        </div>
    }
}

/// The time axis, on which a stretch is measured.
#[component]
fn Axis(chart: Chart, pointers: Pointers) -> impl IntoView {
    let ticks = move || {
        let ticks = chart.in_window(|window, whole| axis::ticks(window, whole.start));
        let width = chart.area.with(|area| area.width);
        let tick = |(x, label)| {
            // The last one ends at the edge instead of running over it.
            view! {
                <span data-end=(x > width * 0.94).to_string() style:left=px(x)>
                    {label}
                </span>
            }
        };
        ticks
            .unwrap_or_default()
            .into_iter()
            .map(tick)
            .collect_view()
    };
    view! {
        <div class="cs-tl-axis" aria-hidden="true" title=words::DRAG_TO_MEASURE>
            <div {..pointer::listeners(chart, pointers, true)}>{ticks}</div>
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

/// Tells of changes of the colours: those that a person chose, or those of the system.
fn theme_changes(viewer: Viewer) -> Signal<()> {
    let system_theme = RwSignal::new(0_u32);
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        let listener = EventListener::new(&query, "change", move |_| {
            let _ = system_theme.try_update(|n| *n = n.wrapping_add(1));
        });
        let listener = StoredValue::new_local(Some(listener));
        on_cleanup(move || listener.set_value(None));
    }
    Signal::derive(move || {
        viewer.theme.track();
        system_theme.track();
    })
}

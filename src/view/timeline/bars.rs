//! The canvas with the bars, beside the labels.

use crate::view::parts::format::px;
use crate::view::timeline::chart::Chart;
use crate::view::timeline::drawing::draw_when_changed;
use crate::view::timeline::paint::{paint, Scene};
use crate::view::timeline::pointer::{self, Pointers};
use crewscope_trace::model::SpanIndex;
use leptos::html;
use leptos::prelude::*;

/// The canvas, as high as what can be seen of the rows.
#[component]
pub fn Bars(
    /// The state of the timeline.
    chart: Chart,
    /// The room for the bars of all rows, to be measured.
    lane: NodeRef<html::Div>,
    /// What is pressed on the timeline.
    pointers: Pointers,
    /// The row of what is in Task Details.
    selected_row: Memo<Option<usize>>,
) -> impl IntoView {
    let canvas = NodeRef::new();
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
            chart.theme.track();
            selected_row.track();
            canvas.track();
        },
        move || draw(chart, canvas, selected_row),
    );
    view! {
        <div class="cs-tl-lane" node_ref=lane>
            <div class="cs-tl-window" style:height=move || px(chart.area.get().height)>
                <canvas
                    node_ref=canvas
                    aria-hidden="true"
                    data-pointing=move || chart.hover.with(Option::is_some).to_string()
                    on:dblclick=move |event| pointer::double(&event, chart)
                    {..pointer::listeners(chart, pointers, false)}
                />
            </div>
        </div>
    }
}

/// The span under the pointer, else the one the keyboard is at.
fn pointed(chart: Chart) -> Option<SpanIndex> {
    if let Some(hover) = chart.hover.get_untracked() {
        return Some(hover.bar.span);
    }
    let active = chart.active.get_untracked();
    // The keyboard comes to a row with its first span: that is no choice of the span.
    chart.rows.with_untracked(|rows| {
        let row = rows.get(active.row).filter(|_| active.item > 0)?;
        row.lane.spans().get(active.item).copied()
    })
}

fn draw(
    chart: Chart,
    canvas: NodeRef<html::Canvas>,
    selected_row: Memo<Option<usize>>,
) -> Option<()> {
    let rows = chart.rows.try_get_untracked()?;
    let scale = chart.scale.get_untracked()?;
    let shown = chart.answers.shown.get_untracked()?;
    let (shades, path) = (chart.shades.get_untracked(), chart.path.get_untracked());
    let marks = chart.marks();
    let area = chart.area.get_untracked();
    let scene = Scene {
        trace: &shown.trace,
        rows: &rows,
        window: chart.viewport.get_untracked()?.window(&scale, area.width),
        origin: chart.whole.get_untracked()?.start,
        area,
        shades: shades.as_deref(),
        path: path.as_deref(),
        marks: &marks,
        selected: chart.answers.detail.get_untracked(),
        pointed: pointed(chart),
        selected_row: selected_row.get_untracked(),
    };
    paint(&canvas.get_untracked()?, &scene)
}

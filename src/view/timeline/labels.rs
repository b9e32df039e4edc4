//! The labels left of the bars: a tree grid with the same facts, for keyboard and screen reader too.

use crate::view::findings::{FindingMark, MARKED};
use crate::view::parts::format::{count, counted, duration, px};
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::status;
use crate::view::parts::text::{plain, shown as text};
use crate::view::timeline::chart::{Active, Chart, ROW};
use crate::view::timeline::marks;
use crate::viewer::Shown;
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::{Path, Row, RowKey};
use crewscope_analysis::TaskRow;
use crewscope_trace::model::{Kind, Span, SpanIndex, Status, Trace};
use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Rows kept above and below the visible ones.
const MARGIN: usize = 6;

/// One label, ready to be shown.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Label {
    key: RowKey,
    at: usize,
    depth: u16,
    kind: Kind,
    name: String,
    calls: usize,
    expandable: bool,
    expanded: bool,
    start: String,
    time: String,
    status: Status,
    waited: bool,
    /// The first of its spans, to be compared with the findings.
    spans: Vec<SpanIndex>,
}

fn label(
    shown: &Shown,
    tasks: &[TaskRow],
    row: &Row,
    at: usize,
    origin: i64,
    path: Option<&Path>,
) -> Label {
    let trace = &shown.trace;
    let spans = row.lane.spans();
    let first = row
        .first()
        .and_then(|first| trace.spans.get(first as usize));
    let extent = row.lane.extent();
    let name = match first {
        // A task that stands for its agent.
        Some(span) if span.kind != row.kind => trace.str(row.name).to_owned(),
        Some(span) if span.kind == Kind::Task => task_name(shown, tasks, span, row.first()),
        Some(span) => name::of(trace, span),
        None => row.kind.label().to_owned(),
    };
    Label {
        key: row.key,
        at,
        depth: row.depth,
        kind: row.kind,
        name,
        calls: spans.len(),
        expandable: row.expandable,
        expanded: row.expanded,
        start: extent.map_or_else(
            || common::UNKNOWN.to_owned(),
            |extent| duration(extent.start.saturating_sub(origin)),
        ),
        time: extent.map_or_else(
            || common::UNKNOWN.to_owned(),
            |extent| duration(extent.length()),
        ),
        status: worst(trace, spans),
        waited: path.is_some_and(|path| spans.iter().any(|&span| path.of(span).is_some())),
        spans: spans.iter().take(MARKED).copied().collect(),
    }
}

/// As the table calls it: a task without a name goes by its number.
fn task_name(shown: &Shown, tasks: &[TaskRow], span: &Span, at: Option<SpanIndex>) -> String {
    let own = name::of(&shown.trace, span);
    if own != Kind::Task.label() {
        return own;
    }
    let row = |at| tasks.binary_search_by_key(&at, |task| task.span).ok();
    let row = at.and_then(row).and_then(|row| tasks.get(row));
    row.map_or(own, |task| task.label.clone())
}

/// A row of many calls stands as its worst call does.
fn worst(trace: &Trace, spans: &[SpanIndex]) -> Status {
    let rank = |status: Status| match status {
        Status::Failed => 0,
        Status::Running => 1,
        Status::Unknown => 2,
        Status::Completed => 3,
    };
    spans
        .iter()
        .filter_map(|&at| trace.spans.get(at as usize))
        .map(|span| span.status)
        .min_by_key(|status| rank(*status))
        .unwrap_or_default()
}

/// The labels; only those on the screen are in the page.
#[component]
pub fn Labels(
    /// The state of the timeline.
    chart: Chart,
    /// What scrolls, to bring the active row into view.
    scroller: NodeRef<html::Div>,
    /// The row of what is in Task Details.
    selected_row: Memo<Option<usize>>,
) -> impl IntoView {
    let labels = Memo::new(move |_| {
        let range = chart.visible_rows(MARGIN);
        let path = chart.path.get();
        chart.answers.shown.with(|shown| {
            let (Some(shown), Some(whole)) = (shown.as_ref(), chart.whole.get()) else {
                return Vec::new();
            };
            chart.rows.with(|rows| {
                chart.answers.tasks.with(|tasks| {
                    range
                        .filter_map(|at| {
                            let row = rows.get(at)?;
                            Some(label(shown, tasks, row, at, whole.start, path.as_deref()))
                        })
                        .collect::<Vec<_>>()
                })
            })
        })
    });
    let focused = RwSignal::new(false);
    let said = Memo::new(move |_| {
        if focused.get() {
            announcement(chart)
        } else {
            String::new()
        }
    });
    view! {
        <div
            class="cs-tl-labels"
            role="treegrid"
            tabindex="0"
            aria-label=words::HOW_TO_MOVE
            aria-rowcount=move || (chart.rows.with(|rows| rows.len()) + 1).to_string()
            aria-activedescendant=move || format!("cs-tl-{}", chart.active.get().row)
            on:keydown=move |event| key(&event, chart, scroller)
            on:focus=move |_| focused.set(true)
            on:blur=move |_| focused.set(false)
        >
            <div role="row" class="cs-hidden" aria-rowindex="1">
                <span role="columnheader">{words::NAME}</span>
                <span role="columnheader">{words::START}</span>
                <span role="columnheader">{words::DURATION}</span>
                <span role="columnheader">{common::STATUS}</span>
            </div>
            <For each=move || labels.get() key=Label::clone let(label)>
                <LabelRow label chart selected_row focused />
            </For>
        </div>
        <span class="cs-hidden" aria-live="polite">
            {said}
        </span>
    }
}

/// The label of a row. A click opens what the row begins with in Task Details.
#[component]
fn LabelRow(
    label: Label,
    chart: Chart,
    /// The row of what is in Task Details.
    selected_row: Memo<Option<usize>>,
    /// Whether the tree grid has the focus.
    focused: RwSignal<bool>,
) -> impl IntoView {
    let at = label.at;
    let selected = move || selected_row.get() == Some(at);
    let work = matches!(
        label.kind,
        Kind::Task | Kind::Crew | Kind::Flow | Kind::Method
    );
    view! {
        <div
            role="row"
            id=format!("cs-tl-{at}")
            class="cs-tl-label"
            // Leptos knows no attribute of this name.
            {..custom_attribute("aria-level", label.depth + 1)}
            class:cs-selected=selected
            class:cs-active=move || focused.get() && chart.active.get().row == at
            class:cs-work=work
            aria-rowindex=(at + 2).to_string()
            aria-expanded=label.expandable.then(|| label.expanded.to_string())
            aria-selected=move || selected().to_string()
            style:top=px(at as f64 * ROW)
            style=("--cs-in", px(f64::from(indent(label.depth))))
            title=words::row_title(label.kind.label(), &plain(&label.name))
            on:click=move |_| {
                chart.active.set(Active { row: at, item: 0 });
                if let Some(span) = first_of_row(chart, at) {
                    chart.open(span);
                }
            }
        >
            <Fold chart at expandable=label.expandable expanded=label.expanded />
            <span role="gridcell" class="cs-ellipsis" data-status=label.status.name()>
                <bdi>{text(&label.name)}</bdi>
                {(label.calls > 1)
                    .then(|| {
                        view! {
                            <span class="cs-tl-calls">
                                {words::times(&count(label.calls as u64))}
                            </span>
                        }
                    })}
                <FindingMark spans=label.spans />
            </span>
            <span role="gridcell" class="cs-hidden">
                {label.start}
            </span>
            <span role="gridcell" class="cs-hidden">
                {label.time}
            </span>
            <span role="gridcell" class="cs-hidden">
                {status::word(label.status)}
                {label.waited.then_some(words::ON_PATH)}
            </span>
        </div>
    }
}

/// Opens and closes a row for the mouse; the keyboard has its arrows. Only room where there is nothing below the row.
#[component]
fn Fold(
    chart: Chart,
    /// Index of the row.
    at: usize,
    expandable: bool,
    expanded: bool,
) -> impl IntoView {
    if !expandable {
        return view! { <span class="cs-tl-toggle" /> }.into_any();
    }
    view! {
        <span
            class="cs-tl-toggle"
            data-open=expanded.to_string()
            aria-hidden="true"
            // Without a click on the row, which would open what it begins with.
            on:click=move |event| {
                event.stop_propagation();
                chart.fold(at, !expanded);
            }
        >
            {Icon::Right.draw()}
        </span>
    }
    .into_any()
}

/// The span that a row begins with.
fn first_of_row(chart: Chart, at: usize) -> Option<SpanIndex> {
    chart
        .rows
        .with_untracked(|rows| rows.get(at).and_then(Row::first))
}

/// How far a row is indented, in pixels: less from the sixth level on, for the name must stay to be read.
fn indent(depth: u16) -> u16 {
    depth.min(5) * 14 + depth.clamp(5, 20).saturating_sub(5) * 3
}

/// What a screen reader says about the span the keyboard is at.
fn announcement(chart: Chart) -> String {
    let Active { row, item } = chart.active.get();
    let (Some(shown), Some(whole)) = (chart.answers.shown.get(), chart.whole.get()) else {
        return String::new();
    };
    let found = chart.rows.with(|rows| {
        let row = rows.get(row)?;
        Some((row.lane.spans().get(item).copied()?, row.lane.spans().len()))
    });
    let Some((index, number)) = found else {
        return String::new();
    };
    let Some(span) = shown.trace.spans.get(index as usize) else {
        return String::new();
    };
    let place = if number > 1 {
        words::place_of(item + 1, &counted(number as u64, common::CALLS_OF))
    } else {
        String::new()
    };
    let start = span
        .start
        .map(|start| words::starts_at(&duration(start.saturating_sub(whole.start))))
        .unwrap_or_default();
    let time = span
        .duration()
        .map(|time| words::takes(&duration(time)))
        .unwrap_or_default();
    words::announced(
        span.kind.label(),
        &plain(&name::at(&shown.trace, index)),
        [&place, &start, &time],
        status::word(span.status),
        &marks::word(chart, index),
    )
}

fn key(event: &KeyboardEvent, chart: Chart, scroller: NodeRef<html::Div>) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Active { row, item } = chart.active.get_untracked();
    let rows = chart.rows.get_untracked();
    let Some(now) = rows.get(row) else { return };
    let last = rows.len().saturating_sub(1);
    let go = |row: usize, item: usize| {
        chart.active.set(Active { row, item });
        show_active(chart, scroller);
    };
    match (event.key().as_str(), event.shift_key()) {
        // In time; the timeline acts on them.
        ("ArrowLeft" | "ArrowRight", true) => return,
        ("ArrowDown", _) => go((row + 1).min(last), 0),
        ("ArrowUp", _) => go(row.saturating_sub(1), 0),
        ("Home", _) => go(0, 0),
        ("End", _) => go(last, 0),
        ("PageDown", _) => go((row + 10).min(last), 0),
        ("PageUp", _) => go(row.saturating_sub(10), 0),
        ("ArrowRight", _) if now.expandable && !now.expanded => chart.fold(row, true),
        ("ArrowRight", _) if item + 1 < now.lane.spans().len() => go(row, item + 1),
        ("ArrowRight", _) if now.expanded => go((row + 1).min(last), 0),
        ("ArrowLeft", _) if item > 0 => go(row, item - 1),
        ("ArrowLeft", _) if now.expanded => chart.fold(row, false),
        ("ArrowLeft", _) => {
            let parent = rows
                .get(..row)
                .and_then(|above| above.iter().rposition(|above| above.depth < now.depth));
            go(parent.unwrap_or(row), 0);
        }
        ("Enter" | " ", _) => {
            if let Some(span) = now.lane.spans().get(item) {
                chart.open(*span);
            }
        }
        _ => return,
    }
    event.prevent_default();
}

/// Scrolls to the active row and moves to its active span in time.
fn show_active(chart: Chart, scroller: NodeRef<html::Div>) {
    let Active { row, item } = chart.active.get_untracked();
    scroll_to_row(scroller, row);
    let bar = chart.rows.with_untracked(|rows| {
        let lane = &rows.get(row)?.lane;
        lane.bar_of(*lane.spans().get(item)?)
    });
    if let (Some(bar), Some(scale)) = (bar, chart.scale.get_untracked()) {
        chart.look(|view| view.showing(scale.drawn(bar.start), scale.drawn(bar.end)));
    }
}

/// Scrolls the timeline, and only it, until a row can be seen.
pub fn scroll_to_row(scroller: NodeRef<html::Div>, row: usize) {
    let Some(element) = scroller.get_untracked() else {
        return;
    };
    let (top, height) = (
        f64::from(element.scroll_top()),
        f64::from(element.client_height()),
    );
    let wanted = row as f64 * ROW;
    if wanted < top {
        element.set_scroll_top(wanted as i32);
    } else if wanted + ROW > top + height {
        element.set_scroll_top((wanted + ROW - height) as i32);
    }
}

//! What can be done with the timeline: one table of actions for buttons and keys.

use crate::view::parts::format::duration;
use crate::view::parts::icon::Icon;
use crate::view::timeline::chart::{Active, Chart};
use crate::viewer::Look;
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::{By, Lanes, Stretch};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlSelectElement, KeyboardEvent};

/// One press of a zoom button.
const ZOOM: f64 = 0.6;
/// One press of a zoom key.
const ZOOM_KEY: f64 = 0.75;
/// One press of a key moves by this share of what is visible.
const MOVE: f64 = 0.15;
/// Room beside what is zoomed to, as a share of it.
const AIR: f64 = 0.05;

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Closer.
    ZoomIn,
    /// Farther.
    ZoomOut,
    /// Towards the start.
    Earlier,
    /// Towards the end.
    Later,
    /// Everything on the screen.
    Fit,
    /// The measured range, else what is in Task Details.
    ZoomToSelection,
    /// Measures what is in Task Details, or forgets what is measured.
    Measure,
    /// Closes the deepest rows.
    FoldLevel,
    /// Opens the next level.
    UnfoldLevel,
    /// Closes all.
    FoldAll,
    /// Opens all.
    UnfoldAll,
    /// Marks the critical path, or not.
    Path,
    /// Draws idle stretches short, or not.
    Squeeze,
    /// Rows by task or by agent.
    Lanes,
}

/// Keys of the actions; upper case is with Shift.
const KEYS: [(&str, Action); 22] = [
    ("w", Action::ZoomIn),
    ("+", Action::ZoomIn),
    ("=", Action::ZoomIn),
    ("s", Action::ZoomOut),
    ("-", Action::ZoomOut),
    ("_", Action::ZoomOut),
    ("a", Action::Earlier),
    ("d", Action::Later),
    // Where the rows have the focus they mean rows and calls, except with Shift.
    ("ArrowLeft", Action::Earlier),
    ("ArrowRight", Action::Later),
    ("0", Action::Fit),
    ("f", Action::ZoomToSelection),
    ("m", Action::Measure),
    ("c", Action::FoldLevel),
    ("x", Action::UnfoldLevel),
    ("C", Action::FoldAll),
    ("X", Action::UnfoldAll),
    ("p", Action::Path),
    ("i", Action::Squeeze),
    ("g", Action::Lanes),
    ("W", Action::ZoomIn),
    ("S", Action::ZoomOut),
];

/// Does it.
pub fn act(chart: Chart, action: Action, zoom: f64) {
    let width = chart.area.get_untracked().width.max(1.0);
    // Under the pointer if it is there, else in the middle.
    let at = chart.cursor.get_untracked().map_or(0.5, |x| x / width);
    match action {
        Action::ZoomIn => chart.look(|view| view.zoomed(at, zoom)),
        Action::ZoomOut => chart.look(|view| view.zoomed(at, 1.0 / zoom)),
        Action::Earlier => chart.look(|view| view.moved(-MOVE)),
        Action::Later => chart.look(|view| view.moved(MOVE)),
        Action::Fit => chart.fit(),
        Action::ZoomToSelection => {
            if let Some(stretch) = chart.mark.get_untracked().or_else(|| chart.selected()) {
                chart.show(stretch, AIR);
            }
        }
        Action::Measure => {
            let selected = chart.selected();
            let now = chart.mark.get_untracked();
            chart.mark.set(selected.filter(|_| selected != now));
        }
        Action::FoldLevel => chart.unfold_to(chart.deepest().saturating_sub(1)),
        Action::UnfoldLevel => chart.unfold_to(chart.deepest().saturating_add(1)),
        Action::FoldAll => chart.unfold_to(0),
        Action::UnfoldAll => chart.unfold_to(u16::MAX),
        Action::Path => {
            let on = chart.path.with_untracked(Option::is_some);
            chart.look.update(|look| look.path = Some(!on));
        }
        Action::Squeeze => chart.look.update(|look| look.squeeze = !look.squeeze),
        Action::Lanes => {
            let other = match chart.look.with_untracked(|look| look.lanes) {
                Lanes::Tasks => Lanes::Agents,
                Lanes::Agents => Lanes::Tasks,
            };
            lanes(chart, other);
        }
    }
}

fn lanes(chart: Chart, lanes: Lanes) {
    chart.look.update(|look| {
        look.lanes = lanes;
        // Depths and rows mean something else there.
        look.told.clear();
    });
    chart.active.set(Active::default());
}

/// Acts on a key anywhere in the timeline.
pub fn key(event: &KeyboardEvent, chart: Chart) {
    let taken =
        event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key();
    let target = event.target();
    // A list takes letters for the names of its choices.
    let is_list = target.is_some_and(|target| target.has_type::<HtmlSelectElement>());
    if taken || is_list {
        return;
    }
    let name = event.key();
    if name == "Escape" && chart.mark.with_untracked(Option::is_some) {
        chart.mark.set(None);
    } else if let Some((_, action)) = KEYS.iter().find(|(key, _)| *key == name) {
        act(chart, *action, ZOOM_KEY);
    } else {
        return;
    }
    event.prevent_default();
}

/// A button with an icon only.
#[component]
fn SquareButton(
    chart: Chart,
    action: Action,
    icon: Icon,
    /// Its name for a screen reader.
    label: &'static str,
    title: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="square"
            data-size="small"
            aria-label=label
            title=title
            on:click=move |_| act(chart, action, ZOOM)
        >
            {icon.draw()}
        </button>
    }
}

/// Zooming, beside the heading.
#[component]
pub fn ZoomTools(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    let range = move || {
        let viewport = chart.viewport.get()?;
        let (start, end) = chart.in_window(|window, whole| {
            let view = Stretch {
                start: window.scale.time(viewport.start),
                end: window.scale.time(viewport.end),
            };
            (
                view.start.saturating_sub(whole.start),
                view.end.saturating_sub(whole.start),
            )
        })?;
        (!viewport.is_fit()).then(|| words::range(&duration(start), &duration(end)))
    };
    view! {
        <div class="cs-actions">
            <span class="cs-muted cs-tl-range">{range}</span>
            <SquareButton
                chart
                action=Action::ZoomOut
                icon=Icon::Minus
                label=words::ZOOM_OUT
                title=words::ZOOM_OUT_KEYS
            />
            <SquareButton
                chart
                action=Action::ZoomIn
                icon=Icon::Plus
                label=words::ZOOM_IN
                title=words::ZOOM_IN_KEYS
            />
            <button
                type="button"
                class="cs-button"
                data-size="small"
                aria-label=words::ZOOM_TO_SELECTION
                title=words::ZOOM_TO_SELECTION_KEYS
                on:click=move |_| act(chart, Action::ZoomToSelection, ZOOM)
            >
                {words::SELECTION}
            </button>
            <button
                type="button"
                class="cs-button"
                data-size="small"
                title=words::FIT_KEYS
                on:click=move |_| act(chart, Action::Fit, ZOOM)
            >
                {Icon::Fit.draw()}
                {words::FIT}
            </button>
        </div>
    }
}

const COLOURS: [(By, &str); 5] = [
    (By::Kind, common::KIND),
    (By::Agent, common::AGENT),
    (By::Model, common::MODEL),
    (By::Status, common::STATUS),
    (By::Cost, common::COST),
];

/// A choice out of a few words.
#[component]
fn Choice(
    label: &'static str,
    title: &'static str,
    /// Value and word of each.
    options: Vec<(&'static str, &'static str)>,
    /// The present value.
    now: impl Fn() -> &'static str + Copy + Send + 'static,
    /// Takes a new value.
    choose: impl Fn(&str) + 'static,
) -> impl IntoView {
    let options = options.into_iter().map(|(value, word)| {
        view! {
            <option value=value selected=move || now() == value>
                {word}
            </option>
        }
    });
    view! {
        <label class="cs-tl-choice" title=title>
            {label}
            <select on:change:target=move |event| {
                choose(&event.target().value())
            }>{options.collect_view()}</select>
        </label>
    }
}

/// A button that stays pressed while what it switches is on.
#[component]
fn Toggle(
    chart: Chart,
    action: Action,
    word: &'static str,
    title: &'static str,
    /// Whether it is on.
    on: impl Fn() -> bool + Send + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="cs-button"
            data-size="small"
            title=title
            aria-pressed=move || on().to_string()
            on:click=move |_| act(chart, action, ZOOM)
        >
            {word}
        </button>
    }
}

/// What the chart shows and how, above it.
#[component]
pub fn ViewTools(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    view! {
        <div class="cs-tl-tools">
            <Choice
                label=words::ROWS
                title=words::ROWS_KEYS
                options=vec![("tasks", words::BY_TASK), ("agents", words::BY_AGENT)]
                now=move || match chart.look.with(|look| look.lanes) {
                    Lanes::Tasks => "tasks",
                    Lanes::Agents => "agents",
                }
                choose=move |value| {
                    let by = if value == "agents" { Lanes::Agents } else { Lanes::Tasks };
                    lanes(chart, by);
                }
            />
            <Choice
                label=words::COLOUR
                title=words::COLOUR_MEANS
                options=COLOURS.map(|(by, word)| (Look::colour_word(by), word)).to_vec()
                now=move || Look::colour_word(chart.look.with(|look| look.colour))
                choose=move |value| {
                    chart.look.update(|look| look.colour = Look::colour_of(value))
                }
            />
            <Toggle
                chart
                action=Action::Path
                word=common::CRITICAL_PATH
                title=words::CRITICAL_PATH_KEYS
                on=move || chart.path.with(Option::is_some)
            />
            <Show when=move || chart.squeezed.with(Option::is_some)>
                <Toggle
                    chart
                    action=Action::Squeeze
                    word=words::COMPRESS_IDLE
                    title=words::COMPRESS_IDLE_KEYS
                    on=move || chart.look.with(|look| look.squeeze)
                />
            </Show>
            <Levels chart />
        </div>
    }
}

/// Opens and closes rows by level.
#[component]
fn Levels(chart: Chart) -> impl IntoView {
    view! {
        <span class="cs-tl-levels" role="group" aria-label=words::ROWS>
            <SquareButton
                chart
                action=Action::FoldAll
                icon=Icon::FoldAll
                label=words::COLLAPSE_ALL
                title=words::COLLAPSE_ALL_KEYS
            />
            <SquareButton
                chart
                action=Action::FoldLevel
                icon=Icon::SortUp
                label=words::COLLAPSE_LEVEL
                title=words::COLLAPSE_LEVEL_KEYS
            />
            <SquareButton
                chart
                action=Action::UnfoldLevel
                icon=Icon::SortDown
                label=words::EXPAND_LEVEL
                title=words::EXPAND_LEVEL_KEYS
            />
            <SquareButton
                chart
                action=Action::UnfoldAll
                icon=Icon::UnfoldAll
                label=words::EXPAND_ALL
                title=words::EXPAND_ALL_KEYS
            />
        </span>
    }
}

//! The frame around the regions: header, layout, keys, theme, and what is shown while nothing is open.

mod drop;
mod error_card;
mod focus;
mod header;
mod help;
mod keys;
mod load;
mod notes;
mod picker;
mod search;
mod start;

pub use header::Header;

use crate::view::actions::{Actions, COMPARED};
use crate::view::answers::Answers;
use crate::view::find::Find;
use crate::view::frame::Frame;
use crate::view::palette::Palette;
use crate::view::parts::text::shown;
use crate::view::regions::Column;
use crate::view::{compare, summary, take, REGIONS};
use crate::viewer::{Load, Viewer};
use drop::DropHint;
use help::Help;
use leptos::html;
use leptos::prelude::*;
use load::LoadBar;
use start::StartPage;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;

/// Widths in CSS pixels from which the layout changes. Measured on the viewer and not on the window: it may be embedded.
const MEDIUM: f64 = 700.0;
const LARGE: f64 = 1100.0;
const HUGE: f64 = 2000.0;

/// In context where the viewer is a page of its own, and no part of somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct OwnsPage;

/// The whole viewer. Expects a [`crate::viewer::Viewer`] in context.
#[component]
pub fn App() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = Answers::new(viewer);
    provide_context(answers);
    let root = NodeRef::<html::Div>::new();
    let frame = Frame {
        root,
        help: RwSignal::new(false),
        executions: RwSignal::new(false),
        details: RwSignal::new(false),
        pick: RwSignal::new(0),
        take: RwSignal::new(false),
        answers,
    };
    provide_context(frame);
    let find = Find::new();
    provide_context(find);
    let actions = Actions {
        viewer,
        frame,
        find,
    };
    provide_context(actions);

    let searched = Memo::new(move |_| {
        find.used.get() || (viewer.extra("q").is_some() && viewer.data.with(Option::is_some))
    });
    Effect::new(move |_| {
        // Once on the page it stays, and keeps what was found.
        if searched.get() {
            find.used.set(true);
        }
    });

    let size = RwSignal::new("l");
    watch_width(root, size);
    focus::keep_focus(root);
    if use_context::<OwnsPage>().is_some() {
        keys::hear_page(actions);
    }

    // Where one trace of several failed or is on its way, the others can still be reached.
    let workspace_due = Memo::new(move |_| {
        viewer.data.with(Option::is_some) || viewer.shelf.with(|shelf| !shelf.names.is_empty())
    });
    view! {
        <div
            class="cs-root"
            part="root"
            node_ref=root
            tabindex="-1"
            data-theme=move || viewer.theme.get().name()
            data-size=move || size.get()
            data-load=move || viewer.load.with(Load::name)
            data-columns=move || columns(viewer)
            on:keydown=move |event| keys::handle(&event, actions)
        >
            <Regions of=Column::Header />
            <LoadBar />
            <Show when=move || workspace_due.get() fallback=|| view! { <StartPage /> }>
                <Workspace />
            </Show>
            <Show when=move || frame.help.get()>
                <Help />
            </Show>
            <Show when=move || searched.get()>
                <Palette />
            </Show>
            <Show when=move || frame.take.get()>
                <take::Take />
            </Show>
            <DropHint />
        </div>
    }
}

/// The regions, once there is something to show.
#[component]
fn Workspace() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let viewer = expect_context::<Viewer>();
    let any = Memo::new(move |_| answers.shown.with(Option::is_some));
    let has_data = Memo::new(move |_| viewer.data.with(Option::is_some));
    let comparing = Memo::new(move |_| viewer.extra(COMPARED).is_some());
    view! {
        <div
            class="cs-shell"
            data-executions=move || frame.executions.get().to_string()
            data-details=move || frame.details.get().to_string()
        >
            <Regions of=Column::Executions />
            <main class="cs-main" part="main">
                <load::LoadCard />
                {move || {
                    if any.get() && comparing.get() {
                        view! {
                            <summary::Title />
                            <compare::Comparison />
                        }
                            .into_any()
                    } else if any.get() {
                        view! {
                            <summary::Title />
                            <Regions of=Column::Main />
                        }
                            .into_any()
                    } else if has_data.get() {
                        view! { <notes::NothingFound /> }.into_any()
                    } else {
                        let name = viewer
                            .shelf
                            .with(|shelf| shelf.names.get(shelf.current).cloned());
                        // Of several traces the one that is on its way, or failed.
                        view! { <h1>{shown(&name.unwrap_or_default())}</h1> }
                            .into_any()
                    }
                }}
            </main>
            <Show when=move || any.get()>
                <Regions of=Column::Details />
            </Show>
        </div>
    }
}

/// The regions of a column that the host does not leave out, each as soon as its turn has come. See [`Viewer::turns`].
#[component]
fn Regions(
    /// The column.
    of: Column,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let regions = REGIONS.iter().filter(|region| region.column == of);
    regions
        .map(|region| {
            let due =
                Memo::new(move |_| viewer.shows(region.word) && viewer.turns.get() >= region.turn);
            view! { <Show when=move || due.get()>{(region.draw)()}</Show> }
        })
        .collect_view()
}

/// The columns in which there is something, for the style sheet.
fn columns(viewer: Viewer) -> String {
    let has_any = |column| {
        let mut regions = REGIONS.iter().filter(|region| region.column == column);
        regions.any(|region| viewer.shows(region.word))
    };
    let columns = Column::ALL.iter().filter(|(column, _)| has_any(*column));
    columns.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// Follows the viewer's own width. A container query would do, but makes the root the containing block of the overlay in
/// browsers that still apply layout containment with it.
fn watch_width(root: NodeRef<html::Div>, size: RwSignal<&'static str>) {
    Effect::new(move |_| {
        let Some(element) = root.get() else { return };
        let measure = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let Ok(entry) = entries.get(0).dyn_into::<web_sys::ResizeObserverEntry>() else {
                return;
            };
            let name = match entry.content_rect().width() {
                width if width < MEDIUM => "s",
                width if width < LARGE => "m",
                width if width < HUGE => "l",
                _ => "xl",
            };
            if size.try_get_untracked().is_some_and(|now| now != name) {
                size.set(name);
            }
        });
        let Ok(observer) = web_sys::ResizeObserver::new(measure.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&element);
        let kept = StoredValue::new_local(Some(measure));
        let observer = StoredValue::new_local(observer);
        on_cleanup(move || {
            observer.with_value(web_sys::ResizeObserver::disconnect);
            kept.set_value(None);
        });
    });
}

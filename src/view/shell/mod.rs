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

use crate::dom::{el, group, live, Dom, Ref};
use crate::live::{effect, Memo, RwSignal};
use crate::view::actions::{Actions, COMPARED};
use crate::view::answers::Answers;
use crate::view::find::Find;
use crate::view::frame::Frame;
use crate::view::palette::palette;
use crate::view::parts::text::shown;
use crate::view::{compare, details, executions, findings, output, summary, take, tasks, timeline};
use crate::viewer::{Load, Viewer, REGIONS};
use drop::drop_hint;
use header::header;
use help::help;
use leptos::prelude::*;
use load::load_bar;
use start::start;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Widths in CSS pixels from which the layout changes. Measured on the viewer and not on the window: it may be embedded.
const MEDIUM: f64 = 700.0;
const LARGE: f64 = 1100.0;
const HUGE: f64 = 2000.0;

/// In context where the viewer is a page of its own, and no part of somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct OwnsPage;

/// The whole viewer. Expects a [`crate::viewer::Viewer`] in context.
pub fn app() -> Dom {
    let viewer = expect_context::<Viewer>();
    let answers = Answers::new(viewer);
    provide_context(answers);
    let root = Ref::<HtmlElement>::new();
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

    let searched = Memo::new(move || {
        find.used.get() || (viewer.extra("q").is_some() && viewer.data.with(Option::is_some))
    });
    effect(move || {
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
    let workspace_due = Memo::new(move || {
        viewer.data.with(Option::is_some) || viewer.shelf.with(|shelf| !shelf.names.is_empty())
    });
    let state = move || viewer.load.with(Load::name);
    el("div")
        .class("cs-root")
        .attr("part", "root")
        .node_ref(root)
        .attr("tabindex", "-1")
        .attr("data-theme", move || viewer.theme.get().name())
        .attr("data-size", move || size.get())
        .attr("data-load", state)
        .on("keydown", move |event: KeyboardEvent| {
            keys::handle(&event, actions)
        })
        .child(header())
        .child(load_bar())
        .child(live(move || {
            if workspace_due.get() {
                workspace()
            } else {
                start()
            }
        }))
        .child(live(move || frame.help.get().then(help)))
        .child(live(move || searched.get().then(palette)))
        .child(live(move || frame.take.get().then(take::take)))
        .child(drop_hint())
        .dom()
}

/// The regions, once there is something to show.
fn workspace() -> Dom {
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let viewer = expect_context::<Viewer>();
    let any = Memo::new(move || answers.shown.with(Option::is_some));
    let has_data = Memo::new(move || viewer.data.with(Option::is_some));
    let comparing = Memo::new(move || viewer.extra(COMPARED).is_some());
    el("div")
        .class("cs-shell")
        .attr("data-executions", move || {
            frame.executions.get().to_string()
        })
        .attr("data-details", move || frame.details.get().to_string())
        .child(executions::executions())
        .child(
            el("main")
                .class("cs-main")
                .attr("part", "main")
                .child(load::load_card())
                .child(live(move || {
                    if any.get() && comparing.get() {
                        group()
                            .child(summary::title())
                            .child(compare::comparison())
                            .dom()
                    } else if any.get() {
                        group()
                            .child(summary::title())
                            .child(summary::execution_summary())
                            .child(in_turn(3, findings::findings))
                            .child(in_turn(2, timeline::execution_timeline))
                            .child(in_turn(1, tasks::tasks_and_agents))
                            .child(in_turn(3, output::final_output))
                            .dom()
                    } else if has_data.get() {
                        notes::nothing_found()
                    } else {
                        // Of several traces the one that is on its way, or failed.
                        let name = viewer
                            .shelf
                            .with(|shelf| shelf.names.get(shelf.current).cloned());
                        el("h1").child(shown(&name.unwrap_or_default())).dom()
                    }
                })),
        )
        .child(live(move || {
            any.get().then(|| in_turn(REGIONS, details::task_details))
        }))
        .dom()
}

/// A region, as soon as so many turns have passed since the trace is shown. See [`Viewer::regions`].
fn in_turn(turns: u32, region: fn() -> Dom) -> Dom {
    let viewer = expect_context::<Viewer>();
    let due = Memo::new(move || viewer.regions.get() >= turns);
    live(move || due.get().then(region))
}

/// Follows the viewer's own width. A container query would do, but makes the root the containing block of the overlay in
/// browsers that still apply layout containment with it.
fn watch_width(root: Ref<HtmlElement>, size: RwSignal<&'static str>) {
    effect(move || {
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

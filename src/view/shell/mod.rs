//! The frame around the regions: header, layout, keys, theme, and what is shown while nothing is open.

mod drop;
mod header;
mod help;
mod keys;
mod load;
mod notes;
mod picker;
mod start;

use super::answers::Answers;
use super::{details, executions, output, summary, tasks, timeline};
use crate::live::{effect, live, Memo, RwSignal};
use crate::state::{Load, Viewer};
use drop::DropHint;
use header::Header;
use help::Help;
use leptos::html;
use leptos::prelude::*;
use load::LoadBar;
use start::Start;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;

/// Widths in CSS pixels from which the layout changes. Measured on the viewer and not on the window: it may be embedded.
const MEDIUM: f64 = 700.0;
const LARGE: f64 = 1100.0;
const HUGE: f64 = 2000.0;

/// What the frame's parts share.
#[derive(Clone, Copy)]
pub struct Frame {
    /// The list of keys is open.
    pub help: RwSignal<bool>,
    /// The list of executions is open, where there is no room for it beside the rest.
    pub executions: RwSignal<bool>,
    /// Task Details lies over the page, where there is no room for it beside the rest. Asked for by a person, hence not
    /// derived from the selection: a link into a trace may select something too.
    pub details: RwSignal<bool>,
    /// Bumped to ask for the file picker.
    pub pick: RwSignal<u32>,
}

/// The whole viewer. Expects a [`crate::state::Viewer`] in context.
#[component]
pub fn App() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = Answers::new(viewer);
    provide_context(answers);
    let frame = Frame {
        help: RwSignal::new(false),
        executions: RwSignal::new(false),
        details: RwSignal::new(false),
        pick: RwSignal::new(0),
    };
    provide_context(frame);

    let root = NodeRef::<html::Div>::new();
    let size = RwSignal::new("l");
    watch_width(root, size);

    let has_data = Memo::new(move || viewer.data.with(Option::is_some));
    let state = move || viewer.load.with(Load::name);
    view! {
        <div
            class="cs-root"
            part="root"
            node_ref=root
            tabindex="-1"
            data-theme=move || viewer.theme.get().name()
            data-size=move || size.get()
            data-load=state
            on:keydown=move |event| keys::handle(&event, viewer, answers, frame)
        >
            <Header/>
            <LoadBar/>
            {live(move || if has_data.get() { view! { <Workspace/> }.into_any() } else { view! { <Start/> }.into_any() })}
            <Help/>
            <DropHint/>
        </div>
    }
}

/// The regions, once there is something to show.
#[component]
fn Workspace() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let any = Memo::new(move || answers.shown.with(Option::is_some));
    view! {
        <div class="cs-shell" data-executions=move || frame.executions.get().to_string() data-details=move || frame.details.get().to_string()>
            <executions::Executions/>
            <main class="cs-main" part="main">
                <load::LoadCard/>
                {live(move || {
                    if any.get() {
                        view! {
                            <summary::Title/>
                            <summary::ExecutionSummary/>
                            <timeline::ExecutionTimeline/>
                            <tasks::TasksAndAgents/>
                            <output::FinalOutput/>
                        }
                            .into_any()
                    } else {
                        view! { <notes::NothingFound/> }.into_any()
                    }
                })}
            </main>
            {live(move || any.get().then(|| view! { <details::TaskDetails/> }.into_any()))}
        </div>
    }
}

/// Follows the viewer's own width. A container query would do, but makes the root the containing block of the overlay in
/// browsers that still apply layout containment with it.
fn watch_width(root: NodeRef<html::Div>, size: RwSignal<&'static str>) {
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

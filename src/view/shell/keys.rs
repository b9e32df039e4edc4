//! Keys of the whole viewer. They arrive on its own root: a host page has keys of its own. Where the viewer is the page, they are also heard while
//! nothing has the focus.

use super::header::next_theme;
use super::Frame;
use crate::state::Viewer;
use crate::view::compare;
use crate::view::find::jump;
use crate::wording::keys as words;
use crewscope_trace::analysis::step::{self as analysis, By};
use crewscope_trace::model::{SpanIndex, Trace};
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// Acts on a key, unless it belongs to a field or to the browser.
pub fn handle(event: &KeyboardEvent, viewer: Viewer, frame: Frame) {
    if event.default_prevented() || event.alt_key() {
        return;
    }
    let key = event.key();
    // An open dialog handles its own keys. The document knows at once that one was closed; the state hears of it by an event later.
    let root = frame.root.get_untracked();
    let busy =
        root.is_some_and(|root| root.query_selector("dialog[open]").ok().flatten().is_some());
    let acted = if event.ctrl_key() || event.meta_key() {
        let palette = key == "k" && !busy;
        if palette {
            frame.find.show(viewer, true);
        }
        palette
    } else {
        !busy && !is_typing(event) && act(&key, viewer, frame)
    };
    if acted {
        event.prevent_default();
    }
}

/// Acts on keys that reach no part of the viewer, for example after a click beside it.
pub fn hear_page(viewer: Viewer, frame: Frame) {
    let options = EventListenerOptions::enable_prevent_default();
    let pressed = EventListener::new_with_options(&document(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        let reached = frame
            .root
            .get_untracked()
            .is_some_and(|root| event.composed_path().includes(&root, 0));
        if !reached {
            handle(event, viewer, frame);
        }
    });
    let pressed = SendWrapper::new(pressed);
    on_cleanup(move || drop(pressed));
}

/// Does what a key stands for; `false` if it stands for nothing.
pub fn act(key: &str, viewer: Viewer, frame: Frame) -> bool {
    let find = frame.find;
    match key {
        "?" => frame.help.set(true),
        "/" => find.show(viewer, false),
        "n" => find.step(viewer, frame, true),
        "N" => find.step(viewer, frame, false),
        "y" => find.command(words::COPY_TYPED),
        "c" => compare::begin(viewer, frame),
        "x" => {
            if untrack(|| frame.answers.shown.get()).is_some() {
                frame.take.set(true);
            }
        }
        "o" => frame.pick.update(|n| *n = n.wrapping_add(1)),
        "t" => viewer.theme.update(|theme| *theme = next_theme(*theme)),
        "[" => step_execution(viewer, -1),
        "]" => step_execution(viewer, 1),
        "j" => step_task(viewer, frame, 1),
        "k" => step_task(viewer, frame, -1),
        "." | "," => step(viewer, frame, By::Call, key == "."),
        ">" | "<" => step(viewer, frame, By::Name, key == ">"),
        "g" | "G" => step(viewer, frame, By::Agent, key == "g"),
        "e" | "E" => step(viewer, frame, By::Error, key == "e"),
        "u" | "U" => step(viewer, frame, By::Task, key == "u"),
        "Esc" | "Escape" => {
            if frame.details.get_untracked() {
                frame.details.set(false);
            } else if frame.executions.get_untracked() {
                frame.executions.set(false);
            } else {
                viewer.select_span(None);
            }
        }
        _ => return false,
    }
    true
}

/// The span that a step leads to, with its trace.
pub fn next_of(frame: Frame, by: By, forward: bool) -> Option<(Arc<Trace>, SpanIndex)> {
    let shown = frame.answers.shown.get()?;
    let at = frame.answers.detail.get()?;
    let (_, next) = analysis::step(&shown.trace, shown.at, at, by, forward)?;
    Some((shown.trace, next))
}

/// Goes to the next span of its like.
pub fn step(viewer: Viewer, frame: Frame, by: By, forward: bool) {
    if let Some((trace, next)) = untrack(|| next_of(frame, by, forward)) {
        jump(viewer, &trace, next);
        frame.details.set(true);
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    // The path's first entry, since a target inside a nested shadow root would be retargeted.
    let Ok(element) = event
        .composed_path()
        .get(0)
        .dyn_into::<web_sys::HtmlElement>()
    else {
        return false;
    };
    let field = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    field || element.is_content_editable()
}

fn step_execution(viewer: Viewer, by: isize) {
    let id = untrack(|| {
        let (trace, at) = viewer.current_execution()?;
        let next = at.checked_add_signed(by)?;
        trace
            .executions
            .get(next)
            .map(|execution| trace.str(execution.id).to_owned())
    });
    if let Some(id) = id {
        viewer.select_execution(id);
    }
}

fn step_task(viewer: Viewer, frame: Frame, by: isize) {
    let answers = frame.answers;
    let next = untrack(|| {
        let detail = answers.detail.get()?;
        answers.tasks.with(|tasks| {
            // From inside a task the step starts at that task.
            let shown = answers.shown.get()?;
            let at = tasks
                .iter()
                .position(|task| shown.trace.subtree(task.span).contains(&(detail as usize)));
            let next = match at {
                // The first press selects what is already shown by default.
                Some(at) if viewer.selected_span().is_some() => at.checked_add_signed(by)?,
                Some(at) => at,
                None => 0,
            };
            tasks.get(next).map(|task| task.span)
        })
    });
    if let Some(span) = next {
        viewer.select_index(span);
        frame.details.set(true);
    }
}

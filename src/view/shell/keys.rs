//! Keys of the whole viewer. They arrive on its own root and never on the window: a host page has keys of its own.

use super::header::next_theme;
use super::Frame;
use crate::state::Viewer;
use crate::view::answers::Answers;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// Acts on a key, unless it belongs to a field or to the browser.
pub fn handle(event: &KeyboardEvent, viewer: Viewer, answers: Answers, frame: Frame) {
    if event.default_prevented()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || is_typing(event)
    {
        return;
    }
    // The open dialog handles its own keys.
    if frame.help.get_untracked() {
        return;
    }
    match event.key().as_str() {
        "?" => frame.help.set(true),
        "o" => frame.pick.update(|n| *n = n.wrapping_add(1)),
        "t" => viewer.theme.update(|theme| *theme = next_theme(*theme)),
        "[" => step_execution(viewer, -1),
        "]" => step_execution(viewer, 1),
        "j" => step_task(viewer, answers, frame, 1),
        "k" => step_task(viewer, answers, frame, -1),
        "Escape" => {
            if frame.details.get_untracked() {
                frame.details.set(false);
            } else if frame.executions.get_untracked() {
                frame.executions.set(false);
            } else {
                viewer.select_span(None);
            }
        }
        _ => return,
    }
    event.prevent_default();
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

fn step_task(viewer: Viewer, answers: Answers, frame: Frame, by: isize) {
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

//! Where the focus goes when what had it is gone. A button that was pressed and taken away, hidden or disabled leaves the focus to the document's
//! body, and then no key reaches the viewer and a screen reader starts from the top: the heading of what took its place gets it instead. Who left the
//! viewer, with a press beside it or to another element of the page, is left alone: what changes in the viewer then takes the focus from nobody.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, FocusEvent, HtmlElement, MutationObserver, MutationObserverInit, ShadowRoot,
};

/// What hides or disables elements in this viewer.
const ATTRIBUTES: [&str; 5] = [
    "disabled",
    "hidden",
    "open",
    "data-details",
    "data-executions",
];

/// Browsers take the focus from what is hidden or disabled with the next frame.
const AFTER_A_FRAME_MS: u32 = 40;

/// Parts of the viewer with a heading of their own, nearest first.
const PARTS: &str = "[role=region], dialog, main, .cs-root";

/// The element that had the focus last, and all around it up to the viewer's root: what is gone does not know where it was.
type Trail = Rc<RefCell<Vec<Element>>>;

/// Keeps the focus inside the viewer.
pub fn keep_focus(root: NodeRef<html::Div>) {
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let trail = Trail::default();
        let listeners = follow(&root, &trail);
        let later = Rc::new(RefCell::new(None::<Timeout>));
        let changed = Closure::<dyn FnMut()>::new({
            let root = root.clone();
            move || {
                restore(&root, &trail);
                let (root, trail) = (root.clone(), Rc::clone(&trail));
                *later.borrow_mut() = Some(Timeout::new(AFTER_A_FRAME_MS, move || {
                    restore(&root, &trail);
                }));
            }
        });
        let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) else {
            return;
        };
        let wanted = MutationObserverInit::new();
        wanted.set_child_list(true);
        wanted.set_subtree(true);
        wanted.set_attribute_filter(
            &ATTRIBUTES
                .map(wasm_bindgen::JsValue::from_str)
                .into_iter()
                .collect::<js_sys::Array>(),
        );
        // Refused for nothing that is asked for here.
        let _ = observer.observe_with_options(&root, &wanted);
        let kept = StoredValue::new_local(Some((listeners, changed)));
        let observer = StoredValue::new_local(observer);
        on_cleanup(move || {
            observer.with_value(MutationObserver::disconnect);
            kept.set_value(None);
        });
    });
}

/// Keeps the trail: where the focus is, and that it was taken elsewhere.
fn follow(root: &HtmlElement, trail: &Trail) -> Vec<EventListener> {
    let came = EventListener::new(root, "focusin", {
        let (root, trail) = (root.clone(), Rc::clone(trail));
        move |event| {
            let target = event.target().and_then(|target| target.dyn_into().ok());
            *trail.borrow_mut() = around(target, &root);
        }
    });
    let went = EventListener::new(root, "focusout", {
        let (root, trail) = (root.clone(), Rc::clone(trail));
        move |event| {
            let next = event
                .dyn_ref::<FocusEvent>()
                .and_then(FocusEvent::related_target);
            let next: Option<Element> = next.and_then(|next| next.dyn_into().ok());
            if next.is_some_and(|next| !root.contains(Some(&next))) {
                trail.borrow_mut().clear();
            }
        }
    });
    let beside = root.owner_document().map(|document| {
        let (root, trail) = (root.clone(), Rc::clone(trail));
        // Also what the page around it keeps to itself.
        let first = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&document, "pointerdown", first, move |event| {
            if !event.composed_path().includes(&root, 0) {
                trail.borrow_mut().clear();
            }
        })
    });
    [came, went].into_iter().chain(beside).collect()
}

/// An element and what it stands in, up to `root`.
fn around(element: Option<Element>, root: &HtmlElement) -> Vec<Element> {
    let inside = |element: &Element| root.contains(Some(element));
    std::iter::successors(element.filter(inside), |element| element.parent_element())
        .take_while(inside)
        .collect()
}

/// Moves the focus to the heading of what is left around the element that had it, unless something has it.
fn restore(root: &HtmlElement, trail: &Trail) {
    let lost = trail
        .borrow()
        .first()
        .is_some_and(|last| !can_have_focus(last));
    if !lost || somebody_has_it(root) {
        return;
    }
    let left = trail
        .borrow()
        .iter()
        .find(|element| is_shown(element))
        .cloned();
    let part = left.and_then(|element| element.closest(PARTS).ok().flatten());
    let heading = part.and_then(|part| {
        let headings = part.query_selector_all("h1, h2, h3").ok()?;
        (0..headings.length())
            .filter_map(|at| headings.get(at)?.dyn_into::<HtmlElement>().ok())
            .find(|heading| is_shown(heading))
    });
    let target = heading.unwrap_or_else(|| root.clone());
    if !target.has_attribute("tabindex") {
        // Focusable by script, and no stop of the Tab key.
        let _ = target.set_attribute("tabindex", "-1");
    }
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = target.focus_with_options(&options);
}

fn is_shown(element: &Element) -> bool {
    let size = element.get_bounding_client_rect();
    element.is_connected() && size.width() > 0.0 && size.height() > 0.0
}

fn can_have_focus(element: &Element) -> bool {
    is_shown(element) && !element.has_attribute("disabled")
}

/// Whether something in the viewer has the focus, or something elsewhere on the page, or the page around it if this one is a frame.
fn somebody_has_it(root: &HtmlElement) -> bool {
    let shadow = root.get_root_node().dyn_into::<ShadowRoot>().ok();
    let inside = shadow.and_then(|shadow| shadow.active_element());
    let Some(document) = root.owner_document() else {
        return true;
    };
    if is_framed(&document) && !document.has_focus().unwrap_or(true) {
        return true;
    }
    let elsewhere = document.active_element();
    let nobody = elsewhere.is_none() || elsewhere.as_ref() == document.body().as_deref();
    match inside {
        Some(inside) => can_have_focus(&inside),
        None => !nobody,
    }
}

fn is_framed(document: &web_sys::Document) -> bool {
    document.default_view().is_some_and(|window| {
        let parent = window.parent().ok().flatten();
        parent.is_some_and(|parent| !js_sys::Object::is(&parent, &window))
    })
}

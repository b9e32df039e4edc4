//! The viewer as a page of its own: sources from `?src=`, prices from `?prices=`, the selection in the fragment of the URL.

use crate::embed::element;
use crate::embed::link::Link;
use crate::embed::mount::{mount_with, Handle, MountError, Options};
use crate::reading::Input;
use crate::reading::Runtime;
use crate::viewer::prices;
use crate::viewer::{Load, Look, Theme, Viewer};
use gloo::events::EventListener;
use js_sys::{Array, Function};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, UrlSearchParams, Window};

/// What the boot script of the page brings along.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// What to open at once, as `{name, blob}` or `{name, url}`; if it is empty, what `?src=` names.
    pub sources: Array,
    /// Called with what is open and what is selected, to save both as one HTML file.
    pub save: Option<Function>,
    /// Traces to try, as `{title, text}` beside what makes a source.
    pub samples: Array,
    /// Called with what happens, as for an element.
    pub tell: Option<Function>,
}

/// Shows the viewer in `host` and lets it use the page's URL.
pub fn start(
    host: &HtmlElement,
    runtime: Runtime,
    with: Surroundings,
) -> Result<Handle, MountError> {
    let document = host.owner_document();
    let window = document.as_ref().and_then(web_sys::Document::default_view);
    let base = document.and_then(|document| document.base_uri().ok().flatten());
    let given: Vec<Input> = with
        .sources
        .iter()
        .filter_map(|source| element::input(&source))
        .collect();
    let inputs = match (&window, base) {
        _ if !given.is_empty() => given,
        (Some(window), Some(base)) => sources(window, &base),
        _ => Vec::new(),
    };
    let waits = inputs.is_empty();
    let options = Options {
        runtime,
        inputs,
        theme: Theme::Auto,
        owns_page: true,
    };
    let also = move |viewer: Viewer| {
        if waits {
            viewer.expect_order();
        }
        if with.samples.length() > 0 {
            provide_context(element::samples(viewer, with.samples));
        }
        if let Some(save) = with.save {
            element::provide_save(viewer, save);
        }
        if let Some(tell) = with.tell {
            element::announce(viewer, tell);
        }
        if let Some(window) = window {
            if let Some(url) = named(&window, "prices").into_iter().next() {
                prices::fetch(viewer, &window, url);
            }
            let thresholds = named(&window, "thresholds").join(" ");
            viewer.thresholds.set(thresholds);
            follow_fragment(viewer, window);
        }
    };
    mount_with(host, options, Box::new(also))
}

/// What `?src=` names; it may repeat.
fn sources(window: &Window, base: &str) -> Vec<Input> {
    // Left as it stands if it is no URL: the failed fetch then names it.
    let input = |src: String| {
        Input::url(&src, base).unwrap_or(Input::Url {
            name: src.clone(),
            url: src,
        })
    };
    named(window, "src").into_iter().map(input).collect()
}

/// The values of a parameter of the page's URL.
fn named(window: &Window, parameter: &str) -> Vec<String> {
    let search = window.location().search().unwrap_or_default();
    let Ok(search) = UrlSearchParams::new_with_str(&search) else {
        return Vec::new();
    };
    let named = search.get_all(parameter).into_iter();
    named
        .filter_map(|value| value.as_string())
        .filter(|value| !value.is_empty())
        .collect()
}

/// Keeps fragment and selection alike.
fn follow_fragment(viewer: Viewer, window: Window) {
    let changed = EventListener::new(&window, "hashchange", {
        let window = window.clone();
        move |_| select(viewer, &Link::read(&fragment(&window)))
    });
    let changed = SendWrapper::new(changed);
    on_cleanup(move || drop(changed));

    // Waits for the first trace: before that, a selection cannot be shown, and opening clears it.
    let wanted = StoredValue::new(Some(Link::read(&fragment(&window))));
    Effect::new(move |_| {
        if viewer.data.with(Option::is_some) {
            if let Some(link) = wanted.try_update_value(Option::take).flatten() {
                select(viewer, &link);
            }
        }
    });
    let written = Cell::new(js_sys::Date::now());
    let bare = RefCell::new(None::<Link>);
    Effect::new(move |_| {
        let (execution, span) = (viewer.execution.get(), viewer.selected.get());
        let (look, extras) = (viewer.look.get(), viewer.extras.get());
        let opening = viewer
            .load
            .with(|load| matches!(load, Load::Empty | Load::Loading(_)));
        // While a linked trace is still on its way, the link is not overwritten by the selection of nothing.
        if opening && execution.is_none() && span.is_none() && extras.is_empty() {
            return;
        }
        let mut new = Link {
            execution,
            span,
            rest: extras,
        };
        // Looking closer at the same thing is no step that one would go back.
        let same = bare.replace(Some(new.clone())) == Some(new.clone());
        look.put(&mut new.rest);
        let old = fragment(&window);
        new.rest.extend(theirs(&Link::read(&old)));
        let new = new.write();
        if new != old {
            // Steps in quick succession, by key or while a text is written, are one step back.
            let now = js_sys::Date::now();
            let quick = now - written.replace(now) < QUICK_MS;
            write(&window, &new, same || quick);
        }
    });
}

fn select(viewer: Viewer, link: &Link) {
    if viewer.execution.try_get_untracked().is_some() {
        viewer.execution.set(link.execution.clone());
        viewer.selected.set(link.span.clone());
        viewer.look.set(Look::of(&link.rest));
        let mut extras = link.rest.clone();
        extras.retain(|(key, _)| key != TRACE);
        viewer.extras.set(extras);
    }
}

/// The part of the fragment that the page's script writes: which trace of a manifest is open.
const TRACE: &str = "trace";

/// What in a link is not the viewer's own, and stays as it is.
fn theirs(link: &Link) -> Option<(String, String)> {
    link.rest.iter().find(|(key, _)| key == TRACE).cloned()
}

fn fragment(window: &Window) -> String {
    window.location().hash().unwrap_or_default()
}

/// Milliseconds within which a change of the view replaces the one before it in the history.
const QUICK_MS: f64 = 900.0;

/// Writes the fragment as a step in the history, so that back and forward go through what was looked at; or in place of the last one.
fn write(window: &Window, fragment: &str, replace: bool) {
    let location = window.location();
    let (path, search) = (location.pathname(), location.search());
    let url = format!(
        "{}{}{fragment}",
        path.unwrap_or_default(),
        search.unwrap_or_default()
    );
    if let Ok(history) = window.history() {
        // Refused in a sandboxed frame; the selection itself works all the same.
        let _ = if replace {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&url))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(&url))
        };
    }
}

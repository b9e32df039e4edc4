//! Marks what was searched where it stands in the details and in the final output. The browser's own highlights do it: no element is
//! added, so nothing that is drawn has to know of a search. A browser without them shows no marks.

use crate::view::find::Find;
use crate::view::parts::scroll::scroll_near;
use crewscope_analysis::search::{find as next, Query};
use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MutationObserver, MutationObserverInit, Range};

/// The name by which the style sheet knows the marks. All viewers of a page share it, so each takes only its own ranges away.
const NAME: &str = "crewscope-found";

/// What is looked through.
const PLACES: [&str; 2] = [".cs-details", ".cs-output"];

/// Marks at most.
const MOST: usize = 1000;

/// How long the page must be at rest before it is looked through again.
const PAUSE_MS: u32 = 80;

/// How long after a step the texts of what was stepped to are waited for.
const SEEK_MS: f64 = 2000.0;

/// `NodeFilter.SHOW_TEXT`.
const TEXTS: u32 = 4;

/// The marks of one viewer.
#[derive(Default)]
struct Marks {
    ranges: Vec<Range>,
    /// Until then (milliseconds of the clock) the first one is brought into sight: texts above it may come after it and push it away.
    seek: f64,
    pause: Option<Timeout>,
    observer: Option<(MutationObserver, Closure<dyn FnMut()>)>,
}

impl Marks {
    /// Marks these in place of those before.
    fn replace(&mut self, highlight: &JsValue, found: Vec<Range>) {
        self.clear(highlight);
        for range in &found {
            call(highlight, "add", &[range]);
        }
        let seeking = js_sys::Date::now() < self.seek;
        let first = found.first().filter(|_| seeking);
        let first = first.and_then(|range| range.start_container().ok()?.parent_element());
        if let Some(first) = first {
            scroll_near(&first);
        }
        self.ranges = found;
    }

    fn clear(&mut self, highlight: &JsValue) {
        for range in self.ranges.drain(..) {
            call(highlight, "delete", &[&range]);
        }
    }

    /// Takes the marks away and looks no more.
    fn end(&mut self) {
        if let Some((observer, _)) = self.observer.take() {
            observer.disconnect();
        }
        self.pause = None;
        if let Some(highlight) = highlight() {
            self.clear(&highlight);
        }
    }
}

/// Calls a method. The bindings have highlights only behind a switch for what is new, so they are called by name.
pub fn call(of: &JsValue, method: &str, given: &[&JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(of, &method.into()).ok()?.dyn_into().ok()?;
    let given: Array = given.iter().copied().collect();
    Reflect::apply(&method, of, &given).ok()
}

/// The highlight of this page, if its browser has such a thing.
fn highlight() -> Option<JsValue> {
    let global = js_sys::global();
    let made: Function = Reflect::get(&global, &"Highlight".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let css = Reflect::get(&global, &"CSS".into()).ok()?;
    let registry = Reflect::get(&css, &"highlights".into()).ok()?;
    let name = JsValue::from_str(NAME);
    let known = call(&registry, "get", &[&name]).filter(|known| !known.is_undefined());
    known.or_else(|| {
        let made = Reflect::construct(&made, &Array::new()).ok()?;
        call(&registry, "set", &[&name, &made])?;
        Some(made)
    })
}

/// The words of the query wherever they stand below an element.
fn ranges(within: &Element, words: &str, found: &mut Vec<Range>) -> Option<()> {
    let document = within.owner_document()?;
    let walker = document
        .create_tree_walker_with_what_to_show(within, TEXTS)
        .ok()?;
    while let Ok(Some(node)) = walker.next_node() {
        let text = node.node_value().unwrap_or_default();
        let mut from = 0;
        while let Some(at) = next(text.as_bytes(), words.as_bytes(), from) {
            if found.len() >= MOST {
                return None;
            }
            let end = at + words.len();
            from = end;
            // The browser counts in UTF-16.
            let units = |to: usize| {
                text.get(..to)
                    .map(|text| text.encode_utf16().count() as u32)
            };
            let (Some(first), Some(last)) = (units(at), units(end)) else {
                continue;
            };
            let range = document.create_range().ok()?;
            if range.set_start(&node, first).is_ok() && range.set_end(&node, last).is_ok() {
                found.push(range);
            }
        }
    }
    Some(())
}

/// Looks for what is to be marked.
#[derive(Clone, Copy)]
struct Marker {
    find: Find,
    /// The dialog of the search; what is looked through stands beside it.
    dialog: NodeRef<html::Dialog>,
    marks: StoredValue<Marks, LocalStorage>,
}

impl Marker {
    /// Marks what the query asks for.
    fn draw(self) {
        let Some(highlight) = highlight() else { return };
        let found = self.found();
        self.marks
            .try_update_value(|marks| marks.replace(&highlight, found));
    }

    /// Once the page is at rest.
    fn draw_soon(self) {
        self.marks.try_update_value(|marks| {
            marks.pause = Some(Timeout::new(PAUSE_MS, move || self.draw()));
        });
    }

    /// Where the words of the query stand in the viewer.
    fn found(self) -> Vec<Range> {
        let mut found = Vec::new();
        let words = self.find.text.try_with_untracked(|text| {
            if text.starts_with('>') {
                String::new()
            } else {
                Query::parse(text).text
            }
        });
        let dialog = self.dialog.get_untracked();
        let viewer = dialog.and_then(|dialog| dialog.parent_element());
        // One letter stands everywhere.
        if let (Some(viewer), Some(words)) = (viewer, words.filter(|words| words.len() > 1)) {
            for place in PLACES {
                if let Ok(Some(place)) = viewer.query_selector(place) {
                    ranges(&place, &words, &mut found);
                }
            }
        }
        found
    }

    /// Marks again whenever something in the viewer is drawn.
    fn observe(self, viewer: &Element) {
        let changed = Closure::<dyn FnMut()>::new(move || {
            let asked = self.find.text.try_with_untracked(|text| !text.is_empty());
            if asked == Some(true) {
                self.draw_soon();
            }
        });
        let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) else {
            return;
        };
        let what = MutationObserverInit::new();
        what.set_child_list(true);
        what.set_character_data(true);
        what.set_subtree(true);
        // Refused only for options that make no sense.
        let _ = observer.observe_with_options(viewer, &what);
        self.marks
            .update_value(|marks| marks.observer = Some((observer, changed)));
    }
}

/// Follows the query, what is stepped on, and what is drawn.
pub fn follow(find: Find, dialog: NodeRef<html::Dialog>) {
    let marks = StoredValue::new_local(Marks::default());
    let marker = Marker {
        find,
        dialog,
        marks,
    };
    Effect::new(move |_| {
        find.text.track();
        marker.draw_soon();
    });
    Effect::new(move |_| {
        let stepped = find.at.get().map(|_| js_sys::Date::now() + SEEK_MS);
        marks.update_value(|marks| marks.seek = stepped.unwrap_or_default());
        marker.draw_soon();
    });
    Effect::new(move |_| {
        if let Some(viewer) = dialog.get().and_then(|dialog| dialog.parent_element()) {
            marker.observe(&viewer);
        }
    });
    on_cleanup(move || {
        marks.try_update_value(Marks::end);
    });
}

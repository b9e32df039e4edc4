//! The values on the screen, so that each of them can be copied by a command.

use crate::view::find::mark::call;
use crate::view::parts::text::clipped;
use crate::wording::find as words;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

/// What holds a value, or names the one that follows.
const HOLDERS: &str = ".cs-title h1, .cs-title time, .cs-tile dt, .cs-details-name h3, .cs-facts > dt:not(.cs-long), \
 .cs-parameters > span, .cs-json-value";

/// Values offered at most: a large tree has too many to choose from.
const MOST: usize = 1000;
/// Longest name of one.
const NAME: usize = 120;

/// What the values around an element are called, and what they are.
pub fn on_screen(near: &Node) -> Vec<(String, String)> {
    let root: JsValue = near.get_root_node().into();
    let Some(holders) = call(&root, "querySelectorAll", &[&HOLDERS.into()]) else {
        return Vec::new();
    };
    let holders = Array::from(&holders);
    let holders = holders.iter().filter_map(|holder| holder.dyn_into().ok());
    holders
        .take(MOST)
        .filter_map(|holder| value(&holder))
        .collect()
}

fn text(of: &Element) -> String {
    let text = of.text_content().unwrap_or_default();
    text.trim().to_owned()
}

fn value(holder: &Element) -> Option<(String, String)> {
    let (name, value) = match holder.tag_name().as_str() {
        "H1" => (words::NAME_OF_EXECUTION.to_owned(), text(holder)),
        "H3" => (words::NAME_IN_DETAILS.to_owned(), text(holder)),
        "TIME" => (words::START.to_owned(), holder.get_attribute("datetime")?),
        "DT" => (text(holder), text(&holder.next_element_sibling()?)),
        _ if holder.has_attribute("data-whole") => {
            (path(holder), holder.get_attribute("data-whole")?)
        }
        _ if holder.class_name() == "cs-json-value" => {
            let shown = text(holder);
            let is_text = holder.get_attribute("data-kind").as_deref() == Some("string");
            let inner = shown
                .strip_prefix('"')
                .map(|inner| inner.strip_suffix('"').unwrap_or(inner));
            let value = inner.filter(|_| is_text).unwrap_or(&shown);
            (path(holder), value.to_owned())
        }
        _ => {
            let value = text(&holder.query_selector("b").ok()??);
            let all = text(holder);
            let name = all.strip_suffix(&value).unwrap_or(&all);
            (name.trim().to_owned(), value)
        }
    };
    (!value.is_empty()).then(|| (clipped(&name, NAME), value))
}

/// The keys that lead to a value of a JSON tree; items of lists are counted.
fn path(leaf: &Element) -> String {
    let mut keys = Vec::new();
    let mut item = leaf.closest("li").ok().flatten();
    while let Some(at) = item {
        let key = at.query_selector(":scope > .cs-json-key, :scope > button > .cs-json-key");
        let above = at.parent_element();
        match key.ok().flatten() {
            Some(key) => keys.push(text(&key).trim_end_matches(':').to_owned()),
            // The root of a tree has no key and no number.
            None if above
                .as_ref()
                .is_some_and(|list| !list.class_name().contains("cs-json")) =>
            {
                let before = std::iter::successors(Some(at), Element::previous_element_sibling);
                keys.push((before.count() - 1).to_string());
            }
            None => {}
        }
        let within = above.filter(|list| !list.class_name().contains("cs-json"));
        item = within.and_then(|list| list.closest("li").ok().flatten());
    }
    keys.reverse();
    keys.join(".")
}

//! A JSON text as a tree that opens level by level.
//!
//! A node keeps its own source text and parses one level when it is opened: numbers stay as they were written, and the
//! depth of a hostile document costs nothing until somebody opens it.

use crate::view::parts::format::counted;
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{clipped, plain, shown};
use crate::wording::{common, parts as words, Noun};
use crewscope_analysis::mask::{mask, names_secret, MASKED_JSON};
use leptos::prelude::*;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Children shown at once.
const PAGE: usize = 100;
/// Levels that are open from the start, while they are small.
const OPEN_LEVELS: usize = 2;
/// A level with more children than this starts closed.
const OPEN_CHILDREN: usize = 20;
/// Characters of a string shown before "show all".
const STRING: usize = 1_500;

/// Whether a text is a JSON object or array.
pub fn is_tree(text: &str) -> bool {
    let text = text.trim();
    (text.starts_with('{') || text.starts_with('['))
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

/// One level of an object or array: keys (none in an array) and the source text of the values, in their order.
struct Level<'a>(Vec<(Option<Cow<'a, str>>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Level<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Children;
        impl<'de> Visitor<'de> for Children {
            type Value = Level<'de>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object or an array")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut children = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    children.push((Some(Cow::Owned(key)), value));
                }
                Ok(Level(children))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut children = Vec::new();
                while let Some(value) = seq.next_element::<&RawValue>()? {
                    children.push((None, value));
                }
                Ok(Level(children))
            }
        }
        deserializer.deserialize_any(Children)
    }
}

/// A value with its key; none in an array.
type Child = (Option<String>, String);

fn level(source: &str) -> Vec<Child> {
    // The caller checked the text, so an error cannot happen; an empty level would be its harmless look.
    let Level(children) = serde_json::from_str(source).unwrap_or(Level(Vec::new()));
    children
        .into_iter()
        .map(|(key, value)| (key.map(Cow::into_owned), value.get().to_owned()))
        .collect()
}

/// A JSON object or array as a tree.
#[component]
pub fn JsonTree(
    /// The whole text; see [`is_tree`].
    text: String,
) -> impl IntoView {
    view! {
        <ul class="cs-json cs-plain cs-mono">
            <JsonNode key=None source=text.trim().to_owned() depth=0 />
        </ul>
    }
}

/// A value with its key.
#[component]
fn JsonNode(
    /// Its key; none in an array.
    key: Option<String>,
    /// Its text.
    source: String,
    /// How many values it lies in.
    depth: usize,
) -> impl IntoView {
    // Alone, a value does not show that it is a secret; its key does.
    let is_secret = key.as_deref().is_some_and(names_secret) && source != "null";
    let source = if is_secret {
        MASKED_JSON.to_owned()
    } else {
        source
    };
    let (begin, end, noun) = match source.as_bytes().first() {
        Some(b'{') => ("{", "}", words::KEYS_OF),
        Some(b'[') => ("[", "]", words::ITEMS_OF),
        _ => {
            return view! {
                <li>
                    <Key key />
                    <Leaf source />
                </li>
            }
            .into_any()
        }
    };
    let children = level(&source);
    if children.is_empty() {
        return view! {
            <li>
                <Key key />
                <span class="cs-muted">{begin} {end}</span>
            </li>
        }
        .into_any();
    }
    // Masked before it is cut: half a secret is not recognised any more.
    let preview = clipped(&mask(&source), 60);
    view! { <Branch key noun preview within=children depth /> }.into_any()
}

/// What stands before a value.
#[component]
fn Key(key: Option<String>) -> impl IntoView {
    key.map(|key| {
        view! { <span class="cs-json-key">{shown(&key)} ": "</span> }
    })
}

/// An object or array with something in it. What lies within is made when a person opens it; the first levels are open.
#[component]
fn Branch(
    /// Its key; none in an array.
    key: Option<String>,
    /// What it holds, to be counted.
    noun: Noun,
    /// Its beginning on one line, shown while it is closed.
    preview: String,
    /// The values in it.
    within: Vec<Child>,
    /// How many values it lies in.
    depth: usize,
) -> impl IntoView {
    let total = within.len();
    let open = RwSignal::new(depth < OPEN_LEVELS && (total <= OPEN_CHILDREN || depth == 0));
    let limit = RwSignal::new(PAGE);
    let within = StoredValue::new(within);
    view! {
        <li>
            <button
                type="button"
                class="cs-json-toggle"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {Icon::Right.draw()}
                <Key key />
                <span class="cs-muted">{counted(total as u64, noun)}</span>
                <Show when=move || !open.get()>
                    <span class="cs-json-preview">{shown(&preview)}</span>
                </Show>
            </button>
            <Show when=move || open.get()>
                <Within within limit depth=depth + 1 />
            </Show>
        </li>
    }
}

/// The values of an object or array, a page of them at first.
#[component]
fn Within(
    /// All of them.
    within: StoredValue<Vec<Child>>,
    /// How many are shown. Not this component's own: closed and opened again, it shows as many as before.
    limit: RwSignal<usize>,
    /// How many values they lie in.
    depth: usize,
) -> impl IntoView {
    let total = within.with_value(Vec::len);
    let left = move || total.saturating_sub(limit.get());
    view! {
        <ul class="cs-plain">
            <For each=move || 0..total.min(limit.get()) key=|at| *at let(at)>
                {within
                    .with_value(|within| within.get(at).cloned())
                    .map(|(key, source)| view! { <JsonNode key source depth /> })}
            </For>
            <Show when=move || left() != 0>
                <li>
                    <button
                        type="button"
                        class="cs-link"
                        on:click=move |_| limit.update(|limit| *limit += PAGE)
                    >
                        {move || common::show_more(left().min(PAGE))}
                    </button>
                </li>
            </Show>
        </ul>
    }
}

/// A value that holds no others.
#[component]
fn Leaf(
    /// Its text.
    source: String,
) -> impl IntoView {
    let kind = match source.as_bytes().first() {
        Some(b'"') => return view! { <StringLeaf source /> }.into_any(),
        Some(b't' | b'f') => "bool",
        Some(b'n') => "null",
        _ => "number",
    };
    view! {
        <span class="cs-json-value" data-kind=kind>
            {source}
        </span>
    }
    .into_any()
}

/// A string, the long rest of it on demand.
#[component]
fn StringLeaf(
    /// Its text, in quotes and with escapes.
    source: String,
) -> impl IntoView {
    let text = serde_json::from_str(&source).unwrap_or(source);
    let text = mask(&text).into_owned();
    let cut = text.char_indices().nth(STRING).map(|(at, _)| at);
    // What a command copies (`palette/values.rs`): all of it, however much is shown.
    let whole = cut.map(|_| plain(&text));
    let all = RwSignal::new(cut.is_none());
    let is_cut = move || !all.get();
    let content = move || {
        let end = cut.filter(|_| is_cut()).unwrap_or(text.len());
        shown(text.get(..end).unwrap_or(&text))
    };
    view! {
        <span class="cs-json-value" data-kind="string" data-whole=whole>
            "\""
            {content}
            {move || all.get().then_some("\"")}
        </span>
        <Show when=is_cut>
            {words::CUT} <button type="button" class="cs-link" on:click=move |_| all.set(true)>
                {words::SHOW_ALL}
            </button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keys_and_order_stay_as_written() {
        let children = level(r#"{"b": 12345678901234567890.10, "a": [1], "b": null}"#);
        let flat: Vec<_> = children
            .iter()
            .map(|(key, value)| (key.as_deref().unwrap(), value.as_str()))
            .collect();
        assert_eq!(
            flat,
            [
                ("b", "12345678901234567890.10"),
                ("a", "[1]"),
                ("b", "null")
            ]
        );
    }

    #[test]
    fn only_objects_and_arrays_are_trees() {
        assert!(is_tree("[1, 2]"));
        assert!(!is_tree("\"text\""));
        assert!(!is_tree("{\"open\": "));
    }
}

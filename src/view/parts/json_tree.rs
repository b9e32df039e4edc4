//! A JSON text as a tree that opens level by level.
//!
//! A node keeps its own source text and parses one level when it is opened: numbers stay as they were written, and the
//! depth of a hostile document costs nothing until somebody opens it.

use crate::view::parts::format::counted;
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{clipped, plain, shown};
use crate::wording::{common, parts as words};
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

fn level(source: &str) -> Vec<(Option<String>, String)> {
    // The caller checked the text, so an error cannot happen; an empty level would be its harmless look.
    let Level(children) = serde_json::from_str(source).unwrap_or(Level(Vec::new()));
    children
        .into_iter()
        .map(|(key, value)| (key.map(Cow::into_owned), value.get().to_owned()))
        .collect()
}

/// A JSON object or array as a tree.
#[component]
pub fn JsonTree(text: String) -> impl IntoView {
    view! {
        <ul class="cs-json cs-plain cs-mono">
            <JsonNode key=None source=text.trim().to_owned() depth=0 />
        </ul>
    }
}

/// One node; called again from inside a reactive closure only when a person (or the first levels) opens it.
#[component]
fn JsonNode(key: Option<String>, source: String, depth: usize) -> impl IntoView {
    // Alone, a value does not show that it is a secret; its key does.
    let is_secret = key.as_deref().is_some_and(names_secret) && source != "null";
    let source = if is_secret {
        MASKED_JSON.to_owned()
    } else {
        source
    };
    let label = key.map(|key| {
        view! { <span class="cs-json-key">{shown(&key)} ": "</span> }
    });
    let (open_mark, close_mark) = match source.as_bytes().first() {
        Some(b'{') => ("{", "}"),
        Some(b'[') => ("[", "]"),
        _ => return view! { <li>{label} {leaf(&source)}</li> }.into_any(),
    };
    let children = level(&source);
    if children.is_empty() {
        return view! { <li>{label} <span class="cs-muted">{open_mark} {close_mark}</span></li> }
            .into_any();
    }
    let total = children.len();
    let what = if open_mark == "{" {
        counted(total as u64, words::KEYS_OF)
    } else {
        counted(total as u64, words::ITEMS_OF)
    };
    let open = RwSignal::new(depth < OPEN_LEVELS && (total <= OPEN_CHILDREN || depth == 0));
    let limit = RwSignal::new(PAGE);
    let children = StoredValue::new(children);
    let below = move || {
        open.get().then(|| {
            let limit_now = limit.get();
            let rows = children.with_value(|children| {
                children
                    .iter()
                    .take(limit_now)
                    .map(|(key, source)| view! { <JsonNode key=key.clone() source=source.clone() depth=depth + 1 /> })
                    .collect_view()
            });
            let more = (total > limit_now).then(|| {
                let label = common::show_more((total - limit_now).min(PAGE));
                view! {
                    <li>
                        <button
                            type="button"
                            class="cs-link"
                            on:click=move |_| limit.update(|limit| *limit += PAGE)
                        >
                            {label}
                        </button>
                    </li>
                }
            });
            view! { <ul class="cs-plain">{rows} {more}</ul> }
        })
    };
    // Masked before it is cut: half a secret is not recognised any more.
    let preview = clipped(&mask(&source), 60);
    view! {
        <li>
            <button
                type="button"
                class="cs-json-toggle"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {Icon::Right.draw()}
                {label}
                <span class="cs-muted">{what}</span>
                {move || {
                    (!open.get())
                        .then(|| {
                            view! { <span class="cs-json-preview">{shown(&preview)}</span> }
                        })
                }}
            </button>
            {below}
        </li>
    }
    .into_any()
}

fn leaf(source: &str) -> AnyView {
    let kind = match source.as_bytes().first() {
        Some(b'"') => "string",
        Some(b't' | b'f') => "bool",
        Some(b'n') => "null",
        _ => "number",
    };
    if kind != "string" {
        return view! {
            <span class="cs-json-value" data-kind=kind>
                {source.to_owned()}
            </span>
        }
        .into_any();
    }
    let text: String = serde_json::from_str(source).unwrap_or_else(|_| source.to_owned());
    let text = mask(&text).into_owned();
    let long = text.char_indices().nth(STRING).map(|(at, _)| at);
    let all = RwSignal::new(long.is_none());
    let text = StoredValue::new(text);
    let content = move || {
        let end = if all.get() { None } else { long };
        text.with_value(|text| shown(end.and_then(|end| text.get(..end)).unwrap_or(text)))
    };
    view! {
        <span
            class="cs-json-value"
            data-kind=kind
            // What a command copies (`find/values.rs`): all of it, however much is shown.
            data-whole=long.map(|_| text.with_value(|text| plain(text)))
        >
            "\""
            {content}
            {move || all.get().then_some("\"")}
        </span>
        {move || {
            (!all.get())
                .then(|| {
                    view! {
                        {words::CUT}
                        <button type="button" class="cs-link" on:click=move |_| all.set(true)>
                            {words::SHOW_ALL}
                        </button>
                    }
                })
        }}
    }
    .into_any()
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

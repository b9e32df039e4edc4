//! Span attributes, however a format writes them: as OTLP's list of keys and values, as a list of tags, or as a JSON object, flat or nested.

use crate::json::{self, Object, Raw, Walk};
use crate::model::{TextForm, TextRef, Value};
use crate::text::RecordPlace;
use std::borrow::Cow;

/// Objects inside attributes are opened this deep (`llm` → `token_count` → `prompt_details` is 3); what lies deeper stays a JSON value.
const MAX_NESTING: usize = 6;

/// What stands behind a key to say that its value was cut.
const CUT: &str = ".truncated";

/// The attributes of a span, in order.
#[derive(Debug, Default)]
pub struct Attributes<'a> {
    pairs: Vec<(Cow<'a, str>, Raw<'a>)>,
    /// The [`tag`] of each key: a dialect asks for dozens of keys that are not there, and comparing texts is slow.
    tags: Vec<u32>,
    /// A bit for each tag: most keys asked for are not there, and their bit is not set.
    present: u64,
    /// Every value is JSON in a string.
    in_json: bool,
    /// A producer says of a value that it cut it.
    cuts: bool,
    raw: Option<Raw<'a>>,
}

/// Tells most keys apart: length, first and last two bytes.
fn tag(key: &str) -> u32 {
    let bytes = key.as_bytes();
    let byte = |back: usize| {
        let at = bytes.len().checked_sub(back);
        u32::from(at.and_then(|at| bytes.get(at)).copied().unwrap_or_default())
    };
    bytes.len() as u32 ^ byte(1) << 8 ^ byte(2) << 16 ^ byte(bytes.len()) << 24
}

/// One of 64 bits for a tag.
fn bit(tag: u32) -> u64 {
    1 << (tag.wrapping_mul(0x9E37_79B1) >> 26)
}

/// An attribute exactly as nearly every exporter writes it. `None` for any other, which is then read member by member.
fn usual<'a>(walk: &mut Walk<'a>) -> Option<(Cow<'a, str>, Raw<'a>)> {
    if !walk.exactly(b"{\"key\":", 1) {
        return None;
    }
    let key = walk.value()?.get();
    let key = key.strip_prefix('"')?.strip_suffix('"')?;
    if key.contains('\\') || !walk.exactly(b",\"value\":{\"", 1) {
        return None;
    }
    if !walk.exactly(b"stringValue\":", 1) && !walk.exactly(b"intValue\":", 1) {
        return None;
    }
    let value = walk.value()?;
    (value.get() != "null" && walk.exactly(b"}}", 0)).then_some((Cow::Borrowed(key), value))
}

/// Reads OTLP's list of keys and typed values in one pass: most of a trace's bytes are in here. `None` if anything in it is something else.
fn typed_list(raw: Raw<'_>) -> Option<Vec<(Cow<'_, str>, Raw<'_>)>> {
    let mut pairs = Vec::with_capacity(16);
    let mut walk = raw.walk();
    walk.open(b'[')?;
    while walk.item()? {
        let mut ahead = walk;
        if let Some(pair) = usual(&mut ahead) {
            pairs.push(pair);
            walk = ahead;
            continue;
        }
        let (mut key, mut value) = (None, None);
        walk.open(b'{')?;
        while let Some(name) = walk.key()? {
            match &*name {
                "key" if key.is_none() => {
                    let raw = walk.value()?;
                    if !raw.get().starts_with('"') {
                        return None;
                    }
                    key = Some(json::unescape(raw.get()));
                }
                "value" if value.is_none() => {
                    walk.open(b'{')?;
                    let mut found = None;
                    while let Some(name) = walk.key()? {
                        let raw = walk.value()?;
                        // All alternatives are written by some, the others as `null` (Phoenix).
                        if found.is_none() && is_typed(&name) && raw.get() != "null" {
                            found = Some(raw);
                        }
                    }
                    value = Some(found);
                }
                "key" | "value" => return None,
                _ => {
                    walk.value()?;
                }
            }
        }
        let key = key?;
        if let Some(raw) = value.flatten() {
            pairs.push((key, raw));
        }
    }
    Some(pairs)
}

impl<'a> Attributes<'a> {
    /// Reads attributes in any of their forms. A single unreadable attribute is passed over, the others stay.
    ///
    /// - `[{"key": …, "value": {"stringValue": …}}]`: the OTLP JSON mapping
    /// - `[{"key": …, "type": …, "value": …}]`: tags
    /// - `{"llm.model_name": …}` or `{"llm": {"model_name": …}}`: an object; keys of nested ones are joined by dots, and an object can be
    ///   had under its own key as well
    pub fn read(raw: Raw<'a>) -> Self {
        let mut pairs = Vec::new();
        match raw.get().as_bytes().first() {
            Some(b'[') => match typed_list(raw) {
                Some(list) => pairs = list,
                // Tags, or something in the list that is no attribute.
                None => pairs.extend(json::elements_of(raw).into_iter().filter_map(pair)),
            },
            Some(b'{') => {
                if let Some(object) = Object::of(raw) {
                    flatten(&mut pairs, "", object, 0);
                }
            }
            _ => {}
        }
        Self {
            raw: Some(raw),
            ..Self::of(pairs)
        }
    }

    fn of(pairs: Vec<(Cow<'a, str>, Raw<'a>)>) -> Self {
        let tags: Vec<u32> = pairs.iter().map(|(key, _)| tag(key)).collect();
        Self {
            present: tags.iter().fold(0, |present, tag| present | bit(*tag)),
            tags,
            cuts: pairs.iter().any(|(key, _)| key.ends_with(CUT)),
            pairs,
            ..Self::default()
        }
    }

    /// The same, when every value is JSON in a string (a text comes in two layers of quotes).
    pub fn in_json(mut self) -> Self {
        self.in_json = true;
        self
    }

    /// The same, when they do not lie in the record: names and numbers count, long texts have no place.
    pub fn elsewhere(mut self) -> Self {
        self.raw = None;
        self
    }

    /// The attributes among the members of an object: those whose key begins with `prefix`, without it (`attributes.llm.model_name`).
    pub fn with_prefix(object: &Object<'a>, prefix: &str) -> Self {
        let mut pairs = Vec::new();
        let members = object.0.iter().filter_map(|(key, value)| {
            let key = key.strip_prefix(prefix)?.to_owned();
            Some((Cow::Owned(key), *value))
        });
        flatten(&mut pairs, "", Object(members.collect()), 0);
        Self::of(pairs)
    }

    /// Adds what a format keeps beside the attributes.
    pub fn push(&mut self, key: &'static str, value: Raw<'a>) {
        let tag = tag(key);
        self.present |= bit(tag);
        self.tags.push(tag);
        self.pairs.push((Cow::Borrowed(key), value));
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Raw<'a>)> {
        self.pairs.iter().map(|(key, raw)| (&**key, *raw))
    }

    /// The JSON value they were read from.
    pub fn raw(&self) -> Option<Raw<'a>> {
        self.raw
    }

    /// Whether a key begins like this.
    pub fn any(&self, prefix: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key.starts_with(prefix))
    }

    /// The value of a key, unless it is `null`.
    pub fn get(&self, key: &str) -> Option<Raw<'a>> {
        let wanted = tag(key);
        if self.present & bit(wanted) == 0 {
            return None;
        }
        let mut tags = self.tags.iter().enumerate();
        tags.find_map(|(at, &tag)| {
            let (name, raw) = self.pairs.get(at).filter(|_| tag == wanted)?;
            (name == key).then_some(*raw)
        })
        .filter(|raw| raw.get() != "null")
    }

    /// The value of the first of several keys.
    pub fn first(&self, keys: &[&str]) -> Option<Raw<'a>> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// A short text.
    pub fn string(&self, key: &str) -> Option<Cow<'a, str>> {
        let raw = self.get(key)?;
        let Some(text) = json::scalar(raw) else {
            return first_of_array(raw);
        };
        // A list that became a text on its way (Jaeger).
        if text.starts_with("[\"") {
            if let Some(first) = json::elements(&text).into_iter().find_map(json::scalar) {
                return Some(Cow::Owned(first.into_owned()));
            }
        }
        // `None` as JSON.
        (!self.in_json || text != "null").then_some(text)
    }

    /// A token count: a whole number that is not negative.
    pub fn count(&self, keys: &[&str]) -> Option<u64> {
        json::int(self.first(keys)?.get()).and_then(|number| u64::try_from(number).ok())
    }

    /// A number as a fact.
    pub fn number(&self, key: &str) -> Option<Value> {
        json::number(self.get(key)?.get())
    }

    /// Yes or no; also as Python writes it in a string (`"True"`).
    pub fn bool(&self, key: &str) -> Option<bool> {
        match &*json::unescape(self.get(key)?.get()) {
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        }
    }

    /// The place of a long text; says so where the producer cut it (`<key>.truncated`, `<key>.original_size_bytes`).
    pub fn text(&self, key: &str, place: &RecordPlace<'_>) -> Option<TextRef> {
        // Attributes that a store keeps as a text inside its own JSON have no place in the record.
        let value = self.get(key)?.get();
        let mut text = place.holds(value).then(|| place.text_of(value))?;
        if self.in_json {
            text.form = TextForm::JsonTwice;
        }
        if self.cuts && self.bool(&[key, CUT].concat()) == Some(true) {
            let size = self.count(&[&[key, ".original_size_bytes"].concat()]);
            text.cut_from = size.unwrap_or(text.len + 1);
        }
        Some(text)
    }
}

/// One element of a list of attributes: OTLP's `{"key", "value": {"stringValue": …}}`, or a tag with a plain value.
pub fn pair(raw: Raw<'_>) -> Option<(Cow<'_, str>, Raw<'_>)> {
    let pair = Object::of(raw)?;
    let key = pair.0.iter().find(|(name, _)| name == "key")?.1;
    Some((json::unescape(key.get()), value(pair.get("value")?)?))
}

/// The value inside OTLP's `{"stringValue": …}`; any other value as it stands. `None` for OTLP's empty value (`{}`).
pub fn value(raw: Raw<'_>) -> Option<Raw<'_>> {
    if !raw.get().starts_with('{') {
        return Some(raw);
    }
    let Some(object) = Object::of(raw) else {
        return Some(raw);
    };
    if object.0.iter().all(|(name, _)| is_typed(name)) {
        typed(&object.0)
    } else {
        Some(raw)
    }
}

/// The value among OTLP's alternatives: all are written by some, the others as `null` (Phoenix).
fn typed<'a>(members: &[(Cow<'a, str>, Raw<'a>)]) -> Option<Raw<'a>> {
    members
        .iter()
        .find(|(name, raw)| is_typed(name) && raw.get() != "null")
        .map(|(_, raw)| *raw)
}

/// The names that the OTLP JSON mapping gives to the types of values, in camelCase and snake_case.
fn is_typed(name: &str) -> bool {
    // Spelled out, for this is asked of every attribute.
    matches!(
        name,
        "stringValue"
            | "intValue"
            | "doubleValue"
            | "boolValue"
            | "arrayValue"
            | "kvlistValue"
            | "bytesValue"
            | "string_value"
            | "int_value"
            | "double_value"
            | "bool_value"
            | "array_value"
            | "kvlist_value"
            | "bytes_value"
    )
}

fn flatten<'a>(
    pairs: &mut Vec<(Cow<'a, str>, Raw<'a>)>,
    prefix: &str,
    object: Object<'a>,
    depth: usize,
) {
    for (key, raw) in object.0 {
        let key = if prefix.is_empty() {
            key
        } else {
            Cow::Owned([prefix, ".", &key].concat())
        };
        let inner = (depth < MAX_NESTING && raw.get().starts_with('{'))
            .then(|| Object::of(raw))
            .flatten();
        match inner {
            Some(inner) => {
                pairs.push((key.clone(), raw));
                flatten(pairs, &key, inner, depth + 1);
            }
            None => pairs.push((key, raw)),
        }
    }
}

/// `{"values":[{"stringValue":"stop"}]}` or `["stop"]`: the first element.
fn first_of_array(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    let array = match raw.get().as_bytes().first()? {
        b'{' => Object::parse(raw.get())?.get("values")?,
        b'[' => raw,
        _ => return None,
    };
    let first = json::elements(array.get()).into_iter().next()?;
    json::scalar(value(first)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Attributes<'_> {
        Attributes::read(Raw::parse(text).unwrap())
    }

    #[test]
    fn every_form_of_attributes_says_the_same() {
        let forms = [
            r#"[{"key":"llm.model_name","value":{"stringValue":"gpt-4o"}},{"key":"n","value":{"intValue":"7"}},{"key":"stops","value":{"arrayValue":{"values":[{"stringValue":"stop"}]}}},{"key":"empty","value":{}},{"key":"no"},7]"#,
            r#"[{"key":"llm.model_name","value":{"string_value":"gpt-4o"}},{"key":"n","value":{"int_value":7}},{"key":"stops","value":{"array_value":{"values":[{"string_value":"stop"}]}}}]"#,
            r#"[{"key":"llm.model_name","type":"string","value":"gpt-4o"},{"key":"n","type":"int64","value":7},{"key":"stops","value":["stop"]}]"#,
            r#"[{"key":"llm.model_name","value":{"array_value":null,"int_value":null,"string_value":"gpt-4o"}},{"key":"n","value":{"bool_value":null,"int_value":7}},{"key":"stops","value":{"string_value":"[\"stop\"]"}}]"#,
            r#"[{"key":"llm.model_name","type":"string","value":"gpt-4o"},{"key":"n","type":"int64","value":"7"},{"key":"stops","type":"string","value":"[\"stop\"]"}]"#,
            r#"{"llm.model_name":"gpt-4o","n":7,"stops":["stop"],"empty":null}"#,
            r#"{"llm":{"model_name":"gpt-4o"},"n":"7","stops":["stop"]}"#,
        ];
        for form in forms {
            let attributes = read(form);
            assert_eq!(
                attributes.string("llm.model_name").as_deref(),
                Some("gpt-4o"),
                "{form}"
            );
            assert_eq!(attributes.count(&["n"]), Some(7), "{form}");
            assert_eq!(
                attributes.string("stops").as_deref(),
                Some("stop"),
                "{form}"
            );
            assert!(attributes.get("empty").is_none() && attributes.get("no").is_none());
        }
    }

    #[test]
    fn a_nested_object_can_be_had_whole_and_by_its_members() {
        let attributes = read(r#"{"usage":{"prompt":1,"details":{"cached":2}}}"#);
        assert!(attributes.get("usage").unwrap().get().starts_with('{'));
        assert_eq!(attributes.count(&["usage.details.cached"]), Some(2));
    }

    #[test]
    fn nesting_without_end_is_bounded() {
        let deep = "{\"a\":".repeat(100) + "1" + &"}".repeat(100);
        assert_eq!(read(&deep).iter().count(), MAX_NESTING + 1);
    }

    #[test]
    fn columns_with_a_prefix() {
        let text = r#"{"name":"x","attributes.llm.model_name":"m","attributes.metadata":{"a":1}}"#;
        let attributes = Attributes::with_prefix(&Object::parse(text).unwrap(), "attributes.");
        assert_eq!(attributes.string("llm.model_name").as_deref(), Some("m"));
        assert_eq!(attributes.count(&["metadata.a"]), Some(1));
        assert!(attributes.get("name").is_none());
    }
}

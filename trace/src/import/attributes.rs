//! Span attributes, however a format writes them.

use super::draft::RecordPlace;
use super::json::{self, Raw};
use crate::model::{TextRef, Value};
use serde::Deserialize;
use std::borrow::Cow;

/// The attributes of a span, in order.
#[derive(Debug, Default)]
pub struct Attributes<'a>(Vec<(Cow<'a, str>, Raw<'a>)>);

/// One `{"key": …, "value": {"stringValue": …}}` of the OTLP JSON mapping.
#[derive(Deserialize)]
struct KeyValue<'a> {
    #[serde(borrow, default)]
    key: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Option<AnyValue<'a>>,
}

#[derive(Deserialize)]
struct AnyValue<'a> {
    #[serde(borrow, default, rename = "stringValue", alias = "string_value")]
    string: Option<Raw<'a>>,
    #[serde(borrow, default, rename = "intValue", alias = "int_value")]
    int: Option<Raw<'a>>,
    #[serde(borrow, default, rename = "doubleValue", alias = "double_value")]
    double: Option<Raw<'a>>,
    #[serde(borrow, default, rename = "boolValue", alias = "bool_value")]
    bool: Option<Raw<'a>>,
    #[serde(borrow, default, rename = "arrayValue", alias = "array_value")]
    array: Option<Raw<'a>>,
    #[serde(borrow, default, rename = "kvlistValue", alias = "kvlist_value")]
    list: Option<Raw<'a>>,
    #[serde(borrow, default, rename = "bytesValue", alias = "bytes_value")]
    bytes: Option<Raw<'a>>,
}

impl<'a> Attributes<'a> {
    /// Reads the OTLP JSON mapping. A single unreadable attribute is passed over, the others stay.
    pub fn otlp(raw: Raw<'a>) -> Self {
        let pairs = match serde_json::from_str::<Vec<KeyValue<'a>>>(raw.get()) {
            Ok(pairs) => pairs,
            Err(_) => json::elements(raw.get())
                .into_iter()
                .filter_map(|pair| serde_json::from_str(pair.get()).ok())
                .collect(),
        };
        Self(
            pairs
                .into_iter()
                .filter_map(|pair| {
                    let value = pair.value?;
                    let raw = value
                        .string
                        .or(value.int)
                        .or(value.double)
                        .or(value.bool)
                        .or(value.array)
                        .or(value.list)
                        .or(value.bytes)?;
                    Some((pair.key, raw))
                })
                .collect(),
        )
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Raw<'a>)> {
        self.0.iter().map(|(key, raw)| (&**key, *raw))
    }

    /// The value of a key, unless it is `null`.
    pub fn get(&self, key: &str) -> Option<Raw<'a>> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, raw)| *raw)
            .filter(|raw| raw.get() != "null")
    }

    /// The value of the first of several keys.
    pub fn first(&self, keys: &[&str]) -> Option<Raw<'a>> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// A short text.
    pub fn string(&self, key: &str) -> Option<Cow<'a, str>> {
        let raw = self.get(key)?;
        json::scalar(raw).or_else(|| first_of_array(raw))
    }

    /// A token count: a whole number that is not negative.
    pub fn count(&self, keys: &[&str]) -> Option<u64> {
        json::int(self.first(keys)?.get()).and_then(|number| u64::try_from(number).ok())
    }

    /// A number as a fact.
    pub fn number(&self, key: &str) -> Option<Value> {
        let raw = self.get(key)?.get();
        json::int(raw)
            .map(Value::Int)
            .or_else(|| json::float(raw).map(Value::Float))
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
        let mut text = place.text_of(self.get(key)?.get());
        if self.bool(&format!("{key}.truncated")) == Some(true) {
            let size = self.count(&[&format!("{key}.original_size_bytes")]);
            text.cut_from = size.unwrap_or(text.len + 1);
        }
        Some(text)
    }
}

/// `{"values":[{"stringValue":"stop"}]}` or `["stop"]`: the first element.
fn first_of_array(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    let array = match raw.get().as_bytes().first()? {
        b'{' => json::Object::parse(raw.get())?.get("values")?,
        b'[' => raw,
        _ => return None,
    };
    let first = json::elements(array.get()).into_iter().next()?;
    match json::Object::parse(first.get()) {
        Some(value) => value
            .string("stringValue")
            .or_else(|| value.string("string_value")),
        None => json::scalar(first),
    }
}

//! Values whose parts name their types, as OTLP's JSON mapping writes them inside attributes.

use crate::json::{self, Object, Raw};
use crate::text::attributes;

/// Values nested deeper stay as they are.
const MAX_NESTING: usize = 60;

/// A value whose parts name their types, as plain JSON.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    match Raw::parse(text) {
        Some(raw) => write_plain(raw, &mut out, 0),
        None => out.push_str(text),
    }
    out
}

fn write_plain(raw: Raw<'_>, out: &mut String, depth: usize) {
    let Some(inner) = attributes::value(raw) else {
        out.push_str("null");
        return;
    };
    let values = Object::parse(inner.get()).filter(|object| object.0.len() == 1);
    let Some(values) = values
        .filter(|_| depth < MAX_NESTING)
        .and_then(|object| object.get("values"))
    else {
        out.push_str(inner.get());
        return;
    };
    let items = json::elements(values.get());
    let pairs: Vec<_> = items.iter().filter_map(|item| pair(item)).collect();
    let is_object = !pairs.is_empty() && pairs.len() == items.len();
    out.push(if is_object { '{' } else { '[' });
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match pairs.get(at).filter(|_| is_object) {
            Some((key, value)) => {
                out.push_str(key);
                out.push(':');
                write_plain(*value, out, depth + 1);
            }
            None => write_plain(*item, out, depth + 1),
        }
    }
    out.push(if is_object { '}' } else { ']' });
}

/// A `{"key", "value"}`, the key with its quotes.
fn pair<'a>(item: &Raw<'a>) -> Option<(&'a str, Raw<'a>)> {
    let object = Object::parse(item.get())?;
    Some((object.get("key")?.get(), object.get("value")?))
}

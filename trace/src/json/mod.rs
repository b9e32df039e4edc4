//! Lenient reading of single JSON records: borrowed fields, places of values, repairs that keep every offset.
//!
//! Most of a trace's bytes are long strings that nobody looks into here, so the reader is our own: it knows the grammar ([`syntax`]), passes
//! over strings a lane at a time and builds nothing but lists of places.

pub mod closing;
pub mod mend;
pub mod repr;
pub mod scan;
pub mod syntax;

use crate::json::mend::{hex4, repair};
use crate::json::repr::clean_repr;
use crate::json::syntax::Quotes;
use crate::model::Value;
use std::borrow::Cow;

/// A JSON value that was not looked into yet; borrows from the record, so its place is known.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    text: &'a str,
    quotes: Quotes<'a>,
}

impl<'a> Raw<'a> {
    /// A text that is one JSON value, white space around it aside.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut walk = Walk::new(text, Quotes::default());
        walk.space();
        let raw = walk.value()?;
        walk.is_over().then_some(raw)
    }

    /// A value of a record that was read before, with the record's quotes: nothing is looked through again.
    pub fn known(text: &'a str, quotes: Quotes<'a>) -> Self {
        Self { text, quotes }
    }

    /// The value as it stands.
    pub fn get(self) -> &'a str {
        self.text
    }

    /// A walk through the value.
    pub fn walk(self) -> Walk<'a> {
        Walk::new(self.text, self.quotes)
    }
}

/// The members of a JSON object, in order, borrowed from the record. Repeated keys are kept; [`Object::get`] gives the first.
#[derive(Debug, Default)]
pub struct Object<'a>(pub Vec<(Cow<'a, str>, Raw<'a>)>);

impl<'a> Object<'a> {
    /// Reads one object; `None` if the text is no JSON object.
    pub fn parse(text: &'a str) -> Option<Self> {
        Self::walked(Walk::new(text, Quotes::default()))
    }

    /// Reads a whole record, of which the framer has noted where its strings end.
    pub fn of_record(text: &'a str, quotes: &'a [u32]) -> Option<Self> {
        Self::walked(Walk::new(text, Quotes::new(quotes)))
    }

    /// Reads a value that is an object.
    pub fn of(raw: Raw<'a>) -> Option<Self> {
        Self::walked(raw.walk())
    }

    fn walked(mut walk: Walk<'a>) -> Option<Self> {
        let mut members = Vec::with_capacity(16);
        walk.space();
        walk.open(b'{')?;
        while let Some(key) = walk.key()? {
            members.push((key, walk.value()?));
        }
        walk.is_over().then_some(Self(members))
    }

    /// The value of a key, unless it is `null`.
    pub fn get(&self, key: &str) -> Option<Raw<'a>> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, raw)| *raw)
            .filter(|raw| raw.get() != "null")
    }

    /// Whether the key is there, `null` or not.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// The object below a key.
    pub fn object(&self, key: &str) -> Option<Object<'a>> {
        self.get(key).and_then(Object::of)
    }

    /// The string (or number, or boolean) of a key as text. Strings like `"None"` and `""` count as absent.
    pub fn string(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(scalar)
    }

    /// The whole number of a key, given as number or string.
    pub fn int(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(|raw| int(raw.get()))
    }
}

/// A walk through a JSON text: it says what comes next, and the caller what to do with it.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    text: &'a str,
    at: usize,
    quotes: Quotes<'a>,
    /// The last step went into an object or array: no comma stands before what comes next.
    begun: bool,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, quotes: Quotes<'a>) -> Self {
        Self {
            text,
            at: 0,
            quotes,
            begun: false,
        }
    }

    #[inline(always)]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        self.at = syntax::space(self.text.as_bytes(), self.at);
    }

    fn step(&mut self) {
        self.at += 1;
        self.space();
    }

    /// Whether nothing but white space is left.
    fn is_over(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// Goes into the object (`{`) or array (`[`) that stands here.
    pub fn open(&mut self, bracket: u8) -> Option<()> {
        if self.byte()? != bracket {
            return None;
        }
        self.step();
        self.begun = true;
        Some(())
    }

    /// Whether exactly this text stands here, with so many strings in it; passes over it then.
    #[inline(always)]
    pub fn exactly(&mut self, text: &[u8], strings: usize) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let fits = rest.starts_with(text);
        if fits {
            self.at += text.len();
            self.quotes.skip(strings);
        }
        fits
    }

    /// Whether the object or array closes here. `None`: it is no JSON.
    fn closes(&mut self, bracket: u8) -> Option<bool> {
        let first = std::mem::take(&mut self.begun);
        if !first {
            self.space();
        }
        match self.byte()? {
            byte if byte == bracket => {
                self.at += 1;
                Some(true)
            }
            b',' if !first => {
                self.step();
                // A comma wants something behind it.
                (self.byte()? != bracket).then_some(false)
            }
            _ => first.then_some(false),
        }
    }

    /// In an object, the next key; its value stands here then. `Some(None)`: the object ends. `None`: it is no JSON.
    pub fn key(&mut self) -> Option<Option<Cow<'a, str>>> {
        if self.closes(b'}')? {
            return Some(None);
        }
        if self.byte()? != b'"' {
            return None;
        }
        let from = self.at + 1;
        let end = syntax::string(self.text.as_bytes(), from, &mut self.quotes)?;
        let inner = self.text.get(from..end - 1)?;
        let key = if memchr::memchr(b'\\', inner.as_bytes()).is_some() {
            Cow::Owned(unescaped(inner)?)
        } else {
            Cow::Borrowed(inner)
        };
        self.at = end;
        self.space();
        if self.byte()? != b':' {
            return None;
        }
        self.step();
        Some(Some(key))
    }

    /// In an array, whether another element stands here; if not, the array ends. `None`: it is no JSON.
    pub fn item(&mut self) -> Option<bool> {
        self.closes(b']').map(|closes| !closes)
    }

    /// Passes over the value that stands here.
    pub fn value(&mut self) -> Option<Raw<'a>> {
        let (from, quotes) = (self.at, self.quotes);
        self.at = syntax::value(self.text.as_bytes(), from, &mut self.quotes)?;
        Some(Raw {
            text: self.text.get(from..self.at)?,
            quotes: quotes.part(from, self.quotes),
        })
    }
}

/// The elements of a JSON array, borrowed; empty if the text is none.
pub fn elements(text: &str) -> Vec<Raw<'_>> {
    items(Walk::new(text, Quotes::default())).unwrap_or_default()
}

/// The elements of a value that is an array; empty if it is none.
pub fn elements_of(raw: Raw<'_>) -> Vec<Raw<'_>> {
    items(raw.walk()).unwrap_or_default()
}

fn items(mut walk: Walk<'_>) -> Option<Vec<Raw<'_>>> {
    let mut items = Vec::new();
    walk.space();
    walk.open(b'[')?;
    while walk.item()? {
        items.push(walk.value()?);
    }
    Some(items)
}

/// What stands between the quotes of a JSON string, its escapes undone. `None` for half a surrogate pair, a quote or a control character.
fn unescaped(inner: &str) -> Option<String> {
    let bytes = inner.as_bytes();
    let mut out = String::with_capacity(inner.len());
    let mut from = 0;
    loop {
        let at = scan::plain_until(bytes, from);
        out.push_str(inner.get(from..at)?);
        match bytes.get(at) {
            None => return Some(out),
            Some(b'\\') => {}
            Some(_) => return None,
        }
        let short = match bytes.get(at + 1)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            &same @ (b'"' | b'\\' | b'/') => char::from(same),
            b'u' => {
                let (letter, len) = letter(bytes, at)?;
                out.push(letter);
                from = at + len;
                continue;
            }
            _ => return None,
        };
        out.push(short);
        from = at + 2;
    }
}

/// The letter of the `\u` escape at a place, and the length of the escape: 6, or 12 for a pair. `None` for half a pair.
fn letter(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let first = hex4(bytes, at + 2)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first)?, 6));
    }
    if bytes.get(at + 6..at + 8) != Some(b"\\u") {
        return None;
    }
    let low = hex4(bytes, at + 8).filter(|low| (0xDC00..0xE000).contains(low))?;
    let code = 0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(code)?, 12))
}

/// Content of a JSON string, borrowed where nothing is escaped. Half surrogate pairs become U+FFFD.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(raw);
    };
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    if let Some(text) = unescaped(inner) {
        return Cow::Owned(text);
    }
    let mut bytes = raw.as_bytes().to_vec();
    repair(&mut bytes);
    let repaired = String::from_utf8_lossy(&bytes);
    let content = repaired
        .get(1..repaired.len().saturating_sub(1))
        .and_then(unescaped);
    Cow::Owned(content.unwrap_or_else(|| inner.to_owned()))
}

/// The JSON object that a value is, or that it holds as a text; of any other text nothing is copied to see that.
pub fn object_text(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    let mut text = raw.get();
    text = text.strip_prefix('"').unwrap_or(text);
    // Most begin with a letter: they are no object, and nothing more is compared.
    if !matches!(
        text.as_bytes().first(),
        Some(b'{' | b'\\' | b' ' | b'\n' | b'\t' | b'\r')
    ) {
        return None;
    }
    // White space may be escaped there.
    while let Some(rest) = ["\\n", "\\t", "\\r", " ", "\n", "\t", "\r"]
        .iter()
        .find_map(|space| text.strip_prefix(space))
    {
        text = rest;
    }
    let object = text.starts_with('{') || text.starts_with("\\u");
    object.then(|| unescape(raw.get()))
}

/// A scalar as text: strings unescaped and cleaned of Python's `repr`, numbers and booleans as written. `None` for `null`, `""`, `"None"`.
pub fn scalar(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => {
            let text = clean_repr(unescape(text));
            (!text.is_empty() && text != "None").then_some(text)
        }
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(text)),
    }
}

/// A whole number written as number or as string; floats with no fraction count.
pub fn int(raw: &str) -> Option<i64> {
    let text = raw.trim_matches('"');
    text.parse::<i64>().ok().or_else(|| {
        let number = serde_json::from_str::<f64>(text).ok()?;
        // 2^53: above it a float no longer stands for one whole number.
        (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

/// A number written as number or as string; `NaN` and infinities count as absent. `serde_json` takes JSON's numbers only, where `str::parse`
/// would take `inf`, `+1` and `.5` as well.
pub fn float(raw: &str) -> Option<f64> {
    serde_json::from_str::<f64>(raw.trim_matches('"')).ok()
}

/// A number as a fact: whole where it is whole.
pub fn number(raw: &str) -> Option<Value> {
    int(raw)
        .map(Value::Int)
        .or_else(|| float(raw).map(Value::Float))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_reads_as_a_replacement_character() {
        assert_eq!(unescape(r#""a\ud83dz""#), "a\u{fffd}z");
        assert_eq!(unescape(r#""\ud83d\ude00""#), "😀");
    }

    #[test]
    fn whole_numbers_come_as_numbers_or_strings() {
        assert_eq!(
            int("\"1795217561944776960\""),
            Some(1_795_217_561_944_776_960)
        );
        assert_eq!(int("12.0"), Some(12));
        assert_eq!(int("12.5"), None);
        assert_eq!(float("NaN"), None);
    }
}

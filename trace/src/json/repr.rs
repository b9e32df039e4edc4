//! Texts that Python's `repr` wrote.

use std::borrow::Cow;

/// Undoes one level of Python's `repr`: `'gpt-4o'` → `gpt-4o`, `UUID('…')` → the id, `<LLMCallType.TOOL_CALL: 'tool_call'>` → `tool_call`,
/// `Process.sequential` and the like stay. Texts that are no repr come back as they are.
pub fn clean_repr(text: Cow<'_, str>) -> Cow<'_, str> {
    // Few texts begin like one.
    if !matches!(text.as_bytes().first(), Some(b'\'' | b'"' | b'U' | b'<')) {
        return text;
    }
    if let Some(inner) = quoted(&text) {
        return Cow::Owned(unquote(inner));
    }
    if let Some(inner) = text
        .strip_prefix("UUID(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(quoted)
    {
        return Cow::Owned(inner.to_owned());
    }
    // <LLMCallType.TOOL_CALL: 'tool_call'>
    if let Some((name, value)) = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .and_then(|rest| rest.split_once(": "))
    {
        if let (true, Some(value)) = (
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'),
            quoted(value),
        ) {
            return Cow::Owned(value.to_owned());
        }
    }
    text
}

fn quoted(text: &str) -> Option<&str> {
    for quote in ['\'', '"'] {
        if let Some(inner) = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return Some(inner);
        }
    }
    None
}

/// Undoes the escapes of a Python string literal that `repr` writes.
fn unquote(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(code @ ('x' | 'u' | 'U')) => {
                let digits = match code {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let hex: String = chars.clone().take(digits).collect();
                match u32::from_str_radix(&hex, 16)
                    .ok()
                    .filter(|_| hex.len() == digits)
                {
                    Some(point) => {
                        out.push(char::from_u32(point).unwrap_or('\u{fffd}'));
                        chars.nth(digits - 1);
                    }
                    None => out.extend(['\\', code]),
                }
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Object;

    #[test]
    fn trap_29_reprs_are_cleaned() {
        assert_eq!(clean_repr("'gpt-4o'".into()), "gpt-4o");
        assert_eq!(clean_repr("UUID('ab-c')".into()), "ab-c");
        assert_eq!(
            clean_repr("<LLMCallType.TOOL_CALL: 'tool_call'>".into()),
            "tool_call"
        );
        assert_eq!(clean_repr(r"'it\'s\n'".into()), "it's\n");
        assert_eq!(clean_repr("it's".into()), "it's");
        let object = Object::parse(r#"{"a":"None","b":"'x'","c":7}"#).unwrap();
        assert!(object.string("a").is_none());
        assert_eq!(object.string("b").unwrap(), "x");
        assert_eq!(object.string("c").unwrap(), "7");
    }
}

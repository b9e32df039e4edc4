//! Secrets, hidden before anything is shown (trap 32: agent dumps hold the LLM's `api_key` in clear).

use crate::order;
use std::borrow::Cow;
use std::ops::Range;

/// What stands for a secret.
pub(super) const MASK: &str = "••••••";

/// Beginnings of tokens whose issuers gave them a fixed one, and how long such a token is at least.
const PREFIXES: &[(&str, usize)] = &[
    ("sk-", 20),
    ("sk_live_", 20),
    ("sk_test_", 20),
    ("rk_live_", 20),
    ("pk_live_", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xapp-", 20),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 35),
    ("ya29.", 20),
    ("hf_", 20),
    ("gsk_", 20),
    ("tvly-", 20),
    ("eyJhbGci", 30),
];

/// Names whose value is a secret, however long it is.
const NAMES: &[&str] = &[
    "api_key",
    "apikey",
    "api-key",
    "x-api-key",
    "password",
    "passwd",
    "client_secret",
    "secret_key",
    "secret_access_key",
    "access_token",
    "refresh_token",
    "auth_token",
    "authorization",
    "private_key",
];

/// Whether the value of this key is a secret: `api_key`, `OPENAI_API_KEY`, `Authorization`, …
pub fn names_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    NAMES.iter().any(|name| {
        key.strip_suffix(name)
            .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

/// What stands for a secret, as a JSON string.
pub const MASKED_JSON: &str = "\"••••••\"";

/// Hides secrets in a text: tokens with a known beginning, and the values of keys that name a secret.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (prefix, least) in PREFIXES {
        found.extend(
            text.match_indices(prefix)
                .filter_map(|(at, _)| token(text, at, *least)),
        );
    }
    let lower = text.to_ascii_lowercase();
    for name in NAMES {
        found.extend(
            lower
                .match_indices(name)
                .filter_map(|(at, _)| value_of(text, at, at + name.len())),
        );
    }
    found.extend(
        lower
            .match_indices("bearer ")
            .filter_map(|(at, _)| token(text, at + 7, 12)),
    );
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let by_place = order::sorted(found.len(), &|at| {
        (found[at].start as i64, found[at].end as i64, 0)
    });
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for range in by_place.into_iter().map(|at| found[at].clone()) {
        if range.start >= from {
            out.push_str(&text[from..range.start]);
            out.push_str(MASK);
            from = range.end;
        } else if range.end > from {
            from = range.end;
        }
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=')
}

/// The token that begins at `at`, if it stands by itself and is long enough.
fn token(text: &str, at: usize, least: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if at > 0
        && bytes
            .get(at - 1)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        return None;
    }
    let len = bytes
        .get(at..)?
        .iter()
        .take_while(|byte| is_token_byte(**byte))
        .count();
    (len >= least).then_some(at..at + len)
}

/// The value after a key: `"api_key": "…"`, `'api_key': '…'`, `api_key=…`, `api_key: …`.
fn value_of(text: &str, name_start: usize, name_end: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if name_start > 0
        && bytes
            .get(name_start - 1)
            .is_some_and(u8::is_ascii_alphanumeric)
    {
        return None;
    }
    let mut at = name_end;
    let skip = |at: &mut usize, wanted: &[u8]| {
        while bytes.get(*at).is_some_and(|byte| wanted.contains(byte)) {
            *at += 1;
        }
    };
    skip(&mut at, b"\\\"'");
    let before = at;
    skip(&mut at, b" ");
    if !matches!(bytes.get(at), Some(b':' | b'=')) {
        return None;
    }
    // In prose ("the password: ask Ann") only a key in quotes or an equals sign names a value.
    let quoted_key = before > name_end;
    let equals = bytes.get(at) == Some(&b'=');
    at += 1;
    skip(&mut at, b" ");
    let open = at;
    skip(&mut at, b"\\\"'");
    let quoted_value = at > open;
    if !(quoted_key || equals || quoted_value) {
        return None;
    }
    let len = match (quoted_value, bytes.get(at..)) {
        (true, Some(rest)) => rest
            .iter()
            .take_while(|byte| !matches!(byte, b'"' | b'\'' | b'\\' | b'\n'))
            .count(),
        (false, Some(rest)) => rest.iter().take_while(|byte| is_token_byte(**byte)).count(),
        (_, None) => 0,
    };
    let value = text.get(at..at + len)?;
    (!matches!(value, "" | "null" | "None" | "true" | "false")).then_some(at..at + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_32_keys_are_masked_however_they_are_written() {
        for (text, kept) in [
            (
                r#"{"api_key":"x","model":"gpt-4o"}"#,
                r#"{"api_key":"••••••","model":"gpt-4o"}"#,
            ),
            (
                r"{'api_key': 'x', 'n': 1}",
                r"{'api_key': '••••••', 'n': 1}",
            ),
            (r#"{\"api_key\": \"abc\"}"#, r#"{\"api_key\": \"••••••\"}"#),
            (
                "OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwx",
                "OPENAI_API_KEY=••••••",
            ),
            ("key sk-proj-abcdefghijklmnop1234 here", "key •••••• here"),
            (
                "Authorization: Bearer abcdefghijkl.mnop",
                "Authorization: Bearer ••••••",
            ),
            ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "••••••"),
        ] {
            assert_eq!(mask(text), kept);
        }
    }

    #[test]
    fn keys_name_secrets() {
        for key in [
            "api_key",
            "OPENAI_API_KEY",
            "x-api-key",
            "Authorization",
            "db.password",
        ] {
            assert!(names_secret(key), "{key}");
        }
        for key in [
            "",
            "key",
            "passwords",
            "authorized",
            "tokens",
            "compassword",
        ] {
            assert!(!names_secret(key), "{key}");
        }
        assert!(MASKED_JSON.contains(MASK));
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "",
            "task-list",
            "sk-short",
            "the password: ask Ann",
            r#"{"api_key":null}"#,
            r#""api_key": None"#,
            "ask-me-anything-about-this-topic-please",
            "é api_key ü",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}

//! Secrets, hidden before anything is shown (trap 32: agent dumps hold the LLM's `api_key` in clear).

use crewscope_trace::order;
use std::borrow::Cow;
use std::ops::Range;

/// What stands for a secret.
pub(super) const MASK: &str = "••••••";

/// Beginnings of tokens whose issuers gave them a fixed one: model servers, observability, search, clouds, code hosts, payment, chat.
const PREFIXES: &str = "sk- sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ whsec_ xai- gsk_ csk- pplx- nvapi- hf_ tvly- lsv2_ pcsk_ AKIA ASIA AIza \
    ya29. GOCSPX- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- glrt- xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- xapp- shpat_ dop_v1_ apify_api_ bb_live_";

/// How long such a token is at least.
const LEAST: usize = 20;

/// How much of a token is looked at: a JSON web token's second part begins within it.
const HEAD: usize = 1024;

/// Names whose value is a secret, however long it is.
const NAMES: &[&str] = &[
    "api_key",
    "apikey",
    "api-key",
    "x-api-key",
    "password",
    "passwd",
    "passphrase",
    "client_secret",
    "secret_key",
    "secret_access_key",
    "access_token",
    "refresh_token",
    "auth_token",
    "session_token",
    "id_token",
    "accountkey",
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

/// Hides secrets in a text: tokens with a known shape, passwords in addresses, private keys, and the values of keys that name a secret. The
/// text may be that of a file, with escapes in it.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut found: Vec<Range<usize>> = Vec::new();
    shapes(text, &mut found);
    let lower = text.to_ascii_lowercase();
    for name in NAMES {
        // What lies in a value that is hidden needs no look: each could be as long as the rest of the text.
        let mut until = 0;
        for (at, _) in lower.match_indices(name) {
            let value = (at >= until).then(|| value_of(text, at, at + name.len()));
            if let Some(range) = value.flatten() {
                until = range.end;
                found.push(range);
            }
        }
    }
    for scheme in ["bearer ", "authorization: basic "] {
        found.extend(
            lower
                .match_indices(scheme)
                .filter_map(|(at, _)| token(text, at + scheme.len(), 12)),
        );
    }
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

/// Whether what begins at `at` stands by itself: no letter or digit before it, but for those of an escape (`\n`, `\u0022`).
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at)).copied();
    !before(1).is_some_and(|byte| byte.is_ascii_alphanumeric())
        || before(2) == Some(b'\\')
        || (before(6) == Some(b'\\') && before(5) == Some(b'u'))
}

/// Whether a token may begin here.
fn begins(bytes: &[u8], at: usize) -> bool {
    let joined = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'_');
    !joined && stands_alone(bytes, at)
}

/// The token that begins at `at`, if it stands by itself and is long enough.
fn token(text: &str, at: usize, least: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if !begins(bytes, at) {
        return None;
    }
    let len = run(bytes, at);
    (len >= least).then_some(at..at + len)
}

/// How many bytes from here on may be a token's.
fn run(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).map_or(0, |rest| {
        rest.iter().take_while(|byte| is_token_byte(**byte)).count()
    })
}

/// What is known by its shape, in one pass: few words are as long as a token, so few are looked at.
fn shapes(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + run(bytes, at);
        for start in at..end.saturating_sub(LEAST - 1) {
            if !begins(bytes, start) {
                continue;
            }
            // All are ASCII. As far as a token's head may reach: a word may be as long as the text.
            let Some(rest) = text.get(start..end.min(start + HEAD)) else {
                continue;
            };
            // A JSON web token: two objects in base64, and a signature.
            let is_jwt = rest.starts_with("eyJ") && rest.contains(".eyJ");
            if is_jwt || PREFIXES.split(' ').any(|prefix| rest.starts_with(prefix)) {
                found.push(start..end);
                break;
            }
        }
        at = end + 1;
    }
    for (at, mark) in text.match_indices("://") {
        let from = at + mark.len();
        let host = text.get(from..).unwrap_or_default();
        let len = host
            .find(|c: char| c.is_ascii_whitespace() || "/?#\"'\\<>".contains(c))
            .unwrap_or(host.len());
        if let Some((name, secret)) = host
            .get(..len)
            .and_then(|host| host.rsplit_once('@'))
            .and_then(|(user, _)| user.split_once(':'))
            .filter(|(_, secret)| !secret.is_empty())
        {
            let from = from + name.len() + 1;
            found.push(from..from + secret.len());
        }
    }
    for (at, mark) in text.match_indices("PRIVATE KEY-----") {
        let from = at + mark.len();
        let rest = text.get(from..).unwrap_or_default();
        // What ends a key has nothing behind it that would be one.
        let len = rest.find("-----").unwrap_or(rest.len());
        let is_key = |byte: u8| is_token_byte(byte) || byte.is_ascii_whitespace() || byte == b'\\';
        if len > LEAST && rest.bytes().take(len).all(is_key) {
            found.push(from..from + len);
        }
    }
}

/// The value after a key: `"api_key": "…"`, `'api_key': '…'`, `api_key=…`, `api_key: …`.
fn value_of(text: &str, name_start: usize, name_end: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if !stands_alone(bytes, name_start) {
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

    /// Each with what follows its beginning; put together here, so that no scanner takes this file for a leak.
    #[test]
    fn every_known_shape_is_masked_wherever_it_stands() {
        let long = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv";
        let mut keys: Vec<String> = PREFIXES
            .split(' ')
            .map(|prefix| format!("{prefix}{long}"))
            .collect();
        assert!(keys.len() >= 40);
        // Issuers that go on behind a beginning which others share.
        for begin in ["proj-", "ant-api03-", "or-v1-", "lf-", "svcacct-", "admin-"] {
            keys.push(format!("sk-{begin}{long}"));
        }
        keys.push(format!("AKIA{}", "IOSFODNN7EXAMPLE"));
        keys.push(format!(
            "{}.{}.{}",
            "eyJ0eXAiOiJKV1Qi", "eyJzdWIiOiIxIn0", "c2lnbmF0dXJl"
        ));
        for key in &keys {
            for around in [
                "*",
                "key: *",
                "key=*&x=1",
                "(*)",
                "`*`",
                "https://h/?key=*",
                r#"{"a":"*"}"#,
                r#"{\"a\":\"*\"}"#,
                r#""my key:\n*\nthanks""#,
                r#""\u0022*\u0022""#,
                r"'\t*'",
                r#""a\\n*""#,
            ] {
                let text = around.replace('*', key);
                let masked = mask(&text);
                assert!(!masked.contains(&key[key.len() - 12..]), "{text}: {masked}");
                assert_eq!(masked, around.replace('*', MASK), "{text}");
            }
        }
    }

    /// Each of these took a time that grew with the square of its length, or would.
    #[test]
    fn what_repeats_without_end_is_read_once() {
        for (word, secret) in [
            ("password=", true),
            ("\"password\":", true),
            ("eyJ-", false),
            ("npm_-", false),
            ("bearer ", false),
            ("a://b:", false),
            ("PRIVATE KEY-----", false),
            ("-", false),
        ] {
            let text = word.repeat(50_000);
            assert_eq!(mask(&text) != text, secret, "{word}");
        }
    }

    #[test]
    fn passwords_in_addresses_settings_and_private_keys_are_masked() {
        for (text, kept) in [
            (
                "postgres://ann:pa55w0rd@db.example:5432/x",
                "postgres://ann:••••••@db.example:5432/x",
            ),
            (
                r#""https://a:b:c@h/\nx@y""#,
                r#""https://a:••••••@h/\nx@y""#,
            ),
            (
                r#"{"env":"A=1\nPASSWORD=hunter2\nB=2"}"#,
                r#"{"env":"A=1\nPASSWORD=••••••\nB=2"}"#,
            ),
            (
                "Authorization: Basic YW5uOnBhc3N3b3Jk",
                "Authorization: Basic ••••••",
            ),
            (
                r#"{"k":"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1c7+\n9z/x==\n-----END RSA PRIVATE KEY-----\n"}"#,
                r#"{"k":"-----BEGIN RSA PRIVATE KEY-----••••••-----END RSA PRIVATE KEY-----\n"}"#,
            ),
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
            "https://example.org:8080/@ann",
            "mailto://a@b see http://h/a:b@c",
            "BEGIN PRIVATE KEY----- and then words, which are no key -----",
            "eyJhIjoiYiJ9eyJhIjoiYiJ9",
            "npm_config_user_agent fw_update_configuration_values",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}

//! A text without what must not leave the house: keys, tokens and e-mail addresses.

use crate::mask::{mask, MASK};

/// What stands for an address.
const ADDRESS: &str = "[e-mail]";

/// A text without secrets, and what was taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted {
    /// The text.
    pub text: String,
    /// Keys, tokens and passwords.
    pub secrets: usize,
    /// E-mail addresses.
    pub addresses: usize,
}

/// Takes keys, tokens, passwords and e-mail addresses out of a text.
pub fn redact(text: &str) -> Redacted {
    let masked = mask(text);
    let before = text.matches(MASK).count();
    let mut redacted = Redacted {
        secrets: masked.matches(MASK).count().saturating_sub(before),
        ..Redacted::default()
    };
    let bytes = masked.as_bytes();
    let mut from = 0;
    for at in memchr::memchr_iter(b'@', bytes) {
        let Some((start, end)) = address(bytes, at).filter(|(start, _)| *start >= from) else {
            continue;
        };
        redacted
            .text
            .push_str(masked.get(from..start).unwrap_or_default());
        redacted.text.push_str(ADDRESS);
        redacted.addresses += 1;
        from = end;
    }
    redacted
        .text
        .push_str(masked.get(from..).unwrap_or_default());
    redacted
}

/// The address around an `@`.
fn address(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let local = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-')
    };
    let host = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let before = bytes.get(..at)?.iter().rev().take_while(local).count();
    let after = bytes.get(at + 1..)?;
    let len = after.iter().take_while(host).count();
    let domain = after.get(..len)?;
    // The full stop of a sentence is no part of it.
    let domain = domain.strip_suffix(b".").unwrap_or(domain);
    let dot = domain.iter().rposition(|byte| *byte == b'.')?;
    let top = domain.get(dot + 1..)?;
    let good = before > 0 && dot > 0 && top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic);
    good.then_some((at - before, at + 1 + domain.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_addresses_go() {
        let redacted = redact(
            r#"Ann <ann.b+x@mail.example.com>, bob@example.org. {"api_key": "abc"} sk-abcdefghijklmnopqrstuvwx"#,
        );
        assert_eq!(
            redacted.text,
            r#"Ann <[e-mail]>, [e-mail]. {"api_key": "••••••"} ••••••"#
        );
        assert_eq!((redacted.secrets, redacted.addresses), (2, 2));
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in [
            "",
            "@",
            "a@b",
            "@decorator",
            "x@1.2",
            "git@host:repo",
            "é@ü.de",
            "a@.com",
        ] {
            assert_eq!(redact(text).text, text);
            assert_eq!(redact(text).addresses, 0);
        }
    }
}

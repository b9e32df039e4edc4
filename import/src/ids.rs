//! One spelling of trace and span ids, so that the same span is recognised in the answers of different stores.

use std::borrow::Cow;

/// An id as lower case hexadecimal digits: as such already, or the base64 that protobuf's own JSON mapping makes of 8 or 16 bytes
/// (Grafana Tempo, Jaeger's `/api/v3` before 1.6x). Anything else stays as it is.
pub fn plain(id: Cow<'_, str>) -> Cow<'_, str> {
    let len = id.len();
    if matches!(len, 12 | 24) && id.ends_with('=') {
        if let Some(bytes) = base64(id.as_bytes()) {
            let digit =
                |nibble: u8| char::from(nibble + if nibble < 10 { b'0' } else { b'a' - 10 });
            let digits = bytes
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
            return Cow::Owned(digits.collect());
        }
    }
    if matches!(len, 16 | 32) && id.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(id.to_ascii_lowercase());
    }
    id
}

/// Whether an id stands for "none": OTLP's invalid id, which some write instead of leaving the parent out.
pub fn is_zero(id: &str) -> bool {
    matches!(id.len(), 16 | 32) && id.bytes().all(|byte| byte == b'0')
}

/// The bytes of base64 text that fills whole groups, in either alphabet.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(16);
    let (mut bits, mut count) = (0u32, 0);
    for &byte in text.split(|&byte| byte == b'=').next()? {
        let sextet = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(sextet);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    matches!(bytes.len(), 8 | 16).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (written, plain_id) in [
            ("EjRWeJCrze8=", "1234567890abcdef"),
            (
                "ABEiM0RVZneImaq7zN3u/w==",
                "00112233445566778899aabbccddeeff",
            ),
            (
                "ABEiM0RVZneImaq7zN3u_w==",
                "00112233445566778899aabbccddeeff",
            ),
            ("1234567890ABCDEF", "1234567890abcdef"),
            ("not an id==", "not an id=="),
            ("exactly24characters____=", "exactly24characters____="),
            ("01KDGM2E", "01KDGM2E"),
            ("", ""),
        ] {
            assert_eq!(plain(written.into()), plain_id);
        }
        assert!(is_zero("0000000000000000") && !is_zero("0") && !is_zero("0000000000000001"));
    }
}

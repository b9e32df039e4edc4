//! Repairs of records that are no strict JSON, or no UTF-8: none moves a byte, so every place in the file stays true.

/// Makes a record readable without moving a byte: `NaN` and infinities become values of the same length, half surrogate pairs
/// become `\ufffd`, control characters in strings and invalid UTF-8 become `?`. Returns whether anything changed.
pub fn repair(bytes: &mut [u8]) -> bool {
    let mut changed = false;
    if std::str::from_utf8(bytes).is_err() {
        blank_invalid_utf8(bytes);
        changed = true;
    }
    let mut at = 0;
    let mut in_string = false;
    while at < bytes.len() {
        let byte = bytes[at];
        if in_string {
            match byte {
                b'"' => in_string = false,
                b'\\' => {
                    if bytes.get(at + 1) == Some(&b'u') {
                        let unit = hex4(bytes, at + 2);
                        let low_follows = bytes.get(at + 6..at + 8) == Some(b"\\u")
                            && hex4(bytes, at + 8)
                                .is_some_and(|unit| (0xDC00..0xE000).contains(&unit));
                        match unit {
                            Some(0xD800..=0xDBFF) if low_follows => {
                                at += 12;
                                continue;
                            }
                            Some(0xD800..=0xDFFF) => {
                                bytes[at..at + 6].copy_from_slice(b"\\ufffd");
                                changed = true;
                            }
                            _ => {}
                        }
                    }
                    at += 1;
                }
                0..=0x1F => {
                    bytes[at] = b'?';
                    changed = true;
                }
                _ => {}
            }
        } else {
            // The stand-ins have the length of what they replace, so every offset stays true.
            let stand_in: &[(&[u8], &[u8])] = &[
                (b"-Infinity", b"null     "),
                (b"Infinity", b"null    "),
                (b"NaN", b"\"?\""),
            ];
            if byte == b'"' {
                in_string = true;
            } else if let Some((word, with)) = stand_in
                .iter()
                .find(|(word, _)| bytes[at..].starts_with(word))
            {
                bytes[at..at + word.len()].copy_from_slice(with);
                at += word.len();
                changed = true;
                continue;
            }
        }
        at += 1;
    }
    changed
}

/// The number in four hexadecimal digits.
pub fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// Puts a `?` for every byte that is no UTF-8.
pub fn blank_invalid_utf8(bytes: &mut [u8]) {
    let mut from = 0;
    while let Err(error) = std::str::from_utf8(&bytes[from..]) {
        let bad = from + error.valid_up_to();
        let len = error.error_len().unwrap_or(bytes.len() - bad);
        bytes[bad..bad + len].fill(b'?');
        from = bad + len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Object;

    #[test]
    fn trap_28_nan_and_infinity_are_replaced_in_place() {
        let mut bytes = br#"{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN"}"#.to_vec();
        let before = bytes.len();
        assert!(repair(&mut bytes));
        assert_eq!(bytes.len(), before);
        let object = Object::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
        assert_eq!(object.string("c").unwrap(), "NaN");
        assert!(object.int("a").is_none());
    }
}

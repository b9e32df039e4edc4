//! One message as JSON, in the OTLP JSON mapping.

use crate::proto::fields::{known, Form, Message};
use crate::proto::wire::{number, Broken, Head};

/// Values nested deeper than this are refused (protobuf's own limit is 100 messages; a value takes two or three).
const MAX_DEPTH: u32 = 64;

/// Appends a message as a JSON object. What was appended before an error is for the caller to take back.
pub fn message(out: &mut Vec<u8>, of: Message, bytes: &[u8], depth: u32) -> Result<(), Broken> {
    if depth > MAX_DEPTH {
        return Err(Broken::Bad);
    }
    out.push(b'{');
    // Field numbers of arrays that were written.
    let mut written = 0u32;
    let mut first = true;
    let mut rest = bytes;
    while !rest.is_empty() {
        let head = Head::read(rest)?;
        let (value, next) = head.split(rest)?;
        let from = std::mem::replace(&mut rest, next);
        let field = known(of, head.number, head.wire);
        let bit = 1u32.checked_shl(head.number).unwrap_or(0);
        if let Some(Form::Many(_)) = field.map(|field| field.form) {
            if written & bit != 0 {
                continue;
            }
            written |= bit;
        }
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        match field {
            Some(field) => {
                key(out, field.name);
                match field.form {
                    Form::Many(element) => array(out, element, head, from, depth)?,
                    Form::One(inner) => message(out, inner, value, depth + 1)?,
                    form => scalar(out, form, head.wire, value)?,
                }
            }
            None => unknown(out, head, value)?,
        }
    }
    out.push(b'}');
    Ok(())
}

/// Appends `"name":`.
pub fn key(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Appends a field that the table does not know, under its number.
pub fn unknown(out: &mut Vec<u8>, head: Head, value: &[u8]) -> Result<(), Broken> {
    key(out, &["field", &head.number.to_string()].concat());
    let form = match head.wire {
        crate::proto::wire::LEN => Form::Base64,
        _ => Form::Long,
    };
    scalar(out, form, head.wire, value)
}

/// Appends all elements of a repeated field: they need not stand together.
fn array(
    out: &mut Vec<u8>,
    element: Message,
    first: Head,
    mut rest: &[u8],
    depth: u32,
) -> Result<(), Broken> {
    let mut open = b'[';
    while !rest.is_empty() {
        let head = Head::read(rest)?;
        let (value, next) = head.split(rest)?;
        rest = next;
        if (head.number, head.wire) == (first.number, first.wire) {
            out.push(std::mem::replace(&mut open, b','));
            message(out, element, value, depth + 1)?;
        }
    }
    out.push(b']');
    Ok(())
}

/// Appends a value that is no message.
pub fn scalar(out: &mut Vec<u8>, form: Form, wire: u8, value: &[u8]) -> Result<(), Broken> {
    let quoted = !matches!(form, Form::Number | Form::Bool | Form::Double);
    if quoted {
        out.push(b'"');
    }
    match form {
        Form::Text => escaped(out, value),
        // Metrics and logs are exported in messages of the same outer shape.
        Form::Hex if !matches!(value.len(), 0 | 8 | 16) => return Err(Broken::Bad),
        Form::Hex => hex(out, value),
        Form::Base64 => base64(out, value),
        Form::Bool => out.extend_from_slice(match number(wire, value)? {
            0 => b"false",
            _ => b"true",
        }),
        Form::Double => double(out, f64::from_bits(number(wire, value)?)),
        Form::Signed => {
            out.extend_from_slice(number(wire, value)?.cast_signed().to_string().as_bytes());
        }
        Form::Number | Form::Long => {
            out.extend_from_slice(number(wire, value)?.to_string().as_bytes());
        }
        Form::One(_) | Form::Many(_) => return Err(Broken::Bad),
    }
    if quoted {
        out.push(b'"');
    }
    Ok(())
}

/// JSON has no number for NaN and the infinities: they become strings, as the protobuf mapping wants it. A very large or very small number has
/// an exponent instead of many zeros.
fn double(out: &mut Vec<u8>, number: f64) {
    let text = match number {
        f64::INFINITY => "\"Infinity\"".to_owned(),
        f64::NEG_INFINITY => "\"-Infinity\"".to_owned(),
        _ if number.is_nan() => "\"NaN\"".to_owned(),
        _ if number == 0.0 || (1e-6..1e21).contains(&number.abs()) => number.to_string(),
        _ => format!("{number:e}"),
    };
    out.extend_from_slice(text.as_bytes());
}

/// Bytes that are no UTF-8 are passed on as they are: the reader of JSON replaces and counts them.
fn escaped(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            0..=0x1F => {
                out.extend_from_slice(b"\\u00");
                hex(out, &[byte]);
            }
            _ => out.push(byte),
        }
    }
}

fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    for byte in bytes {
        out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
}

fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |sextet: u32| match (sextet & 63) as u8 {
        at @ 0..=25 => b'A' + at,
        at @ 26..=51 => b'a' + at - 26,
        at @ 52..=61 => b'0' + at - 52,
        62 => b'+',
        _ => b'/',
    };
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let mut four = [
            digit(bits >> 18),
            digit(bits >> 12),
            digit(bits >> 6),
            digit(bits),
        ];
        four[three.len() + 1..].fill(b'=');
        out.extend_from_slice(&four);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(number: f64) -> String {
        let mut out = Vec::new();
        double(&mut out, number);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_as_a_person_would_write_them() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (0.7, "0.7"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (6531.474176, "6531.474176"),
            (0.00012, "0.00012"),
            (0.000001, "0.000001"),
            (0.00000099, "9.9e-7"),
            (100.0, "100"),
            (9.999e20, "999900000000000000000"),
            (1e21, "1e21"),
            (9.999e22, "9.999e22"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            assert_eq!(written(number), text);
        }
    }

    proptest! {
        #[test]
        fn a_number_is_json_and_reads_back_as_the_same(bits: u64) {
            let number = f64::from_bits(bits);
            if number.is_finite() {
                let text = written(number);
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
            }
        }
    }
}

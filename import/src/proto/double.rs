//! The shortest decimal digits that read back as the same float.
//!
//! The standard library and `serde_json` can do it too, with tables of 10 KB and more that nothing else in the page needs. Floats are rare
//! in traces (a duration, a temperature), so a simple way is fast enough: all digits by long multiplication, then as few as suffice.

use std::cmp::Ordering;

/// Decimal digits per limb of the long number.
const LIMB_DIGITS: usize = 9;
const LIMB: u64 = 1_000_000_000;

/// Appends a float as JSON; what JSON has no number for becomes a string, as the protobuf mapping wants it.
pub fn write(out: &mut Vec<u8>, number: f64) {
    let bits = number.to_bits();
    let (exponent, mantissa) = ((bits >> 52) as i32 & 0x7FF, bits & ((1 << 52) - 1));
    if exponent == 0x7FF {
        out.extend_from_slice(match (mantissa, bits >> 63) {
            (0, 0) => b"\"Infinity\"",
            (0, _) => b"\"-Infinity\"",
            _ => b"\"NaN\"",
        });
        return;
    }
    if bits >> 63 == 1 {
        out.push(b'-');
    }
    if exponent == 0 && mantissa == 0 {
        return out.push(b'0');
    }
    let (mantissa, power) = match exponent {
        0 => (mantissa, -1074),
        _ => (mantissa | 1 << 52, exponent - 1075),
    };
    let number = exact(mantissa * 4, power - 2);
    // Half way to the floats on both sides; the one below a power of two is nearer.
    let narrow = u64::from(mantissa == 1 << 52 && exponent > 1);
    let low = exact(mantissa * 4 - 2 + narrow, power - 2);
    let high = exact(mantissa * 4 + 2, power - 2);
    // A tie goes to the even one.
    let even = mantissa & 1 == 0;
    let inside = |order: Ordering| order == Ordering::Less || even && order == Ordering::Equal;
    for len in 1..=17 {
        let short = number.rounded(len);
        // A float needs 17 digits at most.
        if len == 17 || inside(low.compare(&short)) && inside(short.compare(&high)) {
            return out.extend_from_slice(short.placed().as_bytes());
        }
    }
}

/// A number above zero: its digits without zeros at either end, and how many of them stand before the point.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

/// All digits of `mantissa * 2^power`.
fn exact(mantissa: u64, power: i32) -> Decimal {
    // m / 2^n = m * 5^n / 10^n
    let factor = if power < 0 { 5 } else { 2 };
    let mut limbs = vec![
        mantissa % LIMB,
        mantissa / LIMB % LIMB,
        mantissa / LIMB / LIMB,
    ];
    for _ in 0..power.unsigned_abs() {
        let mut carry = 0;
        for limb in &mut limbs {
            carry += *limb * factor;
            *limb = carry % LIMB;
            carry /= LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut digits = Vec::with_capacity(limbs.len() * LIMB_DIGITS);
    for mut limb in limbs {
        for _ in 0..LIMB_DIGITS {
            digits.push((limb % 10) as u8);
            limb /= 10;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits.reverse();
    let point = digits.len() as i32 + power.min(0);
    while digits.last() == Some(&0) {
        digits.pop();
    }
    Decimal { digits, point }
}

impl Decimal {
    fn compare(&self, other: &Self) -> Ordering {
        let places = self.point.cmp(&other.point);
        places.then_with(|| self.digits.cmp(&other.digits))
    }

    /// The first `len` digits, rounded half up.
    fn rounded(&self, len: usize) -> Self {
        let mut digits = self.digits.get(..len).unwrap_or(&self.digits).to_vec();
        let mut point = self.point;
        if self.digits.get(len).is_some_and(|&next| next >= 5) {
            while digits.last() == Some(&9) {
                digits.pop();
            }
            match digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    digits.push(1);
                    point += 1;
                }
            }
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self { digits, point }
    }

    /// `6531.47`, `0.7`, `20`, and with an exponent where that would be many zeros.
    fn placed(&self) -> String {
        let mut text = String::with_capacity(self.digits.len() + 8);
        let plain = (-5..=21).contains(&self.point);
        let before = if plain { self.point } else { 1 };
        if before <= 0 {
            text.push_str("0.");
            (before..0).for_each(|_| text.push('0'));
        }
        let mut at = 0;
        for digit in &self.digits {
            if at == before && before > 0 {
                text.push('.');
            }
            text.push(char::from(b'0' + digit));
            at += 1;
        }
        (at..before).for_each(|_| text.push('0'));
        if !plain {
            text.push('e');
            text.push_str(&(self.point - 1).to_string());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(number: f64) -> String {
        let mut out = Vec::new();
        write(&mut out, number);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn as_a_person_would_write_it() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (0.7, "0.7"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (6531.474176, "6531.474176"),
            (0.00012, "0.00012"),
            (100.0, "100"),
            (9.999e22, "9.999e22"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::NAN, "\"NaN\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            assert_eq!(written(number), text);
        }
    }

    proptest! {
        #[test]
        fn it_reads_back_as_the_same_float(bits: u64) {
            let number = f64::from_bits(bits);
            if number.is_finite() {
                let text = written(number);
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
                // As short as the standard library's.
                let digits = |text: &str| {
                    let digits = text.split('e').next().unwrap().replace(['.', '-'], "");
                    digits.trim_matches('0').len()
                };
                let shortest = format!("{number:e}");
                prop_assert_eq!(digits(&text), digits(&shortest), "{} {}", text, shortest);
            }
        }
    }
}

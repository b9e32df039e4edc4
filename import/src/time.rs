//! Timestamps to nanoseconds since 1970 UTC.

use chrono::NaiveDate;

/// A moment as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds since 1970 UTC.
    pub nanos: i64,
    /// The text had no zone; it was read as UTC.
    pub naive: bool,
}

/// Reads `2026-11-20T23:32:43.028379Z`, `…+00:00`, a space instead of the `T`, or no zone at all (crewai writes all four).
pub fn parse(text: &str) -> Option<Moment> {
    let text = text.trim().as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(number(&date[..4])?).ok()?,
        dashed(&date[4..7])?,
        dashed(&date[7..])?,
    )?;
    let (separator, rest) = rest.split_first()?;
    if !matches!(separator, b'T' | b't' | b' ') {
        return None;
    }
    let zone_at = rest
        .iter()
        .position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'));
    let (clock, zone) = rest.split_at(zone_at.unwrap_or(rest.len()));
    let nanos = time_of_day(clock.trim_ascii_end())?
        .checked_add(i64::from(date.to_epoch_days()).checked_mul(86_400_000_000_000)?)?
        .checked_sub(offset(zone)?)?;
    Some(Moment {
        nanos,
        naive: zone.is_empty(),
    })
}

/// Digits only: no sign, no white space.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0u32, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u32::from(digit - b'0'))
    })
}

/// `-11`
fn dashed(text: &[u8]) -> Option<u32> {
    number(text.strip_prefix(b"-")?)
}

/// `23:32`, `23:32:43`, `23:32:43.028379` as nanoseconds. A leap second counts as the second after it.
fn time_of_day(clock: &[u8]) -> Option<i64> {
    let mut parts = clock.splitn(3, |byte| *byte == b':');
    let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
    let (seconds, nanos) = match parts.next() {
        None => (0, 0),
        Some(text) => {
            let mut halves = text.splitn(2, |byte| matches!(byte, b'.' | b','));
            let seconds = number(halves.next()?)?;
            // Digits beyond nanoseconds are dropped.
            let fraction = halves
                .next()
                .map_or(&b""[..], |digits| &digits[..digits.len().min(9)]);
            let nanos = match fraction.len() {
                0 => 0,
                len => number(fraction)? * 10u32.pow(9 - u32::try_from(len).ok()?),
            };
            (seconds, nanos)
        }
    };
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds);
    Some(seconds * 1_000_000_000 + i64::from(nanos))
}

/// `Z`, `+01:30`, `-0800`, nothing: nanoseconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, digits) = match zone.split_first() {
        None | Some((b'Z' | b'z', [])) => return Some(0),
        Some((sign, digits)) => (sign, digits),
    };
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = match minutes.strip_prefix(b":").unwrap_or(minutes) {
        [] => 0,
        digits => number(digits)?,
    };
    let east = i64::from(number(hours)? * 60 + minutes) * 60_000_000_000;
    match sign {
        b'+' => Some(east),
        b'-' => Some(-east),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_21_all_spellings_of_a_time() {
        let nanos = parse("2026-11-20T23:32:43.028379Z").unwrap().nanos;
        for text in [
            "2026-11-20T23:32:43.028379+00:00",
            "2026-11-20 23:32:43.028379+00:00",
            "2026-11-21T01:02:43.028379+01:30",
        ] {
            assert_eq!(
                parse(text).unwrap(),
                Moment {
                    nanos,
                    naive: false
                },
                "{text}"
            );
        }
        assert_eq!(
            parse("2026-11-20T23:32:43.028379").unwrap(),
            Moment { nanos, naive: true }
        );
        assert_eq!(nanos % 1_000_000_000, 28_379_000);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2026-13-40T00:00:00Z",
            "2026-11-20",
            "9999999-01-01T00:00:00Z",
            "2026-11-20T23:32:43+x",
            "ééééééééééé",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

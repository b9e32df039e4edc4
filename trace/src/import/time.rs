//! Timestamps to nanoseconds since 1970 UTC.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

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
    let text = text.trim();
    let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(clock.trim_end(), format).ok())?;
    let offset = match zone.as_bytes().first() {
        None | Some(b'Z' | b'z') => 0,
        Some(sign) => {
            let digits: String = zone[1..].chars().filter(char::is_ascii_digit).collect();
            let hours: i64 = digits.get(..2)?.parse().ok()?;
            let minutes: i64 = digits.get(2..4).map_or(Some(0), |text| text.parse().ok())?;
            (hours * 60 + minutes) * 60 * if *sign == b'-' { -1 } else { 1 }
        }
    };
    let nanos = NaiveDateTime::new(date, time)
        .and_utc()
        .timestamp_nanos_opt()?
        .checked_sub(offset.checked_mul(1_000_000_000)?)?;
    Some(Moment {
        nanos,
        naive: zone.is_empty(),
    })
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

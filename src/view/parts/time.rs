//! Points in time: shown in the viewer's own zone, with UTC on hover.

use crate::wording::parts as words;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use leptos::prelude::*;

/// Minutes that local time is ahead of UTC at this moment (daylight saving differs over the year).
fn offset_minutes(ns: i64) -> i64 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(ns as f64 / 1e6));
    -(date.get_timezone_offset() as i64)
}

fn shifted(ns: i64, minutes: i64) -> DateTime<Utc> {
    let utc = DateTime::from_timestamp_nanos(ns);
    utc.checked_add_signed(TimeDelta::minutes(minutes))
        .unwrap_or(utc)
}

/// Time of day with milliseconds: `10:41:37.512`.
fn clock_at(time: DateTime<Utc>) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        time.hour(),
        time.minute(),
        time.second(),
        time.nanosecond() / 1_000_000 % 1000
    )
}

fn day_at(time: DateTime<Utc>) -> String {
    let month = words::MONTHS
        .get(time.month0() as usize)
        .copied()
        .unwrap_or_default();
    format!("{} {month} {}", time.day(), time.year())
}

/// The moment in UTC, exact to the nanosecond, as RFC 3339.
pub fn utc(ns: i64) -> String {
    let time = DateTime::from_timestamp_nanos(ns);
    let fraction = time.nanosecond();
    let base = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    if fraction == 0 {
        format!("{base}Z")
    } else {
        format!("{base}.{:09}Z", fraction)
    }
}

/// Date and time of day: `20 Nov 2026, 10:41:07`.
pub fn local(ns: i64) -> String {
    let time = shifted(ns, offset_minutes(ns));
    format!(
        "{}, {:02}:{:02}:{:02}",
        day_at(time),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// Date and time of day with milliseconds: `20 Nov 2026, 10:41:07.512`.
pub fn local_exact(ns: i64) -> String {
    let time = shifted(ns, offset_minutes(ns));
    format!("{}, {}", day_at(time), clock_at(time))
}

/// Only as much as tells executions apart: the time today, `yesterday 10:41`, else `20 Nov 10:41` (with the year in another one).
pub fn brief(ns: i64) -> String {
    let now = (js_sys::Date::now() * 1e6) as i64;
    brief_at(
        shifted(ns, offset_minutes(ns)),
        shifted(now, offset_minutes(now)),
    )
}

fn brief_at(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let clock = format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    );
    let days = now
        .date_naive()
        .signed_duration_since(time.date_naive())
        .num_days();
    let month = words::MONTHS
        .get(time.month0() as usize)
        .copied()
        .unwrap_or_default();
    match days {
        0 => clock,
        1 => words::yesterday(&clock),
        _ if time.year() == now.year() => format!("{} {month} {clock}", time.day()),
        _ => day_at(time),
    }
}

/// A moment as a `<time>` element; UTC on hover.
#[component]
pub fn Moment(
    /// Nanoseconds since 1970 UTC.
    ns: i64,
    /// The source recorded no zone; it was read as UTC.
    #[prop(optional)]
    naive: bool,
) -> impl IntoView {
    let utc = utc(ns);
    let zone = if naive {
        words::READ_AS_UTC
    } else {
        words::SHOWN_LOCAL
    };
    let title = [&utc, zone].concat();
    view! {
        <time datetime=utc title=title>
            {local_exact(ns)}
            {naive.then_some(words::UTC_ASSUMED)}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NS: i64 = 1_795_217_561_944_776_960;

    #[test]
    fn utc_keeps_every_nanosecond() {
        assert_eq!(utc(NS), "2026-11-20T23:32:41.944776960Z");
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn zones_move_the_clock_and_the_day() {
        let day = 86_400_000_000_000;
        assert_eq!(day_at(shifted(day - 1, 0)), "1 Jan 1970");
        assert_eq!(day_at(shifted(day - 1, 60)), "2 Jan 1970");
        assert_eq!(clock_at(shifted(1_512_000_000, 60)), "01:00:01.512");
    }

    #[test]
    fn brief_says_no_more_than_needed() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let now = at("2026-11-20T12:00:00Z");
        assert_eq!(brief_at(at("2026-11-20T10:41:07Z"), now), "10:41:07");
        assert_eq!(
            brief_at(at("2026-11-19T10:41:07Z"), now),
            "yesterday 10:41:07"
        );
        assert_eq!(brief_at(at("2026-10-02T10:41:07Z"), now), "2 Oct 10:41:07");
        assert_eq!(brief_at(at("2025-10-02T10:41:07Z"), now), "2 Oct 2025");
    }
}

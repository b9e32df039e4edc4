//! Numbers and durations as people read them. Pure; the same texts everywhere.

use crate::wording::Noun;

const MICRO: i64 = 1_000;
const MILLI: i64 = 1_000_000;
const SECOND: i64 = 1_000_000_000;

/// A number with so many decimals, halves rounded away from zero, and never `-0`. By whole numbers: what writes any float takes more to download
/// than all else in this file.
pub fn fixed(value: f64, decimals: u32) -> String {
    let unit = 10_u64.pow(decimals);
    let scaled = (value.abs() * unit as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{scaled}");
    }
    format!(
        "{sign}{}.{:0width$}",
        scaled / unit,
        scaled % unit,
        width = decimals as usize
    )
}

/// A number as it was recorded, with as many digits as it needs.
pub fn number(value: f64) -> String {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Number::from(value)
        .to_string_with_radix(10)
        .map(String::from)
        .unwrap_or_default();
    #[cfg(not(target_arch = "wasm32"))]
    return value.to_string();
}

/// A length in style sheets, in whole pixels.
pub fn px(value: f64) -> String {
    format!("{}px", value.round() as i64)
}

/// A count with separators: `38,214`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count with its noun: `1 note`, `3 notes`.
pub fn counted(number: u64, noun: Noun) -> String {
    let (one, many) = noun.split_once('|').unwrap_or((noun, noun));
    let noun = if number == 1 { one } else { many };
    [&count(number), " ", noun].concat()
}

/// A count in little room: `840`, `21.4k`, `3.1M`.
pub fn count_short(number: u64) -> String {
    match number {
        0..=9_999 => count(number),
        10_000..=999_949 => format!("{}k", fixed(number as f64 / 1e3, 1)),
        _ => format!("{}M", fixed(number as f64 / 1e6, 1)),
    }
}

/// A length of time in nanoseconds: `184 ms`, `41.8 s`, `1 m 03 s`, `2 h 05 m`.
pub fn duration(ns: i64) -> String {
    if ns < 0 {
        return format!("−{}", duration(ns.saturating_neg()));
    }
    match ns {
        0 => "0 ms".into(),
        ns if ns < MILLI / 10 => format!("{} µs", (ns / MICRO).max(1)),
        ns if ns < 10 * MILLI => format!("{} ms", fixed(ns as f64 / MILLI as f64, 1)),
        // Rounded first, or 999.6 ms would read "1000 ms" and 59.96 s "60.0 s".
        ns if ns < 999_500_000 => format!("{} ms", rounded(ns, MILLI)),
        ns if ns < 59_950_000_000 => format!("{} s", fixed(ns as f64 / SECOND as f64, 1)),
        ns => long(rounded(ns, SECOND)),
    }
}

/// A length of time with milliseconds, where exactness counts: `11.128 s`, `1 m 03.250 s`.
pub fn duration_exact(ns: i64) -> String {
    if ns < 0 {
        return format!("−{}", duration_exact(ns.saturating_neg()));
    }
    let ms = rounded(ns, MILLI);
    match ms {
        0 => duration(ns),
        1..=999 => format!("{ms} ms"),
        1_000..=59_999 => format!("{}.{:03} s", ms / 1000, ms % 1000),
        _ => {
            let (minutes, rest) = (ms / 60_000, ms % 60_000);
            let seconds = format!("{:02}.{:03} s", rest / 1000, rest % 1000);
            match minutes {
                0..=59 => format!("{minutes} m {seconds}"),
                _ => format!("{} h {:02} m {seconds}", minutes / 60, minutes % 60),
            }
        }
    }
}

fn long(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        0..=3_599 => format!("{minutes} m {:02} s", seconds % 60),
        3_600..=86_399 => format!("{hours} h {:02} m", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    }
}

fn rounded(ns: i64, unit: i64) -> i64 {
    ns.saturating_add(unit / 2) / unit
}

/// Dollars, exact enough for one call and short enough for a crew: `$0.0871`, `$1.23`, `$0.0000042`.
pub fn usd(amount: f64) -> String {
    match amount.abs() {
        0.0 => "$0".into(),
        small if small < 0.000_1 => {
            // Two digits that are not 0.
            let (mut digits, mut shown) = (4, small * 1e4);
            while shown < 10.0 && digits < 12 {
                (digits, shown) = (digits + 1, shown * 10.0);
            }
            format!("${}", fixed(amount, digits))
        }
        below if below < 1.0 => format!("${}", fixed(amount, 4)),
        below if below < 1000.0 => format!("${}", fixed(amount, 2)),
        _ => format!("${}", count(amount.round().max(0.0) as u64)),
    }
}

/// A share of 1 as a percentage: `62%`, `0.4%`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 {
        format!("{}%", fixed(percent.max(0.1), 1))
    } else {
        format!("{}%", fixed(percent, 0))
    }
}

/// Bytes in decimal units, as file managers show them: `840 B`, `12.4 MB`.
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!(
        "{} {}",
        fixed(value, 1),
        UNITS.get(unit).copied().unwrap_or("TB")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        assert_eq!(
            ["0", "999", "1,000", "38,214", "1,234,567"],
            [0, 999, 1000, 38_214, 1_234_567].map(count)
        );
        assert_eq!(counted(1, "note|notes"), "1 note");
        assert_eq!(count_short(21_437), "21.4k");
    }

    #[test]
    fn durations_pick_their_unit_and_never_round_over_it() {
        for (ns, text) in [
            (0, "0 ms"),
            (420, "1 µs"),
            (1_500_000, "1.5 ms"),
            (184_205_000, "184 ms"),
            (999_600_000, "1.0 s"),
            (41_800_000_000, "41.8 s"),
            (59_960_000_000, "1 m 00 s"),
            (63_000_000_000, "1 m 03 s"),
            (7_500_000_000_000, "2 h 05 m"),
            (180_000_000_000_000, "2 d 2 h"),
            (-5_000_000_000, "−5.0 s"),
        ] {
            assert_eq!(duration(ns), text);
        }
    }

    #[test]
    fn exact_durations_keep_milliseconds() {
        assert_eq!(duration_exact(11_128_000_000), "11.128 s");
        assert_eq!(duration_exact(63_250_000_000), "1 m 03.250 s");
        assert_eq!(duration_exact(184_400_000), "184 ms");
        assert_eq!(duration_exact(3_663_250_000_000), "1 h 01 m 03.250 s");
    }

    #[test]
    fn decimals_are_rounded() {
        assert_eq!(
            ["0.0", "1.3", "-0.1", "99.9", "0.0"],
            [0.0, 1.251, -0.06, 99.94, -0.04].map(|value| fixed(value, 1))
        );
        assert_eq!(
            (fixed(2.6, 0), fixed(0.007, 3), px(48.0)),
            ("3".into(), "0.007".into(), "48px".into())
        );
    }

    #[test]
    fn dollars_keep_what_matters() {
        assert_eq!(
            ["$0", "$0.0871", "$1.23", "$12,346"],
            [0.0, 0.0871, 1.234, 12_345.6].map(usd)
        );
        assert_eq!(usd(0.000_004_2), "$0.0000042");
    }

    #[test]
    fn shares_and_bytes() {
        assert_eq!(percent(0.6234), "62%");
        assert_eq!(percent(0.0001), "0.1%");
        assert_eq!(
            ["840 B", "12.4 MB", "1.0 GB"],
            [840, 12_400_000, 999_999_999].map(bytes)
        );
    }
}

//! The marks of the time axis. Pure arithmetic.

use crate::view::parts::format::fixed;
use crewscope_analysis::timeline::Window;

/// Pixels between two marks at least.
const APART: f64 = 92.0;

/// Marks for a window whose execution begins at `origin`: at which pixel, and what stands there. None inside of squeezed gaps.
pub fn ticks(window: Window<'_>, origin: i64) -> Vec<(f64, String)> {
    let step = nice_step((window.end - window.start) * APART / window.pixels.max(APART));
    let view = window.stretch();
    let mut from = view.start;
    let mut marks: Vec<(f64, String)> = Vec::new();
    // Between two gaps time goes evenly, so the marks do.
    let gaps = window.scale.gaps().iter().map(|gap| (gap.start, gap.end));
    for (until, next) in gaps.chain([(i64::MAX, i64::MAX)]) {
        let relative = |time: i64| time.saturating_sub(origin) as f64 / step;
        let first = relative(from).ceil() as i64;
        let last = relative(until.min(view.end)).floor() as i64;
        for n in first..=last.min(first.saturating_add(100)) {
            let time = n as f64 * step;
            let x = window.x(origin.saturating_add(time as i64));
            let is_free = marks
                .last()
                .is_none_or(|(before, _)| x - before >= APART * 0.7);
            if x >= 0.0 && x <= window.pixels && is_free {
                marks.push((x, at(time, step)));
            }
        }
        from = from.max(next);
        if from >= view.end {
            break;
        }
    }
    marks
}

/// The time at a pixel, as exact as a pixel tells.
pub fn exact(window: Window<'_>, x: f64, origin: i64) -> String {
    let pixel = (window.end - window.start) / window.pixels.max(1.0);
    let time = window.time(x).saturating_sub(origin) as f64;
    // A decimal more than pixels have would be invented.
    at(time, nice_step(pixel.max(1.0)).min(1e9))
}

/// The smallest pleasant step that is not below `least`: 1, 2, 5 of a decimal unit, then minutes and hours.
fn nice_step(least: f64) -> f64 {
    const SECOND: f64 = 1e9;
    if least <= SECOND {
        let mut unit = 1.0;
        while unit * 10.0 <= least {
            unit *= 10.0;
        }
        return [1.0, 2.0, 5.0, 10.0]
            .map(|n| n * unit)
            .into_iter()
            .find(|step| *step >= least * 0.999)
            .unwrap_or(unit * 10.0);
    }
    const STEPS: [f64; 16] = [
        2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0,
        21_600.0, 43_200.0, 86_400.0,
    ];
    let least = least / SECOND;
    let step = STEPS.into_iter().find(|step| *step >= least);
    step.unwrap_or_else(|| (least / 86_400.0).ceil() * 86_400.0) * SECOND
}

/// A time since the start, with as many decimals as a step needs.
fn at(time: f64, step: f64) -> String {
    let seconds = time / 1e9;
    if time.abs() < 1.0 {
        return "0 s".into();
    }
    if seconds < 1.0 {
        return format!("{} ms", trimmed(time / 1e6, step / 1e6));
    }
    if seconds < 60.0 {
        return format!("{} s", trimmed(seconds, step / 1e9));
    }
    let whole = (seconds / 60.0) as i64;
    let rest = seconds - whole as f64 * 60.0;
    if step >= 60e9 && whole >= 60 {
        return format!("{} h {:02} m", whole / 60, whole % 60);
    }
    if rest.abs() < 1e-6 {
        return format!("{whole} m");
    }
    format!("{whole} m {} s", trimmed(rest, step / 1e9))
}

/// As many decimals as the step needs.
fn trimmed(value: f64, step: f64) -> String {
    let (mut decimals, mut step) = (0, step);
    // Not 1: 0.001 times 1000 may be a little less.
    while step < 0.999 && decimals < 6 {
        (decimals, step) = (decimals + 1, step * 10.0);
    }
    fixed(value, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crewscope_analysis::timeline::{Scale, Stretch};

    const SECOND: i64 = 1_000_000_000;

    fn window(scale: &Scale) -> Window<'_> {
        Window {
            scale,
            start: 0.0,
            end: scale.length(),
            pixels: 600.0,
        }
    }

    #[test]
    fn marks_are_round() {
        let scale = Scale::even(Stretch {
            start: 5,
            end: 5 + 10 * SECOND,
        });
        let marks = ticks(window(&scale), 5);
        let labels: Vec<&str> = marks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]);
        assert_eq!(at(250_000_000.0, 50_000_000.0), "250 ms");
        assert_eq!(at(1_250_000_000.0, 50_000_000.0), "1.25 s");
        assert_eq!(at(90e9, 30e9), "1 m 30 s");
        assert_eq!(at(5400e9, 1800e9), "1 h 30 m");
        assert_eq!(nice_step(0.3e9), 0.5e9);
        assert_eq!(nice_step(3.0e9), 5.0e9);
    }

    #[test]
    fn none_lies_in_a_squeezed_gap_and_those_behind_it_tell_the_true_time() {
        let gap = Stretch {
            start: 4 * SECOND,
            end: 3_604 * SECOND,
        };
        let scale = Scale::squeezed(
            Stretch {
                start: 0,
                end: 3_610 * SECOND,
            },
            &[gap],
        );
        let labels: Vec<String> = ticks(window(&scale), 0).into_iter().map(|m| m.1).collect();
        assert_eq!(
            labels,
            ["0 s", "2 s", "4 s", "60 m 6 s", "60 m 8 s", "60 m 10 s"]
        );
    }

    #[test]
    fn the_exact_time_has_the_decimals_of_a_pixel() {
        let scale = Scale::even(Stretch {
            start: 0,
            end: 6 * SECOND,
        });
        assert_eq!(exact(window(&scale), 123.0, 0), "1.23 s");
        let close = Window {
            end: 600_000.0,
            ..window(&scale)
        };
        assert_eq!(exact(close, 123.0, 0), "0.123 ms");
    }
}

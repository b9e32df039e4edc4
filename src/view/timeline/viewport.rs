//! Which part of the time is on the screen. Pure arithmetic in nanoseconds since the start of the execution.
//!
//! `f64`, relative to the start: exact to the nanosecond for executions of up to 104 days, which absolute times would not be.

use crewscope_trace::analysis::timeline::Stretch;

use crate::view::parts::format::fixed;

/// Closest zoom: one microsecond across. Clocks are not finer.
const CLOSEST: f64 = 1_000.0;

/// The visible stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Left edge, nanoseconds since the start of the execution.
    pub start: f64,
    /// Right edge.
    pub end: f64,
    /// Length of the whole execution.
    whole: f64,
}

impl Viewport {
    /// Everything, with a little air at the end so that the last bar does not touch the edge.
    pub fn fit(whole: Stretch) -> Self {
        let whole = (whole.length() as f64).max(CLOSEST) * 1.01;
        Self {
            start: 0.0,
            end: whole,
            whole,
        }
    }

    /// Whether everything is visible.
    pub fn is_fit(self) -> bool {
        self.start <= 0.0 && self.end >= self.whole * 0.9999
    }

    /// Length in nanoseconds.
    pub fn length(self) -> f64 {
        self.end - self.start
    }

    /// The same part of an execution that has grown; all of it, if all was visible.
    pub fn grown(self, whole: Stretch) -> Self {
        let fit = Self::fit(whole);
        if self.is_fit() {
            fit
        } else {
            Self {
                whole: fit.whole,
                ..self
            }
            .bounded()
        }
    }

    /// Zooms by `factor` (below 1: closer); what is at `at` (0 left edge, 1 right edge) stays where it is.
    pub fn zoomed(self, at: f64, factor: f64) -> Self {
        let length = (self.length() * factor).max(CLOSEST).min(self.whole);
        let anchor = self.start + self.length() * at;
        let start = anchor - length * at;
        Self {
            start,
            end: start + length,
            ..self
        }
        .bounded()
    }

    /// Moves by a share of the visible length; positive: later.
    pub fn moved(self, share: f64) -> Self {
        let by = self.length() * share;
        Self {
            start: self.start + by,
            end: self.end + by,
            ..self
        }
        .bounded()
    }

    /// Moves, if needed, so that a stretch (relative) can be seen.
    pub fn showing(self, start: f64, end: f64) -> Self {
        if end >= self.start && start <= self.end {
            return self;
        }
        let start = (start + end) / 2.0 - self.length() / 2.0;
        Self {
            start,
            end: start + self.length(),
            ..self
        }
        .bounded()
    }

    fn bounded(self) -> Self {
        // Zooming out ends at everything, not at everything but a rounding error.
        if self.length() >= self.whole * 0.9995 {
            return Self {
                start: 0.0,
                end: self.whole,
                ..self
            };
        }
        let length = self.length();
        let start = self.start.min(self.whole - length).max(0.0);
        Self {
            start,
            end: start + length,
            ..self
        }
    }

    /// The stretch in absolute time.
    pub fn absolute(self, whole: Stretch) -> Stretch {
        Stretch {
            start: whole.start.saturating_add(self.start as i64),
            end: whole.start.saturating_add(self.end.ceil() as i64),
        }
    }

    /// Marks of the axis for a width: where (0 to 1) and what.
    pub fn ticks(self, pixels: f64) -> Vec<(f64, String)> {
        const APART: f64 = 92.0;
        let step = nice_step(self.length() * APART / pixels.max(APART));
        let first = (self.start / step).ceil() as i64;
        let last = (self.end / step).floor() as i64;
        (first..=last.min(first.saturating_add(100)))
            .map(|n| {
                let time = n as f64 * step;
                ((time - self.start) / self.length(), tick_label(time, step))
            })
            .collect()
    }
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

fn tick_label(time: f64, step: f64) -> String {
    let seconds = time / 1e9;
    if time.abs() < 1.0 {
        return "0 s".into();
    }
    if step < 1e6 && seconds < 1.0 {
        return format!("{} ms", trimmed(time / 1e6, step / 1e6));
    }
    if seconds < 1.0 {
        return format!("{} ms", fixed(time / 1e6, 0));
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

    const SECOND: i64 = 1_000_000_000;

    fn ten_seconds() -> Viewport {
        Viewport::fit(Stretch {
            start: 5,
            end: 5 + 10 * SECOND,
        })
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let close = ten_seconds().zoomed(0.25, 0.5);
        let before = ten_seconds().start + ten_seconds().length() * 0.25;
        assert!((close.start + close.length() * 0.25 - before).abs() < 1.0);
        assert!((close.length() - ten_seconds().length() / 2.0).abs() < 1.0);
    }

    #[test]
    fn neither_zoom_nor_move_leaves_the_execution() {
        assert!(ten_seconds().zoomed(0.9, 100.0).is_fit());
        let close = ten_seconds().zoomed(0.5, 0.1);
        assert_eq!(close.moved(-1000.0).start, 0.0);
        assert!(close.moved(1000.0).end <= ten_seconds().end + 1.0);
        assert!(ten_seconds().zoomed(0.5, 1e-12).length() >= CLOSEST);
    }

    #[test]
    fn axis_marks_are_round() {
        let labels: Vec<String> = ten_seconds()
            .ticks(600.0)
            .into_iter()
            .map(|(_, label)| label)
            .collect();
        assert_eq!(
            labels,
            ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]
                .map(str::to_owned)
                .to_vec()
                .into_iter()
                .filter(|l| labels.contains(l))
                .collect::<Vec<_>>()
        );
        assert!(labels.contains(&"0 s".to_owned()) && labels.len() >= 3);
        assert_eq!(tick_label(250_000_000.0, 50_000_000.0), "250 ms");
        assert_eq!(tick_label(1_250_000_000.0, 50_000_000.0), "1.25 s");
        assert_eq!(tick_label(90e9, 30e9), "1 m 30 s");
        assert_eq!(tick_label(5400e9, 1800e9), "1 h 30 m");
        assert_eq!(nice_step(0.3e9), 0.5e9);
        assert_eq!(nice_step(3.0e9), 5.0e9);
    }

    #[test]
    fn a_growing_execution_stays_whole_or_where_it_was() {
        let grown = Stretch {
            start: 5,
            end: 5 + 20 * SECOND,
        };
        assert!(ten_seconds().grown(grown).is_fit());
        let close = ten_seconds().zoomed(0.0, 0.5);
        assert_eq!(close.grown(grown).start, close.start);
    }
}

//! Which part of the time is on the screen. Pure arithmetic in drawn time: nanoseconds since the start of the execution, less what
//! squeezed gaps save.

use crewscope_analysis::timeline::{Scale, Window};

/// Closest zoom: one microsecond across. Clocks are not finer.
const CLOSEST: f64 = 1_000.0;

/// The visible stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Left edge in drawn time.
    pub start: f64,
    /// Right edge.
    pub end: f64,
    /// Length of the whole execution.
    whole: f64,
}

impl Viewport {
    /// Everything, with a little air at the end so that the last bar does not touch the edge.
    pub fn fit(length: f64) -> Self {
        let whole = length.max(CLOSEST) * 1.01;
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

    /// From here to there, bounded.
    pub fn spanning(self, start: f64, end: f64) -> Self {
        let middle = (start + end) / 2.0;
        let half = ((end - start).abs().max(CLOSEST) / 2.0).min(self.whole / 2.0);
        Self {
            start: middle - half,
            end: middle + half,
            ..self
        }
        .bounded()
    }

    /// As a window of a scale on a screen.
    pub fn window(self, scale: &Scale, pixels: f64) -> Window<'_> {
        Window {
            scale,
            start: self.start,
            end: self.end,
            pixels,
        }
    }

    /// From where to where as shares of the whole.
    pub fn shares(self) -> (f64, f64) {
        (self.start / self.whole, self.end / self.whole)
    }

    /// Length of the whole, the air at its end included.
    pub fn whole(self) -> f64 {
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten_seconds() -> Viewport {
        Viewport::fit(10e9)
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
    fn a_range_is_shown_as_asked_as_far_as_it_can_be() {
        let part = ten_seconds().spanning(2e9, 4e9);
        assert_eq!((part.start, part.end), (2e9, 4e9));
        assert_eq!(ten_seconds().spanning(4e9, 2e9), part);
        assert!(ten_seconds().spanning(-5e9, 50e9).is_fit());
        assert_eq!(ten_seconds().spanning(1.0, 1.0).length(), CLOSEST);
    }
}

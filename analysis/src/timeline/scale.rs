//! From time to the place where it is drawn: evenly, or with idle stretches squeezed to a short mark.

use crate::timeline::Stretch;

/// A stretch of idle time is squeezed when it is longer than this share of the busy time.
const LONG: f64 = 0.05;
/// Length it is then drawn with, as a share of the busy time.
const SHORT: f64 = 0.03;
/// All of them together take no more than this share of the busy time.
const ALL: f64 = 0.6;

/// Maps time to drawn time. Drawn time is in nanoseconds too, from 0 at the start of the execution; `f64` holds it exactly
/// for 104 days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scale {
    origin: i64,
    /// Corners of a line that only rises: nanoseconds since the origin, drawn. Straight between two of them.
    corners: Vec<(f64, f64)>,
    squeezed: Vec<Stretch>,
}

impl Scale {
    /// Every nanosecond takes the same room.
    pub fn even(whole: Stretch) -> Self {
        Self::squeezed(whole, &[])
    }

    /// The gaps (in order, apart) that are long beside the rest are drawn short. The same as [`Scale::even`] if there are none.
    pub fn squeezed(whole: Stretch, gaps: &[Stretch]) -> Self {
        let idle: i64 = gaps
            .iter()
            .fold(0, |sum, gap| sum.saturating_add(gap.length()));
        let busy = (whole.length().saturating_sub(idle) as f64).max(1.0);
        let long = gaps.iter().filter(|gap| gap.length() as f64 > busy * LONG);
        let squeezed: Vec<Stretch> = long.copied().collect();
        let short = busy * SHORT.min(ALL / squeezed.len().max(1) as f64);
        let place = |time: i64| time.saturating_sub(whole.start) as f64;
        let mut corners = vec![(0.0, 0.0)];
        let mut saved = 0.0;
        for gap in &squeezed {
            let (start, end) = (place(gap.start), place(gap.end));
            corners.push((start, start - saved));
            saved += (end - start - short).max(0.0);
            corners.push((end, end - saved));
        }
        let end = place(whole.end).max(1.0);
        corners.push((end, end - saved));
        Self {
            origin: whole.start,
            corners,
            squeezed,
        }
    }

    /// The stretches drawn shorter than they are.
    pub fn gaps(&self) -> &[Stretch] {
        &self.squeezed
    }

    /// Length of the whole as drawn.
    pub fn length(&self) -> f64 {
        self.corners.last().map_or(1.0, |last| last.1)
    }

    /// Where a time is drawn.
    pub fn drawn(&self, time: i64) -> f64 {
        let time = time.saturating_sub(self.origin) as f64;
        // Corners are told apart by their first number here, by the second in `time`.
        self.along(time, |(real, drawn)| (real, drawn))
    }

    /// The time that is drawn at a place; outside of the execution as if it went on evenly.
    pub fn time(&self, drawn: f64) -> i64 {
        let time = self.along(drawn, |(real, drawn)| (drawn, real));
        self.origin.saturating_add(time as i64)
    }

    fn along(&self, at: f64, turn: impl Fn((f64, f64)) -> (f64, f64)) -> f64 {
        let after = self
            .corners
            .partition_point(|corner| turn(*corner).0 <= at)
            .min(self.corners.len().saturating_sub(1));
        let (Some(from), Some(to)) = (
            self.corners
                .get(after.saturating_sub(1))
                .copied()
                .map(&turn),
            self.corners.get(after).copied().map(&turn),
        ) else {
            return at;
        };
        // Before the first corner and behind the last it goes on at the rate of the clock.
        if at < from.0 || at > to.0 || to.0 <= from.0 {
            let near = if at < from.0 { from } else { to };
            return near.1 + at - near.0;
        }
        from.1 + (at - from.0) * (to.1 - from.1) / (to.0 - from.0)
    }
}

/// A part of a [`Scale`] on a screen so many pixels wide.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// The scale.
    pub scale: &'a Scale,
    /// Left edge in drawn time.
    pub start: f64,
    /// Right edge in drawn time.
    pub end: f64,
    /// Width in pixels.
    pub pixels: f64,
}

impl Window<'_> {
    /// Pixels from the left edge to a time; outside of the window below 0 or above the width.
    pub fn x(&self, time: i64) -> f64 {
        (self.scale.drawn(time) - self.start) / (self.end - self.start).max(1.0) * self.pixels
    }

    /// The time at a pixel.
    pub fn time(&self, x: f64) -> i64 {
        let share = x / self.pixels.max(1.0);
        self.scale
            .time(self.start + share * (self.end - self.start))
    }

    /// The stretch of time in the window.
    pub fn stretch(&self) -> Stretch {
        Stretch {
            start: self.time(0.0),
            end: self.time(self.pixels).saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(start: i64, end: i64) -> Stretch {
        Stretch { start, end }
    }

    #[test]
    fn evenly_a_nanosecond_is_a_nanosecond() {
        let scale = Scale::even(stretch(1_000, 11_000));
        assert_eq!(scale.length(), 10_000.0);
        for time in [-5_000, 1_000, 1_001, 6_000, 11_000, 20_000] {
            assert_eq!(scale.drawn(time), (time - 1_000) as f64);
            assert_eq!(scale.time(scale.drawn(time)), time);
        }
    }

    #[test]
    fn a_long_gap_is_drawn_short_and_a_short_one_as_it_is() {
        // 2000 busy in three pieces, a gap of 8000 and one of 50 between them.
        let gaps = [stretch(1_000, 9_000), stretch(9_500, 9_550)];
        let scale = Scale::squeezed(stretch(0, 10_050), &gaps);
        assert_eq!(scale.gaps(), &gaps[..1]);
        let busy = 2_000.0;
        assert!((scale.length() - (busy + 50.0 + busy * SHORT)).abs() < 1e-6);
        assert_eq!(scale.drawn(1_000), 1_000.0);
        assert!((scale.drawn(9_000) - 1_060.0).abs() < 1e-6);
        // There and back, inside of the gap too (where a drawn nanosecond stands for many).
        for time in [0, 999, 1_000, 9_000, 9_525, 10_050] {
            assert_eq!(scale.time(scale.drawn(time) + 1e-6), time);
        }
        assert!((scale.time(scale.drawn(5_000)) - 5_000).abs() <= 1);
    }

    #[test]
    fn many_gaps_never_take_more_room_than_the_work() {
        let gaps: Vec<Stretch> = (0..1_000)
            .map(|n| stretch(n * 100 + 1, n * 100 + 100))
            .collect();
        let scale = Scale::squeezed(stretch(0, 100_000), &gaps);
        assert!(
            scale.length() <= 1_000.0 * (1.0 + ALL) + 1.0,
            "{}",
            scale.length()
        );
        let mut before = -1.0;
        for time in (0..100_000).step_by(37) {
            let drawn = scale.drawn(time);
            assert!(drawn >= before);
            before = drawn;
        }
    }

    #[test]
    fn a_window_knows_time_and_pixel() {
        let scale = Scale::even(stretch(100, 1_100));
        let window = Window {
            scale: &scale,
            start: 250.0,
            end: 750.0,
            pixels: 100.0,
        };
        assert_eq!(window.x(350), 0.0);
        assert_eq!(window.x(600), 50.0);
        assert_eq!(window.time(50.0), 600);
        assert_eq!(window.stretch(), stretch(350, 851));
    }
}

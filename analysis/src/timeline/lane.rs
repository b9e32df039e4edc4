//! The bars of one row, and the choice of those that a screen can show.

use crate::timeline::{extent, Stretch, Window};
use crewscope_trace::model::{Flags, Kind, SpanIndex, Status, Trace};
use crewscope_trace::order;

/// Tracks a row is divided into at most. More parallel calls than that share the last one: a row stays one row high.
const TRACKS: usize = 4;

/// One bar: a span's place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The span.
    pub span: SpanIndex,
    /// Nanoseconds since 1970 UTC.
    pub start: i64,
    /// Nanoseconds since 1970 UTC; for an open bar the end of what is known.
    pub end: i64,
    /// The track of the row it lies in, from the top.
    pub track: u8,
    /// Kind, for the colour.
    pub kind: Kind,
    /// Ended with an error.
    pub failed: bool,
    /// No end is recorded.
    pub open: bool,
    /// The span or its place in the tree is a guess.
    pub guessed: bool,
}

impl Bar {
    /// What wins a pixel: a failure before everything, then the longer one.
    fn weight(&self) -> (bool, i64) {
        (self.failed, self.end.saturating_sub(self.start))
    }
}

/// A piece of a track to paint: from pixel to pixel, in the look of `bar`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Left edge in pixels from the left edge of the view; may lie outside of it.
    pub left: f64,
    /// Right edge in pixels.
    pub right: f64,
    /// The bar that stands for the run.
    pub bar: Bar,
    /// The run stands for several bars too narrow to be told apart.
    pub merged: bool,
}

/// The bars of a row, ready to be drawn at any zoom.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    spans: Vec<SpanIndex>,
    tracks: Vec<Track>,
}

impl Lane {
    /// Lays out `spans` (siblings, by start time); those without any time have no bar.
    pub(super) fn new(trace: &Trace, spans: Vec<SpanIndex>, whole: Stretch) -> Self {
        let bars: Vec<Bar> = spans
            .iter()
            .filter_map(|&span| bar(trace, span, whole))
            .collect();
        // Siblings are sorted already, except across parents.
        let by_time = order::sorted(bars.len(), &|at| (bars[at].start, bars[at].end, 0));
        let mut tracks: Vec<Vec<Bar>> = Vec::new();
        for mut bar in by_time.into_iter().map(|at| bars[at]) {
            let free = tracks
                .iter()
                .position(|track| track.last().is_none_or(|last| last.end <= bar.start));
            let at = free.unwrap_or_else(|| tracks.len().min(TRACKS - 1));
            bar.track = u8::try_from(at).unwrap_or(0);
            match tracks.get_mut(at) {
                Some(track) => track.push(bar),
                None => tracks.push(vec![bar]),
            }
        }
        Self {
            spans,
            tracks: tracks.into_iter().map(Track::new).collect(),
        }
    }

    /// Its spans, by start time.
    pub fn spans(&self) -> &[SpanIndex] {
        &self.spans
    }

    /// How many tracks its bars need.
    pub fn track_count(&self) -> usize {
        self.tracks.len()
    }

    /// The bar of a span of this lane.
    pub fn bar_of(&self, span: SpanIndex) -> Option<Bar> {
        self.tracks
            .iter()
            .flat_map(|track| &track.bars)
            .find(|bar| bar.span == span)
            .copied()
    }

    /// The bar of a span of this lane that begins then: found without looking at all the others.
    pub fn bar_from(&self, span: SpanIndex, start: i64) -> Option<Bar> {
        self.tracks.iter().find_map(|track| {
            let from = track.bars.partition_point(|bar| bar.start < start);
            let then = track.bars.get(from..)?.iter();
            then.take_while(|bar| bar.start == start)
                .find(|bar| bar.span == span)
                .copied()
        })
    }

    /// From the first start to the last end. `None` without bars.
    pub fn extent(&self) -> Option<Stretch> {
        self.tracks
            .iter()
            .filter_map(Track::extent)
            .reduce(Stretch::joined)
    }

    /// Emits what a window shows of the lane: at most one run per pixel and track.
    pub fn draw(&self, window: Window<'_>, emit: &mut dyn FnMut(Run)) {
        for track in &self.tracks {
            track.draw(window, emit);
        }
    }

    /// The bar at a time, or the nearest one within `slack` nanoseconds; `track` as drawn.
    pub fn hit(&self, track: usize, time: i64, slack: i64) -> Option<Bar> {
        self.tracks.get(track)?.hit(time, slack)
    }
}

fn bar(trace: &Trace, index: SpanIndex, whole: Stretch) -> Option<Bar> {
    let span = trace.spans.get(index as usize)?;
    let (stretch, closed) = extent(trace, index, whole)?;
    Some(Bar {
        span: index,
        start: stretch.start,
        end: stretch.end,
        track: 0,
        kind: span.kind,
        failed: span.status == Status::Failed,
        open: !closed,
        guessed: span.flags.has(Flags::GUESSED_PARENT) || span.flags.has(Flags::INFERRED),
    })
}

/// Bars of one track by start time, with what is needed to find the heaviest of any range in logarithmic time.
#[derive(Clone, Debug, Default)]
struct Track {
    bars: Vec<Bar>,
    /// Inner nodes of a segment tree over `bars`: node `i` holds the index of the heaviest bar below nodes `2i` and `2i + 1`,
    /// leaves are `n + index`. Half the memory of storing the leaves too.
    heaviest: Vec<u32>,
    /// `latest[i]`: the latest end among `bars[..=i]`. Only the shared last track needs it (there bars overlap), and a
    /// search by end needs an order.
    latest: Vec<i64>,
}

impl Track {
    fn new(bars: Vec<Bar>) -> Self {
        let n = bars.len();
        let mut track = Self {
            heaviest: vec![0; n],
            latest: Vec::with_capacity(n),
            bars,
        };
        for node in (1..n).rev() {
            let best = track.heavier(track.leaf(2 * node), track.leaf(2 * node + 1));
            if let Some(slot) = track.heaviest.get_mut(node) {
                *slot = best;
            }
        }
        let mut latest = i64::MIN;
        for bar in &track.bars {
            latest = latest.max(bar.end);
            track.latest.push(latest);
        }
        track
    }

    /// The bar that node `node` stands for.
    fn leaf(&self, node: usize) -> u32 {
        let n = self.bars.len();
        if node >= n {
            u32::try_from(node - n).unwrap_or(0)
        } else {
            self.heaviest.get(node).copied().unwrap_or(0)
        }
    }

    fn heavier(&self, a: u32, b: u32) -> u32 {
        let weight = |index: u32| self.bars.get(index as usize).map(Bar::weight);
        if weight(b) > weight(a) {
            b
        } else {
            a
        }
    }

    /// The heaviest of `bars[from..to]`, which must not be empty.
    fn heaviest(&self, from: usize, to: usize) -> Option<&Bar> {
        let n = self.bars.len();
        let mut best = u32::try_from(from).unwrap_or(0);
        let (mut left, mut right) = (from + n, to + n);
        while left < right {
            if left % 2 == 1 {
                best = self.heavier(best, self.leaf(left));
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                best = self.heavier(best, self.leaf(right));
            }
            left /= 2;
            right /= 2;
        }
        self.bars.get(best as usize)
    }

    fn extent(&self) -> Option<Stretch> {
        Some(Stretch {
            start: self.bars.first()?.start,
            end: *self.latest.last()?,
        })
    }

    fn draw(&self, window: Window<'_>, emit: &mut dyn FnMut(Run)) {
        let view = window.stretch();
        let mut at = self.latest.partition_point(|&end| end < view.start);
        while let Some(bar) = self.bars.get(at) {
            if bar.start > view.end {
                return;
            }
            let left = window.x(bar.start);
            // The sliver keeps a start that lies exactly on a pixel's edge from rounding into the pixel before it.
            let bucket = (left + 1e-6).floor();
            // All bars that begin in the same pixel: one of them is drawn.
            let next = window.time(bucket + 1.0).max(bar.start.saturating_add(1));
            let end = at
                + self
                    .bars
                    .get(at..)
                    .map_or(0, |rest| rest.partition_point(|other| other.start < next))
                    .max(1);
            if let Some(best) = self.heaviest(at, end) {
                let merged = end - at > 1;
                emit(Run {
                    left: window.x(best.start),
                    right: window.x(best.end),
                    bar: *best,
                    merged,
                });
            }
            at = end;
        }
    }

    fn hit(&self, time: i64, slack: i64) -> Option<Bar> {
        let distance = |bar: &Bar| {
            if time < bar.start {
                bar.start.saturating_sub(time)
            } else {
                time.saturating_sub(bar.end).max(0)
            }
        };
        let after = self
            .bars
            .partition_point(|bar| bar.start <= time.saturating_add(slack));
        let before = self
            .latest
            .partition_point(|&end| end < time.saturating_sub(slack));
        let near = self.bars.get(before..after)?;
        // Where thousands lie within the slack, the nearest few decide; the cap keeps a pointer move cheap.
        const LOOK_BACK: usize = 4096;
        near.iter()
            .rev()
            .take(LOOK_BACK)
            .min_by_key(|bar| distance(bar))
            .filter(|bar| distance(bar) <= slack)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Scale;

    fn bar_at(span: u32, start: i64, end: i64) -> Bar {
        Bar {
            span,
            start,
            end,
            track: 0,
            kind: Kind::Llm,
            failed: false,
            open: false,
            guessed: false,
        }
    }

    fn drawn(track: &Track, view: Stretch, pixels: f64) -> Vec<(u32, bool)> {
        let mut runs = Vec::new();
        let scale = Scale::even(view);
        let window = Window {
            scale: &scale,
            start: 0.0,
            end: scale.length(),
            pixels,
        };
        track.draw(window, &mut |run| runs.push((run.bar.span, run.merged)));
        runs
    }

    #[test]
    fn the_longest_bar_of_a_pixel_is_drawn() {
        let track = Track::new(vec![
            bar_at(0, 0, 10),
            bar_at(1, 10, 60),
            bar_at(2, 60, 62),
            bar_at(3, 150, 160),
        ]);
        assert_eq!(
            drawn(
                &track,
                Stretch {
                    start: 0,
                    end: 1000
                },
                10.0
            ),
            [(1, true), (3, false)]
        );
    }

    #[test]
    fn a_failure_never_vanishes_behind_a_longer_success() {
        let failed = Bar {
            failed: true,
            ..bar_at(1, 50, 51)
        };
        let track = Track::new(vec![bar_at(0, 0, 50), failed, bar_at(2, 51, 99)]);
        assert_eq!(
            drawn(
                &track,
                Stretch {
                    start: 0,
                    end: 1000
                },
                10.0
            ),
            [(1, true)]
        );
    }

    #[test]
    fn what_began_before_the_view_and_reaches_into_it_is_drawn() {
        let track = Track::new(vec![
            bar_at(0, 0, 500),
            bar_at(1, 600, 700),
            bar_at(2, 900, 950),
        ]);
        assert_eq!(
            drawn(
                &track,
                Stretch {
                    start: 400,
                    end: 650
                },
                100.0
            ),
            [(0, false), (1, false)]
        );
    }

    #[test]
    fn a_million_bars_give_no_more_runs_than_pixels() {
        let bars = (0..1_000_000)
            .map(|i| bar_at(i, i64::from(i) * 10, i64::from(i) * 10 + 7))
            .collect();
        let track = Track::new(bars);
        assert!(
            drawn(
                &track,
                Stretch {
                    start: 0,
                    end: 10_000_000
                },
                800.0
            )
            .len()
                <= 801
        );
        assert!(
            drawn(
                &track,
                Stretch {
                    start: 5_000_000,
                    end: 5_010_000
                },
                800.0
            )
            .len()
                <= 801
        );
    }

    #[test]
    fn the_heaviest_of_any_range_is_found() {
        let bars: Vec<Bar> = (0..37)
            .map(|i| {
                bar_at(
                    i,
                    i64::from(i) * 100,
                    i64::from(i) * 100 + i64::from(i * 7 % 31) + 1,
                )
            })
            .collect();
        let track = Track::new(bars.clone());
        for from in 0..bars.len() {
            for to in from + 1..=bars.len() {
                let best = bars[from..to].iter().map(Bar::weight).max();
                assert_eq!(
                    track.heaviest(from, to).map(Bar::weight),
                    best,
                    "{from}..{to}"
                );
            }
        }
    }

    #[test]
    fn parallel_calls_get_tracks_and_more_than_four_share_the_last() {
        let lines: String = (0..6).map(|i| format!("0 llm gpt {i} 100\n")).collect();
        let (trace, execution) = crate::timeline::tests::trace(&lines);
        let whole = crate::timeline::whole(&trace, &execution).unwrap();
        let lane = Lane::new(&trace, (0..6).collect(), whole);
        assert_eq!(lane.track_count(), TRACKS);
        assert_eq!(lane.spans().len(), 6);
        assert_eq!(lane.bar_of(5).map(|bar| bar.track), Some(3));
        for span in 0..6 {
            let bar = lane.bar_of(span).unwrap();
            assert_eq!(lane.bar_from(span, bar.start), Some(bar));
            assert_eq!(lane.bar_from(span, bar.start + 1), None);
        }
    }

    #[test]
    fn a_hit_prefers_the_bar_under_the_pointer() {
        let track = Track::new(vec![bar_at(0, 0, 100), bar_at(1, 110, 200)]);
        assert_eq!(track.hit(105, 10).map(|bar| bar.span), Some(1));
        assert_eq!(track.hit(50, 10).map(|bar| bar.span), Some(0));
        assert_eq!(track.hit(150, 0).map(|bar| bar.span), Some(1));
        assert_eq!(track.hit(300, 10), None);
    }
}

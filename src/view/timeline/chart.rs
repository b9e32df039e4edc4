//! The state of the timeline: what is on the screen, what is pointed at.

use super::viewport::Viewport;
use crate::live::{effect, Memo, RwSignal};
use crate::state::Viewer;
use crate::view::answers::Answers;
use crate::view::shell::Frame;
use crewscope_trace::analysis::timeline::{self, Bar, Cache, Folding, Row, Stretch};
use crewscope_trace::model::SpanIndex;
use std::ops::Deref;
use std::sync::Arc;

/// Height of a row in CSS pixels; the token `--row` says the same.
pub const ROW: f64 = 24.0;

/// The rows shown. Compared by identity: they are rebuilt only when something about them changed.
#[derive(Clone, Default)]
pub struct Rows(Arc<Vec<Row>>);

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Rows {
    type Target = [Row];
    fn deref(&self) -> &[Row] {
        &self.0
    }
}

/// Size and scroll position of the drawn area in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Width of the canvas.
    pub width: f64,
    /// Height of the canvas.
    pub height: f64,
    /// Pixels scrolled away above it.
    pub top: f64,
}

/// A bar under the pointer, and where that is (CSS pixels from the corner of the scrolled area).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hover {
    /// The bar.
    pub bar: Bar,
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// What the keyboard is at: a row, and one of its spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Active {
    /// Index of the row.
    pub row: usize,
    /// Index of the span within it.
    pub item: usize,
}

/// The timeline's signals. Small and `Copy`.
#[derive(Clone, Copy)]
pub struct Chart {
    /// The answers of the analysis.
    pub answers: Answers,
    /// The whole time of the execution; `None` if no time is recorded.
    pub whole: Memo<Option<Stretch>>,
    /// The rows shown.
    pub rows: Memo<Rows>,
    /// What was opened and closed.
    pub folding: RwSignal<Folding>,
    /// The visible part; `None` until the first drawing.
    pub viewport: RwSignal<Option<Viewport>>,
    /// Size and scroll position.
    pub area: RwSignal<Area>,
    /// The bar under the pointer.
    pub hover: RwSignal<Option<Hover>>,
    /// Where the keyboard is.
    pub active: RwSignal<Active>,
    viewer: Viewer,
    frame: Frame,
}

impl Chart {
    /// The timeline of the execution shown.
    pub fn new(viewer: Viewer, answers: Answers, frame: Frame) -> Self {
        let whole = Memo::new(move || {
            answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                timeline::whole(&shown.trace, shown.execution()?)
            })
        });
        // Another execution starts with its own folding, zoom and place; a new partial result of the same one does not.
        let identity = Memo::new(move || {
            answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                let execution = shown.execution()?;
                Some(shown.trace.str(execution.id).to_owned())
            })
        });
        let folding = RwSignal::new(Folding::default());
        let viewport = RwSignal::new(None::<Viewport>);
        let active = RwSignal::new(Active::default());
        let hover = RwSignal::new(None);
        effect(move || {
            identity.track();
            let start = answers.shown.with_untracked(|shown| {
                let shown = shown.as_ref()?;
                Some(Folding::fitting(&shown.trace, shown.execution()?))
            });
            folding.set(start.unwrap_or_default());
            viewport.set(whole.get_untracked().map(Viewport::fit));
            active.set(Active::default());
            hover.set(None);
        });
        effect(move || {
            let whole = whole.get();
            viewport.update(|now| {
                *now = whole
                    .map(|whole| now.map_or_else(|| Viewport::fit(whole), |now| now.grown(whole)))
            });
        });
        // The cache belongs to one trace: indices mean something else in the next one.
        let cache = Memo::new(move || {
            answers.shown.track();
            Cached(Arc::default())
        });
        let rows = Memo::new(move || {
            let cache = cache.get();
            let rows = answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                let (execution, whole) = (shown.execution()?, whole.get()?);
                let mut cache = cache.0.lock().ok()?;
                Some(folding.with(|folding| {
                    timeline::rows(&shown.trace, execution, whole, folding, &mut cache)
                }))
            });
            Rows(Arc::new(rows.unwrap_or_default()))
        });
        Self {
            answers,
            whole,
            rows,
            folding,
            viewport,
            area: RwSignal::new(Area::default()),
            hover,
            active,
            viewer,
            frame,
        }
    }

    /// Indices of the rows on the screen, a few more on either side.
    pub fn visible_rows(&self, margin: usize) -> std::ops::Range<usize> {
        let area = self.area.get();
        let number = self.rows.with(|rows| rows.len());
        let first = (area.top / ROW) as usize;
        let last = ((area.top + area.height) / ROW).ceil() as usize;
        first.saturating_sub(margin).min(number)..(last + margin).min(number)
    }

    /// Changes what part of the time is visible.
    pub fn look(&self, change: impl FnOnce(Viewport) -> Viewport) {
        self.viewport.update(|now| *now = now.map(change));
    }

    /// Opens or closes a row.
    pub fn fold(&self, at: usize, open: bool) {
        let key = self.rows.with_untracked(|rows| {
            rows.get(at)
                .filter(|row| row.expandable && row.expanded != open)
                .map(|row| row.key)
        });
        if let Some(key) = key {
            self.folding.update(|folding| {
                folding.told.insert(key, open);
            });
        }
    }

    /// Shows a span in Task Details.
    pub fn open(&self, span: SpanIndex) {
        self.viewer.select_index(span);
        self.frame.details.set(true);
    }

    /// The bar at a point of the canvas.
    pub fn bar_at(&self, x: f64, y: f64) -> Option<Bar> {
        let (whole, viewport, area) = (
            self.whole.get_untracked()?,
            self.viewport.get_untracked()?,
            self.area.get_untracked(),
        );
        let line = (y + area.top) / ROW;
        // A bar of one pixel must be as easy to hit as a wide one.
        const SLACK: f64 = 4.0;
        let per_pixel = viewport.length() / area.width.max(1.0);
        let time = whole
            .start
            .saturating_add((viewport.start + x * per_pixel) as i64);
        let slack = (SLACK * per_pixel) as i64;
        self.rows.with_untracked(|rows| {
            let lane = &rows.get(line as usize)?.lane;
            let tracks = lane.track_count().max(1);
            let track = ((line.fract() * tracks as f64) as usize).min(tracks - 1);
            lane.hit(track, time, slack)
        })
    }
}

/// A cache behind a lock, since a memo's value must be shareable between threads; here there is only one.
#[derive(Clone)]
struct Cached(Arc<std::sync::Mutex<Cache>>);

impl PartialEq for Cached {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

//! The state of the timeline: what is on the screen, what is pointed at.

use crate::view::answers::Answers;
use crate::view::findings::{self, Marked};
use crate::view::frame::Frame;
use crate::view::timeline::same::Same;
use crate::view::timeline::viewport::Viewport;
use crate::viewer::{Load, Look, Viewer};
use crewscope_analysis::timeline::{
    self, Activity, Bar, By, Folding, Path, Row, Scale, Shades, Stretch, Window,
};
use crewscope_trace::model::{Execution, SpanIndex, Trace};
use leptos::prelude::*;
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

/// Height of a row in CSS pixels; the token `--row` says the same.
pub const ROW: f64 = 24.0;

/// The rows shown.
pub type Rows = Same<Vec<Row>>;

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

impl Area {
    /// Of so many rows those on the screen, and some more on either side.
    pub fn rows(self, number: usize, margin: usize) -> Range<usize> {
        let first = (self.top / ROW) as usize;
        let last = ((self.top + self.height) / ROW).ceil() as usize;
        first.saturating_sub(margin).min(number)..(last + margin).min(number)
    }
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
    /// What a person chose.
    pub look: RwSignal<Look>,
    /// The whole time of the execution; `None` if no time is recorded.
    pub whole: Memo<Option<Stretch>>,
    /// What ran when.
    pub activity: Memo<Option<Same<Activity>>>,
    /// Where a time is drawn if idle stretches are drawn short; `None` if there are none that are long enough.
    pub squeezed: Memo<Option<Same<Scale>>>,
    /// Where a time is drawn.
    pub scale: Memo<Option<Same<Scale>>>,
    /// The rows shown.
    pub rows: Memo<Rows>,
    /// What colours tell; `None`: the kind.
    pub shades: Memo<Option<Same<Shades>>>,
    /// The critical path, if it is marked.
    pub path: Memo<Option<Same<Path>>>,
    /// The spans that findings concern.
    pub marked: Memo<Same<Vec<Marked>>>,
    /// The visible part; `None` until the first drawing.
    pub viewport: RwSignal<Option<Viewport>>,
    /// The measured stretch.
    pub mark: RwSignal<Option<Stretch>>,
    /// Size and scroll position.
    pub area: RwSignal<Area>,
    /// The bar under the pointer.
    pub hover: RwSignal<Option<Hover>>,
    /// Where the pointer is, in pixels from the left.
    pub cursor: RwSignal<Option<f64>>,
    /// Where the keyboard is.
    pub active: RwSignal<Active>,
    viewer: Viewer,
    frame: Frame,
}

/// From where to where, in nanoseconds since the start.
type Part = (i64, i64);

/// Visible and measured part as the link tells them, and of which execution.
type Told = (Option<Part>, Option<Part>, Option<String>);

/// The critical path of more spans than this is worked out only if it is asked for.
const QUICK: usize = 50_000;

impl Chart {
    /// The timeline of the execution shown.
    pub fn new(viewer: Viewer, answers: Answers, frame: Frame) -> Self {
        let look = viewer.look;
        // Of the execution shown and its whole time.
        fn of<T>(
            answers: Answers,
            whole: Option<Stretch>,
            work: impl FnOnce(&Trace, &Execution, Stretch) -> T,
        ) -> Option<Same<T>> {
            answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                let made = work(&shown.trace, shown.execution()?, whole?);
                Some(Same::new(made))
            })
        }
        let whole = Memo::new(move |_| {
            answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                let known = viewer.prepared(shown.at, |known| &known.whole);
                known.unwrap_or_else(|| timeline::whole(&shown.trace, shown.execution()?))
            })
        });
        let activity = Memo::new(move |_| {
            let whole = whole.get();
            let at = answers
                .shown
                .with(|shown| shown.as_ref().map(|shown| shown.at))?;
            let known = viewer.prepared(at, |known| &known.activity);
            known
                .map(Same::new)
                .or_else(|| of(answers, whole, Activity::new))
        });
        let squeezed = Memo::new(move |_| {
            let (whole, activity) = (whole.get()?, activity.get()?);
            let at = answers
                .shown
                .with(|shown| shown.as_ref().map(|shown| shown.at))?;
            let known = viewer.prepared(at, |known| &known.squeezed).flatten();
            let scale = known.unwrap_or_else(|| Scale::squeezed(whole, &activity.gaps()));
            (!scale.gaps().is_empty()).then(|| Same::new(scale))
        });
        let squeeze = Memo::new(move |_| look.with(|look| look.squeeze));
        let scale = Memo::new(move |_| {
            let short = if squeeze.get() { squeezed.get() } else { None };
            short.or_else(|| Some(Same::new(Scale::even(whole.get()?))))
        });
        let colour = Memo::new(move |_| look.with(|look| look.colour));
        let shades = Memo::new(move |_| {
            let by = colour.get();
            if by == By::Kind {
                return None;
            }
            let prices = answers.prices();
            of(answers, whole.get(), |trace, execution, _| {
                Shades::new(trace, execution, by, &prices)
            })
        });
        // It tells something where work ran in parallel; else everything lies on it.
        let wants_path = Memo::new(move |_| {
            look.with(|look| look.path).unwrap_or_else(|| {
                let small = answers.shown.with(|shown| {
                    let spans = shown.as_ref().map(|shown| shown.trace.spans.len());
                    spans.is_some_and(|spans| spans <= QUICK)
                });
                small && activity.get().is_some_and(|activity| activity.peak > 1)
            })
        });
        let path = Memo::new(move |_| {
            let wanted = wants_path
                .get()
                .then(|| of(answers, whole.get(), Path::new));
            wanted.flatten()
        });
        // Another execution starts with its own folding and place; a new partial result of the same one does not.
        let identity = Memo::new(move |_| {
            answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                let execution = shown.execution()?;
                Some(shown.trace.str(execution.id).to_owned())
            })
        });
        let depth = RwSignal::new(0_u16);
        let viewport = RwSignal::new(None::<Viewport>);
        let mark = RwSignal::new(None::<Stretch>);
        let active = RwSignal::new(Active::default());
        let hover = RwSignal::new(None);
        Effect::new(move |_| {
            identity.track();
            let start = answers.shown.with_untracked(|shown| {
                let shown = shown.as_ref()?;
                let known = viewer.prepared(shown.at, |known| &known.depth);
                let execution = shown.execution()?;
                Some(
                    known
                        .unwrap_or_else(|| Folding::fitting(&shown.trace, execution).default_depth),
                )
            });
            depth.set(start.unwrap_or_default());
            active.set(Active::default());
            hover.set(None);
        });
        let folding = Memo::new(move |_| {
            look.with(|look| Folding {
                lanes: look.lanes,
                default_depth: look.depth.unwrap_or_else(|| depth.get()),
                told: look.told.iter().copied().collect(),
            })
        });
        // The cache belongs to one trace: indices mean something else in the next one.
        let cache = Memo::new(move |_| {
            let at = answers
                .shown
                .with(|shown| shown.as_ref().map(|shown| shown.at));
            let known = at.and_then(|at| viewer.prepared(at, |known| &known.rows));
            Same::new(Mutex::new(known.unwrap_or_default()))
        });
        let rows = Memo::new(move |_| {
            let cache = cache.get();
            let rows = answers.shown.with(|shown| {
                let shown = shown.as_ref()?;
                let (execution, whole) = (shown.execution()?, whole.get()?);
                let mut cache = cache.lock().ok()?;
                Some(folding.with(|folding| {
                    timeline::rows(&shown.trace, execution, whole, folding, &mut cache)
                }))
            });
            Same::new(rows.unwrap_or_default())
        });
        let marked = Memo::new(move |_| {
            let marked = answers.open.with(|found| {
                let found = found.as_deref().filter(|found| !found.is_empty());
                found.map(findings::marked)
            });
            Same::new(marked.unwrap_or_default())
        });
        let chart = Self {
            answers,
            look,
            whole,
            activity,
            squeezed,
            scale,
            rows,
            shades,
            path,
            marked,
            viewport,
            mark,
            area: RwSignal::new(Area::default()),
            hover,
            cursor: RwSignal::new(None),
            active,
            viewer,
            frame,
        };
        chart.keep_place(identity);
        chart
    }

    /// Keeps the same time on the screen when the scale changes, and what is on it the same as in the link.
    fn keep_place(self, identity: Memo<Option<String>>) {
        let asked = Memo::new(move |_| self.look.with(|look| (look.visible, look.mark)));
        let mut before = None::<Same<Scale>>;
        Effect::new(move |_| {
            let scale = self.scale.get();
            let now = self.viewport.get_untracked();
            let viewport = scale.as_ref().map(|scale| {
                let fit = Viewport::fit(scale.length());
                let part = now.filter(|now| !now.is_fit()).zip(before.as_ref());
                part.map_or(fit, |(now, old)| {
                    let moved = |place| scale.drawn(old.time(place));
                    fit.spanning(moved(now.start), moved(now.end))
                })
            });
            before = scale;
            self.viewport.set(viewport);
        });
        let (mut told, mut known) = (None::<Told>, 0);
        Effect::new(move |_| {
            let (visible, mark) = asked.get();
            let now = (visible, mark, identity.get());
            let Some(whole) = self.whole.get() else {
                return;
            };
            // A trace that grows leaves what a person looks at alone, except where a link asked for more than there was.
            let waits = visible.is_some_and(|(_, end)| end > known);
            let is_old = told.as_ref() == Some(&now);
            (told, known) = (Some(now), whole.length());
            if is_old && !waits || (visible, mark) == self.place() {
                return;
            }
            let absolute = |(start, end): (i64, i64)| Stretch {
                start: whole.start.saturating_add(start),
                end: whole.start.saturating_add(end),
            };
            self.mark.set(mark.map(absolute));
            match visible {
                Some(visible) => self.show(absolute(visible), 0.0),
                None => self.fit(),
            }
        });
        // A link is written when the hand rests: browsers allow a few in a second.
        const REST: Duration = Duration::from_millis(250);
        let pending = StoredValue::new(false);
        Effect::new(move |_| {
            self.viewport.track();
            self.mark.track();
            if pending.get_value() {
                return;
            }
            pending.set_value(true);
            set_timeout(
                move || {
                    if pending.try_set_value(false).is_some() || self.viewport.is_disposed() {
                        return;
                    }
                    // What is read later may be what the link asks for.
                    let is_loading = |load: &Load| matches!(load, Load::Loading(_));
                    if self.viewer.load.with_untracked(is_loading) {
                        return;
                    }
                    let (visible, mark) = self.place();
                    if self.look.with_untracked(|look| (look.visible, look.mark)) != (visible, mark)
                    {
                        self.look
                            .update(|look| (look.visible, look.mark) = (visible, mark));
                    }
                },
                REST,
            );
        });
    }

    /// The visible part and the measured one as a link tells them.
    fn place(&self) -> (Option<Part>, Option<Part>) {
        let Some(whole) = self.whole.get_untracked() else {
            return (None, None);
        };
        let relative = |stretch: Stretch| {
            let place = |time: i64| time.saturating_sub(whole.start).max(0);
            (place(stretch.start), place(stretch.end))
        };
        let visible = self.viewport.get_untracked().filter(|view| !view.is_fit());
        let visible = visible.and_then(|view| {
            let scale = self.scale.get_untracked()?;
            Some(Stretch {
                start: scale.time(view.start),
                end: scale.time(view.end),
            })
        });
        (
            visible.map(relative),
            self.mark.get_untracked().map(relative),
        )
    }

    /// Indices of the rows on the screen, a few more on either side.
    pub fn visible_rows(&self, margin: usize) -> Range<usize> {
        let number = self.rows.with(|rows| rows.len());
        self.area.get().rows(number, margin)
    }

    /// Changes what part of the time is visible.
    pub fn look(&self, change: impl FnOnce(Viewport) -> Viewport) {
        self.viewport.update(|now| *now = now.map(change));
    }

    /// Shows everything.
    pub fn fit(&self) {
        let scale = self.scale.get_untracked();
        self.viewport
            .set(scale.map(|scale| Viewport::fit(scale.length())));
    }

    /// Zooms to a stretch, with some air (a share of it) on both sides.
    pub fn show(&self, stretch: Stretch, air: f64) {
        if let Some(scale) = self.scale.get_untracked() {
            let (start, end) = (scale.drawn(stretch.start), scale.drawn(stretch.end));
            let air = (end - start) * air;
            self.look(|view| view.spanning(start - air, end + air));
        }
    }

    /// The window on the screen. Tracked.
    pub fn in_window<T>(&self, see: impl FnOnce(Window<'_>, Stretch) -> T) -> Option<T> {
        let (viewport, scale) = (self.viewport.get()?, self.scale.get()?);
        let width = self.area.with(|area| area.width);
        Some(see(viewport.window(&scale, width), self.whole.get()?))
    }

    /// The stretch of the selected span, as drawn.
    pub fn selected(&self) -> Option<Stretch> {
        let span = self.answers.detail.get_untracked()?;
        let shown = self.answers.shown.get_untracked()?;
        timeline::stretch_of(&shown.trace, span, self.whole.get_untracked()?)
    }

    /// Opens or closes a row.
    pub fn fold(&self, at: usize, open: bool) {
        let key = self.rows.with_untracked(|rows| {
            rows.get(at)
                .filter(|row| row.expandable && row.expanded != open)
                .map(|row| row.key)
        });
        if let Some(key) = key {
            self.look.update(|look| {
                look.told.retain(|(known, _)| *known != key);
                look.told.push((key, open));
            });
        }
    }

    /// Opens or closes by level: all rows above a depth are open, the others closed.
    pub fn unfold_to(&self, depth: u16) {
        self.look.update(|look| {
            look.depth = Some(depth);
            look.told.clear();
        });
    }

    /// The depth of the deepest row shown.
    pub fn deepest(&self) -> u16 {
        self.rows.with_untracked(|rows| {
            let depths = rows.iter().map(|row| row.depth);
            depths.max().unwrap_or(0)
        })
    }

    /// Shows a span in Task Details.
    pub fn open(&self, span: SpanIndex) {
        self.viewer.select_index(span);
        self.frame.details.set(true);
    }
}

/// From the top of a row to the bars of one of its tracks, and how high these are.
pub fn track(tracks: usize, track: u8) -> (f64, f64) {
    if tracks > 1 {
        let tracks = tracks as f64;
        let height = (18.0 - (tracks - 1.0)) / tracks;
        (3.0 + f64::from(track) * (height + 1.0), height)
    } else {
        (5.0, 14.0)
    }
}

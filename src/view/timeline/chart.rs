//! The state of the timeline: what is on the screen, what is pointed at.

use crate::view::answers::Answers;
use crate::view::findings::Marked;
use crate::view::frame::Frame;
use crate::view::timeline::derived::{self, Rows};
use crate::view::timeline::same::Same;
use crate::view::timeline::viewport::Viewport;
use crate::viewer::{Load, Look, Viewer};
use crewscope_analysis::timeline::{self, Activity, Bar, Path, Scale, Shades, Stretch, Window};
use crewscope_trace::model::SpanIndex;
use leptos::prelude::*;
use std::ops::Range;
use std::time::Duration;

/// Height of a row in CSS pixels; the token `--row` says the same.
pub const ROW: f64 = 24.0;

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
    /// Tells when the colours in force have changed.
    pub theme: Signal<()>,
    viewer: Viewer,
    frame: Frame,
}

/// From where to where, in nanoseconds since the start.
type Part = (i64, i64);

/// Visible and measured part as the link tells them, and of which execution.
type Told = (Option<Part>, Option<Part>, Option<String>);

impl Chart {
    /// The timeline of the execution shown; `theme` tells when the colours in force have changed.
    pub fn new(viewer: Viewer, answers: Answers, frame: Frame, theme: Signal<()>) -> Self {
        let look = viewer.look;
        let depth = RwSignal::new(0);
        let whole = derived::whole(viewer, answers);
        let activity = derived::activity(viewer, answers, whole);
        let squeezed = derived::squeezed(viewer, answers, whole, activity);
        let chart = Self {
            answers,
            look,
            whole,
            activity,
            squeezed,
            scale: derived::scale(look, whole, squeezed),
            rows: derived::rows(viewer, answers, whole, depth),
            shades: derived::shades(look, answers, whole),
            path: derived::path(look, answers, whole, activity),
            marked: derived::marked(answers),
            viewport: RwSignal::new(None),
            mark: RwSignal::new(None),
            area: RwSignal::new(Area::default()),
            hover: RwSignal::new(None),
            cursor: RwSignal::new(None),
            active: RwSignal::new(Active::default()),
            theme,
            viewer,
            frame,
        };
        let identity = derived::identity(answers);
        chart.start_anew(identity, depth);
        chart.keep_place();
        chart.follow_link(identity);
        chart.write_link();
        chart
    }

    /// Another execution starts with its own folding and place; a new partial result of the same one does not.
    fn start_anew(self, identity: Memo<Option<String>>, depth: RwSignal<u16>) {
        Effect::new(move |_| {
            identity.track();
            depth.set(derived::first_depth(self.viewer, self.answers).unwrap_or_default());
            self.active.set(Active::default());
            self.hover.set(None);
        });
    }

    /// Keeps the same time on the screen when the scale changes.
    fn keep_place(self) {
        Effect::new(move |before: Option<Option<Same<Scale>>>| {
            let scale = self.scale.get();
            let now = self.viewport.get_untracked();
            let viewport = scale.as_ref().map(|scale| {
                let fit = Viewport::fit(scale.length());
                let part = now.filter(|now| !now.is_fit()).zip(before.flatten());
                part.map_or(fit, |(now, old)| {
                    let moved = |place| scale.drawn(old.time(place));
                    fit.spanning(moved(now.start), moved(now.end))
                })
            });
            self.viewport.set(viewport);
            scale
        });
    }

    /// Shows and measures what the link tells.
    fn follow_link(self, identity: Memo<Option<String>>) {
        let asked = Memo::new(move |_| self.look.with(|look| (look.visible, look.mark)));
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
            let absolute = |(start, end): Part| Stretch {
                start: whole.start.saturating_add(start),
                end: whole.start.saturating_add(end),
            };
            self.mark.set(mark.map(absolute));
            match visible {
                Some(visible) => self.show(absolute(visible), 0.0),
                None => self.fit(),
            }
        });
    }

    /// Writes into the link what is visible and measured, when the hand rests: browsers allow a few in a second.
    fn write_link(self) {
        const REST: Duration = Duration::from_millis(250);
        let pending = StoredValue::new(false);
        let write = move || {
            if pending.try_set_value(false).is_some() || self.viewport.is_disposed() {
                return;
            }
            // What is read later may be what the link asks for.
            let is_loading = |load: &Load| matches!(load, Load::Loading(_));
            if self.viewer.load.with_untracked(is_loading) {
                return;
            }
            let place = self.place();
            if self.look.with_untracked(|look| (look.visible, look.mark)) != place {
                self.look.update(|look| (look.visible, look.mark) = place);
            }
        };
        Effect::new(move |_| {
            self.viewport.track();
            self.mark.track();
            if !pending.get_value() {
                pending.set_value(true);
                set_timeout(write, REST);
            }
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

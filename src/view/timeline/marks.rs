//! Marks at the bars that findings concern. How bad it is has a shape and a colour, so that neither is needed to tell the other.
//!
//! Few spans are marked, however many there are: a frame compares that list with the rows on the screen, by halving, and looks at no other span.

use crate::view::answers::Found;
use crate::view::findings::Marked;
use crate::view::parts::format::counted;
use crate::view::parts::text::shown as text;
use crate::view::timeline::chart::{track, Area, Chart, ROW};
use crate::view::timeline::colours::Palette;
use crate::wording::{common, timeline as words};
use crewscope_analysis::findings::Severity;
use crewscope_analysis::timeline::{stretch_of, Bar, Lane, Row, Stretch, Window};
use crewscope_trace::model::{SpanIndex, Trace};
use leptos::prelude::*;
use web_sys::CanvasRenderingContext2d;

/// From the middle of a mark to its corners, in CSS pixels.
const RADIUS: f64 = 5.0;
/// Marks nearer than this become one, as bad as the worst of them.
const APART: f64 = 8.0;
/// Findings that a tip tells in full.
const TOLD: usize = 3;

/// How the marks of a severity look.
struct Look {
    severity: Severity,
    /// The token of the style sheet.
    colour: &'static str,
    /// Of the shape; many: a disc.
    corners: u8,
    /// The shape as a character.
    sign: &'static str,
    word: &'static str,
}

/// The worst first.
const LOOKS: [Look; 3] = [
    Look {
        severity: Severity::Error,
        colour: "--mark-error",
        corners: 4,
        sign: "◆",
        word: words::MARK_ERROR,
    },
    Look {
        severity: Severity::Warning,
        colour: "--mark-warning",
        corners: 3,
        sign: "▲",
        word: words::MARK_WARNING,
    },
    Look {
        severity: Severity::Info,
        colour: "--mark-info",
        corners: 20,
        sign: "●",
        word: words::MARK_HINT,
    },
];

/// A bar to be marked.
#[derive(Clone, Copy, PartialEq)]
pub struct Mark {
    row: usize,
    tracks: usize,
    bar: Bar,
    severity: Severity,
}

impl Mark {
    /// Whether it stands on the bar of this span.
    pub fn is_on(&self, span: SpanIndex) -> bool {
        self.bar.span == span
    }
}

/// A mark on the screen: its middle, and what it stands for.
struct Placed {
    x: f64,
    y: f64,
    mark: Mark,
}

/// The marks of the rows on the screen.
pub fn on_screen(chart: Chart, marked: &[Marked]) -> Option<Vec<Mark>> {
    let (rows, area) = (chart.rows.get_untracked(), chart.area.get_untracked());
    let (shown, whole) = (
        chart.answers.shown.get_untracked()?,
        chart.whole.get_untracked()?,
    );
    Some(of_rows(&shown.trace, &rows, area, whole, marked))
}

fn of_rows(
    trace: &Trace,
    rows: &[Row],
    area: Area,
    whole: Stretch,
    marked: &[Marked],
) -> Vec<Mark> {
    let mut marks = Vec::new();
    for at in area.rows(rows.len(), 1) {
        let Some(row) = rows.get(at) else { continue };
        let lane: &Lane = &row.lane;
        let mut add = |span: SpanIndex, severity: Severity| {
            let start = stretch_of(trace, span, whole).map(|stretch| stretch.start);
            let bar = start.and_then(|start| lane.bar_from(span, start));
            marks.extend(bar.map(|bar| Mark {
                row: at,
                tracks: lane.track_count().max(1),
                bar,
                severity,
            }));
        };
        // The longer of two sorted lists is searched for what is in the shorter one.
        let spans = lane.spans();
        let (Some(&first), Some(&last)) = (spans.first(), spans.last()) else {
            continue;
        };
        let from = marked.partition_point(|(span, _)| *span < first);
        let to = marked.partition_point(|(span, _)| *span <= last);
        let near = marked.get(from..to).unwrap_or_default();
        if near.len() < spans.len() {
            for &(span, severity) in near {
                if spans.binary_search(&span).is_ok() {
                    add(span, severity);
                }
            }
        } else {
            for &span in spans {
                if let Ok(at) = near.binary_search_by_key(&span, |(span, _)| *span) {
                    add(span, near.get(at).map_or(Severity::Info, |(_, own)| *own));
                }
            }
        }
    }
    marks
}

/// Where the marks are drawn: at the beginning of the bar, or at the edge where that is before it.
fn place(marks: &[Mark], window: Window<'_>, area: Area) -> Vec<Placed> {
    let mut placed: Vec<Placed> = Vec::new();
    for &mark in marks {
        let (left, right) = (window.x(mark.bar.start), window.x(mark.bar.end));
        if right < 0.0 || left > area.width {
            continue;
        }
        let x = left.max(RADIUS + 1.0).min(area.width - RADIUS - 1.0);
        let (offset, height) = track(mark.tracks, mark.bar.track);
        // On the upper corner of a bar of full height, on the middle of a low one.
        let y = mark.row as f64 * ROW - area.top + offset + (height / 2.0).min(2.0);
        let y = y.max(RADIUS + 1.0);
        let near = |other: &&mut Placed| other.y == y && (other.x - x).abs() < APART;
        // Bars of other tracks may lie between.
        match placed.iter_mut().rev().take(4).find(near) {
            Some(other) if mark.severity < other.mark.severity => other.mark = mark,
            Some(_) => {}
            None => placed.push(Placed { x, y, mark }),
        }
    }
    placed
}

/// Draws them over the bars.
pub fn paint(
    context: &CanvasRenderingContext2d,
    palette: &Palette,
    marks: &[Mark],
    window: Window<'_>,
    area: Area,
) {
    let placed = place(marks, window, area);
    context.set_line_width(3.0);
    context.set_line_join("round");
    context.set_stroke_style_str(&palette.token("--mark-edge"));
    // The worst ones last, on top.
    for look in LOOKS.iter().rev() {
        context.set_fill_style_str(&palette.token(look.colour));
        let own = |one: &&Placed| one.mark.severity == look.severity;
        for one in placed.iter().filter(own) {
            shape(context, one.x, one.y, look.corners);
            context.stroke();
            context.fill();
        }
    }
}

/// A regular shape with a corner at the top.
fn shape(context: &CanvasRenderingContext2d, x: f64, y: f64, corners: u8) {
    context.begin_path();
    for corner in 0..corners {
        let angle = std::f64::consts::TAU * f64::from(corner) / f64::from(corners);
        let (across, up) = (angle.sin() * RADIUS, angle.cos() * RADIUS);
        context.line_to(x + across, y - up);
    }
    context.close_path();
}

/// The bar whose mark is under the pointer.
pub fn hit(marks: &[Mark], window: Window<'_>, area: Area, x: f64, y: f64) -> Option<Bar> {
    let placed = place(marks, window, area);
    let under = placed
        .iter()
        .filter(|one| (one.x - x).abs() <= RADIUS && (one.y - y).abs() <= RADIUS);
    under
        .min_by_key(|one| one.mark.severity)
        .map(|one| one.mark.bar)
}

/// What findings say about a span, for its tip.
pub fn finding_lines(chart: Chart, span: SpanIndex) -> impl IntoView {
    let line = |found: &Found| {
        let look = LOOKS.iter().find(|look| look.severity == found.severity);
        view! {
            <span class="cs-tl-finding" data-severity=found.severity.name()>
                {look.map(|look| [look.sign, " "].concat())}
                <bdi>{text(&found.title)}</bdi>
            </span>
        }
    };
    chart.answers.open.with(|found| {
        let found = found.iter().flatten();
        let mut found = found.filter(|found| found.concerns(span));
        let lines = found.by_ref().take(TOLD).map(line).collect_view();
        let more = found.count() as u64;
        let more = (more > 0).then(|| {
            let more = counted(more, words::MORE_FINDINGS_OF);
            view! { <span>{words::and_more(&more)}</span> }
        });
        (lines, more)
    })
}

/// In how many findings a span is, for who hears it.
pub fn word(chart: Chart, span: SpanIndex) -> String {
    let of_span = chart.answers.open.with(|found| {
        let of_span = found.iter().flatten().filter(|found| found.concerns(span));
        of_span.count() as u64
    });
    match of_span {
        0 => String::new(),
        many => [common::COMMA, &counted(many, common::FINDINGS_OF)].concat(),
    }
}

/// What the shapes mean, as far as they occur.
pub fn legend(marked: &[Marked]) -> impl IntoView {
    let occurs = |look: &&Look| {
        let mut severities = marked.iter().map(|(_, severity)| *severity);
        severities.any(|severity| severity == look.severity)
    };
    let entry = |look: &Look| {
        view! {
            <li>
                <span class="cs-tl-finding" data-severity=look.severity.name() aria-hidden="true">
                    {look.sign}
                </span>
                {look.word}
            </li>
        }
    };
    LOOKS.iter().filter(occurs).map(entry).collect_view()
}

impl Chart {
    /// What findings mark on the screen.
    pub fn marks(&self) -> Vec<Mark> {
        let marked = self.marked.get_untracked();
        if marked.is_empty() {
            return Vec::new();
        }
        on_screen(*self, &marked).unwrap_or_default()
    }

    /// The bar at a point of the canvas.
    pub fn bar_at(&self, x: f64, y: f64) -> Option<Bar> {
        let (scale, viewport, area) = (
            self.scale.get_untracked()?,
            self.viewport.get_untracked()?,
            self.area.get_untracked(),
        );
        let line = (y + area.top) / ROW;
        // A bar of one pixel must be as easy to hit as a wide one.
        const SLACK: f64 = 4.0;
        let window = viewport.window(&scale, area.width);
        if let Some(bar) = hit(&self.marks(), window, area, x, y) {
            return Some(bar);
        }
        let time = window.time(x);
        let slack = window.time(x + SLACK).saturating_sub(time);
        self.rows.with_untracked(|rows| {
            let lane = &rows.get(line as usize)?.lane;
            let tracks = lane.track_count().max(1);
            let track = ((line.fract() * tracks as f64) as usize).min(tracks - 1);
            lane.hit(track, time, slack)
        })
    }
}

//! Drawing the bars on the canvas.

use super::chart::{Area, Rows, ROW};
use super::viewport::Viewport;
use crate::view::parts::format::duration;
use crate::view::parts::name;
use crewscope_trace::analysis::timeline::{Bar, Stretch};
use crewscope_trace::model::SpanIndex;
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Kinds in the order of drawing: what comes later lies on top.
const KINDS: [&str; 10] = [
    "flow",
    "other",
    "agent",
    "task",
    "memory",
    "human",
    "guardrail",
    "llm",
    "tool",
    "failed",
];
/// Bars narrower than this are drawn as plain rectangles, and joined when they touch.
const NARROW: f64 = 3.0;
/// Corner of a bar.
const RADIUS: f64 = 3.0;
/// Length of the fading end of a bar without an end.
const FADE: f64 = 36.0;
/// Bars narrower than this are widened, or they would not be seen.
const LEAST: f64 = 1.5;

/// What to draw.
pub struct Scene<'a> {
    /// The rows.
    pub rows: &'a Rows,
    /// The whole execution.
    pub whole: Stretch,
    /// The visible part.
    pub viewport: Viewport,
    /// Size and scroll position.
    pub area: Area,
    /// Outlined: in Task Details.
    pub selected: Option<SpanIndex>,
    /// Outlined: under the pointer or the keyboard.
    pub pointed: Option<SpanIndex>,
    /// The row that is selected, drawn on a soft ground.
    pub selected_row: Option<usize>,
}

/// The colours of the style sheet, as of now.
struct Colours {
    kinds: [String; 10],
    line: String,
    soft: String,
    on_bar: String,
    accent: String,
    ink: String,
}

impl Colours {
    fn read(canvas: &HtmlCanvasElement) -> Option<Self> {
        let style = window().get_computed_style(canvas).ok()??;
        let read = |name: &str| {
            style
                .get_property_value(name)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        Some(Self {
            kinds: KINDS.map(|kind| {
                if kind == "failed" {
                    read("--bar-failed")
                } else {
                    read(&format!("--kind-{kind}"))
                }
            }),
            line: read("--line"),
            soft: read("--accent-soft"),
            on_bar: read("--on-bar"),
            accent: read("--accent"),
            ink: read("--ink"),
        })
    }
}

/// A rectangle to fill.
struct Block {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    bar: Bar,
}

/// Draws everything anew. At most one bar per pixel and track reaches this, however many spans there are.
pub fn paint(canvas: &HtmlCanvasElement, scene: &Scene<'_>) -> Option<()> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let colours = Colours::read(canvas)?;
    let Area { width, height, top } = scene.area;
    let scale = window().device_pixel_ratio().max(1.0);
    let (device_width, device_height) = (
        (width * scale).round() as u32,
        (height * scale).round() as u32,
    );
    if (canvas.width(), canvas.height()) != (device_width, device_height) {
        canvas.set_width(device_width);
        canvas.set_height(device_height);
    }
    context
        .set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0)
        .ok()?;
    context.clear_rect(0.0, 0.0, width, height);

    let first = (top / ROW) as usize;
    let last = (((top + height) / ROW).ceil() as usize).min(scene.rows.len());
    let line_top = |row: usize| row as f64 * ROW - top;
    if let Some(row) = scene.selected_row {
        context.set_fill_style_str(&colours.soft);
        context.fill_rect(0.0, line_top(row), width, ROW);
    }
    context.set_fill_style_str(&colours.line);
    for (at, _) in scene.viewport.ticks(width) {
        context.fill_rect((at * width).round(), 0.0, 1.0, height);
    }

    let view = scene.viewport.absolute(scene.whole);
    let mut blocks: Vec<Vec<Block>> = KINDS.iter().map(|_| Vec::new()).collect();
    for row in first..last {
        if let Some(shown) = scene.rows.get(row) {
            collect(&mut blocks, &shown.lane, view, width, line_top(row));
        }
    }
    for (kind, blocks) in colours.kinds.iter().zip(&blocks) {
        context.set_fill_style_str(kind);
        context.set_stroke_style_str(kind);
        for block in blocks {
            fill(&context, block);
        }
    }
    context.set_font("500 10.5px system-ui, sans-serif");
    context.set_text_baseline("middle");
    context.set_fill_style_str(&colours.on_bar);
    let outlined = |block: &Block| {
        let colour = match Some(block.bar.span) {
            span if span == scene.selected => &colours.accent,
            span if span == scene.pointed => &colours.ink,
            _ => return,
        };
        context.set_stroke_style_str(colour);
        context.set_line_width(1.5);
        outline(
            &context,
            block.x - 1.5,
            block.y - 1.5,
            block.width + 3.0,
            block.height + 3.0,
        );
        context.stroke();
    };
    for block in blocks.iter().flatten() {
        label(&context, block, width);
        outlined(block);
    }
    Some(())
}

/// Turns the runs of a row into blocks, by kind. Narrow neighbours of one look become one block.
fn collect(
    blocks: &mut [Vec<Block>],
    lane: &crewscope_trace::analysis::timeline::Lane,
    view: Stretch,
    width: f64,
    top: f64,
) {
    let tracks = lane.track_count().max(1) as f64;
    let (offset, height, gap) = if tracks > 1.0 {
        (3.0, (18.0 - (tracks - 1.0)) / tracks, 1.0)
    } else {
        (5.0, 14.0, 0.0)
    };
    lane.draw(view, width, |run| {
        let (left, right) = (run.left.max(-8.0), run.right.min(width + 8.0));
        let y = top + offset + f64::from(run.bar.track) * (height + gap);
        let kind = if run.bar.failed {
            "failed"
        } else {
            name::colour(run.bar.kind)
        };
        let Some(same) = KINDS
            .iter()
            .position(|known| *known == kind)
            .and_then(|at| blocks.get_mut(at))
        else {
            return;
        };
        let block = Block {
            x: left,
            y,
            width: (right - left).max(LEAST),
            height,
            bar: run.bar,
        };
        if let Some(before) = same.last_mut() {
            let touching = before.y == block.y
                && block.x <= before.x + before.width + 0.5
                && block.x >= before.x;
            if touching && block.width < NARROW && !before.bar.open && !block.bar.open && run.merged
            {
                before.width = block.x + block.width - before.x;
                return;
            }
        }
        same.push(block);
    });
}

fn fill(context: &CanvasRenderingContext2d, block: &Block) {
    let Block {
        x,
        y,
        width,
        height,
        bar,
    } = block;
    let (x, y, width, height) = (*x, *y, *width, *height);
    if bar.open {
        // Fades out: it goes on, and nobody recorded until when.
        const STEPS: usize = 9;
        let fade = FADE.min(width);
        context.fill_rect(x, y, width - fade, height);
        for step in 0..STEPS {
            context.set_global_alpha(1.0 - (step as f64 + 1.0) / (STEPS as f64 + 1.0));
            context.fill_rect(
                x + width - fade + fade * step as f64 / STEPS as f64,
                y,
                fade / STEPS as f64,
                height,
            );
        }
        context.set_global_alpha(1.0);
    } else if bar.guessed && width >= NARROW {
        context.set_global_alpha(0.3);
        context.fill_rect(x, y, width, height);
        context.set_global_alpha(1.0);
        let dashes = js_sys::Array::of2(&3.0.into(), &2.0.into());
        // Refused only for values that are no numbers.
        let _ = context.set_line_dash(&dashes);
        context.set_line_width(1.0);
        context.stroke_rect(x + 0.5, y + 0.5, width - 1.0, height - 1.0);
        let _ = context.set_line_dash(&js_sys::Array::new());
    } else if width < NARROW * 2.0 {
        context.fill_rect(x, y, width, height);
    } else {
        outline(context, x, y, width, height);
        context.fill();
    }
}

fn outline(context: &CanvasRenderingContext2d, x: f64, y: f64, width: f64, height: f64) {
    let radius = RADIUS.min(width / 2.0).min(height / 2.0);
    context.begin_path();
    context.move_to(x + radius, y);
    let corners = [
        (x + width, y, x + width, y + height),
        (x + width, y + height, x, y + height),
        (x, y + height, x, y),
        (x, y, x + width, y),
    ];
    for (corner_x, corner_y, next_x, next_y) in corners {
        // Fails only for a negative radius.
        let _ = context.arc_to(corner_x, corner_y, next_x, next_y, radius);
    }
    context.close_path();
}

/// Writes how long it took into a bar with room for it.
fn label(context: &CanvasRenderingContext2d, block: &Block, width: f64) {
    const CHAR: f64 = 6.3;
    if block.height < 12.0 || block.bar.guessed || block.bar.open {
        return;
    }
    let (left, right) = (block.x.max(0.0), (block.x + block.width).min(width));
    // The shortest label, "1 ms", needs this much.
    if right - left < 34.0 {
        return;
    }
    let time = duration(block.bar.end.saturating_sub(block.bar.start));
    let text = if block.bar.failed {
        format!("✕ {time}")
    } else {
        time
    };
    if text.chars().count() as f64 * CHAR + 8.0 <= right - left {
        // Fails only for coordinates that are no numbers.
        let _ = context.fill_text(&text, left + 5.0, block.y + block.height / 2.0 + 0.5);
    }
}

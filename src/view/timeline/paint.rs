//! Drawing the bars on the canvas.

use crate::view::parts::format::duration;
use crate::view::parts::text::plain;
use crate::view::timeline::axis;
use crate::view::timeline::chart::{track, Area, ROW};
use crate::view::timeline::colours::{self, Palette};
use crate::view::timeline::derived::Rows;
use crate::view::timeline::marks::{self, Mark};
use crate::wording::common;
use crewscope_analysis::timeline::{Bar, By, Lane, Path, Shades, Stretch, Window};
use crewscope_trace::model::{SpanIndex, Trace};
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

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
    /// The trace, for names.
    pub trace: &'a Trace,
    /// The rows.
    pub rows: &'a Rows,
    /// The visible part.
    pub window: Window<'a>,
    /// Begin of the execution.
    pub origin: i64,
    /// Size and scroll position.
    pub area: Area,
    /// What colours tell; `None`: the kind.
    pub shades: Option<&'a Shades>,
    /// Underlined: what the end waited for.
    pub path: Option<&'a Path>,
    /// What findings mark.
    pub marks: &'a [Mark],
    /// Outlined: in Task Details.
    pub selected: Option<SpanIndex>,
    /// Outlined: under the pointer or the keyboard.
    pub pointed: Option<SpanIndex>,
    /// The row that is selected, drawn on a soft ground.
    pub selected_row: Option<usize>,
}

/// A rectangle to fill.
struct Block {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    bar: Bar,
}

/// A canvas of this size, ready to be drawn on in CSS pixels, as sharp as the screen is.
pub fn sharp(
    canvas: &HtmlCanvasElement,
    width: f64,
    height: f64,
) -> Option<CanvasRenderingContext2d> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let scale = window().device_pixel_ratio().max(1.0);
    let size = |length: f64| (length * scale).round() as u32;
    if (canvas.width(), canvas.height()) != (size(width), size(height)) {
        canvas.set_width(size(width));
        canvas.set_height(size(height));
    }
    context
        .set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0)
        .ok()?;
    context.clear_rect(0.0, 0.0, width, height);
    Some(context)
}

/// Draws everything anew. At most one bar per pixel and track reaches this, however many spans there are.
pub fn paint(canvas: &HtmlCanvasElement, scene: &Scene<'_>) -> Option<()> {
    let Area { width, height, top } = scene.area;
    let context = sharp(canvas, width, height)?;
    let palette = Palette::read(canvas, scene.shades.map_or(By::Kind, Shades::by))?;
    let colour = |name: &str| context.set_fill_style_str(&palette.token(name));

    let first = (top / ROW) as usize;
    let last = (((top + height) / ROW).ceil() as usize).min(scene.rows.len());
    let line_top = |row: usize| row as f64 * ROW - top;
    if let Some(row) = scene.selected_row {
        colour("--accent-soft");
        context.fill_rect(0.0, line_top(row), width, ROW);
    }
    if !scene.window.scale.gaps().is_empty() {
        gaps(&context, scene, &palette);
    }
    colour("--line");
    for (x, _) in axis::ticks(scene.window, scene.origin) {
        context.fill_rect(x.round(), 0.0, 1.0, height);
    }

    let mut blocks: Vec<Vec<Block>> = palette.bars.iter().map(|_| Vec::new()).collect();
    for row in first..last {
        if let Some(shown) = scene.rows.get(row) {
            collect(&mut blocks, &shown.lane, scene, line_top(row));
        }
    }
    for ((colour, strength), blocks) in palette.bars.iter().zip(&blocks) {
        context.set_fill_style_str(colour);
        context.set_stroke_style_str(colour);
        for block in blocks {
            fill(&context, block, *strength);
        }
    }
    if let Some(path) = scene.path {
        colour("--path");
        for block in blocks.iter().flatten() {
            let Some(waited) = path.of(block.bar.span) else {
                continue;
            };
            let left = scene.window.x(waited.start).max(block.x);
            let right = scene.window.x(waited.end).min(block.x + block.width);
            context.fill_rect(left, block.y + block.height, (right - left).max(LEAST), 2.0);
        }
    }
    context.set_font("500 10.5px system-ui, sans-serif");
    context.set_text_baseline("middle");
    for ((_, strength), blocks) in palette.bars.iter().zip(&blocks) {
        // Light writing cannot be read on a light bar.
        colour(if *strength < 0.7 { "--ink" } else { "--on-bar" });
        for block in blocks {
            label(&context, block, scene);
        }
    }
    for gap in scene.window.scale.gaps() {
        gap_label(&context, scene, &palette, *gap);
    }
    for block in blocks.iter().flatten() {
        let name = match Some(block.bar.span) {
            span if span == scene.selected => "--accent",
            span if span == scene.pointed => "--ink",
            _ => continue,
        };
        context.set_stroke_style_str(&palette.token(name));
        context.set_line_width(1.5);
        let Block {
            x,
            y,
            width,
            height,
            ..
        } = block;
        outline(&context, x - 1.5, y - 1.5, width + 3.0, height + 3.0);
        context.stroke();
    }
    if !scene.marks.is_empty() {
        marks::paint(&context, &palette, scene.marks, scene.window, scene.area);
    }
    Some(())
}

/// Writes upright into an idle stretch that is drawn short how long it is.
fn gap_label(
    context: &CanvasRenderingContext2d,
    scene: &Scene<'_>,
    palette: &Palette,
    gap: Stretch,
) {
    /// Of the letters; wider than that the text needs no room of its own.
    const SIZE: f64 = 13.0;
    const CHAR: f64 = 6.0;
    let window = &scene.window;
    let (left, right) = (window.x(gap.start), window.x(gap.end));
    let middle = (left + right) / 2.0;
    let text = duration(gap.length());
    let length = text.chars().count() as f64 * CHAR + 8.0;
    let Area { width, height, .. } = scene.area;
    if right - left < SIZE || middle < 0.0 || middle > width || length > height {
        return;
    }
    context.save();
    context.set_fill_style_str(&palette.token("--panel"));
    context.fill_rect(middle - SIZE / 2.0, height - length, SIZE, length);
    context.set_fill_style_str(&palette.token("--muted"));
    // These fail only for numbers that are none.
    let _ = context.translate(middle, height - 4.0);
    let _ = context.rotate(-std::f64::consts::FRAC_PI_2);
    let _ = context.fill_text(&text, 0.0, 0.5);
    context.restore();
}

/// Hatches idle stretches that are drawn short.
fn gaps(context: &CanvasRenderingContext2d, scene: &Scene<'_>, palette: &Palette) {
    let Area { width, height, .. } = scene.area;
    for gap in scene.window.scale.gaps() {
        let (left, right) = (scene.window.x(gap.start), scene.window.x(gap.end));
        if right < 0.0 || left > width {
            continue;
        }
        context.save();
        context.begin_path();
        context.rect(left, 0.0, right - left, height);
        context.clip();
        context.set_fill_style_str(&palette.token("--sunken"));
        context.fill_rect(left, 0.0, right - left, height);
        context.set_stroke_style_str(&palette.token("--line-strong"));
        context.set_line_width(1.0);
        context.begin_path();
        const APART: f64 = 7.0;
        let mut x = left.max(-height) - height;
        while x < right.min(width) {
            context.move_to(x, height);
            context.line_to(x + height, 0.0);
            x += APART;
        }
        context.stroke();
        context.restore();
    }
}

/// Turns the runs of a row into blocks, by colour. Narrow neighbours of one look become one block.
fn collect(blocks: &mut [Vec<Block>], lane: &Lane, scene: &Scene<'_>, top: f64) {
    let width = scene.area.width;
    let tracks = lane.track_count();
    lane.draw(scene.window, &mut |run| {
        let (left, right) = (run.left.max(-8.0), run.right.min(width + 8.0));
        let (offset, height) = track(tracks, run.bar.track);
        let y = top + offset;
        let Some(same) = blocks.get_mut(colours::of(&run.bar, scene.shades)) else {
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

fn fill(context: &CanvasRenderingContext2d, block: &Block, strength: f64) {
    context.set_global_alpha(strength);
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
            context.set_global_alpha(strength * (1.0 - (step as f64 + 1.0) / (STEPS as f64 + 1.0)));
            context.fill_rect(
                x + width - fade + fade * step as f64 / STEPS as f64,
                y,
                fade / STEPS as f64,
                height,
            );
        }
    } else if bar.guessed && width >= NARROW {
        context.set_global_alpha(strength * 0.3);
        context.fill_rect(x, y, width, height);
        context.set_global_alpha(strength);
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
    context.set_global_alpha(1.0);
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

/// Writes how long it took into a bar with room for it, and what its colour says where there is more.
fn label(context: &CanvasRenderingContext2d, block: &Block, scene: &Scene<'_>) {
    const CHAR: f64 = 6.3;
    if block.height < 12.0 || block.bar.guessed || block.bar.open {
        return;
    }
    // A mark would lie on the first letters.
    let marked = scene.marks.iter().any(|mark| mark.is_on(block.bar.span));
    let (left, right) = (
        block.x.max(0.0) + if marked { 6.0 } else { 0.0 },
        (block.x + block.width).min(scene.area.width),
    );
    // The shortest label, "1 ms", needs this much.
    if right - left < 34.0 {
        return;
    }
    let room = ((right - left - 8.0) / CHAR) as usize;
    let mut text = duration(block.bar.end.saturating_sub(block.bar.start));
    if block.bar.failed {
        text.insert_str(0, "✕ ");
    }
    let word = |shades| colours::word(scene.trace, block.bar.span, shades);
    if let Some(word) = scene.shades.and_then(word) {
        // Foreign names may hold anything; on a canvas they have no direction to spill into, only length.
        if text.chars().count() + 3 + word.chars().count() <= room {
            text.push_str(common::BETWEEN);
            text.push_str(&plain(&word));
        }
    }
    if text.chars().count() <= room {
        // Fails only for coordinates that are no numbers.
        let _ = context.fill_text(&text, left + 5.0, block.y + block.height / 2.0 + 0.5);
    }
}

//! What a bar's colour is, and what it says: one table for the canvas and the legend.

use super::chart::Chart;
use super::marks;
use crate::dom::{el, live, Dom};
use crate::live::Memo;
use crate::view::answers::Shown;
use crate::view::parts::format::usd;
use crate::view::parts::name;
use crate::view::parts::text::shown as text;
use crate::wording::{common, timeline as words};
use crewscope_trace::analysis::timeline::{Bar, By, Shades, SHADES};
use crewscope_trace::model::{Kind, SpanIndex, Status, Trace};
use leptos::prelude::window;
use web_sys::HtmlCanvasElement;

/// A colour: the token of the style sheet, how strong it is (in tenths), and what it stands for, where that is always the same.
/// Later ones are drawn on top. The last is always failure: a failed bar is red whatever colours tell.
type Colour = (&'static str, u8, &'static str);

const KINDS: [Colour; 10] = [
    ("--kind-flow", 10, words::CREW_FLOW),
    ("--kind-other", 10, words::OTHER),
    ("--kind-agent", 10, common::AGENT),
    ("--kind-task", 10, common::TASK),
    ("--kind-memory", 10, words::MEMORY_KNOWLEDGE),
    ("--kind-human", 10, words::HUMAN),
    ("--kind-guardrail", 10, words::GUARDRAIL),
    ("--kind-llm", 10, words::LLM_CALL),
    ("--kind-tool", 10, common::TOOL),
    FAILED,
];
const FAILED: Colour = ("--bar-failed", 10, common::FAILED);
/// In the order of [`Shades::of`]: none, eight of their own, all others.
const NAMES: [Colour; SHADES as usize + 3] = [
    ("--kind-other", 4, words::NONE_OR_SEVERAL),
    ("--kind-task", 10, ""),
    ("--kind-tool", 10, ""),
    ("--kind-llm", 10, ""),
    ("--kind-guardrail", 10, ""),
    ("--kind-memory", 10, ""),
    ("--kind-agent", 10, ""),
    ("--kind-flow", 10, ""),
    ("--kind-human", 10, ""),
    ("--kind-other", 8, words::OTHERS),
    FAILED,
];
const STATUS: [Colour; 5] = [
    ("--kind-other", 4, ""),
    ("--ok", 10, common::COMPLETED),
    ("--run", 10, common::RUNNING),
    ("--kind-other", 10, common::STATUS_UNKNOWN),
    FAILED,
];
const COSTS: [Colour; 7] = [
    ("--kind-other", 3, words::NO_COST),
    ("--kind-tool", 2, ""),
    ("--kind-tool", 4, ""),
    ("--kind-tool", 6, ""),
    ("--kind-tool", 8, ""),
    ("--kind-tool", 10, ""),
    FAILED,
];

/// The colours of a colouring, in the order of drawing.
pub fn table(by: By) -> &'static [Colour] {
    match by {
        By::Kind => &KINDS,
        By::Agent | By::Model => &NAMES,
        By::Status => &STATUS,
        By::Cost => &COSTS,
    }
}

/// Which colour of the table a bar has.
pub fn of(bar: &Bar, shades: Option<&Shades>) -> usize {
    match shades {
        None => kind(bar.kind, bar.failed),
        Some(shades) if bar.failed => table(shades.by()).len() - 1,
        Some(shades) => shades.of(bar.span).into(),
    }
}

fn kind(kind: Kind, failed: bool) -> usize {
    if failed {
        return KINDS.len() - 1;
    }
    let colour = name::colour(kind);
    let at = KINDS.iter().position(|(token, ..)| token.ends_with(colour));
    at.unwrap_or(1)
}

/// What the colour says, for the label of a bar and for its tip; `None` where it is the kind or nothing is known.
#[inline(never)]
pub fn word(trace: &Trace, span: SpanIndex, shades: &Shades) -> Option<String> {
    if let Some(cost) = shades.cost(span) {
        return Some(usd(cost));
    }
    let at = usize::from(shades.of(span)).checked_sub(1)?;
    let name = shades.names.get(at).filter(|_| at < SHADES.into())?;
    Some(trace.str(*name).to_owned())
}

/// The colours as the style sheet has them now.
pub struct Palette {
    /// In the order of the table, with their strength (0 to 1).
    pub bars: Vec<(String, f64)>,
    style: web_sys::CssStyleDeclaration,
}

impl Palette {
    /// Reads them where they hold.
    pub fn read(canvas: &HtmlCanvasElement, by: By) -> Option<Self> {
        let style = window().get_computed_style(canvas).ok()??;
        let mut palette = Self {
            bars: Vec::new(),
            style,
        };
        let bars = table(by).iter();
        palette.bars = bars
            .map(|(token, strength, _)| (palette.token(token), f64::from(*strength) / 10.0))
            .collect();
        Some(palette)
    }

    /// A colour by its name.
    pub fn token(&self, name: &str) -> String {
        let value = self.style.get_property_value(name).unwrap_or_default();
        value.trim().to_owned()
    }
}

/// The colours that occur, and what they say.
pub fn legend(chart: Chart) -> Dom {
    let present = Memo::new(move || {
        let shades = chart.shades.get();
        chart.answers.shown.with(|shown| {
            let Some(shown) = shown else {
                return Vec::new();
            };
            entries(shown, shades.as_deref())
        })
    });
    el("ul")
        .class("cs-tl-legend cs-plain")
        .attr("aria-label", words::COLOURS)
        .child(live(move || {
            let path = chart.path.get().map(|_| {
                el("li")
                    .child(el("span").class("cs-tl-onpath"))
                    .child(words::PATH_MEANS)
                    .dom()
            });
            let mut entries: Vec<Dom> = present.get().into_iter().map(entry).collect();
            entries.extend(path);
            chart.marked.with(|marked| {
                if !marked.is_empty() {
                    entries.extend(marks::legend(marked));
                }
            });
            entries
        }))
        .dom()
}

fn entry((token, strength, word): (&'static str, u8, String)) -> Dom {
    el("li")
        .child(
            el("span")
                .class("cs-kind")
                .style("background", format!("var({token})"))
                .style(
                    "opacity",
                    if strength == 10 {
                        "1"
                    } else {
                        DIM[usize::from(strength % 10)]
                    },
                ),
        )
        .child(el("bdi").child(text(&word)))
        .dom()
}

/// Strengths as CSS wants them.
const DIM: [&str; 10] = [
    "1", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9",
];

fn entries(shown: &Shown, shades: Option<&Shades>) -> Vec<(&'static str, u8, String)> {
    let trace = &shown.trace;
    let Some(execution) = shown.execution() else {
        return Vec::new();
    };
    let table = table(shades.map_or(By::Kind, Shades::by));
    let mut occurs = vec![false; table.len()];
    let mut kinds = Vec::new();
    let spans = trace.spans_of(execution);
    for (at, span) in (execution.first_span..).zip(spans) {
        // The execution itself has no row.
        if at == execution.first_span && matches!(span.kind, Kind::Crew | Kind::Flow) {
            continue;
        }
        let failed = span.status == Status::Failed;
        let own = match shades {
            Some(shades) => Some(shades.of(at).into()),
            // The colour of a kind is found by name: once for each kind, and not for a million spans.
            None if kinds.contains(&span.kind) => None,
            None => {
                kinds.push(span.kind);
                Some(kind(span.kind, false))
            }
        };
        // A status is told by one colour, all else by its own and red.
        if !failed || shades.is_none_or(|shades| shades.by() != By::Status) {
            if let Some(slot) = own.and_then(|own: usize| occurs.get_mut(own)) {
                *slot = true;
            }
        }
        if let Some(last) = occurs.last_mut().filter(|_| failed) {
            *last = true;
        }
    }
    let words = table.iter().enumerate().map(|(at, (.., word))| {
        let from = |list: &[f64]| at.checked_sub(1).and_then(|at| list.get(at)).copied();
        let name = shades.and_then(|shades| shades.names.get(at.checked_sub(1)?));
        match (shades.and_then(|shades| from(&shades.costs)), name) {
            _ if !word.is_empty() => (*word).to_owned(),
            (Some(least), _) if at == 1 && least <= 0.0 => words::LESS.to_owned(),
            (Some(least), _) => words::from_cost(&usd(least)),
            (_, Some(name)) => trace.str(*name).to_owned(),
            _ => String::new(),
        }
    });
    let of = |((token, strength, _), word): (&Colour, String)| (*token, *strength, word);
    table
        .iter()
        .zip(words)
        .zip(occurs)
        .filter(|(_, occurs)| *occurs)
        .map(|(entry, _)| of(entry))
        .collect()
}

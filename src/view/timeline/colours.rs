//! What a bar's colour is, and what it says: one table for the canvas and the legend.

use crate::view::parts::format::usd;
use crate::view::parts::name;
use crate::wording::{common, timeline as words};
use crewscope_analysis::timeline::{Bar, By, Shades, SHADES};
use crewscope_trace::model::{Kind, SpanIndex, Trace};
use leptos::prelude::window;
use web_sys::HtmlCanvasElement;

/// A colour: the token of the style sheet, how strong it is (in tenths), and what it stands for, where that is always the same.
/// Later ones are drawn on top. The last is always failure: a failed bar is red whatever colours tell.
pub type Colour = (&'static str, u8, &'static str);

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

pub fn kind(kind: Kind, failed: bool) -> usize {
    if failed {
        return KINDS.len() - 1;
    }
    let colour = name::colour(kind);
    let at = KINDS.iter().position(|(token, ..)| token.ends_with(colour));
    at.unwrap_or(1)
}

/// What the colour says, for the label of a bar and for its tip; `None` where it is the kind or nothing is known.
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

//! The colours that occur, and what they say.

use crate::view::parts::format::usd;
use crate::view::parts::text::shown as text;
use crate::view::timeline::chart::Chart;
use crate::view::timeline::colours::{kind, table, Colour};
use crate::view::timeline::marks;
use crate::viewer::Shown;
use crate::wording::timeline as words;
use crewscope_analysis::timeline::{By, Shades};
use crewscope_trace::model::{Kind, Status};
use leptos::prelude::*;

/// The colours that occur, and what they say.
#[component]
pub fn Legend(
    /// The state of the timeline.
    chart: Chart,
) -> impl IntoView {
    let present = Memo::new(move |_| {
        let shades = chart.shades.get();
        chart.answers.shown.with(|shown| {
            let Some(shown) = shown else {
                return Vec::new();
            };
            entries(shown, shades.as_deref())
        })
    });
    view! {
        <ul class="cs-tl-legend cs-plain" aria-label=words::COLOURS>
            {move || {
                let present = present.get().into_iter();
                present
                    .map(|(token, strength, word)| view! { <Entry token strength word /> })
                    .collect_view()
            }}
            <Show when=move || chart.path.with(Option::is_some)>
                <li>
                    <span class="cs-tl-onpath" />
                    {words::PATH_MEANS}
                </li>
            </Show>
            {move || chart.marked.with(|marked| marks::legend(marked))}
        </ul>
    }
}

/// A colour, and what it says.
#[component]
fn Entry(
    /// The token of the style sheet.
    token: &'static str,
    /// How strong it is, in tenths.
    strength: u8,
    word: String,
) -> impl IntoView {
    view! {
        <li>
            <span
                class="cs-kind"
                style:background=format!("var({token})")
                style:opacity=if strength == 10 { "1" } else { DIM[usize::from(strength % 10)] }
            />
            <bdi>{text(&word)}</bdi>
        </li>
    }
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

//! Beneath the figures: whether sums and the run's own totals agree, and where prices come from. Each opens its explanation.

mod prices;
mod sums;

use crate::view::answers::Answers;
use crate::view::parts::icon::Icon;
use crate::viewer::{Load, Viewer};
use crate::wording::summary as words;
use crewscope_analysis::reconcile;
use crewscope_trace::model::Flags;
use leptos::html;
use leptos::prelude::*;
use prices::price_mark;
use sums::sums_mark;

/// Lines of a table that are listed at once.
const MOST: usize = 60;

/// The line of both marks. The trust mark waits for the whole trace: half a trace agrees with nothing.
#[component]
pub fn Trust() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let found = Memo::new(move |_| {
        if !matches!(viewer.load.get(), Load::Ready { .. }) {
            return None;
        }
        let shown = answers.shown.get()?;
        let execution = shown.execution()?;
        let work = || reconcile(&shown.trace, execution);
        Some(viewer.answer(shown.at, |known| &known.reconciliation, work))
    });
    let sums = move || {
        let shown = answers.shown.get()?;
        if shown.execution()?.flags.has(Flags::AS_REPORTED) {
            return None;
        }
        found.with(|found| Some(sums_mark(&shown.trace, found.as_ref()?)))
    };
    let file = NodeRef::<html::Input>::new();
    let price = move || {
        let prices = answers.prices();
        answers
            .summary
            .with(|summary| Some(price_mark(&prices, &summary.as_ref()?.cost, file)))
    };
    view! {
        <div class="cs-trust">
            {sums} {price}
            <input
                type="file"
                hidden=true
                class="cs-prices-input"
                node_ref=file
                aria-label=words::PRICE_FILE
                on:change:target=move |event| {
                    let input = event.target();
                    if let Some(chosen) = input.files().and_then(|files| files.get(0)) {
                        crate::viewer::prices::read(viewer, chosen.into());
                    }
                    input.set_value("");
                }
            />
        </div>
    }
}

/// A mark with its explanation. Opening one closes the other.
#[component]
fn Disclosure(
    /// How the style sheet knows it.
    name: &'static str,
    /// What it comes to, for the style sheet.
    look: &'static str,
    /// What the explanation is called, for screen readers.
    label: &'static str,
    /// Before the words of the mark.
    icon: Icon,
    /// The mark.
    #[prop(into)]
    words: String,
    /// The explanation.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="cs-trust-part" data-part=name data-verdict=look name="cs-trust">
            <summary>{icon.draw()} <span>{words}</span> {Icon::SortDown.draw()}</summary>
            <div class="cs-trust-panel" tabindex="0" role="group" aria-label=label>
                {children()}
            </div>
        </details>
    }
}

//! Beneath the figures: whether sums and the run's own totals agree, and where prices come from. Each opens its explanation.

use crate::view::answers::Answers;
use crate::view::parts::format::{count, counted, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::{Load, Viewer};
use crate::wording::{common, summary as words};
use crewscope_analysis::{reconcile, Cost, Prices, Reconciliation, Verdict};
use crewscope_trace::model::{Flags, Trace};
use leptos::html;
use leptos::prelude::*;
use web_sys::Event;

/// Comparisons listed at once.
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
        let known = viewer.prepared(shown.at, |known| &known.reconciliation);
        let execution = shown.execution()?;
        Some(known.unwrap_or_else(|| reconcile(&shown.trace, execution)))
    });
    let file = NodeRef::<html::Input>::new();
    view! {
        <div class="cs-trust">
            {move || {
                let shown = answers.shown.get()?;
                if shown.execution()?.flags.has(Flags::AS_REPORTED) {
                    return None;
                }
                found.with(|found| found.as_ref().map(|found| verdict(&shown.trace, found)))
            }}
            {move || {
                let prices = answers.prices();
                answers
                    .summary
                    .with(|summary| {
                        summary.as_ref().map(|summary| price(viewer, &prices, &summary.cost, file))
                    })
            }}
            <input
                type="file"
                hidden=true
                class="cs-prices-input"
                node_ref=file
                aria-label=words::PRICE_FILE
                on:change=move |_: Event| {
                    let Some(input) = file.get_untracked() else {
                        return;
                    };
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

fn verdict(trace: &Trace, found: &Reconciliation) -> impl IntoView {
    let (icon, look, told) = match found.verdict {
        Verdict::Agrees => (Icon::Check, "agrees", words::AGREE),
        Verdict::Differs if found.is_explained() => {
            (Icon::Note, "explained", words::DIFFER_EXPLAINED)
        }
        Verdict::Differs => (Icon::Question, "differs", words::DIFFER),
        Verdict::CallsOnly => (Icon::Note, "one", words::CALLS_ONLY),
        Verdict::ReportedOnly => (Icon::Note, "one", words::REPORTED_ONLY),
        Verdict::Nothing => (Icon::Question, "one", words::NO_USAGE),
    };
    let lines = found
        .details(trace)
        .iter()
        .map(|line| view! { <li>{text(line)}</li> })
        .collect_view();
    let rows = found
        .checks
        .iter()
        .take(MOST)
        .filter_map(|check| Some((check, trace.spans.get(check.span as usize)?)))
        .map(|(check, span)| {
            let calls = check.calls.map_or(common::UNKNOWN.to_owned(), count);
            view! {
                <tr data-differs=check.reason.map(|_| "true")>
                    <th scope="row">
                        {span.kind.label()} " " <bdi>{text(trace.str(span.name))}</bdi>
                    </th>
                    <td>{check.quantity.unit()}</td>
                    <td>{calls}</td>
                    <td>{count(check.reported)}</td>
                </tr>
            }
        })
        .collect_view();
    let table = (!found.checks.is_empty()).then(|| {
        let head = [
            words::COUNTED_BY,
            common::WHAT,
            words::SUM_OVER_CALLS,
            words::OWN_COUNT,
        ];
        let head = head
            .into_iter()
            .map(|word| view! { <th scope="col">{word}</th> })
            .collect_view();
        view! {
            <table>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    let sentence = found.sentence();
    view! {
        <Disclosure name="verdict" look label=words::SUMS icon words=told.to_owned()>
            <p>{sentence}</p>
            <ul class="cs-plain">{lines}</ul>
            {table}
        </Disclosure>
    }
}

/// What a cost rests on, in a few words.
fn basis(prices: &Prices, cost: &Cost) -> String {
    if cost.usd.is_some() && cost.recorded {
        return words::ALL_RECORDED.to_owned();
    }
    let own = prices.own_source.as_ref().map(|own| plain(own));
    // The licence stands in the explanation.
    let list = prices.source.split(" (").next().unwrap_or_default();
    words::basis(cost.mixed, own.as_deref(), list, &prices.date)
}

fn price(
    viewer: Viewer,
    prices: &Prices,
    cost: &Cost,
    file: NodeRef<html::Input>,
) -> impl IntoView {
    let row = |model: &str| {
        let found = prices.find(model, None);
        let own = found.is_ok_and(|found| found.own);
        let per = |rate: Option<f64>| rate.map_or(words::LIKE_ANY.to_owned(), usd);
        let cells = match found {
            Ok(found) => vec![
                usd(found.price.input),
                usd(found.price.output),
                per(found.price.cache_read),
                per(found.price.cache_write),
            ],
            Err(_) => Vec::new(),
        };
        let known = !cells.is_empty();
        let cells = cells
            .into_iter()
            .map(|cell| view! { <td>{cell}</td> })
            .collect_view();
        view! {
            <tr>
                <th scope="row">{text(model)} {own.then_some(words::YOURS)}</th>
                {cells}
                {(!known)
                    .then(|| {
                        view! { <td colspan="4">{words::BY_PROVIDER}</td> }
                    })}
            </tr>
        }
    };
    let table = (!cost.priced_models.is_empty()).then(|| {
        let head = [
            common::MODEL,
            common::INPUT,
            common::OUTPUT,
            words::CACHE_READ,
            words::CACHE_WRITE,
        ]
        .into_iter()
        .map(|word| view! { <th scope="col">{word}</th> })
        .collect_view();
        let rows = cost
            .priced_models
            .iter()
            .take(MOST)
            .map(|model| row(model))
            .collect_view();
        view! {
            <table>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    let without = cost
        .unpriced_models
        .iter()
        .zip(&cost.reasons)
        .map(|(model, why)| {
            view! { <li>{common::NO_PRICE_FOR} {text(model)} ": " {why.reason()}</li> }
        })
        .collect_view();
    let missing = (cost.usd.is_some() && cost.missing_calls > 0).then(|| {
        let mut told = counted(cost.missing_calls, words::CALLS_MISSING_OF);
        told.push_str(words::CALLS_MISSING);
        view! { <p>{told}</p> }
    });
    let source = words::order_of_prices(&prices.source, &prices.date);
    let own = prices.own_source.is_some();
    let look = if own { "own" } else { "list" };
    view! {
        <Disclosure
            name="prices"
            look
            label=words::WHERE_FROM
            icon=Icon::Note
            words=basis(prices, cost)
        >
            <p>{source}</p>
            {table}
            <ul class="cs-plain">{without}</ul>
            {missing}
            <p class="cs-trust-actions">
                <button
                    type="button"
                    class="cs-button"
                    data-size="small"
                    on:click=move |_| {
                        if let Some(input) = file.get_untracked() {
                            input.click();
                        }
                    }
                >
                    {Icon::Open.draw()}
                    {words::OPEN_PRICE_FILE}
                </button>
                {own
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="cs-button"
                                data-size="small"
                                on:click=move |_| viewer.clear_prices()
                            >
                                {words::LIST_PRICES_ONLY}
                            </button>
                        }
                    })}
            </p>
            {move || {
                viewer
                    .prices_fault
                    .get()
                    .map(|fault| {
                        view! {
                            <p class="cs-trust-fault" role="alert">
                                {text(&fault)}
                            </p>
                        }
                    })
            }}
            <p class="cs-muted">{words::WHAT_A_PRICE_FILE_IS}</p>
        </Disclosure>
    }
}

//! Where the prices of the estimated cost come from, and how to take others.

use super::{Disclosure, MOST};
use crate::view::parts::format::{counted, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::Viewer;
use crate::wording::{common, summary as words};
use crewscope_analysis::{Cost, Prices};
use leptos::html;
use leptos::prelude::*;

/// What the cost rests on; `file` is where a price file is chosen.
pub fn price_mark(prices: &Prices, cost: &Cost, file: NodeRef<html::Input>) -> impl IntoView {
    let own = prices.own_source.is_some();
    let look = if own { "own" } else { "list" };
    let source = words::order_of_prices(&prices.source, &prices.date);
    let table = (!cost.priced_models.is_empty()).then(|| rates(prices, cost));
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
            <ChoosePrices file own />
            <Fault />
            <p class="cs-muted">{words::WHAT_A_PRICE_FILE_IS}</p>
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

/// The prices of the models that have some.
fn rates(prices: &Prices, cost: &Cost) -> impl IntoView {
    let heads = [
        common::MODEL,
        common::INPUT,
        common::OUTPUT,
        words::CACHE_READ,
        words::CACHE_WRITE,
    ];
    let heads = heads
        .into_iter()
        .map(|head| view! { <th scope="col">{head}</th> })
        .collect_view();
    let rows = cost
        .priced_models
        .iter()
        .take(MOST)
        .map(|model| rates_of(prices, model))
        .collect_view();
    view! {
        <table>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// The prices of one model. One that no table lists has its cost from elsewhere, and says so.
fn rates_of(prices: &Prices, model: &str) -> impl IntoView {
    let found = prices.find(model, None).ok();
    let own = found.is_some_and(|found| found.own);
    let rates = match found {
        Some(found) => {
            let cached = |rate: Option<f64>| rate.map_or(words::LIKE_ANY.to_owned(), usd);
            let rates = [
                usd(found.price.input),
                usd(found.price.output),
                cached(found.price.cache_read),
                cached(found.price.cache_write),
            ];
            rates
                .into_iter()
                .map(|rate| view! { <td>{rate}</td> })
                .collect_view()
                .into_any()
        }
        None => view! { <td colspan="4">{words::BY_PROVIDER}</td> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{text(model)} {own.then_some(words::YOURS)}</th>
            {rates}
        </tr>
    }
}

/// Takes a person's own prices, or goes back to the built-in ones.
#[component]
fn ChoosePrices(
    /// Where a price file is chosen.
    file: NodeRef<html::Input>,
    /// Own prices are in use.
    own: bool,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let open = move |_| {
        if let Some(input) = file.get_untracked() {
            input.click();
        }
    };
    view! {
        <p class="cs-trust-actions">
            <button type="button" class="cs-button" data-size="small" on:click=open>
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
    }
}

/// Why the last price file could not be used.
#[component]
fn Fault() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    move || {
        let fault = viewer.prices_fault.get()?;
        Some(view! {
            <p class="cs-trust-fault" role="alert">
                {text(&fault)}
            </p>
        })
    }
}

//! Beneath the figures: whether sums and the run's own totals agree, and where prices come from. Each opens its explanation.

use crate::dom::{button, el, group, live, Dom, Ref};
use crate::live::Memo;
use crate::view::answers::Answers;
use crate::view::parts::format::{count, counted, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::{Load, Viewer};
use crate::wording::{common, summary as words};
use crewscope_analysis::{reconcile, Cost, Prices, Reconciliation, Verdict};
use crewscope_trace::model::{Flags, Trace};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

/// Comparisons listed at once.
const MOST: usize = 60;

/// The line of both marks. The trust mark waits for the whole trace: half a trace agrees with nothing.
pub fn trust() -> Dom {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let found = Memo::new(move || {
        if !matches!(viewer.load.get(), Load::Ready { .. }) {
            return None;
        }
        let shown = answers.shown.get()?;
        let known = viewer.prepared(shown.at, |known| &known.reconciliation);
        let execution = shown.execution()?;
        Some(known.unwrap_or_else(|| reconcile(&shown.trace, execution)))
    });
    let file = Ref::<HtmlInputElement>::new();
    el("div")
        .class("cs-trust")
        .child(live(move || {
            let shown = answers.shown.get()?;
            // A saved report holds no calls to compare with.
            if shown.execution()?.flags.has(Flags::AS_REPORTED) {
                return None;
            }
            found.with(|found| found.as_ref().map(|found| verdict(&shown.trace, found)))
        }))
        .child(live(move || {
            let prices = answers.prices();
            answers.summary.with(|summary| {
                summary
                    .as_ref()
                    .map(|summary| price(viewer, &prices, &summary.cost, file))
            })
        }))
        .child(
            el("input")
                .attr("type", "file")
                .flag("hidden", true)
                .class("cs-prices-input")
                .node_ref(file)
                .attr("aria-label", words::PRICE_FILE)
                .on("change", move |_: Event| {
                    let Some(input) = file.get_untracked() else {
                        return;
                    };
                    if let Some(chosen) = input.files().and_then(|files| files.get(0)) {
                        crate::viewer::prices::read(viewer, chosen.into());
                    }
                    // Emptied, or choosing the same file again would be no change.
                    input.set_value("");
                }),
        )
        .dom()
}

/// A mark with its explanation.
fn disclosure(name: &'static str, look: &'static str, mark: Dom, panel: Dom) -> Dom {
    let label = if name == "prices" {
        words::WHERE_FROM
    } else {
        words::SUMS
    };
    el("details")
        .class("cs-trust-part")
        .attr("data-part", name)
        .attr("data-verdict", look)
        // Opening one closes the other.
        .attr("name", "cs-trust")
        .child(el("summary").child(mark).child(Icon::SortDown.draw()))
        .child(
            // It may scroll, and a keyboard must be able to.
            el("div")
                .class("cs-trust-panel")
                .attr("tabindex", "0")
                .attr("role", "group")
                .attr("aria-label", label)
                .child(panel),
        )
        .dom()
}

fn verdict(trace: &Trace, found: &Reconciliation) -> Dom {
    let (icon, look, words) = match found.verdict {
        Verdict::Agrees => (Icon::Check, "agrees", words::AGREE),
        Verdict::Differs if found.is_explained() => {
            (Icon::Note, "explained", words::DIFFER_EXPLAINED)
        }
        Verdict::Differs => (Icon::Question, "differs", words::DIFFER),
        Verdict::CallsOnly => (Icon::Note, "one", words::CALLS_ONLY),
        Verdict::ReportedOnly => (Icon::Note, "one", words::REPORTED_ONLY),
        Verdict::Nothing => (Icon::Question, "one", words::NO_USAGE),
    };
    let lines: Dom = found
        .details(trace)
        .iter()
        .map(|line| el("li").child(text(line)))
        .collect();
    let rows: Dom = found
        .checks
        .iter()
        .take(MOST)
        .filter_map(|check| Some((check, trace.spans.get(check.span as usize)?)))
        .map(|(check, span)| {
            let calls = check.calls.map_or(common::UNKNOWN.to_owned(), count);
            el("tr")
                .attr("data-differs", check.reason.map(|_| "true"))
                .child(
                    el("th")
                        .attr("scope", "row")
                        .child(span.kind.label())
                        .child(" ")
                        .child(el("bdi").child(text(trace.str(span.name)))),
                )
                .child(el("td").child(check.quantity.unit()))
                .child(el("td").child(calls))
                .child(el("td").child(count(check.reported)))
        })
        .collect();
    let table = (!found.checks.is_empty()).then(|| {
        let head = [
            words::COUNTED_BY,
            common::WHAT,
            words::SUM_OVER_CALLS,
            words::OWN_COUNT,
        ];
        let head: Dom = head
            .into_iter()
            .map(|word| el("th").attr("scope", "col").child(word))
            .collect();
        el("table")
            .child(el("thead").child(el("tr").child(head)))
            .child(el("tbody").child(rows))
            .dom()
    });
    let panel = group()
        .child(el("p").child(found.sentence()))
        .child(el("ul").class("cs-plain").child(lines))
        .child(table);
    disclosure("verdict", look, mark(icon, words.to_owned()), panel.dom())
}

fn mark(icon: Icon, words: String) -> Dom {
    group()
        .child(icon.draw())
        .child(el("span").child(words))
        .dom()
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

fn price(viewer: Viewer, prices: &Prices, cost: &Cost, file: Ref<HtmlInputElement>) -> Dom {
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
        let cells: Dom = cells.into_iter().map(|cell| el("td").child(cell)).collect();
        el("tr")
            .child(
                el("th")
                    .attr("scope", "row")
                    .child(text(model))
                    .child(own.then_some(words::YOURS)),
            )
            .child(cells)
            .child((!known).then(|| {
                el("td")
                    .attr("colspan", "4")
                    .child(words::BY_PROVIDER)
                    .dom()
            }))
    };
    let table = (!cost.priced_models.is_empty()).then(|| {
        let head: Dom = [
            common::MODEL,
            common::INPUT,
            common::OUTPUT,
            words::CACHE_READ,
            words::CACHE_WRITE,
        ]
        .into_iter()
        .map(|word| el("th").attr("scope", "col").child(word))
        .collect();
        let rows: Dom = cost
            .priced_models
            .iter()
            .take(MOST)
            .map(|model| row(model))
            .collect();
        el("table")
            .child(el("thead").child(el("tr").child(head)))
            .child(el("tbody").child(rows))
            .dom()
    });
    let without: Dom = cost
        .unpriced_models
        .iter()
        .zip(&cost.reasons)
        .map(|(model, why)| {
            el("li")
                .child(common::NO_PRICE_FOR)
                .child(text(model))
                .child(": ")
                .child(why.reason())
        })
        .collect();
    let missing = (cost.usd.is_some() && cost.missing_calls > 0).then(|| {
        let mut told = counted(cost.missing_calls, words::CALLS_MISSING_OF);
        told.push_str(words::CALLS_MISSING);
        el("p").child(told).dom()
    });
    let source = words::order_of_prices(&prices.source, &prices.date);
    let own = prices.own_source.is_some();
    let panel = group()
        .child(el("p").child(source))
        .child(table)
        .child(el("ul").class("cs-plain").child(without))
        .child(missing)
        .child(
            el("p")
                .class("cs-trust-actions")
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-size", "small")
                        .click(move || {
                            if let Some(input) = file.get_untracked() {
                                input.click();
                            }
                        })
                        .child(Icon::Open.draw())
                        .child(words::OPEN_PRICE_FILE),
                )
                .child(own.then(|| {
                    button()
                        .class("cs-button")
                        .attr("data-size", "small")
                        .click(move || viewer.clear_prices())
                        .child(words::LIST_PRICES_ONLY)
                        .dom()
                })),
        )
        .child(live(move || {
            viewer.prices_fault.get().map(|fault| {
                el("p")
                    .class("cs-trust-fault")
                    .attr("role", "alert")
                    .child(text(&fault))
                    .dom()
            })
        }))
        .child(el("p").class("cs-muted").child(words::WHAT_A_PRICE_FILE_IS));
    let look = if own { "own" } else { "list" };
    disclosure(
        "prices",
        look,
        mark(Icon::Note, basis(prices, cost)),
        panel.dom(),
    )
}

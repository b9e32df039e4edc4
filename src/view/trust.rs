//! Beneath the figures: whether sums and the run's own totals agree, and where prices come from. Each opens its explanation.

use super::answers::Answers;
use super::parts::format::{count, counted, usd};
use super::parts::icon::Icon;
use super::parts::text::{plain, shown as text};
use crate::dom::{button, el, group, live, Dom, Ref};
use crate::live::Memo;
use crate::state::{Load, Viewer};
use crewscope_trace::analysis::{reconcile, Cost, Prices, Reconciliation, Verdict};
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
            // Drawn by the second part of the program; sums are compared when that is here.
            if !viewer.whole.get() {
                return None;
            }
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
                .attr("aria-label", "Price file")
                .on("change", move |_: Event| {
                    let Some(input) = file.get_untracked() else {
                        return;
                    };
                    if let Some(chosen) = input.files().and_then(|files| files.get(0)) {
                        crate::source::prices::read(viewer, chosen.into());
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
        "Where prices come from"
    } else {
        "Sums and the run's own totals"
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

#[inline(never)]
fn verdict(trace: &Trace, found: &Reconciliation) -> Dom {
    let (icon, look, words) = match found.verdict {
        Verdict::Agrees => (
            Icon::Check,
            "agrees",
            "Sums agree with the run's own totals",
        ),
        Verdict::Differs if found.is_explained() => (
            Icon::Note,
            "explained",
            "Sums differ from the run's own totals: explained",
        ),
        Verdict::Differs => (
            Icon::Question,
            "differs",
            "Sums differ from the run's own totals",
        ),
        Verdict::CallsOnly => (
            Icon::Note,
            "one",
            "Sums over calls; no total of the run's own",
        ),
        Verdict::ReportedOnly => (Icon::Note, "one", "The run's own total; no usage per call"),
        Verdict::Nothing => (Icon::Question, "one", "No usage recorded"),
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
            let calls = check.calls.map_or("not recorded".to_owned(), count);
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
        let head = ["Counted by", "What", "Sum over calls", "Own count"];
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
    let mut words = if cost.usd.is_some() && cost.recorded {
        return "Cost as recorded in the trace".to_owned();
    } else if cost.mixed {
        "Cost partly recorded, else by prices of ".to_owned()
    } else {
        "Prices: ".to_owned()
    };
    if let Some(own) = &prices.own_source {
        words.push_str(if own.is_empty() {
            "your file"
        } else {
            "yours, "
        });
        words.push_str(&plain(own));
        words.push_str("; else ");
    }
    // The licence stands in the explanation.
    words.push_str(prices.source.split(" (").next().unwrap_or_default());
    words.push_str(", ");
    words.push_str(&prices.date);
    words
}

#[inline(never)]
fn price(viewer: Viewer, prices: &Prices, cost: &Cost, file: Ref<HtmlInputElement>) -> Dom {
    let row = |model: &str| {
        let found = prices.find(model, None);
        let own = found.is_ok_and(|found| found.own);
        let per = |rate: Option<f64>| rate.map_or("like any".to_owned(), usd);
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
                    .child(own.then_some(" (yours)")),
            )
            .child(cells)
            .child((!known).then(|| {
                el("td")
                    .attr("colspan", "4")
                    .child("recorded, or priced by its provider")
                    .dom()
            }))
    };
    let table = (!cost.priced_models.is_empty()).then(|| {
        let head: Dom = ["Model", "Input", "Output", "Cache read", "Cache write"]
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
                .child("No price for ")
                .child(text(model))
                .child(": ")
                .child(why.reason())
        })
        .collect();
    let missing = (cost.usd.is_some() && cost.missing_calls > 0).then(|| {
        let mut words = counted(cost.missing_calls, "call is", "calls are");
        words.push_str(" not in the sum, or not with all tokens: it is a lower bound.");
        el("p").child(words).dom()
    });
    let mut source =
        "Recorded cost comes first, then your own prices, then list prices of ".to_owned();
    source.push_str(&prices.source);
    source.push_str(" as of ");
    source.push_str(&prices.date);
    source.push_str(". USD for one million tokens:");
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
                        .child("Open price file…"),
                )
                .child(own.then(|| {
                    button()
                        .class("cs-button")
                        .attr("data-size", "small")
                        .click(move || viewer.clear_prices())
                        .child("Use list prices only")
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
        .child(el("p").class("cs-muted").child(
            "A price file is JSON: {\"prices\": {\"my-model\": {\"input\": 2.5, \"output\": 10}}}. LiteLLM's price file is read too.",
        ));
    let look = if own { "own" } else { "list" };
    disclosure(
        "prices",
        look,
        mark(Icon::Note, basis(prices, cost)),
        panel.dom(),
    )
}

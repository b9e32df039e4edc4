//! One finding: what it says, what it cost, what to try, and the way to its evidence.

use crate::dom::{button, el, group, live, Dom};
use crate::live::RwSignal;
use crate::view::answers::Found;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, counted, duration, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::Viewer;
use crate::wording::{common, findings as words};
use crewscope_analysis::findings::Severity;
use leptos::prelude::*;

/// The finding; `named` says which task or agent it is about, too.
pub fn row(found: &Found, named: bool) -> Dom {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let icon = match found.severity {
        Severity::Error => Icon::Cross,
        Severity::Warning => Icon::Warning,
        Severity::Info => Icon::Note,
    };
    let (time, tokens, cost) = found.cost;
    let mut facts: Vec<String> = Vec::new();
    facts.extend(time.map(duration));
    facts.extend(tokens.map(|tokens| common::tokens(&count(tokens))));
    facts.extend(cost.map(usd));
    let evidence = found.evidence.clone();
    let places = evidence.len();
    // Each click goes to the next place.
    let next = RwSignal::new(0);
    let go = move || {
        let at = next.get_untracked() % evidence.len().max(1);
        if let Some(&span) = evidence.get(at) {
            next.set(at + 1);
            viewer.select_index(span);
            frame.details.set(true);
        }
    };
    let name = found.name.clone();
    let title = plain(&found.title);
    let about = found.about.as_ref().filter(|_| named);
    let about = about.map(|about| {
        group()
            .child(common::BETWEEN)
            .child(el("bdi").class("cs-about").child(text(about)))
            .dom()
    });
    el("li")
        .class("cs-finding")
        .attr("data-severity", found.severity.name())
        .attr("data-kind", found.kind)
        .child(
            el("span")
                .class("cs-finding-icon")
                .attr("role", "img")
                .attr("aria-label", found.severity.name())
                .child(icon.draw()),
        )
        .child(
            el("div")
                .class("cs-finding-text")
                .child(
                    el("p")
                        .child(el("strong").child(text(&found.title)))
                        .child(about)
                        .child((!facts.is_empty()).then(|| {
                            el("span")
                                .class("cs-muted")
                                .attr("title", words::COST)
                                .child([common::BETWEEN, &facts.join(common::BETWEEN)].concat())
                        })),
                )
                .child(el("p").class("cs-advice").child(advice(found.advice))),
        )
        .child(
            el("div")
                .class("cs-actions")
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-look", "quiet")
                        .attr("data-size", "small")
                        .click(go)
                        .child(live(move || match (places, next.get()) {
                            (0 | 1, _) => words::SHOW.to_owned(),
                            (_, 0) => words::show(&counted(places as u64, words::PLACES_OF)),
                            (_, at) => words::place_of(&at.to_string(), &places.to_string()),
                        }))
                        .child(el("span").class("cs-hidden").child(words::of(&title)))
                        .child(Icon::Right.draw()),
                )
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-look", "quiet")
                        .attr("data-size", "small")
                        .attr("aria-label", words::dismiss(&title))
                        .attr("title", words::DISMISS)
                        .click(move || viewer.dismissed.update(|list| list.push(name.clone())))
                        .child(Icon::Cross.draw()),
                ),
        )
        .dom()
}

/// Settings stand in backquotes.
fn advice(advice: &'static str) -> Dom {
    advice
        .split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => Dom::from(part),
            _ => el("code").child(part).dom(),
        })
        .collect()
}

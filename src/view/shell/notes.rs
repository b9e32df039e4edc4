//! What could not be read or believed: a quiet count that opens a list with places.

use super::start::open_hint;
use crate::dom::{el, live, Dom};
use crate::live::Memo;
use crate::state::Viewer;
use crate::view::parts::format::{count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown};
use crewscope_trace::model::{Trace, Warning};
use leptos::prelude::*;
use std::sync::Arc;

fn trace_of(viewer: Viewer) -> Option<Arc<Trace>> {
    viewer
        .data
        .with(|data| data.as_ref().map(|loaded| loaded.trace.clone()))
}

/// Places listed at once.
const PLACES: usize = 5;

/// "3 notes on this trace", opening a list; nothing when there are none.
pub fn notes() -> Dom {
    let viewer = expect_context::<Viewer>();
    let number = Memo::new(move || trace_of(viewer).map_or(0, |trace| trace.warnings.len()));
    live(move || {
        (number.get() > 0).then(|| {
            el("details")
                .class("cs-notes")
                .child(
                    el("summary")
                        .class("cs-button")
                        .attr("data-look", "quiet")
                        .child(Icon::Note.draw())
                        .child(
                            el("span")
                                .child(live(move || counted(number.get() as u64, "note", "notes")))
                                .child(el("span").class("cs-notes-more").child(" on this trace")),
                        ),
                )
                .child(
                    el("div")
                        .class("cs-notes-list")
                        .child(el("h2").class("cs-heading").child("Notes on this trace"))
                        .child(el("p").class("cs-muted").child(
                            "What could not be read or believed. Everything else is \
 as recorded.",
                        ))
                        .child(live(move || trace_of(viewer).map(|trace| list(&trace)))),
                )
                .dom()
        })
    })
}

fn list(trace: &Trace) -> Dom {
    let items = trace
        .warnings
        .iter()
        .map(|warning| item(trace, warning))
        .collect::<Dom>();
    el("ul").class("cs-plain").child(items).dom()
}

fn item(trace: &Trace, warning: &Warning) -> Dom {
    let several = trace.sources.len() > 1;
    let places: Vec<String> = warning
        .places
        .iter()
        .take(PLACES)
        .map(|place| {
            let name = trace
                .sources
                .get(place.source as usize)
                .map(|source| plain(&source.name))
                .unwrap_or_default();
            let byte = count(place.offset);
            if several || warning.places.len() == 1 {
                format!("{name}, byte {byte}")
            } else {
                format!("byte {byte}")
            }
        })
        .collect();
    let more = (warning.count as usize > places.len() && !places.is_empty()).then_some(", …");
    el("li")
        .child(el("p").child(el("b").child(shown(&warning.message))).child(
            (warning.count > 1).then(|| {
                el("span")
                    .class("cs-count")
                    .child(format!("{} ×", count(warning.count)))
                    .dom()
            }),
        ))
        .child(
            el("p")
                .class("cs-muted cs-mono")
                .child(warning.kind.name())
                .child((!places.is_empty()).then(|| format!(" · {}", places.join(", "))))
                .child(more),
        )
        .dom()
}

/// A readable file without any execution in it.
pub fn nothing_found() -> Dom {
    let viewer = expect_context::<Viewer>();
    el("div")
        .class("cs-error-card")
        .attr("data-look", "quiet")
        .attr("role", "status")
        .child(Icon::Question.draw())
        .child(
            el("div")
                .child(el("h2").child("No execution found yet"))
                .child(el("p").child("Nothing in what was read tells of a crew, flow or agent."))
                .child(live(move || trace_of(viewer).map(|trace| list(&trace))))
                .child(open_hint()),
        )
        .dom()
}

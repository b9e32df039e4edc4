//! What could not be read or believed: a quiet count that opens a list with places.

use super::start::OpenHint;
use crate::live::{live, Memo};
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
#[component]
pub fn Notes() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let number = Memo::new(move || trace_of(viewer).map_or(0, |trace| trace.warnings.len()));
    live(move || {
        (number.get() > 0).then(|| {
            view! {
                <details class="cs-notes">
                    <summary class="cs-button" data-look="quiet">
                        {Icon::Note.draw()}
                        <span>
                            {live(move || counted(number.get() as u64, "note", "notes"))}
                            <span class="cs-notes-more">" on this trace"</span>
                        </span>
                    </summary>
                    <div class="cs-notes-list">
                        <h2 class="cs-heading">"Notes on this trace"</h2>
                        <p class="cs-muted">"What could not be read or believed. Everything else is as recorded."</p>
                        {live(move || trace_of(viewer).map(|trace| list(&trace)))}
                    </div>
                </details>
            }.into_any()
        })
    })
}

fn list(trace: &Trace) -> impl IntoView + use<> {
    let items = trace
        .warnings
        .iter()
        .map(|warning| item(trace, warning))
        .collect_view();
    view! { <ul class="cs-plain">{items}</ul> }
}

fn item(trace: &Trace, warning: &Warning) -> impl IntoView + use<> {
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
    view! {
        <li>
            <p>
                <b>{shown(&warning.message)}</b>
                {(warning.count > 1).then(|| view! { <span class="cs-count">{format!("{} ×", count(warning.count))}</span> }.into_any())}
            </p>
            <p class="cs-muted cs-mono">
                {warning.kind.name()}
                {(!places.is_empty()).then(|| format!(" · {}", places.join(", ")))}
                {more}
            </p>
        </li>
    }
}

/// A readable file without any execution in it.
#[component]
pub fn NothingFound() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    view! {
        <div class="cs-error-card" data-look="quiet" role="status">
            {Icon::Question.draw()}
            <div>
                <h2>"No execution found yet"</h2>
                <p>"Nothing in what was read tells of a crew, flow or agent."</p>
                {live(move || trace_of(viewer).map(|trace| list(&trace)))}
                <OpenHint/>
            </div>
        </div>
    }
}

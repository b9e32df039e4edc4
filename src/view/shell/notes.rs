//! What a trace does not hold or not for certain: a quiet count that opens a list, each place with its raw record.

use crate::view::parts::format::{count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::record::RawRecord;
use crate::view::parts::text::{plain, shown};
use crate::view::shell::picker::OpenHint;
use crate::viewer::{Load, Viewer};
use crate::wording::{common, shell as words};
use crewscope_analysis::coverage::{self, Note};
use crewscope_trace::model::{Place, TextForm, TextRef, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// Places listed at once.
const PLACES: usize = 5;

/// Bytes shown of a place that belongs to no span: what was skipped or cut off.
const EXCERPT: u64 = 4096;

/// What is open. Tracked.
fn trace_of(viewer: Viewer) -> Option<Arc<Trace>> {
    viewer
        .data
        .with(|data| data.as_ref().map(|loaded| loaded.trace.clone()))
}

/// What is missing, guessed or cut. While reading goes on only what import has warned about: the rest may still come.
fn notes_of(viewer: Viewer) -> Vec<Note> {
    let Some(trace) = trace_of(viewer) else {
        return Vec::new();
    };
    if matches!(viewer.load.get(), Load::Ready { .. }) {
        match viewer.execution_in(&trace) {
            Some(at) => viewer.answer(at, |known| &known.notes, || coverage::of_trace(&trace)),
            None => coverage::of_trace(&trace),
        }
    } else {
        coverage::of_warnings(&trace)
    }
}

/// "3 notes on this trace", opening a list; nothing when there are none.
#[component]
pub fn Notes() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let found = Memo::new(move |_| notes_of(viewer));
    let number = Memo::new(move |_| found.with(Vec::len));
    let any = move || number.get() > 0;
    view! {
        <Show when=any>
            <details class="cs-notes">
                <summary class="cs-button" data-look="quiet">
                    {Icon::Note.draw()}
                    <span>
                        {move || counted(number.get() as u64, words::NOTES_OF)}
                        <span class="cs-notes-more">{words::ON_THIS_TRACE}</span>
                    </span>
                </summary>
                <div class="cs-notes-list">
                    <h2 class="cs-heading">{words::NOTES}</h2>
                    <p class="cs-muted">{words::NOTES_MEAN}</p>
                    {move || {
                        let trace = trace_of(viewer)?;
                        Some(found.with(|found| list(&trace, found)))
                    }}
                </div>
            </details>
        </Show>
    }
}

fn list(trace: &Arc<Trace>, notes: &[Note]) -> impl IntoView {
    let items = notes.iter().map(|note| item(trace, note)).collect_view();
    view! { <ul class="cs-plain">{items}</ul> }
}

fn item(trace: &Arc<Trace>, note: &Note) -> impl IntoView {
    let number = note.count.unwrap_or(0);
    let affects: Vec<&str> = note.affects.iter().map(|figure| figure.name()).collect();
    let mut facts = note.kind.to_owned();
    if !affects.is_empty() {
        facts.push_str(words::AFFECTS);
        facts.push_str(&affects.join(common::COMMA));
    }
    let named = trace.sources.len() > 1 || note.places.len() == 1;
    let places = note.places.iter().take(PLACES).map(|at| {
        let (trace, at) = (Arc::clone(trace), *at);
        let label = place_label(&trace, at, named);
        let text = move || record_at(&trace, at).unwrap_or_else(|| excerpt_at(&trace, at));
        view! { <RawRecord label text /> }
    });
    let times = (number > 1).then(|| words::times(&count(number)));
    let listed = note.places.len().min(PLACES) as u64;
    let more = (listed > 0 && number > listed).then(|| words::and_more(&count(number - listed)));
    view! {
        <li>
            <p>
                <b>{shown(&note.text)}</b>
                {times.map(|times| view! { <span class="cs-count">{times}</span> })}
            </p>
            <p class="cs-muted cs-mono">{facts}</p>
            {places.collect_view()}
            {more.map(|more| view! { <p class="cs-muted">{more}</p> })}
        </li>
    }
}

/// What a place is called: its byte, with the name of its source if wanted.
fn place_label(trace: &Trace, at: Place, named: bool) -> String {
    let mut label = String::new();
    if named {
        let source = trace.sources.get(at.source as usize);
        label.push_str(&source.map(|source| plain(&source.name)).unwrap_or_default());
        label.push_str(common::COMMA);
    }
    label.push_str(words::BYTE);
    label.push_str(&count(at.offset));
    label
}

/// The record that holds a place.
fn record_at(trace: &Trace, at: Place) -> Option<TextRef> {
    let holds = |record: &TextRef| {
        record.source == at.source
            && record.offset <= at.offset
            && at.offset - record.offset < record.len
    };
    let mut records = trace.spans.iter().flat_map(|span| &span.records);
    records.find(holds)
}

/// The bytes from a place on that no record holds.
fn excerpt_at(trace: &Trace, at: Place) -> TextRef {
    let source = trace.sources.get(at.source as usize);
    let left = source.map_or(0, |source| source.bytes.saturating_sub(at.offset));
    TextRef {
        source: at.source,
        offset: at.offset,
        len: left.min(EXCERPT),
        hash: 0,
        form: TextForm::Plain,
        cut_from: 0,
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
                <h2>{words::NO_EXECUTION}</h2>
                <p>{words::NO_EXECUTION_MEANS}</p>
                {move || {
                    let trace = trace_of(viewer)?;
                    Some(list(&trace, &notes_of(viewer)))
                }}
                <OpenHint />
            </div>
        </div>
    }
}

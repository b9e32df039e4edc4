//! What a trace does not hold or not for certain: a quiet count that opens a list, each place with its raw record.

use crate::view::parts::format::{count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::LongText;
use crate::view::parts::text::{plain, shown};
use crate::view::shell::picker::OpenHint;
use crate::viewer::{Load, Viewer};
use crate::wording::{common, shell as words};
use crewscope_analysis::coverage::{self, Note};
use crewscope_trace::model::{Place, TextForm, TextRef, Trace};
use leptos::prelude::*;
use std::sync::Arc;

fn trace_of(viewer: Viewer) -> Option<Arc<Trace>> {
    viewer
        .data
        .with(|data| data.as_ref().map(|loaded| loaded.trace.clone()))
}

/// Places listed at once.
const PLACES: usize = 5;

/// Bytes shown of a place that belongs to no span: what was skipped or cut off.
const EXCERPT: u64 = 4096;

/// What is missing, guessed or cut. While reading goes on only what import has warned about: the rest may still come.
fn notes_of(viewer: Viewer) -> Vec<Note> {
    let Some(trace) = trace_of(viewer) else {
        return Vec::new();
    };
    if matches!(viewer.load.get(), Load::Ready { .. }) {
        let known = viewer.execution_in(&trace);
        let known = known.and_then(|at| viewer.prepared(at, |known| &known.notes));
        known.unwrap_or_else(|| coverage::of_trace(&trace))
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
    move || {
        (number.get() > 0).then(|| {
            view! {
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
            }
        })
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
    let several = trace.sources.len() > 1 || note.places.len() == 1;
    let places = note
        .places
        .iter()
        .take(PLACES)
        .map(|at| place(trace, *at, several))
        .collect_view();
    let listed = note.places.len().min(PLACES) as u64;
    let more = (listed > 0 && number > listed).then(|| {
        let left = words::and_more(&count(number - listed));
        view! { <p class="cs-muted">{left}</p> }
    });
    view! {
        <li>
            <p>
                <b>{shown(&note.text)}</b>
                {(number > 1)
                    .then(|| {
                        view! { <span class="cs-count">{words::times(&count(number))}</span> }
                    })}
            </p>
            <p class="cs-muted cs-mono">{facts}</p>
            {places}
            {more}
        </li>
    }
}

/// A byte place that opens the raw record there.
fn place(trace: &Arc<Trace>, at: Place, named: bool) -> impl IntoView {
    let source = trace.sources.get(at.source as usize);
    let mut told = String::new();
    if named {
        told.push_str(&source.map(|source| plain(&source.name)).unwrap_or_default());
        told.push_str(common::COMMA);
    }
    told.push_str(words::BYTE);
    told.push_str(&count(at.offset));
    let left = source.map_or(0, |source| source.bytes.saturating_sub(at.offset));
    let open = RwSignal::new(false);
    let trace = Arc::clone(trace);
    view! {
        <div class="cs-record">
            <button
                type="button"
                class="cs-call-toggle"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {Icon::Right.draw()}
                <span class="cs-mono">{told}</span>
            </button>
            {move || {
                open.get()
                    .then(|| {
                        let text = record_at(&trace, at)
                            .unwrap_or(TextRef {
                                source: at.source,
                                offset: at.offset,
                                len: left.min(EXCERPT),
                                hash: 0,
                                form: TextForm::Plain,
                                cut_from: 0,
                            });
                        view! {
                            <div class="cs-call-body">
                                <LongText text form=None />
                            </div>
                        }
                    })
            }}
        </div>
    }
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

//! What a trace does not hold or not for certain: a quiet count that opens a list, each place with its raw record.

use crate::dom::{button, el, live, Dom};
use crate::live::{Memo, RwSignal};
use crate::view::parts::format::{count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::long_text;
use crate::view::parts::text::{plain, shown};
use crate::view::shell::picker::open_hint;
use crate::viewer::{Load, Viewer};
use crate::wording::{common, shell as words};
use crewscope_analysis::coverage::{self, Note};
use crewscope_trace::model::{Place, TextForm, TextRef, Trace};
use leptos::prelude::expect_context;
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
pub fn notes() -> Dom {
    let viewer = expect_context::<Viewer>();
    let found = Memo::new(move || notes_of(viewer));
    let number = Memo::new(move || found.with(Vec::len));
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
                                .child(live(move || counted(number.get() as u64, words::NOTES_OF)))
                                .child(
                                    el("span")
                                        .class("cs-notes-more")
                                        .child(words::ON_THIS_TRACE),
                                ),
                        ),
                )
                .child(
                    el("div")
                        .class("cs-notes-list")
                        .child(el("h2").class("cs-heading").child(words::NOTES))
                        .child(el("p").class("cs-muted").child(words::NOTES_MEAN))
                        .child(live(move || {
                            let trace = trace_of(viewer)?;
                            Some(found.with(|found| list(&trace, found)))
                        })),
                )
                .dom()
        })
    })
}

fn list(trace: &Arc<Trace>, notes: &[Note]) -> Dom {
    let items = notes.iter().map(|note| item(trace, note)).collect::<Dom>();
    el("ul").class("cs-plain").child(items).dom()
}

fn item(trace: &Arc<Trace>, note: &Note) -> Dom {
    let number = note.count.unwrap_or(0);
    let affects: Vec<&str> = note.affects.iter().map(|figure| figure.name()).collect();
    let mut facts = note.kind.to_owned();
    if !affects.is_empty() {
        facts.push_str(words::AFFECTS);
        facts.push_str(&affects.join(common::COMMA));
    }
    let several = trace.sources.len() > 1 || note.places.len() == 1;
    let places: Dom = note
        .places
        .iter()
        .take(PLACES)
        .map(|at| place(trace, *at, several))
        .collect();
    let listed = note.places.len().min(PLACES) as u64;
    let more = (listed > 0 && number > listed).then(|| {
        let left = words::and_more(&count(number - listed));
        el("p").class("cs-muted").child(left).dom()
    });
    el("li")
        .child(
            el("p")
                .child(el("b").child(shown(&note.text)))
                .child((number > 1).then(|| {
                    el("span")
                        .class("cs-count")
                        .child(words::times(&count(number)))
                        .dom()
                })),
        )
        .child(el("p").class("cs-muted cs-mono").child(facts))
        .child(places)
        .child(more)
        .dom()
}

/// A byte place that opens the raw record there.
fn place(trace: &Arc<Trace>, at: Place, named: bool) -> Dom {
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
    el("div")
        .class("cs-record")
        .child(
            button()
                .class("cs-call-toggle")
                .attr("aria-expanded", move || open.get().to_string())
                .click(move || open.update(|open| *open = !*open))
                .child(Icon::Right.draw())
                .child(el("span").class("cs-mono").child(told)),
        )
        .child(live(move || {
            open.get().then(|| {
                let text = record_at(&trace, at).unwrap_or(TextRef {
                    source: at.source,
                    offset: at.offset,
                    len: left.min(EXCERPT),
                    hash: 0,
                    form: TextForm::Plain,
                    cut_from: 0,
                });
                el("div")
                    .class("cs-call-body")
                    .child(long_text(text, None))
                    .dom()
            })
        }))
        .dom()
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
pub fn nothing_found() -> Dom {
    let viewer = expect_context::<Viewer>();
    el("div")
        .class("cs-error-card")
        .attr("data-look", "quiet")
        .attr("role", "status")
        .child(Icon::Question.draw())
        .child(
            el("div")
                .child(el("h2").child(words::NO_EXECUTION))
                .child(el("p").child(words::NO_EXECUTION_MEANS))
                .child(live(move || {
                    let trace = trace_of(viewer)?;
                    Some(list(&trace, &notes_of(viewer)))
                }))
                .child(open_hint()),
        )
        .dom()
}

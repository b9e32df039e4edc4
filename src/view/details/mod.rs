//! Region "Task Details": the selected task, or the selected call inside one.
//!
//! `facts` lists what is recorded about the span, `failure` says what went wrong, `conversation` tells its calls in order,
//! `call` shows one of them, `raw` the records it was read from; `step` goes to others of its like.

mod call;
mod conversation;
mod facts;
mod failure;
mod raw;
mod step;

use crate::view::answers::Answers;
use crate::view::frame::Frame;
use crate::view::parts::format::count;
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{plain, shown as text, Named};
use crate::viewer::{Shown, Viewer};
use crate::wording::details as words;
use call::CallBody;
use conversation::Conversation;
use crewscope_analysis::calls;
use crewscope_trace::model::{Flags, Kind, Span, SpanIndex, Trace};
use facts::{SpanFacts, TaskFacts};
use failure::Failure;
use leptos::html;
use leptos::prelude::*;
use raw::Raw;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use step::Stepper;
use web_sys::HtmlElement;

/// The span shown, in the trace it was taken from. A partial result that changes nothing about it does not replace it, so
/// that what a person opened and scrolled stays.
#[derive(Clone)]
pub struct Subject {
    /// The trace; may be older than the one the other regions show. Its texts are the same.
    pub trace: Arc<Trace>,
    /// The span in that trace.
    pub at: SpanIndex,
    fingerprint: u64,
}

impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Subject {
    fn new(trace: Arc<Trace>, at: SpanIndex) -> Self {
        let mut hasher = DefaultHasher::new();
        for index in trace.subtree(at) {
            if let Some(span) = trace.spans.get(index) {
                (
                    trace.str(span.id),
                    span.status,
                    span.end,
                    span.fields.len(),
                    span.records.len(),
                )
                    .hash(&mut hasher);
            }
        }
        let fingerprint = hasher.finish();
        Self {
            trace,
            at,
            fingerprint,
        }
    }

    /// The span.
    pub fn span(&self) -> Option<&Span> {
        self.trace.spans.get(self.at as usize)
    }
}

/// Selects a span by its id: indices of an older trace mean nothing in the newest one.
pub fn select(viewer: Viewer, trace: &Trace, at: SpanIndex) {
    viewer.select_span(
        trace
            .spans
            .get(at as usize)
            .map(|span| trace.str(span.id).to_owned()),
    );
}

/// The panel.
#[component]
pub fn TaskDetails() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let panel = NodeRef::<html::Section>::new();
    let scrolled = RwSignal::new(0_u32);
    let subject = Memo::new(move |_| {
        let at = answers.detail.get()?;
        let Shown { trace, .. } = answers.shown.get()?;
        Some(Subject::new(trace, at))
    });
    begin_at_top(panel, scrolled, subject);
    view! {
        <aside class="cs-aside">
            <section
                class="cs-details"
                part="details"
                role="region"
                aria-label=words::TASK_DETAILS
                tabindex="-1"
                node_ref=panel
                on:scroll=move |_| scrolled.update(|n| *n = n.wrapping_add(1))
            >
                <div class="cs-details-bar">
                    <h2 class="cs-heading">{words::TASK_DETAILS}</h2>
                    <span class="cs-grow" />
                    <Stepper />
                    <button
                        type="button"
                        class="cs-button cs-close"
                        data-look="quiet"
                        data-size="small"
                        aria-label=words::CLOSE_DETAILS
                        on:click=move |_| frame.details.set(false)
                    >
                        {Icon::Cross.draw()}
                    </button>
                </div>
                {move || match subject.get() {
                    Some(subject) => view! { <DetailsContent subject panel scrolled /> }.into_any(),
                    None => view! { <p class="cs-nothing">{words::NOTHING}</p> }.into_any(),
                }}
            </section>
        </aside>
    }
}

/// Has another subject begin at its top. Where nobody has scrolled since, it is there already: to say so would have the browser lay out
/// the whole page at once, which changes with every partial result.
fn begin_at_top(
    panel: NodeRef<html::Section>,
    scrolled: RwSignal<u32>,
    subject: Memo<Option<Subject>>,
) {
    let mut before = None;
    let mut at_top = 0;
    Effect::new(move |_| {
        let now = subject.with(|subject| {
            let subject = subject.as_ref()?;
            Some(subject.trace.str(subject.span()?.id).to_owned())
        });
        let another = before.is_some() && before != now;
        before = now;
        let scrolls = scrolled.get_untracked();
        if !another || scrolls == at_top {
            return;
        }
        if let Some(panel) = panel.get_untracked() {
            panel.set_scroll_top(0);
            // What this sets off counts as a scroll, too: then the next subject asks once more, which does no harm.
            at_top = scrolls;
        }
    });
}

/// Pixels of the bars that stay at the top of the panel, and a little of what follows.
const BARS: f64 = 96.0;

/// Which of the parts is read: the last one that begins above the middle bars, or the last one at all at the panel's end.
fn part_read(panel: &HtmlElement, parts: [Option<HtmlElement>; 3]) -> usize {
    let end = panel.scroll_height() - panel.client_height();
    let at_end = end > 0 && panel.scroll_top() + 2 >= end;
    let line = panel.get_bounding_client_rect().top() + BARS;
    let begun = |part: &Option<HtmlElement>| {
        let part = part.as_ref().filter(|part| part.client_height() > 0);
        part.is_some_and(|part| at_end || part.get_bounding_client_rect().top() < line)
    };
    parts.iter().rposition(begun).unwrap_or(0)
}

/// All that is told about a span: what it was, its calls, and its records, with a way to each of them.
#[component]
fn DetailsContent(
    /// The span.
    subject: Subject,
    /// What it is scrolled in.
    panel: NodeRef<html::Section>,
    /// How often it was scrolled.
    scrolled: RwSignal<u32>,
) -> impl IntoView {
    let kind = subject.span()?.kind;
    let number = calls(&subject.trace, subject.at).len();
    let is_call = !matches!(
        kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Task | Kind::Agent
    );
    let overview = NodeRef::<html::Div>::new();
    let talk = NodeRef::<html::Div>::new();
    let raw = NodeRef::<html::Div>::new();
    // It begins at its top. Nothing is measured before it is scrolled: that would have the browser lay out what is still being built.
    let begun = scrolled.get_untracked();
    let read = Memo::new(move |_| {
        if scrolled.get() == begun {
            return 0;
        }
        let parts = [overview, talk, raw].map(|part| part.get_untracked().map(HtmlElement::from));
        panel
            .get_untracked()
            .map_or(0, |panel| part_read(&panel, parts))
    });
    let talked = (number > 0).then(|| words::conversation_of(&count(number as u64)));
    Some(view! {
        <DetailsHead subject=subject.clone() />
        <nav class="cs-jumps" aria-label=words::PARTS>
            <Jump label=words::OVERVIEW at=0 read to=overview />
            {talked.map(|label| view! { <Jump label at=1 read to=talk /> })}
            <Jump label=words::RAW at=2 read to=raw />
        </nav>
        <div class="cs-part" node_ref=overview>
            <Failure subject=subject.clone() />
            {if kind == Kind::Task {
                view! { <TaskFacts subject=subject.clone() /> }.into_any()
            } else {
                view! { <SpanFacts subject=subject.clone() /> }.into_any()
            }}
            {is_call
                .then(|| {
                    view! { <CallBody trace=subject.trace.clone() at=subject.at whole=true /> }
                })}
        </div>
        <div class="cs-part" node_ref=talk>
            {(number > 0).then(|| view! { <Conversation subject=subject.clone() /> })}
        </div>
        <div class="cs-part" node_ref=raw>
            <Raw subject />
        </div>
    })
}

/// Goes to a part of the details.
#[component]
fn Jump(
    /// What the part is called.
    #[prop(into)]
    label: String,
    /// Its place among the parts.
    at: usize,
    /// The place of the part that is read.
    read: Memo<usize>,
    /// The part.
    to: NodeRef<html::Div>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            aria-current=move || (read.get() == at).then_some("true")
            on:click=move |_| {
                if let Some(part) = to.get_untracked() {
                    part.scroll_into_view();
                }
            }
        >
            {label}
        </button>
    }
}

/// Where the span lies, what it is called, how it stands.
#[component]
fn DetailsHead(
    /// The span.
    subject: Subject,
) -> impl IntoView {
    let answers = expect_context::<Answers>();
    let span = subject.span()?;
    let trace = &subject.trace;
    let title = task_label(answers, trace, subject.at).unwrap_or_else(|| name::of(trace, span));
    let what = (span.kind != Kind::Task).then(|| span.kind.label());
    let id = trace.str(span.id).to_owned();
    let position = move || {
        let shown = answers.shown.get()?;
        answers.tasks.with(|tasks| {
            let own = |at: SpanIndex| {
                shown
                    .trace
                    .spans
                    .get(at as usize)
                    .is_some_and(|span| shown.trace.str(span.id) == id)
            };
            let at = tasks.iter().position(|task| own(task.span))?;
            Some(words::task_of(at + 1, tasks.len()))
        })
    };
    Some(view! {
        <div class="cs-details-head">
            <Crumbs subject=subject.clone() />
            <div class="cs-details-name">
                <span class="cs-kind" data-kind=name::colour(span.kind) />
                <h3>
                    <Named text=title />
                </h3>
                <StatusMark
                    status=span.status
                    derived=span.flags.has(Flags::DERIVED_STATUS)
                    badge=true
                />
            </div>
            <p class="cs-muted">{what} {position}</p>
        </div>
    })
}

/// The spans that the span lies in. The first is the execution itself: its details tell all of it in order.
#[component]
fn Crumbs(
    /// The span.
    subject: Subject,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let trace = &subject.trace;
    let parent = |at: SpanIndex| trace.spans.get(at as usize)?.parent;
    let mut above: Vec<SpanIndex> =
        std::iter::successors(parent(subject.at), |&at| parent(at)).collect();
    above.reverse();
    let crumbs: Vec<_> = above
        .into_iter()
        .filter_map(|at| {
            let span = trace.spans.get(at as usize)?;
            let label = task_label(answers, trace, at).unwrap_or_else(|| name::of(trace, span));
            let trace = trace.clone();
            Some(view! {
                <li>
                    <button
                        type="button"
                        class="cs-link"
                        title=plain(&label)
                        on:click=move |_| select(viewer, &trace, at)
                    >
                        <bdi>{text(&label)}</bdi>
                    </button>
                </li>
            })
        })
        .collect();
    (!crumbs.is_empty()).then(|| {
        view! {
            <nav aria-label=words::WHERE>
                <ol class="cs-crumbs cs-plain">{crumbs}</ol>
            </nav>
        }
    })
}

/// The label that the table gives to a task, so that an unnamed one is called the same everywhere.
fn task_label(answers: Answers, trace: &Trace, at: SpanIndex) -> Option<String> {
    let span = trace
        .spans
        .get(at as usize)
        .filter(|span| span.kind == Kind::Task)?;
    let shown = answers.shown.get_untracked()?;
    answers.tasks.with_untracked(|tasks| {
        let own = tasks.iter().find(|task| {
            shown
                .trace
                .spans
                .get(task.span as usize)
                .is_some_and(|other| shown.trace.str(other.id) == trace.str(span.id))
        });
        own.map(|task| task.label.clone())
    })
}

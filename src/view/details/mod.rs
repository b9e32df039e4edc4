//! Region "Task Details": the selected task, or the selected call inside one.
//!
//! `facts` lists what is recorded about the span, `failure` says what went wrong, `conversation` tells its calls in order,
//! `call` shows one of them, `raw` the records it was read from.

mod call;
mod conversation;
mod facts;
mod failure;
mod raw;

use super::answers::{Answers, Shown};
use super::parts::format::count;
use super::parts::icon::Icon;
use super::parts::name;
use super::parts::status::StatusMark;
use super::parts::text::{plain, shown as text, Name};
use super::shell::Frame;
use crate::live::{effect, live, Memo};
use crate::state::Viewer;
use conversation::Conversation;
use crewscope_trace::analysis::calls;
use crewscope_trace::model::{Flags, Kind, Span, SpanIndex, Trace};
use leptos::html;
use leptos::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

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
    let subject = Memo::new(move || {
        let at = answers.detail.get()?;
        let Shown { trace, .. } = answers.shown.get()?;
        Some(Subject::new(trace, at))
    });
    // Another subject begins at its top.
    effect(move || {
        subject.track();
        if let Some(panel) = panel.get_untracked() {
            panel.set_scroll_top(0);
        }
    });
    view! {
        <aside class="cs-aside">
            <section class="cs-details" part="details" role="region" aria-label="Task Details" tabindex="-1" node_ref=panel>
                <div class="cs-details-bar">
                    <h2 class="cs-heading">"Task Details"</h2>
                    <button
                        type="button"
                        class="cs-button cs-close"
                        data-look="quiet"
                        data-size="small"
                        aria-label="Close details (Esc)"
                        on:click=move |_| frame.details.set(false)
                    >
                        {Icon::Cross.draw()}
                    </button>
                </div>
                {live(move || match subject.get() {
                    Some(subject) => view! { <Content subject=subject/> }.into_any(),
                    None => view! { <p class="cs-nothing">"Nothing is recorded for this execution."</p> }.into_any(),
                })}
            </section>
        </aside>
    }
}

#[component]
fn Content(subject: Subject) -> impl IntoView {
    let span = subject.span()?;
    let trace = &subject.trace;
    let number = calls(trace, subject.at).len();
    let is_call = !matches!(
        span.kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Task | Kind::Agent
    );
    let overview = NodeRef::<html::Div>::new();
    let talk = NodeRef::<html::Div>::new();
    let raw = NodeRef::<html::Div>::new();
    let jump = |to: NodeRef<html::Div>| {
        move |_| {
            if let Some(element) = to.get_untracked() {
                element.scroll_into_view();
            }
        }
    };
    let jumps = move || {
        view! {
            <nav class="cs-jumps" aria-label="Parts of the details">
                <button type="button" on:click=jump(overview)>
                    "Overview"
                </button>
                {(number > 0)
                    .then(|| {
                        view! {
                            <button type="button" on:click=jump(talk)>
                                {format!("Conversation · {}", count(number as u64))}
                            </button>
                        }.into_any()
                    })}
                <button type="button" on:click=jump(raw)>
                    "Raw"
                </button>
            </nav>
        }
    };
    let kind = span.kind;
    Some(view! {
        <Head subject=subject.clone()/>
        {jumps()}
        <div class="cs-part" node_ref=overview>
            <failure::Failure subject=subject.clone()/>
            {if kind == Kind::Task {
                view! { <facts::TaskFacts subject=subject.clone()/> }.into_any()
            } else {
                view! { <facts::SpanFacts subject=subject.clone()/> }.into_any()
            }}
            {is_call.then(|| view! { <call::CallBody trace=subject.trace.clone() at=subject.at before=None whole=true/> }.into_any())}
        </div>
        <div class="cs-part" node_ref=talk>
            {(number > 0).then(|| view! { <Conversation subject=subject.clone()/> }.into_any())}
        </div>
        <div class="cs-part" node_ref=raw>
            <raw::Raw subject=subject.clone()/>
        </div>
    }.into_any())
}

/// Where the span lies, what it is called, how it stands.
#[component]
fn Head(subject: Subject) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let span = subject.span()?;
    let trace = &subject.trace;
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
            Some(format!("Task {} of {}", at + 1, tasks.len()))
        })
    };
    let what = (span.kind != Kind::Task).then(|| span.kind.label());
    let title = task_label(answers, trace, subject.at).unwrap_or_else(|| name::of(trace, span));
    let crumbs: Vec<SpanIndex> =
        std::iter::successors(span.parent, |&at| trace.spans.get(at as usize)?.parent).collect();
    // The execution itself is on the page already; what matters is the way from the task down.
    let crumbs = crumbs.into_iter().rev().filter(|&at| {
        trace.spans.get(at as usize).is_some_and(|span| {
            span.parent.is_some() || !matches!(span.kind, Kind::Crew | Kind::Flow)
        })
    });
    let crumbs: Vec<AnyView> = crumbs
        .map(|at| {
            let label = task_label(answers, trace, at).unwrap_or_else(|| name::of(trace, trace.spans.get(at as usize).unwrap_or(span)));
            let trace = trace.clone();
            let title = plain(&label);
                view! {
                    <li>
                        <button type="button" class="cs-link" title=title on:click=move |_| select(viewer, &trace, at)>
                            <bdi>{text(&label)}</bdi>
                        </button>
                    </li>
                }
                .into_any()
        })
        .collect();
    Some(view! {
        <div class="cs-details-head">
            {(!crumbs.is_empty())
                .then(|| {
                    view! {
                        <nav aria-label="Where this lies">
                            <ol class="cs-crumbs cs-plain">{crumbs}</ol>
                        </nav>
                    }.into_any()
                })}
            <div class="cs-details-name">
                <span class="cs-kind" data-kind=name::colour(span.kind)></span>
                <h3>
                    <Name text=title/>
                </h3>
                <StatusMark status=span.status derived=span.flags.has(Flags::DERIVED_STATUS) badge=true/>
            </div>
            <p class="cs-muted">{what} {live(position)}</p>
        </div>
    }.into_any())
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

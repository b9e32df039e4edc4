//! Region "Task Details": the selected task, or the selected call inside one.
//!
//! `facts` lists what is recorded about the span, `failure` says what went wrong, `conversation` tells its calls in order,
//! `call` shows one of them, `raw` the records it was read from.

mod call;
mod conversation;
mod facts;
mod failure;
mod raw;
mod step;

use crate::dom::{button, el, group, live, Dom, Ref};
use crate::live::{effect, Memo, RwSignal};
use crate::view::answers::{Answers, Shown};
use crate::view::frame::Frame;
use crate::view::parts::format::count;
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::status::status_mark;
use crate::view::parts::text::{named, plain, shown as text};
use crate::viewer::Viewer;
use crate::wording::details as words;
use call::call_body;
use conversation::conversation;
use crewscope_analysis::calls;
use crewscope_trace::model::{Flags, Kind, Span, SpanIndex, Trace};
use leptos::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use web_sys::{Event, HtmlElement};

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
pub fn task_details() -> Dom {
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let panel = Ref::<HtmlElement>::new();
    let scrolled = RwSignal::new(0_u32);
    let subject = Memo::new(move || {
        let at = answers.detail.get()?;
        let Shown { trace, .. } = answers.shown.get()?;
        Some(Subject::new(trace, at))
    });
    // Another subject begins at its top. Where nobody has scrolled since, it is there already: to say so would have the browser lay out the
    // whole page at once, which changes with every partial result.
    let mut before = None;
    let mut at_top = 0;
    effect(move || {
        let now = subject.with(|subject| {
            let Subject { trace, at, .. } = subject.as_ref()?;
            let span = trace.spans.get(*at as usize)?;
            Some(trace.str(span.id).to_owned())
        });
        let another = before.is_some() && before != now;
        before = now;
        let scrolls = scrolled.get_untracked();
        if let Some(panel) = panel
            .get_untracked()
            .filter(|_| another && scrolls != at_top)
        {
            panel.set_scroll_top(0);
            // What this sets off counts as a scroll, too: then the next subject asks once more, which does no harm.
            at_top = scrolls;
        }
    });
    el("aside")
        .class("cs-aside")
        .child(
            el("section")
                .class("cs-details")
                .attr("part", "details")
                .attr("role", "region")
                .attr("aria-label", words::TASK_DETAILS)
                .attr("tabindex", "-1")
                .node_ref(panel)
                .on("scroll", move |_: Event| {
                    scrolled.update(|n| *n = n.wrapping_add(1))
                })
                .child(
                    el("div")
                        .class("cs-details-bar")
                        .child(el("h2").class("cs-heading").child(words::TASK_DETAILS))
                        .child(el("span").class("cs-grow"))
                        .child(step::stepper())
                        .child(
                            button()
                                .class("cs-button cs-close")
                                .attr("data-look", "quiet")
                                .attr("data-size", "small")
                                .attr("aria-label", words::CLOSE_DETAILS)
                                .click(move || frame.details.set(false))
                                .child(Icon::Cross.draw()),
                        ),
                )
                .child(live(move || match subject.get() {
                    Some(subject) => content(subject, panel, scrolled).into(),
                    None => el("p").class("cs-nothing").child(words::NOTHING).dom(),
                })),
        )
        .dom()
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

fn content(subject: Subject, panel: Ref<HtmlElement>, scrolled: RwSignal<u32>) -> Option<Dom> {
    let span = subject.span()?;
    let trace = &subject.trace;
    let number = calls(trace, subject.at).len();
    let is_call = !matches!(
        span.kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Task | Kind::Agent
    );
    let overview = Ref::new();
    let talk = Ref::new();
    let raw = Ref::new();
    let jump = |to: Ref<HtmlElement>| {
        move || {
            if let Some(element) = to.get_untracked() {
                element.scroll_into_view();
            }
        }
    };
    // It begins at its top. Nothing is measured before it is scrolled: that would have the browser lay out what is still being built.
    let begun = scrolled.get_untracked();
    let read = Memo::new(move || {
        if scrolled.get() == begun {
            return 0;
        }
        let parts = [overview, talk, raw].map(|part| part.get_untracked());
        panel
            .get_untracked()
            .map_or(0, |panel| part_read(&panel, parts))
    });
    let way = move |index: usize, to: Ref<HtmlElement>| {
        button()
            .attr("aria-current", move || {
                (read.get() == index).then_some("true")
            })
            .click(jump(to))
    };
    let jumps = move || {
        el("nav")
            .class("cs-jumps")
            .attr("aria-label", words::PARTS)
            .child(way(0, overview).child(words::OVERVIEW))
            .child((number > 0).then(|| {
                way(1, talk)
                    .child(words::conversation_of(&count(number as u64)))
                    .dom()
            }))
            .child(way(2, raw).child(words::RAW))
    };
    let kind = span.kind;
    Some(
        group()
            .child(head(subject.clone()))
            .child(jumps())
            .child(
                el("div")
                    .class("cs-part")
                    .node_ref(overview)
                    .child(failure::failure(subject.clone()))
                    .child(if kind == Kind::Task {
                        facts::task_facts(subject.clone())
                    } else {
                        facts::span_facts(subject.clone())
                    })
                    .child(is_call.then(|| alone(subject.clone()))),
            )
            .child(
                el("div")
                    .class("cs-part")
                    .node_ref(talk)
                    .child((number > 0).then(|| talked(subject.clone()))),
            )
            .child(
                el("div")
                    .class("cs-part")
                    .node_ref(raw)
                    .child(raw::raw(subject.clone())),
            )
            .dom(),
    )
}

/// Where the span lies, what it is called, how it stands.
fn head(subject: Subject) -> Option<Dom> {
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
            Some(words::task_of(at + 1, tasks.len()))
        })
    };
    let what = (span.kind != Kind::Task).then(|| span.kind.label());
    let title = task_label(answers, trace, subject.at).unwrap_or_else(|| name::of(trace, span));
    let crumbs: Vec<SpanIndex> =
        std::iter::successors(span.parent, |&at| trace.spans.get(at as usize)?.parent).collect();
    // The first is the execution itself: its details tell all of it in order.
    let crumbs = crumbs.into_iter().rev();
    let crumbs: Vec<Dom> = crumbs
        .map(|at| {
            let label = task_label(answers, trace, at)
                .unwrap_or_else(|| name::of(trace, trace.spans.get(at as usize).unwrap_or(span)));
            let trace = trace.clone();
            let title = plain(&label);
            el("li")
                .child(
                    button()
                        .class("cs-link")
                        .attr("title", title)
                        .click(move || select(viewer, &trace, at))
                        .child(el("bdi").child(text(&label))),
                )
                .dom()
        })
        .collect();
    Some(
        el("div")
            .class("cs-details-head")
            .child((!crumbs.is_empty()).then(|| {
                el("nav")
                    .attr("aria-label", words::WHERE)
                    .child(el("ol").class("cs-crumbs cs-plain").child(crumbs))
                    .dom()
            }))
            .child(
                el("div")
                    .class("cs-details-name")
                    .child(
                        el("span")
                            .class("cs-kind")
                            .attr("data-kind", name::colour(span.kind)),
                    )
                    .child(el("h3").child(named(title)))
                    .child(status_mark(
                        span.status,
                        span.flags.has(Flags::DERIVED_STATUS),
                        true,
                    )),
            )
            .child(el("p").class("cs-muted").child(what).child(live(position)))
            .dom(),
    )
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

/// The inside of a call that is shown by itself.
fn alone(subject: Subject) -> Dom {
    call_body(subject.trace.clone(), subject.at, None, true).into()
}

/// The calls below.
fn talked(subject: Subject) -> Dom {
    conversation(subject)
}

//! What went wrong, before everything else.

use crate::dom::{button, el, group, Dom};
use crate::view::details::{select, Subject};
use crate::view::parts::form::Form;
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::{field_short, field_value};
use crate::view::parts::name;
use crate::view::parts::text::shown as text;
use crate::viewer::Viewer;
use crate::wording::{common, details as words};
use crewscope_trace::model::{Field, Span, SpanIndex, Status, Trace};
use leptos::prelude::*;

/// Message, type and stack trace of a span's own error.
pub fn error_block(trace: &Trace, span: &Span) -> Option<Dom> {
    let message = field_value(trace, span, Field::Error, Some(Form::Text));
    let kind = field_short(trace, span, Field::ErrorType);
    let stack = field_value(trace, span, Field::StackTrace, Some(Form::Text));
    if message.is_none() && kind.is_none() && stack.is_none() {
        return None;
    }
    Some(
        el("div")
            .class("cs-failure")
            .attr("role", "group")
            .attr("aria-label", common::ERROR)
            .child(
                el("p")
                    .class("cs-failure-kind")
                    .child(Icon::Cross.draw())
                    .child(
                        el("b")
                            .child(kind.map_or_else(|| common::ERROR.into(), |kind| text(&kind))),
                    ),
            )
            .child(message.map(|message| el("div").class("cs-mono").child(message).dom()))
            .child(stack.map(|stack| {
                el("details")
                    .child(el("summary").child(common::STACK_TRACE))
                    .child(el("div").class("cs-mono cs-stack").child(stack))
                    .dom()
            }))
            .dom(),
    )
}

/// The error of a failed span: its own, and where it came from, if that lies below.
pub fn failure(subject: Subject) -> Option<Dom> {
    let viewer = expect_context::<Viewer>();
    let span = subject
        .span()
        .filter(|span| span.status == Status::Failed)?;
    let trace = subject.trace.clone();
    let own = error_block(&trace, span);
    let cause = cause(&trace, subject.at);
    let silent = own.is_none();
    let cause = cause.and_then(|at| {
        let span = trace.spans.get(at as usize)?;
        let label = [span.kind.label(), " ", &name::of(&trace, span)].concat();
        let error = silent.then(|| error_block(&trace, span)).flatten();
        let trace = trace.clone();
        Some(
            group()
                .child(error)
                .child(
                    el("p").class("cs-cause").child(words::CAME_FROM).child(
                        button()
                            .class("cs-link")
                            .click(move || select(viewer, &trace, at))
                            .child(el("bdi").child(text(&label))),
                    ),
                )
                .dom(),
        )
    });
    let nothing = (silent && cause.is_none())
        .then(|| el("p").class("cs-failure").child(words::NO_MESSAGE).dom());
    Some(
        el("div")
            .class("cs-failures")
            .child(own)
            .child(cause)
            .child(nothing)
            .dom(),
    )
}

/// The last failing span below that has no failing span below itself.
fn cause(trace: &Trace, at: SpanIndex) -> Option<SpanIndex> {
    let failed = |index: usize| {
        trace
            .spans
            .get(index)
            .is_some_and(|span| span.status == Status::Failed)
    };
    let leaf = |index: &usize| {
        let index = u32::try_from(*index).unwrap_or(u32::MAX);
        failed(index as usize) && !trace.subtree(index).skip(1).any(failed)
    };
    let found = trace
        .subtree(at)
        .skip(1)
        .filter(leaf)
        .max_by_key(|&index| {
            trace
                .spans
                .get(index)
                .and_then(|span| span.end.or(span.start))
        })?;
    u32::try_from(found).ok()
}

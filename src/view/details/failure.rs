//! What went wrong, before everything else.

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
use std::sync::Arc;

/// Message, type and stack trace of a span's own error.
pub fn error_block(trace: &Trace, span: &Span) -> Option<impl IntoView> {
    let message = field_value(trace, span, Field::Error, Some(Form::Text));
    let kind = field_short(trace, span, Field::ErrorType);
    let stack = field_value(trace, span, Field::StackTrace, Some(Form::Text));
    if message.is_none() && kind.is_none() && stack.is_none() {
        return None;
    }
    Some(view! {
        <div class="cs-failure" role="group" aria-label=common::ERROR>
            <p class="cs-failure-kind">
                {Icon::Cross.draw()} <b>{text(kind.as_deref().unwrap_or(common::ERROR))}</b>
            </p>
            {message.map(|message| view! { <div class="cs-mono">{message}</div> })}
            {stack
                .map(|stack| {
                    view! {
                        <details>
                            <summary>{common::STACK_TRACE}</summary>
                            <div class="cs-mono cs-stack">{stack}</div>
                        </details>
                    }
                })}
        </div>
    })
}

/// The error of a failed span: its own, and where it came from, if that lies below.
#[component]
pub fn Failure(
    /// The span.
    subject: Subject,
) -> impl IntoView {
    let span = subject
        .span()
        .filter(|span| span.status == Status::Failed)?;
    let own = error_block(&subject.trace, span);
    let silent = own.is_none();
    let cause = cause(&subject.trace, subject.at)
        .map(|at| view! { <Cause trace=subject.trace.clone() at silent /> });
    let nothing = (silent && cause.is_none())
        .then(|| view! { <p class="cs-failure">{words::NO_MESSAGE}</p> });
    Some(view! { <div class="cs-failures">{own} {cause} {nothing}</div> })
}

/// Where an error came from.
#[component]
fn Cause(
    /// The trace.
    trace: Arc<Trace>,
    /// The span that failed first.
    at: SpanIndex,
    /// The span above says nothing: then this one's error is told in its place.
    silent: bool,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let span = trace.spans.get(at as usize)?;
    let error = silent.then(|| error_block(&trace, span)).flatten();
    let label = [span.kind.label(), " ", &name::of(&trace, span)].concat();
    Some(view! {
        {error}
        <p class="cs-cause">
            {words::CAME_FROM}
            <button type="button" class="cs-link" on:click=move |_| select(viewer, &trace, at)>
                <bdi>{text(&label)}</bdi>
            </button>
        </p>
    })
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

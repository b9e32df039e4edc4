//! From one span to the next of its like.

use crate::transcript::speaker;
use crewscope_trace::model::{Field, Kind, Span, SpanIndex, Status, Trace};

/// What is stepped through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Calls of any kind.
    Call,
    /// Calls of the same tool, requests to the same model, spans of the same name.
    Name,
    /// Calls of the same agent.
    Agent,
    /// What failed first: spans that failed without anything failing in them.
    Error,
    /// The same task in other executions: forward is to the older ones.
    Task,
}

/// The next span of its like, with the index of its execution. `None` at either end.
pub fn step(
    trace: &Trace,
    execution: usize,
    at: SpanIndex,
    by: By,
    forward: bool,
) -> Option<(usize, SpanIndex)> {
    if by == By::Task {
        return other_execution(trace, execution, at, forward);
    }
    let around = trace.executions.get(execution)?;
    let here = trace.spans.get(at as usize)?;
    let wanted = |next: &SpanIndex| {
        trace
            .spans
            .get(*next as usize)
            .is_some_and(|span| match by {
                By::Call => is_call(span),
                By::Name => span.kind == here.kind && span.name == here.name,
                By::Agent => is_call(span) && speaker(trace, *next) == speaker(trace, at),
                By::Error | By::Task => failed_first(trace, *next, span),
            })
    };
    let next = if forward {
        (at.saturating_add(1)..around.last_span).find(wanted)
    } else {
        (around.first_span..at).rev().find(wanted)
    };
    next.map(|next| (execution, next))
}

/// Whether a span is a call, and no frame around calls.
pub fn is_call(span: &Span) -> bool {
    !matches!(
        span.kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Task | Kind::Agent | Kind::Other
    )
}

fn failed_first(trace: &Trace, at: SpanIndex, span: &Span) -> bool {
    let failed = |span: &Span| span.status == Status::Failed;
    let below = trace.spans.get(trace.subtree(at)).unwrap_or_default();
    failed(span) && !below.iter().skip(1).any(failed)
}

/// The task in another execution that is the same: by the key of its definition, else by its name.
pub fn same_task(trace: &Trace, execution: usize, task: &Span) -> Option<SpanIndex> {
    let around = trace.executions.get(execution)?;
    [Field::TaskKey, Field::TaskName]
        .into_iter()
        .find_map(|field| {
            let own = task.sym(field).filter(|own| !trace.str(*own).is_empty())?;
            (around.first_span..around.last_span).find(|&at| {
                trace
                    .spans
                    .get(at as usize)
                    .is_some_and(|span| span.kind == Kind::Task && span.sym(field) == Some(own))
            })
        })
}

fn other_execution(
    trace: &Trace,
    execution: usize,
    at: SpanIndex,
    forward: bool,
) -> Option<(usize, SpanIndex)> {
    let task = trace.nearest(at, |span| span.kind == Kind::Task)?;
    let task = trace.spans.get(task as usize)?;
    let find = |other: usize| Some((other, same_task(trace, other, task)?));
    if forward {
        (execution + 1..trace.executions.len()).find_map(find)
    } else {
        (0..execution).rev().find_map(find)
    }
}

//! The result of an execution.

use crate::conversation::{self, Part};
use crewscope_trace::model::{Execution, Field, Kind, Span, SpanIndex, Status, TextRef, Trace};

/// Where the result of an execution stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FinalOutput {
    /// The text; an agent's may be a list of messages: [`readable`] makes it plain.
    pub text: Option<TextRef>,
    /// The span it was read from.
    pub from: Option<SpanIndex>,
    /// It is the result of the whole execution. Otherwise it is the output of the last task that completed.
    pub complete: bool,
}

/// The result of an execution: the output of its crew, flow or agent; of several that ran one after another, the last one's.
/// Where that is not in the trace, the output of the last completed task.
pub fn final_output(trace: &Trace, execution: &Execution) -> FinalOutput {
    let spans = trace.spans_of(execution);
    let at = |index: usize| {
        SpanIndex::try_from(index)
            .ok()
            .map(|index| index + execution.first_span)
    };
    let ended = |span: &Span| span.end.or(span.start);
    let roots = spans
        .iter()
        .enumerate()
        .filter(|(_, span)| span.parent.is_none() && span.kind != Kind::Llm);
    let whole = roots
        .filter(|(_, span)| span.status != Status::Failed && span.text(Field::Output).is_some())
        .max_by_key(|(_, span)| ended(span));
    if let Some((index, span)) = whole.filter(|_| execution.status != Status::Failed) {
        return FinalOutput {
            text: span.text(Field::Output),
            from: at(index),
            complete: true,
        };
    }
    let done = |span: &Span| span.status == Status::Completed && span.text(Field::Output).is_some();
    let last = |kinds: &[Kind]| {
        spans
            .iter()
            .enumerate()
            .filter(|(_, span)| kinds.contains(&span.kind) && done(span))
            .max_by_key(|(_, span)| ended(span))
    };
    let lone_call = || {
        last(&[Kind::Llm]).filter(|_| {
            spans.iter().all(|span| {
                !matches!(
                    span.kind,
                    Kind::Crew | Kind::Flow | Kind::Task | Kind::Agent
                )
            })
        })
    };
    match last(&[Kind::Task])
        .or_else(|| last(&[Kind::Agent]))
        .or_else(lone_call)
    {
        Some((index, span)) => FinalOutput {
            text: span.text(Field::Output),
            from: at(index),
            // Its root was not exported, or lost its own end; the last task's output is what it returned, if it was the last.
            complete: match execution.status {
                Status::Completed => true,
                Status::Unknown => !spans.iter().any(|other| {
                    other.kind == Kind::Task
                        && other.status != Status::Completed
                        && other.start >= span.start
                        && other.id != span.id
                }),
                Status::Failed | Status::Running => false,
            },
        },
        None => FinalOutput::default(),
    }
}

/// A text as a person reads it: a list of messages becomes the text of its last one; anything else stays as it is.
pub fn readable(text: &str) -> String {
    if !text.trim_start().starts_with("[{") {
        return text.to_owned();
    }
    let messages = conversation::messages(text);
    let Some(last) = messages
        .iter()
        .rev()
        .find(|message| !message.role.is_empty())
    else {
        return text.to_owned();
    };
    let parts: Vec<&str> = last
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    if parts.is_empty() {
        return text.to_owned();
    }
    parts.join("\n")
}

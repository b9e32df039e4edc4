//! What to call a span, or an execution.

use crate::view::parts::text::clipped;
use crate::wording::{executions, parts as words};
use crewscope_trace::model::{Execution, ExecutionKind, Field, Kind, Span, SpanIndex, Trace};

/// Longest name in a row.
const LONGEST: usize = 120;

/// The span's recorded name, else what its kind is called.
pub fn of(trace: &Trace, span: &Span) -> String {
    let recorded = Some(trace.str(span.name)).filter(|name| !name.trim().is_empty());
    let by_kind = || match span.kind {
        Kind::Task => trace
            .name_of(span, Field::TaskName)
            .or_else(|| trace.name_of(span, Field::Description)),
        Kind::Agent => trace.name_of(span, Field::AgentRole),
        Kind::Llm => trace
            .name_of(span, Field::Model)
            .or_else(|| trace.name_of(span, Field::ResponseModel)),
        Kind::Tool => trace.name_of(span, Field::ToolName),
        Kind::Crew => trace.name_of(span, Field::CrewName),
        Kind::Flow => trace.name_of(span, Field::FlowName),
        Kind::Method => trace.name_of(span, Field::MethodName),
        _ => None,
    };
    recorded.or_else(by_kind).map_or_else(
        || span.kind.label().to_owned(),
        |name| clipped(name, LONGEST),
    )
}

/// The same by index; a task without any name goes by its number in its execution, as the table has it.
pub fn at(trace: &Trace, at: SpanIndex) -> String {
    let Some(span) = trace.spans.get(at as usize) else {
        return String::new();
    };
    let own = of(trace, span);
    if span.kind != Kind::Task || own != Kind::Task.label() {
        return own;
    }
    let around = trace
        .executions
        .iter()
        .find(|execution| (execution.first_span..execution.last_span).contains(&at));
    let first = around.map_or(0, |execution| execution.first_span);
    let before = trace.spans.get(first as usize..at as usize);
    let tasks = before.unwrap_or_default().iter();
    let number = tasks.filter(|span| span.kind == Kind::Task).count() + 1;
    words::unnamed_task(&number.to_string())
}

/// The kinds that share a colour, as the style sheets name them.
pub fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::Crew | Kind::Flow | Kind::Method => "flow",
        Kind::Task => "task",
        Kind::Agent => "agent",
        Kind::Llm => "llm",
        Kind::Tool => "tool",
        Kind::Guardrail => "guardrail",
        Kind::Memory | Kind::Knowledge => "memory",
        Kind::Human => "human",
        Kind::Reasoning | Kind::Other => "other",
    }
}

/// What to call an execution.
pub fn of_execution(trace: &Trace, execution: &Execution) -> String {
    let name = trace.str(execution.name).trim();
    if !name.is_empty() {
        return clipped(name, 160);
    }
    match execution.kind {
        ExecutionKind::Crew => executions::UNNAMED_CREW,
        ExecutionKind::Flow => executions::UNNAMED_FLOW,
        ExecutionKind::Agent => executions::UNNAMED_AGENT,
        ExecutionKind::Trace => executions::UNNAMED_TRACE,
    }
    .to_owned()
}

//! The report: everything that was found, as JSON with a published schema (`docs/report.schema.json`).

mod finding;
pub(super) mod json;
mod trust;

use crate::findings::Findings;
use crate::{agents, coverage, final_output, output, summary, tasks, Cost, Prices, Summary};
use crate::{AgentRow, TaskRow};
use crewscope_trace::model::{Execution, Field, Kind, Span, Status, TextRef, Trace};
use json::Members;

pub use json::Json;

/// Version of the report's form.
pub const SCHEMA: &str = "crewscope.report/1";

/// Reads the text at a place, or `None` if it cannot be had.
type Read<'a> = dyn FnMut(TextRef) -> Option<String> + 'a;

/// Makes the report; `findings` are what [`crate::findings::find`] gave. A number that the trace does not hold is `null`.
pub fn report(trace: &Trace, findings: &Findings, prices: &Prices, read: &mut Read) -> Json {
    let mut sources = Vec::new();
    for source in &trace.sources {
        let told = Members::default()
            .text("name", &source.name)
            .counts([("bytes", Some(source.bytes))])
            .text("format", &source.formats.join("+"))
            .counts([("records", Some(source.records))])
            .done();
        sources.push(told);
    }
    let mut executions = Vec::new();
    for at in 0..trace.executions.len() {
        executions.push(of_execution(trace, at, findings, prices, read));
    }
    let mut warnings = Vec::new();
    for warning in &trace.warnings {
        let told = Members::default()
            .word("kind", warning.kind.name())
            .text("message", &warning.message)
            .counts([("count", Some(warning.count))])
            .put("affects", trust::words(coverage::affects(warning.kind)))
            .places("places", &warning.places)
            .done();
        warnings.push(told);
    }
    Members::default()
        .word("schema", SCHEMA)
        .put("sources", Json::List(sources))
        .put("executions", Json::List(executions))
        .put("warnings", Json::List(warnings))
        .put("prices", trust::price_source(prices))
        .done()
}

fn of_execution(
    trace: &Trace,
    at: usize,
    findings: &Findings,
    prices: &Prices,
    read: &mut Read,
) -> Json {
    let Some(execution): Option<&Execution> = trace.executions.get(at) else {
        return Json::Null;
    };
    let (found, lineage) = (
        finding::findings(trace, findings, at, prices),
        finding::lineage(trace, findings, at),
    );
    let figures = summary(trace, execution, prices);
    let rows = tasks(trace, execution, prices);
    // Texts are asked for in one order always: calls, tasks, result.
    let mut tool_calls = Vec::new();
    for at in execution.first_span..execution.last_span {
        if let Some(span) = trace.spans.get(at as usize) {
            if span.kind == Kind::Tool {
                let task = trace.nearest(at, |span| span.kind == Kind::Task);
                let task = task.and_then(|task| label(&rows, task));
                tool_calls.push(tool_call(trace, span, task, read));
            }
        }
    }
    let mut task_list = Vec::new();
    for row in &rows {
        if let Some(span) = trace.spans.get(row.span as usize) {
            task_list.push(task(trace, row, span, read));
        }
    }
    let mut agent_list = Vec::new();
    for row in agents(trace, execution, prices) {
        agent_list.push(agent(&row, &rows));
    }
    let result = final_output(trace, execution);
    let result = told(result.text.filter(|_| result.complete), read);
    let notes = coverage::of_execution(trace, execution);
    Members::default()
        .text("id", trace.str(execution.id))
        .text("name", trace.str(execution.name))
        .word("kind", execution.kind.name())
        .word("status", execution.status.name())
        .time("started_at", execution.start)
        .time("ended_at", execution.end)
        .millis("duration_ms", figures.execution_time)
        .put("summary", of_summary(&figures, &figures.cost))
        .put("tasks", Json::List(task_list))
        .put("agents", Json::List(agent_list))
        .put("tool_calls", Json::List(tool_calls))
        .put("final_output", result)
        .put("findings", found)
        .put("lineage", lineage)
        .put("reconciliation", trust::reconciliation(trace, execution))
        .put(
            "coverage",
            Json::List(notes.iter().map(trust::missing).collect()),
        )
        .done()
}

/// A text as a person reads it.
fn told(text: Option<TextRef>, read: &mut Read) -> Json {
    match text.and_then(read) {
        Some(text) => Json::Text(output::readable(&text)),
        None => Json::Null,
    }
}

/// Name of the task at a span.
fn label(rows: &[TaskRow], at: u32) -> Option<&str> {
    let row = rows.iter().find(|row| row.span == at)?;
    Some(row.name.as_deref().unwrap_or_default())
}

fn task(trace: &Trace, row: &TaskRow, span: &Span, read: &mut Read) -> Json {
    let mut told = |field: Field| told(span.text(field), read);
    Members::default()
        .maybe_text("key", trace.name_of(span, Field::TaskKey))
        .maybe_text("id", trace.name_of(span, Field::TaskId))
        .text("name", row.name.as_deref().unwrap_or_default())
        .put("description", told(Field::Description))
        .put("expected_output", told(Field::ExpectedOutput))
        .word("status", row.status.name())
        .texts("agents", &row.agents)
        .texts("models", &row.models)
        .time("started_at", span.start)
        .time("ended_at", span.end)
        .millis("duration_ms", row.duration)
        .put("input", told(Field::Input))
        .put("output", told(Field::Output))
        .put("error", told(Field::Error))
        .counts([
            ("total_tokens", row.total_tokens),
            ("prompt_tokens", row.prompt_tokens),
            ("completion_tokens", row.completion_tokens),
            ("requests", row.requests),
        ])
        .number("estimated_cost_usd", row.cost.usd)
        .done()
}

fn agent(row: &AgentRow, tasks: &[TaskRow]) -> Json {
    let mut names = Vec::new();
    for &at in &row.tasks {
        if let Some(name) = label(tasks, at) {
            names.push(Json::Text(name.to_owned()));
        }
    }
    Members::default()
        .text("role", &row.role)
        .texts("models", &row.models)
        .put("tasks", Json::List(names))
        .counts([
            ("total_tokens", row.total_tokens),
            ("requests", row.requests),
        ])
        .done()
}

fn tool_call(trace: &Trace, span: &Span, task: Option<&str>, read: &mut Read) -> Json {
    let failed = span.status == Status::Failed;
    Members::default()
        .text("name", trace.str(span.name))
        .put("arguments", told(span.text(Field::Input), read))
        .word("status", span.status.name())
        .flag("from_cache", span.bool(Field::FromCache).unwrap_or(false))
        .millis("duration_ms", span.duration())
        .maybe_text("task", task)
        .put(
            "error",
            told(span.text(Field::Error).filter(|_| failed), read),
        )
        .done()
}

fn of_summary(figures: &Summary, cost: &Cost) -> Json {
    Members::default()
        .counts([
            ("total_tokens", figures.total_tokens),
            ("prompt_tokens", figures.prompt_tokens),
            ("completion_tokens", figures.completion_tokens),
            ("cached_prompt_tokens", figures.cached_prompt_tokens),
            ("reasoning_tokens", figures.reasoning_tokens),
            ("requests", figures.requests),
            ("failed_requests", figures.failed_requests),
        ])
        .millis("execution_time_ms", figures.execution_time)
        .number("estimated_cost_usd", cost.usd)
        .texts("unpriced_models", &cost.unpriced_models)
        .counts([
            ("cache_write_tokens", figures.cache_write_tokens),
            ("calls_without_usage", Some(figures.calls_without_usage)),
        ])
        .maybe_word("cost_source", trust::cost_source(cost))
        .flag("own_prices", cost.own_prices)
        .done()
}

//! The report: everything that was found, as JSON with a published schema (`docs/report.schema.json`).

mod trust;

use super::{agents, coverage, final_output, output, summary, tasks, Prices};
use crate::model::{Execution, Field, Kind, Span, Status, TextRef, Trace};
use serde::Serialize;
use trust::{At, Missing, PriceSource, Trust};

/// Version of the report's form.
pub const SCHEMA: &str = "crewscope.report/1";

/// The report. A number that the trace does not hold is `null`.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    sources: Vec<Source>,
    executions: Vec<ExecutionReport>,
    warnings: Vec<Warning>,
    prices: PriceSource,
}

#[derive(Debug, Serialize)]
struct Source {
    name: String,
    bytes: u64,
    format: String,
    records: u64,
}

#[derive(Debug, Serialize)]
struct Warning {
    kind: &'static str,
    message: String,
    count: u64,
    affects: Vec<&'static str>,
    places: Vec<At>,
}

#[derive(Debug, Serialize)]
struct ExecutionReport {
    id: String,
    name: String,
    kind: &'static str,
    status: &'static str,
    started_at: Option<String>,
    ended_at: Option<String>,
    duration_ms: Option<f64>,
    summary: Figures,
    tasks: Vec<Task>,
    agents: Vec<Agent>,
    tool_calls: Vec<ToolCall>,
    final_output: Option<String>,
    findings: Vec<Finding>,
    reconciliation: Trust,
    coverage: Vec<Missing>,
}

#[derive(Debug, Serialize)]
struct Figures {
    total_tokens: Option<u64>,
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    cached_prompt_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
    requests: Option<u64>,
    failed_requests: Option<u64>,
    execution_time_ms: Option<f64>,
    estimated_cost_usd: Option<f64>,
    unpriced_models: Vec<String>,
    cache_write_tokens: Option<u64>,
    calls_without_usage: u64,
    cost_source: Option<&'static str>,
    own_prices: bool,
}

#[derive(Debug, Serialize)]
struct Task {
    key: Option<String>,
    id: Option<String>,
    name: String,
    description: Option<String>,
    expected_output: Option<String>,
    status: &'static str,
    agents: Vec<String>,
    models: Vec<String>,
    started_at: Option<String>,
    ended_at: Option<String>,
    duration_ms: Option<f64>,
    input: Option<String>,
    output: Option<String>,
    error: Option<String>,
    total_tokens: Option<u64>,
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    requests: Option<u64>,
    estimated_cost_usd: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Agent {
    role: String,
    models: Vec<String>,
    tasks: Vec<String>,
    total_tokens: Option<u64>,
    requests: Option<u64>,
}

#[derive(Debug, Serialize)]
struct ToolCall {
    name: String,
    arguments: Option<String>,
    status: &'static str,
    from_cache: bool,
    duration_ms: Option<f64>,
    task: Option<String>,
    error: Option<String>,
}

/// The findings engine fills these; the form is fixed by the schema.
#[derive(Debug, Serialize)]
struct Finding {}

/// The texts that a report of this trace needs, so that a caller without direct access (a browser) can load them first.
pub fn texts(trace: &Trace) -> Vec<TextRef> {
    let mut wanted = Vec::new();
    let _ = report(trace, &Prices::default(), &mut |text| {
        wanted.push(text);
        None
    });
    wanted
}

/// Makes the report. `read` gives the text at a place, or `None` if it cannot be had.
pub fn report(
    trace: &Trace,
    prices: &Prices,
    read: &mut dyn FnMut(TextRef) -> Option<String>,
) -> Report {
    Report {
        schema: SCHEMA,
        sources: trace
            .sources
            .iter()
            .map(|source| Source {
                name: source.name.clone(),
                bytes: source.bytes,
                format: source.formats.join("+"),
                records: source.records,
            })
            .collect(),
        executions: trace
            .executions
            .iter()
            .map(|execution| execution_report(trace, execution, prices, read))
            .collect(),
        warnings: trace
            .warnings
            .iter()
            .map(|warning| Warning {
                kind: warning.kind.name(),
                message: warning.message.clone(),
                count: warning.count,
                affects: trust::words(coverage::affects(warning.kind)),
                places: trust::places(&warning.places),
            })
            .collect(),
        prices: PriceSource::of(prices),
    }
}

fn execution_report(
    trace: &Trace,
    execution: &Execution,
    prices: &Prices,
    read: &mut dyn FnMut(TextRef) -> Option<String>,
) -> ExecutionReport {
    let figures = summary(trace, execution, prices);
    let rows = tasks(trace, execution, prices);
    let label = |at: u32| {
        rows.iter()
            .find(|row| row.span == at)
            .map(|row| row.name.clone().unwrap_or_default())
    };
    let spans = || execution.first_span..execution.last_span;
    let mut text = |span: &Span, field: Field| {
        span.text(field)
            .and_then(&mut *read)
            .map(|text| output::readable(&text))
    };
    let tool_calls = spans()
        .filter_map(|at| Some((at, trace.spans.get(at as usize)?)))
        .filter(|(_, span)| span.kind == Kind::Tool)
        .map(|(at, span)| ToolCall {
            name: trace.str(span.name).to_owned(),
            arguments: text(span, Field::Input),
            status: span.status.name(),
            from_cache: span.bool(Field::FromCache).unwrap_or(false),
            duration_ms: span.duration().map(millis),
            task: trace
                .nearest(at, |span| span.kind == Kind::Task)
                .and_then(label),
            error: if span.status == Status::Failed {
                text(span, Field::Error)
            } else {
                None
            },
        })
        .collect();
    let tasks = rows
        .iter()
        .filter_map(|row| Some((row, trace.spans.get(row.span as usize)?)))
        .map(|(row, span)| Task {
            key: trace.name_of(span, Field::TaskKey).map(str::to_owned),
            id: trace.name_of(span, Field::TaskId).map(str::to_owned),
            name: row.name.clone().unwrap_or_default(),
            description: text(span, Field::Description),
            expected_output: text(span, Field::ExpectedOutput),
            status: row.status.name(),
            agents: row.agents.clone(),
            models: row.models.clone(),
            started_at: span.start.map(rfc3339),
            ended_at: span.end.map(rfc3339),
            duration_ms: row.duration.map(millis),
            input: text(span, Field::Input),
            output: text(span, Field::Output),
            error: text(span, Field::Error),
            total_tokens: row.total_tokens,
            prompt_tokens: row.prompt_tokens,
            completion_tokens: row.completion_tokens,
            requests: row.requests,
            estimated_cost_usd: row.cost.usd,
        })
        .collect();
    let agents = agents(trace, execution, prices)
        .into_iter()
        .map(|agent| Agent {
            tasks: agent.tasks.iter().filter_map(|&at| label(at)).collect(),
            role: agent.role,
            models: agent.models,
            total_tokens: agent.total_tokens,
            requests: agent.requests,
        })
        .collect();
    let result = final_output(trace, execution);
    let result = result
        .text
        .filter(|_| result.complete)
        .and_then(&mut *read)
        .map(|text| output::readable(&text));
    ExecutionReport {
        id: trace.str(execution.id).to_owned(),
        name: trace.str(execution.name).to_owned(),
        kind: execution.kind.name(),
        status: execution.status.name(),
        started_at: execution.start.map(rfc3339),
        ended_at: execution.end.map(rfc3339),
        duration_ms: figures.execution_time.map(millis),
        summary: Figures {
            total_tokens: figures.total_tokens,
            prompt_tokens: figures.prompt_tokens,
            completion_tokens: figures.completion_tokens,
            cached_prompt_tokens: figures.cached_prompt_tokens,
            reasoning_tokens: figures.reasoning_tokens,
            requests: figures.requests,
            failed_requests: figures.failed_requests,
            execution_time_ms: figures.execution_time.map(millis),
            estimated_cost_usd: figures.cost.usd,
            cache_write_tokens: figures.cache_write_tokens,
            calls_without_usage: figures.calls_without_usage,
            cost_source: trust::cost_source(&figures.cost),
            own_prices: figures.cost.own_prices,
            unpriced_models: figures.cost.unpriced_models,
        },
        tasks,
        agents,
        tool_calls,
        final_output: result,
        findings: Vec::new(),
        reconciliation: Trust::of(trace, execution),
        coverage: coverage::of_execution(trace, execution)
            .into_iter()
            .map(Missing::of)
            .collect(),
    }
}

fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1_000_000.0
}

fn rfc3339(nanos: i64) -> String {
    chrono::DateTime::from_timestamp_nanos(nanos)
        .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

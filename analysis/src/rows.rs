//! Tasks, agents and calls of an execution.

use crate::prices::Prices;
use crate::reported;
use crate::tokens::{self, Cost};
use crewscope_trace::model::{Execution, Field, Flags, Kind, Span, SpanIndex, Status, Trace};
use crewscope_trace::order;
use crewscope_trace::slices::{at_once, pause, Slices, Work};

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRow {
    /// Its span.
    pub span: SpanIndex,
    /// Its name; `None` for an unnamed task.
    pub name: Option<String>,
    /// Name, or for an unnamed task what tells it apart.
    pub label: String,
    /// Roles of the agents at work in it: the one that executed it first, then coworkers and guardrail agents.
    pub agents: Vec<String>,
    /// Models that were called in it, those of the executing agent first.
    pub models: Vec<String>,
    /// How it stands.
    pub status: Status,
    /// The status is concluded from other spans.
    pub derived_status: bool,
    /// Wall time in nanoseconds.
    pub duration: Option<i64>,
    /// Share of the execution's time, 0 to 1 (parallel tasks add up to more than 1).
    pub share: Option<f64>,
    /// Tokens of all LLM calls in it, delegated ones included.
    pub total_tokens: Option<u64>,
    /// Prompt tokens.
    pub prompt_tokens: Option<u64>,
    /// Completion tokens.
    pub completion_tokens: Option<u64>,
    /// LLM calls.
    pub requests: Option<u64>,
    /// LLM calls that failed.
    pub failed_requests: Option<u64>,
    /// What it cost.
    pub cost: Cost,
}

/// An agent.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentRow {
    /// Role.
    pub role: String,
    /// Models it called.
    pub models: Vec<String>,
    /// Spans of the tasks it worked in.
    pub tasks: Vec<SpanIndex>,
    /// Tokens of its own LLM calls.
    pub total_tokens: Option<u64>,
    /// Its own LLM calls.
    pub requests: Option<u64>,
    /// What they cost.
    pub cost: Cost,
}

/// The tasks of an execution, in the order of their start.
pub fn tasks(trace: &Trace, execution: &Execution, prices: &Prices) -> Vec<TaskRow> {
    at_once(tasks_in(&Slices::one(), trace, execution, prices))
}

/// [`tasks`] in slices.
pub fn tasks_in<'a>(
    slices: &'a Slices,
    trace: &'a Trace,
    execution: &'a Execution,
    prices: &'a Prices,
) -> Work<'a, Vec<TaskRow>> {
    Box::pin(async move {
        let whole = execution.duration().filter(|&whole| whole > 0);
        let mut rows: Vec<TaskRow> = Vec::new();
        for at in execution.first_span..execution.last_span {
            if slices.due() {
                pause().await;
            }
            let Some(span) = trace.spans.get(at as usize) else {
                continue;
            };
            if span.kind != Kind::Task {
                continue;
            }
            let below = trace.spans.get(trace.subtree(at)).unwrap_or_default();
            let totals = match reported::totals(trace, span) {
                Some(totals) => totals,
                None => {
                    let totals = tokens::totals_in(slices, trace, below, prices).await;
                    totals.known(execution.flags)
                }
            };
            let name = trace.name_of(span, Field::TaskName).map(str::to_owned);
            let agents = agents_of(trace, at);
            slices.breathe().await;
            let models = models_of(trace, at);
            slices.breathe().await;
            rows.push(TaskRow {
                span: at,
                label: name
                    .clone()
                    .unwrap_or_else(|| format!("Unnamed task {}", rows.len() + 1)),
                name,
                agents,
                models,
                status: span.status,
                derived_status: span.flags.has(Flags::DERIVED_STATUS),
                duration: span.duration(),
                share: whole
                    .zip(span.duration())
                    .map(|(whole, own)| own as f64 / whole as f64),
                total_tokens: totals.total,
                prompt_tokens: totals.prompt,
                completion_tokens: totals.completion,
                requests: totals.requests,
                failed_requests: totals.failed,
                cost: totals.cost,
            });
        }
        rows
    })
}

/// The agents of an execution, in the order of their first work.
pub fn agents(trace: &Trace, execution: &Execution, prices: &Prices) -> Vec<AgentRow> {
    if execution.flags.has(Flags::AS_REPORTED) {
        return reported_agents(trace, execution);
    }
    struct Gathered<'a> {
        role: &'a str,
        tasks: Vec<SpanIndex>,
        calls: Vec<SpanIndex>,
    }
    let mut gathered: Vec<Gathered<'_>> = Vec::new();
    for at in execution.first_span..execution.last_span {
        let Some(span) = trace.spans.get(at as usize).filter(|span| match span.kind {
            Kind::Agent | Kind::Llm => true,
            // A form without agents at work still says whose task it was.
            Kind::Task => !at_work(trace, at),
            _ => false,
        }) else {
            continue;
        };
        let Some(role) = role_of(trace, at) else {
            continue;
        };
        let known = match gathered.iter_mut().find(|known| known.role == role) {
            Some(known) => known,
            None => {
                gathered.push(Gathered {
                    role,
                    tasks: Vec::new(),
                    calls: Vec::new(),
                });
                match gathered.last_mut() {
                    Some(known) => known,
                    None => continue,
                }
            }
        };
        let task = trace.nearest(at, |span| span.kind == Kind::Task);
        known
            .tasks
            .extend(task.filter(|task| !known.tasks.contains(task)));
        if span.kind == Kind::Llm {
            known.calls.push(at);
        }
    }
    gathered
        .into_iter()
        .map(|known| {
            let calls: Vec<&Span> = known
                .calls
                .iter()
                .filter_map(|&at| trace.spans.get(at as usize))
                .collect();
            let totals =
                tokens::totals(trace, calls.iter().copied(), prices).known(execution.flags);
            let mut models = Vec::new();
            for call in calls {
                push_new(&mut models, tokens::model_of(trace, call));
            }
            AgentRow {
                role: known.role.to_owned(),
                models,
                tasks: known.tasks,
                total_tokens: totals.total,
                requests: totals.requests,
                cost: totals.cost,
            }
        })
        .collect()
}

/// The calls below a span, in order of time: LLM and tool calls, guardrails, memory, knowledge, reasoning, human feedback.
pub fn calls(trace: &Trace, of: SpanIndex) -> Vec<SpanIndex> {
    let is_call = |at: &usize| {
        trace.spans.get(*at).is_some_and(|span| {
            matches!(
                span.kind,
                Kind::Llm
                    | Kind::Tool
                    | Kind::Guardrail
                    | Kind::Memory
                    | Kind::Knowledge
                    | Kind::Reasoning
                    | Kind::Human
            )
        })
    };
    let mut calls: Vec<usize> = trace.subtree(of).skip(1).filter(is_call).collect();
    order::sort(&mut calls, &|at| {
        let start = trace.spans.get(at).and_then(|span| span.start);
        (start.unwrap_or(i64::MAX), 0, 0)
    });
    calls
        .into_iter()
        .filter_map(|at| SpanIndex::try_from(at).ok())
        .collect()
}

/// Whether an agent or a call is recorded in a task.
fn at_work(trace: &Trace, task: SpanIndex) -> bool {
    trace
        .subtree(task)
        .filter_map(|at| trace.spans.get(at))
        .any(|span| matches!(span.kind, Kind::Agent | Kind::Llm))
}

/// The role of the agent that a span belongs to: of the agent around it, else as recorded on the span or its task.
fn role_of(trace: &Trace, at: SpanIndex) -> Option<&str> {
    let agent = trace.nearest(at, |span| span.kind == Kind::Agent);
    let role = |at: SpanIndex| {
        trace
            .spans
            .get(at as usize)
            .and_then(|span| trace.name_of(span, Field::AgentRole))
    };
    agent
        .and_then(role)
        .or_else(|| role(at))
        .or_else(|| role(trace.nearest(at, |span| span.kind == Kind::Task)?))
}

/// Roles of all agents in a task, the executing one first.
fn agents_of(trace: &Trace, task: SpanIndex) -> Vec<String> {
    if let Some(roles) = reported::list(trace, task, Field::Agents) {
        return roles;
    }
    let mut roles = Vec::new();
    let below = || {
        trace
            .subtree(task)
            .skip(1)
            .filter_map(|at| trace.spans.get(at))
    };
    for agent in below().filter(|span| span.kind == Kind::Agent && span.parent == Some(task)) {
        push_new(&mut roles, trace.name_of(agent, Field::AgentRole));
    }
    if let Some(span) = trace.spans.get(task as usize) {
        push_new(&mut roles, trace.name_of(span, Field::AgentRole));
    }
    for span in below().filter(|span| matches!(span.kind, Kind::Agent | Kind::Llm)) {
        push_new(&mut roles, trace.name_of(span, Field::AgentRole));
    }
    roles
}

/// Models of all calls in a task, those of the executing agent first; without calls the model of its agent.
fn models_of(trace: &Trace, task: SpanIndex) -> Vec<String> {
    if let Some(models) = reported::list(trace, task, Field::Models) {
        return models;
    }
    let mut models = Vec::new();
    let own = |at: usize| {
        let Ok(at) = SpanIndex::try_from(at) else {
            return false;
        };
        let around = trace.nearest(at, |span| matches!(span.kind, Kind::Agent | Kind::Task));
        around == Some(task)
            || around
                .and_then(|agent| trace.spans.get(agent as usize))
                .is_some_and(|agent| agent.parent == Some(task))
    };
    for wanted in [true, false] {
        for at in trace.subtree(task).skip(1) {
            let Some(call) = trace.spans.get(at).filter(|span| span.kind == Kind::Llm) else {
                continue;
            };
            if own(at) == wanted {
                push_new(&mut models, tokens::model_of(trace, call));
            }
        }
    }
    if models.is_empty() {
        for at in trace.subtree(task) {
            push_new(
                &mut models,
                trace
                    .spans
                    .get(at)
                    .and_then(|span| trace.name_of(span, Field::Model)),
            );
        }
    }
    models
}

fn push_new(list: &mut Vec<String>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !list.iter().any(|known| known == text)) {
        list.push(text.to_owned());
    }
}

/// The agents, as the report lists them.
fn reported_agents(trace: &Trace, execution: &Execution) -> Vec<AgentRow> {
    let all = execution.first_span..execution.last_span;
    let of_kind = |kind: Kind| {
        all.clone()
            .filter_map(|at| Some((at, trace.spans.get(at as usize)?)))
            .filter(move |(_, span)| span.kind == kind)
    };
    let tasks: Vec<(SpanIndex, &str)> = of_kind(Kind::Task)
        .map(|(at, span)| (at, trace.name_of(span, Field::TaskName).unwrap_or_default()))
        .collect();
    of_kind(Kind::Agent)
        .filter_map(|(_, span)| Some((span, trace.name_of(span, Field::AgentRole)?)))
        .map(|(span, role)| {
            let totals = reported::totals(trace, span).unwrap_or_default();
            // Several tasks may have one name: each place in the list means the next of them.
            let mut from = 0;
            let mut worked_in = Vec::new();
            for name in reported::names(trace, span, Field::Tasks).unwrap_or_default() {
                let rest = tasks.get(from..).unwrap_or_default();
                let found = rest.iter().position(|(_, task)| *task == name);
                if let Some((at, _)) = found.and_then(|found| rest.get(found)) {
                    worked_in.push(*at);
                    from += found.unwrap_or_default() + 1;
                }
            }
            AgentRow {
                role: role.to_owned(),
                models: reported::names(trace, span, Field::Models).unwrap_or_default(),
                tasks: worked_in,
                total_tokens: totals.total,
                requests: totals.requests,
                cost: totals.cost,
            }
        })
        .collect()
}

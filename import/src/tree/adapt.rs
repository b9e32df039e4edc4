//! Trees that other recorders draw differently, brought into the one shape: crew, task, agent, calls.

use crate::draft::{Draft, Layout};
use crate::tree::Forest;
use crewscope_trace::model::{Field, Flags, Kind, Status, Strings, Usage, Value};
use rustc_hash::FxHashSet;

/// Adapts a forest whose parents are set.
pub fn adapt(forest: &mut Forest, strings: &mut Strings) {
    mark_without_calls(forest);
    count_nested_calls_once(forest);
    for at in 0..forest.drafts.len() {
        let Some(parent) = forest.parents[at] else {
            continue;
        };
        let above = forest.drafts[parent].kind;
        let draft = &mut forest.drafts[at];
        match (draft.layout, draft.kind, above) {
            // What a tool does on its server is a part of the call that the model asked for, not one more.
            (_, Kind::Tool, Kind::Tool) if draft.facts.get(Field::Server).is_some() => {
                draft.kind = Kind::Other;
            }
            // A task and its agent are one span there; inside a tool call it is an agent that was asked, not a task of the crew.
            (Layout::NoAgents, Kind::Task, Kind::Tool) => {
                draft.kind = Kind::Agent;
                draft.name = draft.facts.sym(Field::AgentRole).unwrap_or(draft.name);
            }
            // An agent of its own directly inside a task judges for a guardrail.
            (Layout::NoAgents, Kind::Agent, Kind::Task) => {
                draft.kind = Kind::Guardrail;
                draft.coworker = draft.facts.sym(Field::AgentRole);
                if draft.facts.get(Field::Success) == Some(Value::Bool(false)) {
                    draft.status = Status::Failed;
                }
            }
            (Layout::NoAsyncTasks, Kind::Agent, Kind::Crew) => {
                task_around(forest, strings, at, parent)
            }
            _ => {}
        }
    }
    name_coworkers(forest);
    describe_planned(forest);
}

/// Other recorders leave the calls of models to an instrumentation of the client; where that was not there, requests are not recorded.
fn mark_without_calls(forest: &mut Forest) {
    let mut called = FxHashSet::default();
    for draft in &forest.drafts {
        if draft.kind == Kind::Llm {
            called.insert(draft.group);
        }
    }
    for draft in &mut forest.drafts {
        if draft.layout != Layout::Own && !called.contains(&draft.group) {
            draft.flags.set(Flags::NO_CALLS);
        }
    }
}

/// Calls below a delegating tool are the coworker's, those below a guardrail its agent's.
fn name_coworkers(forest: &mut Forest) {
    for at in 0..forest.drafts.len() {
        let coworker = forest.parents[at].and_then(|parent| forest.drafts[parent].coworker);
        if let Some(role) = coworker {
            forest.drafts[at]
                .facts
                .add(Field::AgentRole, Value::Sym(role));
        }
    }
}

/// Two instrumentations may record one request: the framework's call, and inside it the call of the provider's client. It counts once,
/// as the outer one, which knows its task; an outer one without usage that made several requests is no request itself.
fn count_nested_calls_once(forest: &mut Forest) {
    let is_call = |forest: &Forest, at: usize| forest.drafts[at].kind == Kind::Llm;
    let nested: Vec<(usize, usize)> = (0..forest.drafts.len())
        .filter_map(|at| Some((at, forest.parents[at]?)))
        .filter(|&(at, outer)| is_call(forest, at) && is_call(forest, outer))
        .filter(|&(at, outer)| {
            let (inner, outer) = (&forest.drafts[at], &forest.drafts[outer]);
            // crewai's own calls lie below one another where a session recorded them one after another (trap 6).
            inner.layout != Layout::Own
                && inner.start >= outer.start
                && (outer.end.is_none() || inner.end <= outer.end)
        })
        .collect();
    if nested.is_empty() {
        return;
    }
    let mut inside = vec![0u32; forest.drafts.len()];
    for &(_, outer) in &nested {
        inside[outer] += 1;
    }
    for &(at, outer) in &nested {
        let usage = *forest.drafts[at].usage;
        let draft = &mut forest.drafts[outer];
        if inside[outer] == 1 {
            fill(&mut draft.usage, &usage);
        } else if !draft.usage.is_recorded() {
            draft.kind = Kind::Other;
        }
    }
    let within: Vec<usize> = nested
        .into_iter()
        .filter(|&(_, outer)| is_call(forest, outer))
        .map(|(at, _)| at)
        .collect();
    for at in within {
        forest.drafts[at].kind = Kind::Other;
    }
}

/// Takes over the counts that are missing.
fn fill(own: &mut Usage, other: &Usage) {
    own.prompt = own.prompt.or(other.prompt);
    own.completion = own.completion.or(other.completion);
    own.total = own.total.or(other.total);
    own.cached = own.cached.or(other.cached);
    own.cache_write = own.cache_write.or(other.cache_write);
    own.reasoning = own.reasoning.or(other.reasoning);
}

/// A task whose own span does not describe it (it failed, or it has no span) is described by its crew's.
fn describe_planned(forest: &mut Forest) {
    let crews: Vec<usize> = (0..forest.drafts.len())
        .filter(|&at| !forest.drafts[at].plan.is_empty())
        .collect();
    if crews.is_empty() {
        return;
    }
    // The tasks of each crew, those with an id first: what they leave over belongs to the others, by role.
    let mut open: Vec<Vec<usize>> = vec![Vec::new(); crews.len()];
    for at in 0..forest.drafts.len() {
        let crew = forest.parents[at].and_then(|parent| crews.binary_search(&parent).ok());
        if let Some(crew) = crew.filter(|_| forest.drafts[at].kind == Kind::Task) {
            open[crew].push(at);
        }
    }
    for (crew, tasks) in crews.into_iter().zip(open) {
        let mut plan = forest.drafts[crew].plan.clone();
        for known in [true, false] {
            for &at in &tasks {
                let facts = &forest.drafts[at].facts;
                let id = facts.sym(Field::TaskId);
                if id.is_some() != known {
                    continue;
                }
                let role = facts.sym(Field::AgentRole);
                let found = plan.iter().position(|planned| match known {
                    true => planned.id == id,
                    false => planned.role.is_some() && planned.role == role,
                });
                let Some(found) = found else { continue };
                let planned = plan.remove(found);
                let facts = &mut forest.drafts[at].facts;
                facts.add_some(Field::TaskId, planned.id.map(Value::Sym));
                facts.add(Field::Description, Value::Text(planned.description));
                facts.add(Field::ExpectedOutput, Value::Text(planned.expected));
                if let Some(description) = facts.get(Field::Description) {
                    facts.add(Field::Input, description);
                }
            }
        }
    }
}

/// The task around an agent that lies directly below a crew.
fn task_around(forest: &mut Forest, strings: &mut Strings, at: usize, crew: usize) {
    let agent = &forest.drafts[at];
    let id = ["task of ", strings.get(agent.id)].concat();
    let mut task = Draft::new(agent.group, strings.intern(&id), Kind::Task);
    task.flags.set(Flags::INFERRED);
    task.execution = agent.execution;
    let role = agent.facts.get(Field::AgentRole);
    task.facts.add_some(Field::AgentRole, role);
    // What the agent knows of it.
    if agent.facts.get(Field::TaskId).is_some() {
        for field in [
            Field::TaskId,
            Field::TaskName,
            Field::Description,
            Field::ExpectedOutput,
            Field::Output,
            Field::Error,
        ] {
            task.facts.add_some(field, agent.facts.get(field));
        }
        task.name = task.facts.sym(Field::TaskName).unwrap_or_default();
        task.status = agent.status;
        (task.start, task.end) = (agent.start, agent.end);
        task.flags.set(Flags::DERIVED_END);
    }
    forest.parents[at] = Some(forest.drafts.len());
    forest.drafts.push(task);
    forest.parents.push(Some(crew));
}

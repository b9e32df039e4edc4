//! Context lineage: which task's output reached which later prompt, by statements of the output that are found there again.
//!
//! A found edge means the same wording, not the same meaning: it is evidence, and never certain. What crewai recorded as a task's context
//! (`Task.context`, or all outputs before it) is marked apart ([`Edge::declared`]).

use crate::findings::run::{index, Run};
use crate::findings::time::overlap;
use crate::findings::What;
use crewscope_trace::evidence::{Digest, Role, Signs};
use crewscope_trace::model::{Field, Kind, SpanIndex, Status};
use crewscope_trace::order;
use crewscope_trace::table::Table;
use serde::{Deserialize, Serialize};

/// A text that stands in more outputs says nothing of where it came from.
const MAX_PRODUCERS: usize = 16;

/// Tasks of one crew that are compared with each other.
const MAX_TASKS: usize = 300;

/// The output of one task in the prompts of another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The task whose output it is.
    pub from: SpanIndex,
    /// The task whose prompts have it.
    pub to: SpanIndex,
    /// Statements of the output that are found there.
    pub found: u32,
    /// Statements of the output in all.
    pub of: u32,
    /// They stand in the context that crewai recorded for the task; otherwise they were found in its prompts only.
    pub declared: bool,
}

/// What is known of the text that reached a task.
#[derive(Clone, Default)]
struct Reached {
    /// Its prompts were looked through, all of them to the end.
    whole: bool,
}

/// Finds the edges, and what is wrong with them.
pub fn find(run: &mut Run<'_>) -> Vec<Edge> {
    let tasks: Vec<usize> = run.tasks.clone();
    let outputs: Vec<Vec<u32>> = tasks.iter().map(|&task| statements_of(run, task)).collect();
    let (edges, reached) = edges(run, &tasks, &outputs);
    let place = |task: usize| tasks.binary_search(&task).unwrap_or(0);
    let total = |edge: &Edge| u64::from(edge.of);
    let enough = |edge: &&Edge| total(edge) >= run.limits.statements;
    // In part.
    let mut found = Vec::new();
    for edge in edges.iter().filter(enough) {
        let share = u64::from(edge.found) * 100 / total(edge).max(1);
        if share < run.limits.reached_percent
            && edge.found >= 2
            && reached[place(edge.to as usize)].whole
        {
            let mut finding = run.finding(
                What::ContextCut,
                edge.to as usize,
                &[edge.to as usize, edge.from as usize],
            );
            finding.other = Some(edge.from);
            finding.numbers = [share as i64, 0, 0];
            found.push(finding);
        }
    }
    // Not at all: the last task of a crew is its result.
    let mut used = Table::default();
    for edge in &edges {
        used.set(u64::from(edge.from), 0);
    }
    for (at, &task) in tasks.iter().enumerate() {
        if used.get(task as u64).is_some()
            || (outputs[at].len() as u64) < run.limits.statements
            || !run.done(task)
            || run.execution.status != Status::Completed
        {
            continue;
        }
        let later = later(run, task);
        let known = later.iter().all(|&other| reached[place(other)].whole);
        let waited = |other: &usize| !overlap(run.trace, index(task), index(*other));
        if known && later.iter().any(waited) {
            let mut finding = run.finding(What::UnusedOutput, task, &[task]);
            finding.time = run.span(task).duration();
            finding.spent = run.spent(run.below(task));
            found.push(finding);
        }
    }
    found.extend(mergeable(run, &edges));
    found.extend(sequential(run, &tasks, &outputs, &edges, &reached));
    for finding in found {
        run.found(finding);
    }
    edges
}

/// The tasks that follow a task below the same parent.
fn later(run: &Run<'_>, task: usize) -> Vec<usize> {
    let parent = run.span(task).parent;
    let end = parent.map_or(run.execution.last_span as usize, |parent| {
        run.span(parent as usize).subtree_end as usize
    });
    let mut later = Vec::new();
    let mut at = run.span(task).subtree_end as usize;
    while at < end && later.len() < MAX_TASKS {
        if run.span(at).kind == Kind::Task {
            later.push(at);
        }
        at = (run.span(at).subtree_end as usize).max(at + 1);
    }
    later
}

/// The statements of a task's output, each once.
fn statements_of(run: &Run<'_>, task: usize) -> Vec<u32> {
    let Some(digest) = run.digest(task, Field::Output, Role::Output) else {
        return Vec::new();
    };
    let mut seen = Table::default();
    run.evidence
        .statements(digest)
        .filter(|&statement| seen.set(u64::from(statement), 0))
        .collect()
}

/// The texts that reached a task: whether each is the declared context, and what was noted of it.
fn texts<'a>(run: &Run<'a>, task: usize) -> Vec<(bool, &'a Digest)> {
    let mut texts: Vec<(bool, &Digest)> = Vec::new();
    if let Some(context) = run.digest(task, Field::Context, Role::Given) {
        texts.push((true, context));
    }
    for at in run.below(task) {
        let role = match run.span(at).kind {
            Kind::Agent => Role::Given,
            Kind::Llm => Role::Prompt,
            _ => continue,
        };
        let known = run.digest(at, Field::Input, role);
        // All calls of a loop share their first messages.
        if let Some(digest) = known {
            if texts
                .iter()
                .rev()
                .take(8)
                .all(|(_, other)| other.statements != digest.statements)
            {
                texts.push((false, digest));
            }
        }
    }
    texts
}

fn edges(run: &Run<'_>, tasks: &[usize], outputs: &[Vec<u32>]) -> (Vec<Edge>, Vec<Reached>) {
    // Statement -> the tasks that said it, as a linked list.
    let mut said = Table::default();
    let mut links: Vec<(usize, Option<usize>)> = Vec::new();
    for (task, statements) in outputs.iter().enumerate() {
        for &statement in statements {
            let before = said.get(u64::from(statement));
            said.set(u64::from(statement), links.len());
            links.push((task, before));
        }
    }
    let mut edges = Vec::new();
    let mut reached = Vec::new();
    for &task in tasks {
        let texts = texts(run, task);
        let whole = texts
            .iter()
            .any(|(declared, digest)| !declared && digest.statements > 0)
            && texts
                .iter()
                .all(|(_, digest)| !digest.signs.has(Signs::CUT));
        reached.push(Reached { whole });
        let start = run.span(task).start;
        // Producer -> found, declared.
        let mut counts: Vec<(usize, u32, bool)> = Vec::new();
        let mut index_of = Table::default();
        let mut seen = Table::default();
        for (declared, digest) in texts {
            for statement in run.evidence.statements(digest) {
                let Some(mut link) = said.get(u64::from(statement)) else {
                    continue;
                };
                if !seen.set(u64::from(statement), 0) {
                    continue;
                }
                // Of several that said it, the one that said it last before: others it may have had from them.
                let mut nearest: Option<(i64, usize)> = None;
                for _ in 0..MAX_PRODUCERS {
                    let Some((producer, before)) = links.get(link).copied() else {
                        break;
                    };
                    let ended = run.span(tasks[producer]).end;
                    if let (Some(ended), Some(start)) = (ended, start) {
                        if ended <= start && nearest.is_none_or(|(latest, _)| ended > latest) {
                            nearest = Some((ended, producer));
                        }
                    }
                    match before {
                        Some(before) => link = before,
                        None => break,
                    }
                }
                let Some((_, producer)) = nearest else {
                    continue;
                };
                match index_of.get(producer as u64) {
                    Some(known) => {
                        if let Some(count) = counts.get_mut(known) {
                            count.1 += 1;
                            count.2 |= declared;
                        }
                    }
                    None => {
                        index_of.set(producer as u64, counts.len());
                        counts.push((producer, 1, declared));
                    }
                }
            }
        }
        let mut of_task: Vec<Edge> = counts
            .into_iter()
            .map(|(producer, found, declared)| Edge {
                from: index(tasks[producer]),
                to: index(task),
                found,
                of: u32::try_from(outputs[producer].len()).unwrap_or(u32::MAX),
                declared,
            })
            .collect();
        let sorted = order::sorted(of_task.len(), &|at| (i64::from(of_task[at].from), 0, 0));
        of_task = sorted.into_iter().map(|at| of_task[at]).collect();
        edges.extend(of_task);
    }
    (edges, reached)
}

/// Two tasks of one agent, a call each, the second right after the first and fed by it.
fn mergeable(run: &Run<'_>, edges: &[Edge]) -> Vec<crate::findings::Finding> {
    let one_call = |task: usize| {
        let mut calls = run.below(task).filter(|&at| {
            matches!(
                run.span(at).kind,
                Kind::Llm | Kind::Tool | Kind::Guardrail | Kind::Human
            )
        });
        let first = calls.next()?;
        (calls.next().is_none() && run.span(first).kind == Kind::Llm).then_some(first)
    };
    // How many outputs reached each task.
    let mut reached = Table::default();
    for edge in edges {
        let to = u64::from(edge.to);
        reached.set(to, reached.get(to).unwrap_or(0) + 1);
    }
    let mut found = Vec::new();
    for edge in edges {
        let (from, to) = (edge.from as usize, edge.to as usize);
        // Its parent's next child: nothing ran between them.
        let next = run.span(from).subtree_end as usize == to
            && run.span(from).parent == run.span(to).parent;
        let (Some(first), Some(second), true) = (one_call(from), one_call(to), next) else {
            continue;
        };
        let role = |at: usize| {
            let agent = run.agent_of(at)?;
            run.span(agent).sym(Field::AgentRole)
        };
        let same = role(first).is_some()
            && role(first) == role(second)
            && run.model(first) == run.model(second);
        let fed = u64::from(edge.found) * 100 >= u64::from(edge.of) * run.limits.reached_percent;
        let only = reached.get(u64::from(edge.to)) == Some(1);
        if same && fed && only && u64::from(edge.of) >= run.limits.statements && run.done(to) {
            let mut finding = run.finding(What::Mergeable, to, &[first, second]);
            finding.other = Some(edge.from);
            finding.spent = run.spent([second]);
            if let Some(spent) = finding.spent.first_mut() {
                // What is saved is the prompt; the answer would be written anyway.
                spent.usage.completion = Some(0);
                spent.usage.total = spent.usage.prompt;
                spent.usage.reasoning = None;
                spent.recorded = None;
            }
            found.push(finding);
        }
    }
    found
}

/// Tasks of a crew that ran one after another although no text of one is found in the other. What is not known counts as a tie, so the time is a
/// lower bound.
fn sequential(
    run: &Run<'_>,
    tasks: &[usize],
    outputs: &[Vec<u32>],
    edges: &[Edge],
    reached: &[Reached],
) -> Vec<crate::findings::Finding> {
    let pair = |from: usize, to: usize| (from as u64) << 32 | to as u64;
    let mut fed_by = Table::default();
    for edge in edges {
        fed_by.set(pair(edge.from as usize, edge.to as usize), 0);
    }
    let mut found = Vec::new();
    let mut crews = Vec::new();
    run.groups(
        tasks,
        &|at| {
            let parent = run.span(at).parent?;
            let crew = run.trace.spans.get(parent as usize)?;
            let hierarchical = run.trace.name_of(crew, Field::Process) == Some("hierarchical");
            (crew.kind == Kind::Crew && !hierarchical).then_some((i64::from(parent), 0))
        },
        &mut |group| crews.push(group.to_vec()),
    );
    for group in crews {
        if group.len() < 2 || group.len() > MAX_TASKS || !group.iter().all(|&at| run.done(at)) {
            continue;
        }
        let place = |task: usize| tasks.binary_search(&task).unwrap_or(0);
        let (mut ends, mut free) = (Vec::new(), Vec::new());
        for (at, &task) in group.iter().enumerate() {
            let (mut from, mut tied) = (0i64, false);
            for (before, &other) in group.iter().enumerate().take(at) {
                let fed = fed_by.get(pair(other, task)).is_some();
                let parallel = overlap(run.trace, index(task), index(other));
                let unknown = !reached[place(task)].whole
                    || (outputs[place(other)].len() as u64) < run.limits.statements;
                if !parallel && (fed || unknown) {
                    from = from.max(ends[before]);
                    tied |= before + 1 == at;
                }
            }
            let previous = at.checked_sub(1).map(|before| group[before]);
            if previous
                .is_some_and(|before| !tied && !overlap(run.trace, index(task), index(before)))
            {
                free.push(task);
            }
            ends.push(from.saturating_add(run.span(task).duration().unwrap_or(0)));
        }
        let first = group.iter().filter_map(|&at| run.span(at).start).min();
        let last = group.iter().filter_map(|&at| run.span(at).end).max();
        let (Some(first), Some(last)) = (first, last) else {
            continue;
        };
        let whole = last.saturating_sub(first);
        let saved = whole.saturating_sub(ends.iter().copied().max().unwrap_or(whole));
        let limits = run.limits;
        if !free.is_empty()
            && saved >= limits.parallel_ms as i64 * 1_000_000
            && saved >= (whole / 100).saturating_mul(limits.parallel_percent as i64)
        {
            let crew = run
                .span(group[0])
                .parent
                .map_or(group[0], |crew| crew as usize);
            // The tasks that need not have waited, each with the one it waited for.
            let mut evidence = free.clone();
            for &task in &free {
                let at = group.iter().position(|&other| other == task).unwrap_or(0);
                evidence.extend(
                    at.checked_sub(1)
                        .map(|before| group[before])
                        .filter(|before| !free.contains(before)),
                );
            }
            order::sort(&mut evidence, &|_| (0, 0, 0));
            evidence.dedup();
            let mut finding = run.finding(What::Sequential, crew, &evidence);
            finding.numbers = [evidence.len() as i64, saved, 0];
            finding.time = Some(saved);
            found.push(finding);
        }
    }
    found
}

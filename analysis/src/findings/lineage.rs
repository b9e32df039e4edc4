//! Context lineage: which task's output reached which later prompt, by statements of the output that are found there again.
//!
//! A found edge means the same wording, not the same meaning: it is evidence, and never certain. What crewai recorded as a task's context
//! (`Task.context`, or all outputs before it) is marked apart ([`Edge::declared`]).

use crate::findings::run::{index, Run};
use crate::findings::time::overlap;
use crate::findings::{Finding, What};
use crewscope_trace::evidence::{Digest, Role, Signs};
use crewscope_trace::model::{Field, Kind, SpanIndex, Status};
use crewscope_trace::order;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;

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
    let used: FxHashSet<usize> = edges.iter().map(|edge| edge.from as usize).collect();
    for (at, &task) in tasks.iter().enumerate() {
        if used.contains(&task)
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
    let mut seen = FxHashSet::default();
    run.evidence
        .statements(digest)
        .filter(|&statement| seen.insert(statement))
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

/// The edges to each task, and what is known of the text that reached it.
fn edges(run: &Run<'_>, tasks: &[usize], outputs: &[Vec<u32>]) -> (Vec<Edge>, Vec<Reached>) {
    let said = Said::new(run, tasks, outputs);
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
        let of_task = said.edges_to(task, &texts);
        let sorted = order::sorted(of_task.len(), &|at| (i64::from(of_task[at].from), 0, 0));
        edges.extend(sorted.into_iter().map(|at| of_task[at]));
    }
    (edges, reached)
}

/// Which tasks said a statement.
struct Said<'s> {
    run: &'s Run<'s>,
    tasks: &'s [usize],
    /// Statements of each task's output.
    outputs: &'s [Vec<u32>],
    /// The link of the task that said a statement last, by statement.
    last: FxHashMap<u32, usize>,
    /// The task (by its place in `tasks`), and the link of the one before it that said the same.
    links: Vec<(usize, Option<usize>)>,
}

impl<'s> Said<'s> {
    /// Notes who said what.
    fn new(run: &'s Run<'s>, tasks: &'s [usize], outputs: &'s [Vec<u32>]) -> Self {
        let mut last = FxHashMap::default();
        let mut links: Vec<(usize, Option<usize>)> = Vec::new();
        for (task, statements) in outputs.iter().enumerate() {
            for &statement in statements {
                let before = last.insert(statement, links.len());
                links.push((task, before));
            }
        }
        Self {
            run,
            tasks,
            outputs,
            last,
            links,
        }
    }

    /// Of the tasks that said a statement, the one that ended last before `start`: the others it may have had from them. `link`: the last
    /// of them.
    fn nearest(&self, mut link: usize, start: Option<i64>) -> Option<usize> {
        let start = start?;
        let mut nearest: Option<(i64, usize)> = None;
        for _ in 0..MAX_PRODUCERS {
            let Some((producer, before)) = self.links.get(link).copied() else {
                break;
            };
            if let Some(ended) = self.run.span(self.tasks[producer]).end {
                if ended <= start && nearest.is_none_or(|(latest, _)| ended > latest) {
                    nearest = Some((ended, producer));
                }
            }
            match before {
                Some(before) => link = before,
                None => break,
            }
        }
        nearest.map(|(_, producer)| producer)
    }

    /// The tasks whose statements stand in the texts that reached a task, in the order in which they are found.
    fn edges_to(&self, task: usize, texts: &[(bool, &Digest)]) -> Vec<Edge> {
        let start = self.run.span(task).start;
        let mut edges: Vec<Edge> = Vec::new();
        // The edge from each producer.
        let mut edge_of: FxHashMap<usize, usize> = FxHashMap::default();
        let mut seen = FxHashSet::default();
        for &(declared, digest) in texts {
            for statement in self.run.evidence.statements(digest) {
                let Some(&link) = self.last.get(&statement) else {
                    continue;
                };
                if !seen.insert(statement) {
                    continue;
                }
                let Some(producer) = self.nearest(link, start) else {
                    continue;
                };
                match edge_of.entry(producer) {
                    Entry::Occupied(known) => {
                        let edge = &mut edges[*known.get()];
                        edge.found += 1;
                        edge.declared |= declared;
                    }
                    Entry::Vacant(free) => {
                        free.insert(edges.len());
                        edges.push(Edge {
                            from: index(self.tasks[producer]),
                            to: index(task),
                            found: 1,
                            of: u32::try_from(self.outputs[producer].len()).unwrap_or(u32::MAX),
                            declared,
                        });
                    }
                }
            }
        }
        edges
    }
}

/// Two tasks of one agent, a call each, the second right after the first and fed by it.
fn mergeable(run: &Run<'_>, edges: &[Edge]) -> Vec<Finding> {
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
    let mut reached: FxHashMap<SpanIndex, usize> = FxHashMap::default();
    for edge in edges {
        *reached.entry(edge.to).or_default() += 1;
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
        let only = reached.get(&edge.to) == Some(&1);
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
) -> Vec<Finding> {
    let fed_by = edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let ties = Ties {
        run,
        tasks,
        outputs,
        reached,
        fed_by,
    };
    crews(run, tasks)
        .into_iter()
        .filter(|group| {
            (2..=MAX_TASKS).contains(&group.len()) && group.iter().all(|&at| run.done(at))
        })
        .filter_map(|group| needless_wait(run, &group, &ties.plan(&group)))
        .collect()
}

/// The tasks of each crew, in order of time. In a hierarchical crew a manager says what comes next.
fn crews(run: &Run<'_>, tasks: &[usize]) -> Vec<Vec<usize>> {
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
    crews
}

/// What ties tasks to each other.
struct Ties<'t> {
    run: &'t Run<'t>,
    tasks: &'t [usize],
    /// Statements of each task's output.
    outputs: &'t [Vec<u32>],
    /// What is known of the text that reached each task.
    reached: &'t [Reached],
    /// From where and to where each edge leads.
    fed_by: FxHashSet<(SpanIndex, SpanIndex)>,
}

/// How the tasks of a crew could have run.
struct Plan {
    /// When the last one would have ended, counted from the start of the first.
    length: i64,
    /// Tasks that waited for the one before and are not tied to it.
    free: Vec<usize>,
}

impl Ties<'_> {
    /// Whether a task had to wait for an earlier one, as far as is known.
    fn tied(&self, task: usize, earlier: usize) -> bool {
        let place = |task: usize| self.tasks.binary_search(&task).unwrap_or(0);
        let fed = self.fed_by.contains(&(index(earlier), index(task)));
        let parallel = overlap(self.run.trace, index(task), index(earlier));
        let unknown = !self.reached[place(task)].whole
            || (self.outputs[place(earlier)].len() as u64) < self.run.limits.statements;
        !parallel && (fed || unknown)
    }

    /// Lets each task of a crew start as soon as those have ended that it is tied to.
    fn plan(&self, group: &[usize]) -> Plan {
        let (mut ends, mut free) = (Vec::new(), Vec::new());
        for (at, &task) in group.iter().enumerate() {
            let (mut from, mut tied) = (0i64, false);
            for (before, &other) in group.iter().enumerate().take(at) {
                if self.tied(task, other) {
                    from = from.max(ends[before]);
                    tied |= before + 1 == at;
                }
            }
            let previous = at.checked_sub(1).map(|before| group[before]);
            if previous
                .is_some_and(|before| !tied && !overlap(self.run.trace, index(task), index(before)))
            {
                free.push(task);
            }
            ends.push(from.saturating_add(self.run.span(task).duration().unwrap_or(0)));
        }
        Plan {
            length: ends.into_iter().max().unwrap_or_default(),
            free,
        }
    }
}

/// The finding about a crew whose tasks waited for each other, if enough time would have been saved.
fn needless_wait(run: &Run<'_>, group: &[usize], plan: &Plan) -> Option<Finding> {
    let first = group.iter().filter_map(|&at| run.span(at).start).min()?;
    let last = group.iter().filter_map(|&at| run.span(at).end).max()?;
    let whole = last.saturating_sub(first);
    let saved = whole.saturating_sub(plan.length);
    let limits = run.limits;
    if plan.free.is_empty()
        || saved < limits.parallel_ms as i64 * 1_000_000
        || saved < (whole / 100).saturating_mul(limits.parallel_percent as i64)
    {
        return None;
    }
    let crew = run
        .span(group[0])
        .parent
        .map_or(group[0], |crew| crew as usize);
    // The tasks that need not have waited, each with the one it waited for.
    let mut evidence = plan.free.clone();
    for &task in &plan.free {
        let at = group.iter().position(|&other| other == task).unwrap_or(0);
        evidence.extend(
            at.checked_sub(1)
                .map(|before| group[before])
                .filter(|before| !plan.free.contains(before)),
        );
    }
    order::sort(&mut evidence, &|_| (0, 0, 0));
    evidence.dedup();
    let mut finding = run.finding(What::Sequential, crew, &evidence);
    finding.numbers = [evidence.len() as i64, saved, 0];
    finding.time = Some(saved);
    Some(finding)
}

//! Tools: errors, wrong use, repetition, tools nobody used.

use crate::findings::run::{index, Run};
use crate::findings::{Finding, What};
use crewscope_trace::evidence::{tool_name, Role, Signs};
use crewscope_trace::model::{Field, Kind, Status, Sym, Warning, WarningKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// A repeat that took less than this part of the first call's time came from a cache, whatever the record says (trap 15).
const CACHED_PART: i64 = 10;

/// Tools that crewai gives to an agent by itself; nobody chose them for the task.
const OF_CREWAI: &[&str] = &[
    "coworker",
    "memory",
    "add_image",
    "code_interpreter",
    "read_skill",
    "todo",
    "reasoning_plan",
];

fn of_crewai(name: &str) -> bool {
    OF_CREWAI.iter().any(|own| name.contains(own))
}

/// Looks at the tools.
pub fn find(run: &mut Run<'_>) {
    failures(run);
    repeats(run);
    lookups(run);
    unused(run);
}

/// Whether a tool hands work to another agent.
pub fn delegates(run: &Run<'_>, at: usize) -> bool {
    let name = tool_name(run.trace.str(run.span(at).name));
    name.contains("coworker") && (name.starts_with("delegate") || name.starts_with("ask"))
}

fn failures(run: &mut Run<'_>) {
    let kinds = [
        What::ToolUnknown,
        What::CoworkerUnknown,
        What::ToolUsedUp,
        What::ToolArguments,
        What::ToolFailed,
        What::ToolErrorText,
    ];
    let mut of: [Vec<usize>; 6] = Default::default();
    for &at in &run.tools {
        let span = run.span(at);
        let mut signs = run.signs(at, Field::Output, Role::Result);
        signs.set(run.signs(at, Field::Error, Role::Result).0);
        let failed = span.status == Status::Failed;
        let slot = if signs.has(Signs::NO_SUCH_TOOL) {
            0
        } else if signs.has(Signs::NO_SUCH_COWORKER) {
            1
        } else if signs.has(Signs::USED_UP)
            && (failed || signs.has(Signs::ERROR) || span.duration() < Some(1_000_000_000))
        {
            2
        } else if signs.has(Signs::BAD_ARGUMENTS) {
            3
        } else if failed {
            4
        } else if signs.has(Signs::ERROR) {
            5
        } else {
            continue;
        };
        // What a failed task is explained by need not be said twice.
        if slot != 4 || !run.causes.contains(&at) {
            of[slot].push(at);
        }
    }
    for (what, calls) in kinds.into_iter().zip(of) {
        let mut groups = Vec::new();
        run.groups(
            &calls,
            &|at| {
                Some((
                    run.task_of(at).unwrap_or_else(|| run.owner(at)) as i64,
                    name(run, at),
                ))
            },
            &mut |group| groups.push(group.to_vec()),
        );
        for group in groups {
            let subject = match what {
                What::CoworkerUnknown => run.owner(group[0]),
                _ => group[0],
            };
            let mut finding = run.finding(what, subject, &group);
            // A recorder that writes one span for several tries says how many there were.
            finding.numbers[0] = group
                .iter()
                .map(|&at| run.span(at).int(Field::Attempts).unwrap_or(1).max(1))
                .fold(0, i64::saturating_add);
            finding.time = run.time(&group);
            finding.spent = run.spent(asked_by(run, &group));
            run.found(finding);
        }
    }
}

fn name(run: &Run<'_>, at: usize) -> i64 {
    i64::from(run.span(at).name.0)
}

/// The LLM calls that asked for some tool calls of one owner: the last one that began before each.
fn asked_by(run: &Run<'_>, calls: &[usize]) -> Vec<usize> {
    let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
    for &at in calls {
        let owner = run.owner(at);
        let start = run.span(at).start;
        // Calls of one owner stand before the tool in the tree, its own other children between them.
        let asked = (owner + 1..at).rev().take(1000).find(|&before| {
            let span = run.span(before);
            span.kind == Kind::Llm && run.owner(before) == owner && span.start <= start
        });
        if let Some(asked) = asked.filter(|&asked| seen.insert(asked)) {
            found.push(asked);
        }
    }
    found
}

/// What a call's arguments say, and what it gave back.
fn arguments(run: &Run<'_>, at: usize) -> Option<i64> {
    if of_crewai(&tool_name(run.trace.str(run.span(at).name))) && !delegates(run, at) {
        return None;
    }
    let digest = run.digest(at, Field::Input, Role::Arguments)?;
    Some((digest.key as i64).wrapping_add(name(run, at).wrapping_mul(0x1_0000_0001_B3B5)))
}

fn result(run: &Run<'_>, at: usize) -> Option<u64> {
    Some(run.span(at).text(Field::Output)?.hash)
}

/// Completed calls that really ran.
fn ran(run: &Run<'_>) -> Vec<usize> {
    run.tools
        .iter()
        .copied()
        .filter(|&at| {
            run.done(at)
                && run.span(at).bool(Field::FromCache) != Some(true)
                && !run
                    .signs(at, Field::Output, Role::Result)
                    .any(Signs::ERROR | Signs::REFUSED_REPEAT | Signs::USED_UP)
        })
        .collect()
}

fn repeats(run: &mut Run<'_>) {
    let mut groups = Vec::new();
    run.groups(
        &ran(run),
        &|at| Some((run.owner(at) as i64, arguments(run, at)?)),
        &mut |group| {
            if group.len() > 1 {
                groups.push(group.to_vec());
            }
        },
    );
    for group in groups {
        let first = group[0];
        let cached = |at: usize| {
            let whole = run.span(first).duration();
            run.span(at)
                .duration()
                .zip(whole)
                .is_some_and(|(own, whole)| {
                    whole > 20_000_000 && own.saturating_mul(CACHED_PART) < whole
                })
        };
        let real: Vec<usize> = group
            .iter()
            .copied()
            .filter(|&at| at == first || !cached(at))
            .collect();
        let same: Vec<usize> = real
            .iter()
            .copied()
            .filter(|&at| result(run, at).is_some() && result(run, at) == result(run, first))
            .collect();
        let (what, calls, least) = if same.len() == real.len() {
            (What::IdenticalTool, same, run.limits.repeated_calls)
        } else if real.iter().all(|&at| result(run, at).is_some()) {
            (What::Polling, real, run.limits.polled_calls)
        } else {
            continue;
        };
        if (calls.len() as u64) < least.max(2) {
            continue;
        }
        let mut finding = run.finding(what, first, &calls);
        finding.time = run.time(&calls[1..]);
        finding.spent = run.spent(asked_by(run, &calls[1..]));
        run.found(finding);
    }
}

fn lookups(run: &mut Run<'_>) {
    let mut calls = ran(run);
    calls.retain(|&at| run.task_of(at).is_some() && !delegates(run, at));
    let mut groups = Vec::new();
    run.groups(
        &calls,
        &|at| Some((arguments(run, at)?, result(run, at)? as i64)),
        &mut |group| {
            // One of each task: within a task it is repetition.
            let mut tasks = FxHashSet::default();
            let mut firsts = Vec::new();
            for &at in group {
                let task = run.task_of(at).unwrap_or(at);
                if tasks.insert(task) {
                    firsts.push(at);
                }
            }
            if firsts.len() > 1 {
                groups.push(firsts);
            }
        },
    );
    for group in groups {
        let mut finding = run.finding(What::SameLookup, group[0], &group);
        finding.time = run.time(&group[1..]);
        finding.spent = run.spent(asked_by(run, &group[1..]));
        run.found(finding);
    }
}

/// An agent with the tools it was offered.
struct Offered {
    /// The role, or the task where none is known.
    role: i64,
    /// Its first span.
    agent: usize,
    tools: Vec<u32>,
    used: FxHashSet<u32>,
    /// Calls whose prompts held the definitions.
    calls: Vec<usize>,
}

/// Looks for tools that were offered for nothing.
fn unused(run: &mut Run<'_>) {
    // Where a recorder writes no tool calls, none recorded does not mean none made.
    let unrecorded = |warning: &Warning| warning.kind == WarningKind::NoToolCalls;
    if run.execution.status != Status::Completed || run.trace.warnings.iter().any(unrecorded) {
        return;
    }
    let mut offers = offers(run);
    offers.retain(|offered| !offered.tools.is_empty());
    let mut found: Vec<Finding> = offers
        .iter()
        .filter_map(|offered| without_tools(run, offered))
        .collect();
    let roles = by_role(offers).into_iter();
    found.extend(roles.filter_map(|offered| unused_tools(run, offered)));
    for finding in found {
        run.found(finding);
    }
}

/// What was offered and used, by agent of a task.
fn offers(run: &Run<'_>) -> Vec<Offered> {
    let mut by_agent: Vec<Offered> = Vec::new();
    let mut place: FxHashMap<usize, usize> = FxHashMap::default();
    let spans = run.execution.first_span as usize..run.execution.last_span as usize;
    for at in spans {
        let span = run.span(at);
        if !matches!(span.kind, Kind::Llm | Kind::Agent | Kind::Tool) {
            continue;
        }
        let agent = match span.kind {
            Kind::Agent => at,
            _ => run.owner(at),
        };
        let known = *place.entry(agent).or_insert(by_agent.len());
        if known == by_agent.len() {
            by_agent.push(Offered {
                role: role(run, agent),
                agent,
                tools: Vec::new(),
                used: FxHashSet::default(),
                calls: Vec::new(),
            });
        }
        if let Some(offered) = by_agent.get_mut(known) {
            offered.add(run, at);
        }
    }
    by_agent
}

impl Offered {
    /// Adds what one of the agent's spans says: a tool that it used, or definitions of tools.
    fn add(&mut self, run: &Run<'_>, at: usize) {
        let span = run.span(at);
        if span.kind == Kind::Tool {
            let name = tool_name(run.trace.str(span.name));
            self.used
                .extend(run.trace.strings.find(&name).map(|sym| sym.0));
        } else if let Some(digest) = run.digest(at, Field::ToolDefinitions, Role::Tools) {
            if span.kind == Kind::Llm {
                self.calls.push(at);
            }
            for &tool in run.evidence.list(digest) {
                if !self.tools.contains(&tool) && !of_crewai(run.trace.str(Sym(tool))) {
                    self.tools.push(tool);
                }
            }
        }
    }

    /// Adds what another agent of the same role says.
    fn join(&mut self, other: &Self) {
        for tool in &other.tools {
            if !self.tools.contains(tool) {
                self.tools.push(*tool);
            }
        }
        self.used.extend(&other.used);
        self.calls.extend(&other.calls);
    }
}

/// An agent that did its task without any of the tools it was offered.
fn without_tools(run: &Run<'_>, offered: &Offered) -> Option<Finding> {
    let task = run.task_of(offered.agent)?;
    if !offered.used.is_empty() || !run.done(offered.agent) || has_tools_below(run, offered.agent) {
        return None;
    }
    let mut finding = run.finding(What::WithoutTools, offered.agent, &[offered.agent]);
    finding.subject = index(task);
    finding.names = offered.tools.iter().map(|&tool| Sym(tool)).collect();
    Some(finding)
}

/// The offers over all tasks of a role: a tool may be meant for one of them.
fn by_role(offers: Vec<Offered>) -> Vec<Offered> {
    let mut roles: Vec<Offered> = Vec::new();
    for offered in offers {
        match roles.iter_mut().find(|known| known.role == offered.role) {
            Some(known) => known.join(&offered),
            None => roles.push(offered),
        }
    }
    roles
}

/// Tools that nobody of a role used.
fn unused_tools(run: &Run<'_>, offered: Offered) -> Option<Finding> {
    let unused: Vec<Sym> = offered
        .tools
        .iter()
        .filter(|tool| !offered.used.contains(tool))
        .map(|&tool| Sym(tool))
        .collect();
    // With none used the answers without tools say it.
    if unused.is_empty() || unused.len() == offered.tools.len() {
        return None;
    }
    let evidence = match offered.calls.is_empty() {
        true => vec![offered.agent],
        false => offered.calls,
    };
    let mut finding = run.finding(What::UnusedTools, offered.agent, &evidence);
    finding.numbers = [unused.len() as i64, offered.tools.len() as i64, 0];
    finding.names = unused;
    Some(finding)
}

fn has_tools_below(run: &Run<'_>, agent: usize) -> bool {
    let of = run.task_of(agent).unwrap_or(agent);
    run.below(of).any(|at| run.span(at).kind == Kind::Tool)
}

/// The role as a number; without one, the agent itself.
pub fn role(run: &Run<'_>, agent: usize) -> i64 {
    run.span(agent)
        .sym(Field::AgentRole)
        .map_or(-1 - agent as i64, |role| i64::from(role.0))
}

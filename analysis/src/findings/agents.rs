//! Decisions of agents that nobody expects: delegation in circles, the iteration limit, the same thought again.

use crate::findings::run::Run;
use crate::findings::tools::{delegates, role};
use crate::findings::What;
use crewscope_trace::evidence::{Role, Signs};
use crewscope_trace::model::{Field, Kind, Sym};
use rustc_hash::FxHashMap;

/// Looks at the agents.
pub fn find(run: &mut Run<'_>) {
    delegation(run);
    prompts(run);
    same_answers(run);
}

/// Who was asked by a delegating tool.
fn asked(run: &Run<'_>, tool: usize) -> Option<Sym> {
    let child = run.below(tool).find(|&at| run.span(at).kind == Kind::Agent);
    let role = child.and_then(|child| run.span(child).sym(Field::AgentRole));
    let named = run.digest(tool, Field::Input, Role::Arguments);
    role.or(named
        .map(|digest| digest.coworker)
        .filter(|name| *name != Sym::EMPTY))
}

fn delegation(run: &mut Run<'_>) {
    let calls: Vec<usize> = run
        .tools
        .iter()
        .copied()
        .filter(|&at| {
            delegates(run, at)
                && !run
                    .signs(at, Field::Output, Role::Result)
                    .has(Signs::NO_SUCH_COWORKER)
        })
        .collect();
    let mut found = Vec::new();
    // Asked by the same agent, in one task.
    run.groups(
        &calls,
        &|at| Some((run.owner(at) as i64, i64::from(asked(run, at)?.0))),
        &mut |group| {
            if group.len() as u64 >= run.limits.delegations.max(2) {
                found.push((What::DelegationRepeated, group.to_vec()));
            }
        },
    );
    // Work that comes back to the role that gave it, while it waits: the agents around an agent, within its task.
    // Of each such call the agent that gave it.
    let mut circles = Vec::new();
    let mut around: FxHashMap<usize, usize> = FxHashMap::default();
    for &call in &calls {
        let Some(child) = run.below(call).find(|&at| run.span(at).kind == Kind::Agent) else {
            continue;
        };
        let mut above = Some(call);
        while let Some(at) = above.filter(|&at| run.span(at).kind != Kind::Task) {
            if run.span(at).kind == Kind::Agent && role(run, at) == role(run, child) {
                circles.push(call);
                around.insert(call, at);
                break;
            }
            above = run.span(at).parent.map(|parent| parent as usize);
        }
    }
    run.groups(
        &circles,
        &|at| Some((*around.get(&at)? as i64, 0)),
        &mut |group| found.push((What::DelegationLoop, group.to_vec())),
    );
    for (what, group) in found {
        let wasted = match what {
            What::DelegationRepeated => &group[1..],
            _ => &group[..],
        };
        let child = run
            .below(group[0])
            .find(|&at| run.span(at).kind == Kind::Agent);
        let mut finding = run.finding(what, child.unwrap_or(group[0]), &group);
        finding.time = run.time(wasted);
        finding.spent = run.spent(wasted.iter().flat_map(|&at| run.below(at)));
        run.found(finding);
    }
}

/// What crewai wrote into prompts.
fn prompts(run: &mut Run<'_>) {
    // Looked up once: of a million spans each look misses the processor's cache.
    let signs: Vec<(usize, Signs)> = run
        .llm
        .iter()
        .map(|&at| (at, run.signs(at, Field::Input, Role::Prompt)))
        .filter(|(_, signs)| *signs != Signs::default())
        .collect();
    for (sign, what) in [
        (Signs::FORCED_ANSWER, What::IterationLimit),
        (Signs::REFUSED_REPEAT, What::RepeatRefused),
        (Signs::SUMMARISED, What::HistoryLost),
    ] {
        let calls: Vec<usize> = signs
            .iter()
            .filter(|(_, signs)| signs.has(sign))
            .map(|(at, _)| *at)
            .collect();
        let mut groups = Vec::new();
        run.groups(
            &calls,
            &|at| Some((run.owner(at) as i64, 0)),
            &mut |group| groups.push(group.to_vec()),
        );
        for group in groups {
            let owner = run.owner(group[0]);
            let mut finding = run.finding(what, owner, &group);
            let mut cost = group.clone();
            if what == What::IterationLimit {
                // All of its work led there.
                cost = run
                    .below(owner)
                    .filter(|&at| run.span(at).kind == Kind::Llm && run.owner(at) == owner)
                    .collect();
            }
            finding.time = run.time(&cost);
            finding.spent = run.spent(cost);
            run.found(finding);
        }
    }
}

/// The same words in one answer after another. A tool call has an id of its own, so this is text.
fn same_answers(run: &mut Run<'_>) {
    let calls: Vec<usize> = run
        .llm
        .iter()
        .copied()
        .filter(|&at| run.done(at) && run.span(at).text(Field::Output).is_some())
        .collect();
    // The same first messages: one conversation. Requests that crewai makes for its memory look alike and are not.
    let begin = |at: usize| {
        let digest = run.digest(at, Field::Input, Role::Prompt)?;
        Some(digest.statements).filter(|statements| *statements > 0)
    };
    let hash = |at: usize, field| run.span(at).text(field).map(|text| text.hash);
    let mut rows: Vec<Vec<usize>> = Vec::new();
    run.groups(
        &calls,
        &|at| run.agent_of(at).map(|agent| (agent as i64, 0)),
        &mut |group| {
            let mut from = 0;
            for to in 1..=group.len() {
                // The same prompt is another finding: nothing else was to be expected.
                let goes_on = to < group.len()
                    && hash(group[to], Field::Output) == hash(group[from], Field::Output)
                    && begin(group[to]).is_some()
                    && begin(group[to]) == begin(group[from])
                    && hash(group[to], Field::Input) != hash(group[to - 1], Field::Input);
                if !goes_on {
                    if (to - from) as u64 >= run.limits.same_answers.max(2) {
                        rows.push(group[from..to].to_vec());
                    }
                    from = to;
                }
            }
        },
    );
    for row in rows {
        let mut finding = run.finding(What::SameAnswer, run.owner(row[0]), &row);
        finding.time = run.time(&row[1..]);
        finding.spent = run.spent(row[1..].iter().copied());
        run.found(finding);
    }
}

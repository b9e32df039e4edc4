//! Where tokens went: heavy tasks, growing prompts, repeated beginnings, constant parts, identical calls.

use crate::findings::run::Run;
use crate::findings::tools::role;
use crate::findings::{Spent, What};
use crewscope_trace::evidence::{Role, BEGINNINGS};
use crewscope_trace::model::{Field, Kind, Usage};

/// Looks at prompts and tokens.
pub fn find(run: &mut Run<'_>) {
    heavy(run);
    identical(run);
    let loops = loops(run);
    growth(run, &loops);
    prefixes(run, &loops);
    parts(run, &loops);
}

fn tokens(run: &Run<'_>, calls: impl Iterator<Item = usize>) -> u64 {
    calls
        .filter(|&at| run.span(at).kind == Kind::Llm)
        .filter_map(|at| run.span(at).usage.total())
        .fold(0, u64::saturating_add)
}

fn heavy(run: &mut Run<'_>) {
    let whole = tokens(run, run.llm.iter().copied());
    if whole < run.limits.heavy_tokens || run.tasks.len() < 3 {
        return;
    }
    for task in run.tasks.clone() {
        let own = tokens(run, run.below(task));
        let share = own.saturating_mul(100) / whole;
        if share >= run.limits.heavy_percent {
            let calls: Vec<usize> = run
                .below(task)
                .filter(|&at| run.span(at).kind == Kind::Llm)
                .collect();
            let mut finding = run.finding(What::TokenHeavy, task, &calls);
            finding.numbers = [share as i64, 0, 0];
            finding.time = run.span(task).duration();
            finding.spent = run.spent(calls);
            run.found(finding);
        }
    }
}

/// The same prompt to the same model. A call that failed or gave nothing was repeated for a reason.
fn identical(run: &mut Run<'_>) {
    let calls: Vec<usize> = run
        .llm
        .iter()
        .copied()
        .filter(|&at| run.done(at) && run.span(at).get(Field::Output).is_some())
        .collect();
    let mut groups = Vec::new();
    run.groups(
        &calls,
        &|at| {
            let input = run.span(at).text(Field::Input)?;
            let tools = run.span(at).text(Field::ToolDefinitions);
            let tools = tools.map_or(0, |tools| tools.hash);
            Some(((input.hash ^ tools.rotate_left(1)) as i64, run.model(at)))
        },
        &mut |group| {
            if group.len() as u64 >= run.limits.repeated_calls.max(2) {
                groups.push(group.to_vec());
            }
        },
    );
    for group in groups {
        let mut finding = run.finding(What::IdenticalLlm, group[0], &group);
        finding.time = run.time(&group[1..]);
        finding.spent = run.spent(group[1..].iter().copied());
        run.found(finding);
    }
}

/// The calls of each agent to one model, in order, that recorded their prompt tokens.
fn loops(run: &Run<'_>) -> Vec<Vec<usize>> {
    let calls: Vec<usize> = run
        .llm
        .iter()
        .copied()
        .filter(|&at| run.span(at).usage.prompt.is_some())
        .collect();
    let mut loops = Vec::new();
    run.groups(
        &calls,
        &|at| Some((run.owner(at) as i64, run.model(at))),
        &mut |group| loops.push(group.to_vec()),
    );
    loops
}

fn prompt(run: &Run<'_>, at: usize) -> u64 {
    run.span(at).usage.prompt.unwrap_or(0)
}

/// Prompt tokens as the part of calls of one model.
fn part(run: &Run<'_>, call: usize, prompt: u64) -> Vec<Spent> {
    let mut spent = run.spent([call]);
    if let Some(spent) = spent.first_mut() {
        spent.usage = Usage {
            prompt: Some(prompt),
            completion: Some(0),
            ..Usage::default()
        };
        spent.recorded = None;
    }
    spent
}

fn growth(run: &mut Run<'_>, loops: &[Vec<usize>]) {
    for calls in loops {
        let (Some(&first), Some(&last)) = (calls.first(), calls.last()) else {
            continue;
        };
        let (from, to) = (prompt(run, first), prompt(run, last));
        let grew = to.saturating_sub(from);
        if (calls.len() as u64) < run.limits.growth_calls
            || grew < run.limits.growth_tokens
            || to < from.saturating_mul(run.limits.growth_factor)
        {
            continue;
        }
        let more = calls
            .iter()
            .map(|&at| prompt(run, at).saturating_sub(from))
            .fold(0, u64::saturating_add);
        let mut finding = run.finding(What::PromptGrowth, run.owner(first), calls);
        finding.numbers = [from as i64, to as i64, calls.len() as i64];
        finding.spent = part(run, first, more);
        run.found(finding);
    }
}

/// The size of the beginning that two prompts share, of those that are noted.
fn shared(run: &Run<'_>, a: usize, b: usize) -> usize {
    let list = |at| {
        let digest = run.digest(at, Field::Input, Role::Prompt);
        digest.map_or(&[][..], |digest| run.evidence.list(digest))
    };
    let same = list(a)
        .iter()
        .zip(list(b))
        .take_while(|(a, b)| a == b)
        .count();
    match same.checked_sub(1) {
        Some(at) => BEGINNINGS.get(at).copied().unwrap_or(0),
        None => 0,
    }
}

fn prefixes(run: &mut Run<'_>, loops: &[Vec<usize>]) {
    for calls in loops {
        let mut repeated = 0u64;
        let mut places = Vec::new();
        for pair in calls.windows(2) {
            let at = pair[1];
            let Some(input) = run.span(at).text(Field::Input) else {
                continue;
            };
            let same = shared(run, pair[0], at) as u64;
            // Tokens in proportion to bytes, less what the provider says came from its cache.
            let tokens = prompt(run, at).saturating_mul(same) / input.len.max(1);
            let cached = run.span(at).usage.cached.unwrap_or(0);
            let rest = tokens.min(prompt(run, at)).saturating_sub(cached);
            if rest > 0 && tokens >= 1024 {
                repeated = repeated.saturating_add(rest);
                places.push(at);
            }
        }
        if repeated >= run.limits.prefix_tokens {
            let mut finding = run.finding(What::RepeatedPrefix, run.owner(calls[0]), &places);
            finding.numbers = [repeated as i64, 0, 0];
            finding.spent = part(run, calls[0], repeated);
            run.found(finding);
        }
    }
}

/// Parts of a prompt that are the same in every call of an agent.
fn parts(run: &mut Run<'_>, loops: &[Vec<usize>]) {
    let calls: Vec<usize> = loops.concat();
    let mut found = Vec::new();
    run.groups(
        &calls,
        &|at| {
            run.agent_of(at)
                .map(|agent| (role(run, agent), run.model(at)))
        },
        &mut |group| {
            for (what, field) in [
                (What::ToolSchemas, Field::ToolDefinitions),
                (What::Backstory, Field::Backstory),
            ] {
                let (mut own, mut whole) = (0u64, 0u64);
                let mut places = Vec::new();
                for &at in group {
                    let span = run.span(at);
                    let Some(input) = span.text(Field::Input) else {
                        continue;
                    };
                    let agent = run.agent_of(at).map(|agent| run.span(agent));
                    let tools = span.text(Field::ToolDefinitions).map_or(0, |text| text.len);
                    let len = match what {
                        What::ToolSchemas => tools,
                        _ => agent
                            .and_then(|agent| agent.text(field))
                            .map_or(0, |text| text.len),
                    };
                    // Lengths as they stand in the file; the escapes of both are alike.
                    let all = input.len.saturating_add(tools).max(1);
                    whole = whole.saturating_add(prompt(run, at));
                    own = own.saturating_add(prompt(run, at).saturating_mul(len.min(all)) / all);
                    if len > 0 {
                        places.push(at);
                    }
                }
                let share = own.saturating_mul(100) / whole.max(1);
                if own >= run.limits.part_tokens && share >= run.limits.part_percent {
                    found.push((what, places, own, share));
                }
            }
        },
    );
    for (what, places, own, share) in found {
        let Some(&first) = places.first() else {
            continue;
        };
        let mut finding = run.finding(what, run.owner(first), &places);
        finding.numbers = [share as i64, 0, 0];
        finding.spent = part(run, first, own);
        run.found(finding);
    }
}

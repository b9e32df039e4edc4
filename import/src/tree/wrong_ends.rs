//! Trap 1 in OTLP: spans that were closed by another's end.

use crate::draft::Draft;
use crate::notes::Notes;
use crate::tree::Forest;
use crewscope_trace::model::{Field, Flags, Kind, Status, Strings, Sym, WarningKind};

/// The end that closed a span was another's: it is given to its owner, and the span's own end is left open.
pub fn undo(forest: &mut Forest, strings: &Strings, notes: &mut Notes) {
    let wrong: Vec<(usize, Draft)> = forest
        .drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| draft.misended)
        .map(|(at, draft)| (at, draft.clone()))
        .collect();
    if wrong.is_empty() {
        return;
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); forest.drafts.len()];
    for (at, parent) in forest.parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(at);
        }
    }
    // All are opened before any end is given to its owner: owners are among them.
    for (at, _) in &wrong {
        let lost = &mut forest.drafts[*at];
        notes.add(
            WarningKind::WrongStart,
            lost.records.first().map(|record| record.place()),
        );
        lost.status = Status::Unknown;
        lost.end = None;
        lost.facts.remove(Field::Output);
        lost.facts.remove(Field::Error);
    }
    let of_kind = |kind: Kind| -> Vec<usize> {
        wrong
            .iter()
            .filter(|(_, draft)| draft.kind == kind)
            .map(|(at, _)| *at)
            .collect()
    };
    let (tasks, calls) = (of_kind(Kind::Task), of_kind(Kind::Tool));
    for (at, ended) in wrong {
        if let Some(owner) =
            owner_of_end(forest, &children[at], strings, &ended).filter(|&owner| owner != at)
        {
            let owner = &mut forest.drafts[owner];
            owner.status = ended.status;
            owner.end = ended.end;
            owner.misended = false;
            owner.facts.remove(Field::Error);
            for field in [Field::Output, Field::Error] {
                if let Some(value) = ended.facts.get(field) {
                    owner.facts.set(field, value);
                }
            }
        }
    }
    for at in calls {
        conclude_call(forest, &children, at);
    }
    // A task whose own end came too late for any span returned what its last agent answered.
    for at in tasks {
        if forest.drafts[at].facts.get(Field::Output).is_some() {
            continue;
        }
        let answer = children[at].iter().rev().find_map(|&agent| {
            let agent = &forest.drafts[agent];
            (agent.kind == Kind::Agent)
                .then(|| agent.facts.get(Field::Output))
                .flatten()
        });
        if let Some(answer) = answer {
            forest.drafts[at].facts.add(Field::Output, answer);
        }
    }
}

/// A call whose end was taken by a failed request inside it, and which nothing marks as failed: it returned if its agent went on.
fn conclude_call(forest: &mut Forest, children: &[Vec<usize>], at: usize) {
    let call = &forest.drafts[at];
    if call.status != Status::Unknown {
        return;
    }
    let went_on = forest.parents[at].is_some_and(|parent| {
        children[parent].iter().any(|&other| {
            forest.drafts[other].kind == Kind::Llm && forest.drafts[other].start > call.start
        })
    });
    if !went_on {
        return;
    }
    let end = children[at]
        .iter()
        .filter_map(|&child| forest.drafts[child].end)
        .max();
    let call = &mut forest.drafts[at];
    call.status = Status::Completed;
    call.flags.set(Flags::DERIVED_STATUS);
    if call.end.is_none() && end.is_some() {
        call.end = end;
        call.flags.set(Flags::DERIVED_END);
    }
}

/// The span whose end closed another: the task that the end's attributes name, the agent that worked last below a task, or
/// a judgement or call inside it that lost its own end.
fn owner_of_end(
    forest: &Forest,
    children: &[usize],
    strings: &Strings,
    ended: &Draft,
) -> Option<usize> {
    let by = ended.facts.sym(Field::EndedBy).unwrap_or_default();
    let remote = match strings.get(by) {
        event if event.starts_with("a2a_delegation_") => Some("a2a delegate"),
        event if event.starts_with("a2a_conversation_") => Some("a2a conversation"),
        _ => None,
    };
    if let Some(name) = remote {
        // crewai nests the conversation in the delegation and ends the delegation first: the one that was begun last.
        let mut last = None::<usize>;
        for (at, other) in forest.drafts.iter().enumerate() {
            if other.group == ended.group
                && other.start <= ended.end
                && strings.get(other.name).starts_with(name)
                && last.is_none_or(|last| forest.drafts[last].start <= other.start)
            {
                last = Some(at);
            }
        }
        return last;
    }
    let inner = match strings.get(by) {
        event if event.starts_with("llm_guardrail_") => Some(Kind::Guardrail),
        event if event.starts_with("tool_usage_") => Some(Kind::Tool),
        _ => None,
    };
    if let Some(kind) = inner {
        // A judgement or call whose own end was taken handed its end up by one.
        return children.iter().rev().copied().find(|&other| {
            let candidate = &forest.drafts[other];
            candidate.kind == kind && candidate.misended && candidate.start <= ended.end
        });
    }
    let agree = |a: Option<Sym>, b: Option<Sym>| a.is_none() || a == b;
    match ended.kind {
        Kind::Crew | Kind::Flow | Kind::Method => {
            let task = ended.facts.sym(Field::TaskId)?;
            forest.drafts.iter().position(|other| {
                other.group == ended.group
                    && other.kind == Kind::Task
                    && other.facts.sym(Field::TaskId) == Some(task)
            })
        }
        Kind::Task => {
            let (agent, role) = (
                ended.facts.sym(Field::AgentId),
                ended.facts.sym(Field::AgentRole),
            );
            children.iter().rev().copied().find(|&other| {
                let candidate = &forest.drafts[other];
                candidate.kind == Kind::Agent
                    && candidate.start <= ended.end
                    && agree(agent, candidate.facts.sym(Field::AgentId))
                    && agree(role, candidate.facts.sym(Field::AgentRole))
            })
        }
        _ => None,
    }
}

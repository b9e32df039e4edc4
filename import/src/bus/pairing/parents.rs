//! Parents of bus spans: as recorded where that can be true, else concluded from what is open, and marked as a guess.

use crate::bus::pairing::Pairing;
use crate::draft::Draft;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value};

/// Gives a span its parent.
pub fn settle(pairing: &mut Pairing<'_>, at: usize) {
    let recorded = pairing.drafts[at]
        .parent
        .and_then(|parent| pairing.by_id.of(parent));
    if let Some(parent) = recorded {
        // Two start events may have become one span.
        pairing.drafts[at].parent = Some(pairing.drafts[parent].id);
    }
    let believable = match recorded {
        Some(parent) => plausible(pairing.drafts[parent].kind, pairing.drafts[at].kind),
        // A root says so by naming none; anything else without a parent lost it.
        None => {
            pairing.linked
                && (pairing.drafts[at].parent.is_some() || may_be_root(pairing.drafts[at].kind))
        }
    };
    if let Some(agent) = below_task(pairing, at, recorded) {
        pairing.drafts[at].parent = Some(pairing.drafts[agent].id);
        pairing.drafts[at].flags.set(Flags::GUESSED_PARENT);
        return;
    }
    if believable {
        return;
    }
    if let Some(parent) = guess(pairing, at) {
        if pairing.drafts[at].parent != Some(pairing.drafts[parent].id) {
            pairing.drafts[at].parent = Some(pairing.drafts[parent].id);
            pairing.drafts[at].flags.set(Flags::GUESSED_PARENT);
        }
    }
}

/// A second end (trap 1, trap 13) closes the scope above its own, and later events name a parent that is too high. A call whose task is
/// under way, and whose agent works in it, is that agent's.
fn below_task(pairing: &Pairing<'_>, at: usize, recorded: Option<usize>) -> Option<usize> {
    let draft = &pairing.drafts[at];
    let above = recorded.map(|parent| pairing.drafts[parent].kind);
    if !matches!(draft.kind, Kind::Llm | Kind::Tool)
        || !matches!(above, None | Some(Kind::Crew | Kind::Task))
        || (above.is_none() && !pairing.linked)
    {
        return None;
    }
    let (task, role) = (
        draft.facts.sym(Field::TaskId)?,
        draft.facts.sym(Field::AgentRole)?,
    );
    pairing.open.iter().rev().copied().find(|&open| {
        let agent = &pairing.drafts[open];
        let works_in = agent.parent.and_then(|parent| pairing.by_id.of(parent));
        agent.kind == Kind::Agent
            && agent.facts.sym(Field::AgentRole) == Some(role)
            && works_in.is_some_and(|parent| {
                let parent = &pairing.drafts[parent];
                parent.kind == Kind::Task && parent.facts.sym(Field::TaskId) == Some(task)
            })
    })
}

fn may_be_root(kind: Kind) -> bool {
    !matches!(kind, Kind::Task | Kind::Method | Kind::Guardrail)
}

/// After a wrong end (trap 1) later starts name the scope above their own.
fn plausible(parent: Kind, child: Kind) -> bool {
    match child {
        Kind::Task => parent != Kind::Task && parent != Kind::Agent,
        Kind::Crew => parent != Kind::Task,
        Kind::Agent => parent != Kind::Crew && parent != Kind::Flow,
        _ => true,
    }
}

fn guess(pairing: &mut Pairing<'_>, at: usize) -> Option<usize> {
    let draft = &pairing.drafts[at];
    let (task, role, kind) = (
        draft.facts.sym(Field::TaskId),
        draft.facts.sym(Field::AgentRole),
        draft.kind,
    );
    let newest = |wanted: &dyn Fn(usize, &Draft) -> bool| {
        pairing
            .open
            .iter()
            .rev()
            .copied()
            .find(|&open| open != at && wanted(open, &pairing.drafts[open]))
    };
    let of_kind = |kinds: &[Kind]| newest(&|_, open| kinds.contains(&open.kind));
    let task_by_id = || {
        task.and_then(|task| {
            newest(&|_, open| {
                open.kind == Kind::Task && open.facts.sym(Field::TaskId) == Some(task)
            })
        })
    };
    let same_role = |kind: Kind| {
        role.and_then(|role| {
            newest(&|_, open| open.kind == kind && open.facts.sym(Field::AgentRole) == Some(role))
        })
    };
    match kind {
        Kind::Flow => of_kind(&[Kind::Tool]),
        Kind::Method => of_kind(&[Kind::Flow]),
        Kind::Crew => of_kind(&[Kind::Method, Kind::Flow, Kind::Tool]),
        Kind::Task => of_kind(&[Kind::Crew]),
        Kind::Agent => {
            // A coworker works inside the tool call that delegates to it.
            let delegating = newest(&|_, open| {
                open.kind == Kind::Tool && open.facts.sym(Field::AgentRole) != role
            });
            let free = |open: usize| {
                !pairing.open.iter().any(|&other| {
                    pairing.drafts[other].kind == Kind::Agent
                        && pairing.drafts[other].parent == Some(pairing.drafts[open].id)
                })
            };
            let assigned = role.and_then(|role| {
                newest(&|index, open| {
                    open.kind == Kind::Task
                        && open.facts.sym(Field::AgentRole) == Some(role)
                        && free(index)
                })
            });
            delegating
                .filter(|_| task_by_id().is_none())
                .or_else(task_by_id)
                .or(assigned)
                .or_else(|| of_kind(&[Kind::Guardrail]))
                .or_else(|| newest(&|index, open| open.kind == Kind::Task && free(index)))
                .or_else(|| of_kind(&[Kind::Crew, Kind::Method]))
        }
        Kind::Guardrail => task_by_id().or_else(|| of_kind(&[Kind::Task, Kind::Crew])),
        _ => {
            let agent = same_role(Kind::Agent).or_else(|| {
                if role.is_none() {
                    of_kind(&[Kind::Agent])
                } else {
                    None
                }
            });
            if let Some(agent) = agent {
                own_task(pairing, agent, at);
                return Some(agent);
            }
            task_by_id()
                .or_else(|| infer(pairing, at, task, role))
                .or_else(|| {
                    pairing.open.iter().rev().copied().find(|&open| {
                        open != at
                            && matches!(
                                pairing.drafts[open].kind,
                                Kind::Guardrail | Kind::Task | Kind::Method | Kind::Crew
                            )
                    })
                })
        }
    }
}

/// The task whose start was lost (trap 31): an agent at work directly below its crew, and a call that names the task.
fn own_task(pairing: &mut Pairing<'_>, agent: usize, call: usize) {
    let Some(task) = pairing.drafts[call].facts.sym(Field::TaskId) else {
        return;
    };
    let parent = pairing.drafts[agent].parent;
    let below_crew = match parent {
        None => true,
        Some(parent) => pairing.open.iter().any(|&open| {
            pairing.drafts[open].id == parent && pairing.drafts[open].kind == Kind::Crew
        }),
    };
    if !below_crew {
        return;
    }
    let role = pairing.drafts[agent].facts.sym(Field::AgentRole);
    if let Some(inferred) = infer_task(pairing, call, task, role) {
        pairing.drafts[agent].parent = Some(pairing.drafts[inferred].id);
    }
}

/// What a call says about the span around it, where no event was written for that (trap 30): its task, or the coworker it was delegated to.
fn infer(
    pairing: &mut Pairing<'_>,
    call: usize,
    task: Option<Sym>,
    role: Option<Sym>,
) -> Option<usize> {
    let task = task?;
    let delegating = pairing.open.iter().rev().copied().find(|&open| {
        open != call
            && pairing.drafts[open].kind == Kind::Tool
            && role.is_some()
            && pairing.drafts[open].facts.sym(Field::AgentRole) != role
    });
    match (delegating, pairing.inferred.of(task)) {
        (_, Some(known)) => Some(known),
        (Some(tool), None) => {
            let mut agent = Draft::new(pairing.drafts[call].group, task, Kind::Agent);
            agent.name = role.unwrap_or_default();
            agent.parent = Some(pairing.drafts[tool].id);
            Some(add_inferred(pairing, agent, call, task, role))
        }
        (None, None) => infer_task(pairing, call, task, role),
    }
}

fn infer_task(
    pairing: &mut Pairing<'_>,
    call: usize,
    task: Sym,
    role: Option<Sym>,
) -> Option<usize> {
    if let Some(known) = pairing.inferred.of(task) {
        return Some(known);
    }
    let mut draft = Draft::new(pairing.drafts[call].group, task, Kind::Task);
    draft.name = pairing.drafts[call]
        .facts
        .sym(Field::TaskName)
        .unwrap_or_default();
    draft.parent = pairing
        .open
        .iter()
        .rev()
        .copied()
        .find(|&open| pairing.drafts[open].kind == Kind::Crew)
        .map(|crew| pairing.drafts[crew].id);
    Some(add_inferred(pairing, draft, call, task, role))
}

fn add_inferred(
    pairing: &mut Pairing<'_>,
    mut draft: Draft,
    call: usize,
    task: Sym,
    role: Option<Sym>,
) -> usize {
    draft.flags.set(Flags::INFERRED);
    draft.status = Status::Unknown;
    draft.facts.add(Field::TaskId, Value::Sym(task));
    let name = pairing.drafts[call].facts.sym(Field::TaskName);
    if let Some(role) = role {
        draft.facts.add(Field::AgentRole, Value::Sym(role));
        let described = pairing.described.iter().find(|(known, _)| *known == role);
        if let Some(&(_, description)) = described {
            draft.facts.add(Field::Description, description);
        }
    }
    if let (Kind::Task, Some(name)) = (draft.kind, name) {
        draft.facts.add(Field::TaskName, Value::Sym(name));
    }
    if pairing.by_id.of(draft.id).is_some() {
        // The crew was kicked off before, with the same tasks.
        let again = format!(
            "{} {}",
            pairing.builder.strings.get(task),
            pairing.drafts.len()
        );
        draft.id = pairing.builder.strings.intern(&again);
    }
    pairing.by_id.set_of(draft.id, pairing.drafts.len());
    pairing.drafts.push(draft);
    let family = pairing.builder.strings.intern("task");
    pairing.families.push(family);
    pairing.subjects.push(Some(task));
    let index = pairing.drafts.len() - 1;
    pairing.inferred.set_of(task, index);
    pairing.inferred_spans.push(index);
    pairing.open.push(index);
    index
}

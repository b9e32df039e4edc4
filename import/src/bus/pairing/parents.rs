//! Parents of bus spans: as recorded where that can be true, else concluded from what is open, and marked as a guess.

use crate::bus::pairing::Pairing;
use crate::draft::Draft;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value};

/// Gives a span its parent.
pub fn settle(pairing: &mut Pairing<'_>, at: usize) {
    let recorded = pairing.parent_of(at);
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
        agent.kind == Kind::Agent
            && agent.facts.sym(Field::AgentRole) == Some(role)
            && pairing.parent_of(open).is_some_and(|parent| {
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

/// The span that most likely holds a span whose recorded parent cannot be true. It may be one that is inferred for this.
fn guess(pairing: &mut Pairing<'_>, at: usize) -> Option<usize> {
    let around = Around::of(pairing, at);
    match pairing.drafts[at].kind {
        Kind::Flow => around.of_kind(&[Kind::Tool]),
        Kind::Method => around.of_kind(&[Kind::Flow]),
        Kind::Crew => around.of_kind(&[Kind::Method, Kind::Flow, Kind::Tool]),
        Kind::Task => around.of_kind(&[Kind::Crew]),
        Kind::Agent => around.agent(),
        Kind::Guardrail => around
            .named_task()
            .or_else(|| around.of_kind(&[Kind::Task, Kind::Crew])),
        _ => around_call(pairing, at),
    }
}

/// The agent at work on a call, else the task that the call names, else whatever calls stand in.
fn around_call(pairing: &mut Pairing<'_>, call: usize) -> Option<usize> {
    let around = Around::of(pairing, call);
    let (task, role) = (around.task, around.role);
    let agent = match role {
        Some(role) => around.newest(|_, open| {
            open.kind == Kind::Agent && open.facts.sym(Field::AgentRole) == Some(role)
        }),
        None => around.of_kind(&[Kind::Agent]),
    };
    if let Some(agent) = agent {
        own_task(pairing, agent, call);
        return Some(agent);
    }
    around
        .named_task()
        .or_else(|| infer(pairing, call, task, role))
        .or_else(|| {
            Around::of(pairing, call).of_kind(&[
                Kind::Guardrail,
                Kind::Task,
                Kind::Method,
                Kind::Crew,
            ])
        })
}

/// The spans that are open around one that looks for its parent, and what that one says of itself.
struct Around<'p> {
    drafts: &'p [Draft],
    /// Open spans, oldest first.
    open: &'p [usize],
    /// The span that looks for its parent. It may be open itself.
    at: usize,
    task: Option<Sym>,
    role: Option<Sym>,
}

impl<'p> Around<'p> {
    /// Looks around a span.
    fn of(pairing: &'p Pairing<'_>, at: usize) -> Self {
        let facts = &pairing.drafts[at].facts;
        Self {
            drafts: &pairing.drafts,
            open: &pairing.open,
            at,
            task: facts.sym(Field::TaskId),
            role: facts.sym(Field::AgentRole),
        }
    }

    /// The newest open span that is `wanted`.
    fn newest(&self, wanted: impl Fn(usize, &Draft) -> bool) -> Option<usize> {
        self.open
            .iter()
            .rev()
            .copied()
            .find(|&open| open != self.at && wanted(open, &self.drafts[open]))
    }

    /// The newest open span of one of some kinds.
    fn of_kind(&self, kinds: &[Kind]) -> Option<usize> {
        self.newest(|_, open| kinds.contains(&open.kind))
    }

    /// The task that the span names.
    fn named_task(&self) -> Option<usize> {
        let task = self.task?;
        self.newest(|_, open| {
            open.kind == Kind::Task && open.facts.sym(Field::TaskId) == Some(task)
        })
    }

    /// What an agent works in.
    fn agent(&self) -> Option<usize> {
        self.named_task()
            .or_else(|| {
                // A coworker works inside the tool call that delegates to it.
                self.newest(|_, open| {
                    open.kind == Kind::Tool && open.facts.sym(Field::AgentRole) != self.role
                })
            })
            .or_else(|| self.assigned_task())
            .or_else(|| self.of_kind(&[Kind::Guardrail]))
            .or_else(|| self.newest(|index, open| open.kind == Kind::Task && self.is_free(index)))
            .or_else(|| self.of_kind(&[Kind::Crew, Kind::Method]))
    }

    /// The newest task that the span's role is assigned to and no agent works in.
    fn assigned_task(&self) -> Option<usize> {
        let role = self.role?;
        self.newest(|index, open| {
            open.kind == Kind::Task
                && open.facts.sym(Field::AgentRole) == Some(role)
                && self.is_free(index)
        })
    }

    /// Whether no open agent works in a task.
    fn is_free(&self, task: usize) -> bool {
        let id = self.drafts[task].id;
        !self.open.iter().any(|&other| {
            self.drafts[other].kind == Kind::Agent && self.drafts[other].parent == Some(id)
        })
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
    match (delegating, pairing.inferred.get(&task).copied()) {
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
    if let Some(&known) = pairing.inferred.get(&task) {
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
        let described = pairing.described.get(&role).copied();
        draft.facts.add_some(Field::Description, described);
    }
    if let (Kind::Task, Some(name)) = (draft.kind, name) {
        draft.facts.add(Field::TaskName, Value::Sym(name));
    }
    if pairing.by_id.contains_key(&draft.id) {
        // The crew was kicked off before, with the same tasks.
        let again = format!(
            "{} {}",
            pairing.builder.strings.get(task),
            pairing.drafts.len()
        );
        draft.id = pairing.builder.strings.intern(&again);
    }
    pairing.by_id.insert(draft.id, pairing.drafts.len());
    pairing.drafts.push(draft);
    let family = pairing.builder.strings.intern("task");
    pairing.families.push(family);
    pairing.subjects.push(Some(task));
    let index = pairing.drafts.len() - 1;
    pairing.inferred.insert(task, index);
    pairing.inferred_spans.push(index);
    pairing.open.push(index);
    index
}

//! Puts spans into their place: parents, spans that are known only from their children, infrastructure hidden.

mod adapt;
mod calls;
mod runs;
mod wrong_ends;

use crate::bus::PLANNER;
use crate::draft::{Draft, Layout};
use crate::notes::Notes;
use crewscope_trace::model::{
    Field, Flags, Kind, Status, Strings, Sym, Value, WarningKind, MISSING_TASK,
};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Flows that crewai runs inside agents and memory; they are not the user's (trap 3).
pub const INTERNAL_FLOWS: &[&str] = &[AGENT_EXECUTOR, "RecallFlow", "EncodingFlow"];

/// The flow that runs inside every agent: when it has finished, the agent has its answer.
const AGENT_EXECUTOR: &str = "AgentExecutor";

/// Where each span stands, by group and id.
type ById = FxHashMap<(Sym, Sym), usize>;

/// Spans with their parents' indices.
pub struct Forest {
    /// The spans.
    pub drafts: Vec<Draft>,
    /// Index of each span's parent.
    pub parents: Vec<Option<usize>>,
}

/// Builds the forest of all spans.
pub fn plant(drafts: Vec<Draft>, strings: &mut Strings, notes: &mut Notes) -> Forest {
    let drafts = calls::merge_markers(calls::merge_tries(drafts));
    let mut by_id = ById::default();
    for (at, draft) in drafts.iter().enumerate() {
        by_id.entry((draft.group, draft.id)).or_insert(at);
    }
    let mut forest = Forest {
        parents: vec![None; drafts.len()],
        drafts,
    };
    infer_missing_parents(&mut forest, &mut by_id, strings, notes);
    for at in 0..forest.drafts.len() {
        let draft = &forest.drafts[at];
        forest.parents[at] = draft
            .parent
            .and_then(|parent| by_id.get(&(draft.group, parent)).copied())
            .filter(|&parent| parent != at);
    }
    cut_cycles(&mut forest.parents);
    adapt::adapt(&mut forest, strings);
    wrong_ends::undo(&mut forest, strings, notes);
    runs::part(&mut forest, strings, notes);
    hide_internal(&mut forest, strings);
    forest
}

/// Spans that are named as parents and are not in the trace (traps 2 and 5): each becomes a span of its own, marked as inferred.
fn infer_missing_parents(
    forest: &mut Forest,
    by_id: &mut ById,
    strings: &mut Strings,
    notes: &mut Notes,
) {
    let missing = Missing::all(forest, by_id);
    let mut tasks = TaskIds::of(forest);
    for parent in &missing {
        let kind = parent.kind(forest);
        if kind == Kind::Task {
            // The start of the task was lost, not its end; or two of its spans name it by different ids.
            if let Some(known) = tasks.known(forest, parent.group, &parent.below) {
                by_id.insert((parent.group, parent.id), known);
                continue;
            }
        }
        let draft = parent.infer(kind, forest, &tasks);
        if let Some(&at) = parent.below.first() {
            notes.add(
                WarningKind::MissingParent,
                forest.drafts[at]
                    .records
                    .first()
                    .map(|record| record.place()),
            );
        }
        by_id.insert((parent.group, parent.id), forest.drafts.len());
        tasks.add(&draft, forest.drafts.len());
        forest.drafts.push(draft);
        forest.parents.push(None);
    }
    place_inferred(forest, by_id, strings);
}

/// A parent that is named and not in the trace.
struct Missing {
    group: Sym,
    id: Sym,
    /// The spans that name it.
    below: Vec<usize>,
}

impl Missing {
    /// All of them, in the order in which they are named first.
    fn all(forest: &Forest, by_id: &ById) -> Vec<Self> {
        let mut missing: Vec<Self> = Vec::new();
        let mut known = ById::default();
        for (at, draft) in forest.drafts.iter().enumerate() {
            let Some(parent) = draft.parent else { continue };
            let key = (draft.group, parent);
            if by_id.contains_key(&key) {
                continue;
            }
            match known.entry(key) {
                Entry::Occupied(place) => missing[*place.get()].below.push(at),
                Entry::Vacant(free) => {
                    free.insert(missing.len());
                    missing.push(Self {
                        group: draft.group,
                        id: parent,
                        below: vec![at],
                    });
                }
            }
        }
        missing
    }

    /// What it must have been, by what stands below it.
    fn kind(&self, forest: &Forest) -> Kind {
        let mut below = self.below.iter().map(|&at| &forest.drafts[at]);
        let holds = |kind: Kind| below.clone().any(|draft| draft.kind == kind);
        if holds(Kind::Method) {
            Kind::Flow
        } else if holds(Kind::Task) {
            Kind::Crew
        } else if holds(Kind::Agent) {
            Kind::Task
        } else if holds(Kind::Crew) {
            Kind::Method
        } else if below.all(|draft| draft.layout == Layout::NoAgents) {
            Kind::Task
        } else {
            Kind::Agent
        }
    }

    /// Makes a span of it, from what the spans below it say.
    fn infer(&self, kind: Kind, forest: &Forest, tasks: &TaskIds) -> Draft {
        let mut draft = Draft::new(self.group, self.id, kind);
        draft.flags.set(Flags::INFERRED);
        let whole = self.below.iter().all(|&at| {
            matches!(forest.drafts[at].kind, Kind::Agent | Kind::Task)
                && forest.drafts[at].status == Status::Completed
        });
        // All below it ended well: its own end may just not have been exported. Calls directly below: its agent was at work.
        draft.status = if whole {
            Status::Unknown
        } else {
            Status::Running
        };
        if kind == Kind::Task {
            tasks.describe(forest, &mut draft, &self.below);
        }
        let wanted = repeated_below(kind);
        for &at in &self.below {
            draft.execution = draft.execution.or(forest.drafts[at].execution);
            for &field in wanted {
                let value = forest.drafts[at].facts.get(field);
                draft.facts.add_some(field, value);
            }
        }
        draft.name = match kind {
            Kind::Crew => draft.facts.sym(Field::CrewName),
            Kind::Flow => draft.facts.sym(Field::FlowName),
            Kind::Agent => draft.facts.sym(Field::AgentRole),
            Kind::Task => draft.facts.sym(Field::TaskName),
            _ => None,
        }
        .unwrap_or_default();
        draft
    }
}

/// The facts of a span of some kind that the spans below it repeat.
fn repeated_below(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Crew => &[Field::CrewName, Field::CrewKey, Field::CrewId],
        Kind::Flow => &[Field::FlowName],
        Kind::Agent => &[
            Field::AgentRole,
            Field::AgentId,
            Field::TaskId,
            Field::TaskName,
        ],
        _ => &[Field::CrewName],
    }
}

/// What calls say about the tasks around them.
struct TaskIds {
    /// A span below a parent that names its task, by group and parent.
    named: FxHashMap<(Sym, Sym), usize>,
    /// Tasks without a start, by group and task id.
    tasks: FxHashMap<(Sym, Sym), usize>,
}

impl TaskIds {
    fn of(forest: &Forest) -> Self {
        let mut ids = Self {
            named: FxHashMap::default(),
            tasks: FxHashMap::default(),
        };
        for (at, draft) in forest.drafts.iter().enumerate() {
            if let (Some(parent), Some(_)) = (draft.parent, draft.facts.sym(Field::TaskId)) {
                ids.named.entry((draft.group, parent)).or_insert(at);
            }
            if draft.kind == Kind::Task && draft.start.is_none() {
                ids.add(draft, at);
            }
        }
        ids
    }

    fn add(&mut self, draft: &Draft, at: usize) {
        if let (Kind::Task, Some(task)) = (draft.kind, draft.facts.sym(Field::TaskId)) {
            self.tasks.entry((draft.group, task)).or_insert(at);
        }
    }

    /// A span that names the task around the agents `below`: one of them, or one of their calls.
    fn witness(&self, forest: &Forest, below: &[usize]) -> Option<usize> {
        below.iter().find_map(|&at| {
            let draft = &forest.drafts[at];
            match draft.facts.sym(Field::TaskId) {
                Some(_) => Some(at),
                None => self.named.get(&(draft.group, draft.id)).copied(),
            }
        })
    }

    fn known(&self, forest: &Forest, group: Sym, below: &[usize]) -> Option<usize> {
        let witness = self.witness(forest, below)?;
        let task = forest.drafts[witness].facts.sym(Field::TaskId)?;
        self.tasks.get(&(group, task)).copied()
    }

    fn describe(&self, forest: &Forest, draft: &mut Draft, below: &[usize]) {
        if let Some(witness) = self.witness(forest, below) {
            for field in [Field::TaskId, Field::TaskName] {
                let value = forest.drafts[witness].facts.get(field);
                draft.facts.add_some(field, value);
            }
        }
    }
}

/// An inferred agent belongs to its task, an inferred task to its crew.
fn place_inferred(forest: &mut Forest, by_id: &mut ById, strings: &mut Strings) {
    // First crew of each group, and first task of each group and task id.
    let mut crews: FxHashMap<Sym, Sym> = FxHashMap::default();
    let mut tasks: FxHashMap<(Sym, Sym), Sym> = FxHashMap::default();
    for draft in &forest.drafts {
        match (draft.kind, draft.facts.sym(Field::TaskId)) {
            (Kind::Crew, _) => {
                crews.entry(draft.group).or_insert(draft.id);
            }
            (Kind::Task, Some(task)) => {
                tasks.entry((draft.group, task)).or_insert(draft.id);
            }
            _ => {}
        }
    }
    for at in 0..forest.drafts.len() {
        let draft = &forest.drafts[at];
        let lost = draft.flags.has(Flags::INFERRED) && draft.parent.is_none();
        if !lost || !matches!(draft.kind, Kind::Agent | Kind::Task) {
            continue;
        }
        let group = draft.group;
        let crew = crews.get(&group).copied();
        let parent = match (draft.kind, draft.facts.sym(Field::TaskId)) {
            (Kind::Agent, Some(task)) => match tasks.entry((group, task)) {
                Entry::Occupied(known) => Some(*known.get()),
                Entry::Vacant(free) => {
                    let inferred = inferred_task(&forest.drafts[at], task, crew, strings);
                    let id = inferred.id;
                    free.insert(id);
                    by_id.insert((group, id), forest.drafts.len());
                    forest.drafts.push(inferred);
                    forest.parents.push(None);
                    Some(id)
                }
            },
            _ => crew,
        };
        if parent.is_some_and(|parent| parent != forest.drafts[at].id) {
            forest.drafts[at].parent = parent;
            forest.drafts[at].flags.set(Flags::GUESSED_PARENT);
        }
    }
}

/// The task around an inferred agent.
fn inferred_task(agent: &Draft, task: Sym, crew: Option<Sym>, strings: &mut Strings) -> Draft {
    let id = strings.intern(&[MISSING_TASK, strings.get(task)].concat());
    let mut inferred = Draft::new(agent.group, id, Kind::Task);
    inferred.flags.set(Flags::INFERRED);
    inferred.status = agent.status;
    inferred.execution = agent.execution;
    inferred.parent = crew;
    inferred.facts.add(Field::TaskId, Value::Sym(task));
    inferred
        .facts
        .add_some(Field::TaskName, agent.facts.get(Field::TaskName));
    inferred.name = inferred.facts.sym(Field::TaskName).unwrap_or_default();
    inferred
}

/// Parents that lead in a circle (only a hostile trace has them) are cut.
fn cut_cycles(parents: &mut [Option<usize>]) {
    // 0: not seen, n: seen on walk n.
    let mut seen = vec![0usize; parents.len()];
    for start in 0..parents.len() {
        let walk = start + 1;
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = walk;
            match parents[at] {
                Some(parent) if seen[parent] == walk => parents[at] = None,
                Some(parent) => at = parent,
                None => break,
            }
        }
    }
}

/// Infrastructure moves out of sight; its children move up (trap 3). The planner's task is crewai's, not the user's.
fn hide_internal(forest: &mut Forest, strings: &mut Strings) {
    let planner = strings.find(PLANNER);
    for at in 0..forest.drafts.len() {
        let parent_kind = forest.parents[at].map(|parent| forest.drafts[parent].kind);
        let draft = &mut forest.drafts[at];
        let name = strings.get(draft.name);
        draft.internal |= draft.kind == Kind::Flow
            && (INTERNAL_FLOWS.contains(&name)
                || matches!(
                    parent_kind,
                    Some(Kind::Agent | Kind::Memory | Kind::Knowledge)
                ));
        if draft.kind == Kind::Task
            && planner.is_some()
            && draft.facts.sym(Field::AgentRole) == planner
        {
            draft.kind = Kind::Reasoning;
            draft.name = strings.intern("crew planning");
        }
    }
    for at in 0..forest.drafts.len() {
        let draft = &forest.drafts[at];
        let answered = draft.internal
            && draft.status == Status::Completed
            && strings.get(draft.name) == AGENT_EXECUTOR;
        if let (true, Some(agent)) = (answered, forest.parents[at]) {
            forest.drafts[agent].answered = true;
        }
    }
    for at in 0..forest.drafts.len() {
        while let Some(parent) = forest.parents[at].filter(|&parent| forest.drafts[parent].internal)
        {
            forest.parents[at] = forest.parents[parent];
        }
    }
}

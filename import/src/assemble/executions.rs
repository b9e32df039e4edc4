//! Which roots make one execution, and what they say about it.

use crate::assemble::depth_first;
use crate::builder::{Builder, Stream};
use crate::draft::Draft;
use crate::notes::Notes;
use crate::tree::Forest;
use crewscope_trace::model::{
    Execution, ExecutionKind, Field, Flags, Kind, Status, Sym, WarningKind,
};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// What is executed together.
pub struct Group {
    /// What the roots say about it; its spans are not numbered yet.
    pub execution: Execution,
    /// Its roots, in order of time.
    pub roots: Vec<usize>,
    /// Order of appearance, for executions without a time.
    pub order: usize,
}

/// Gathers roots into executions: by execution id or trace id, by batch, or (in an event log, which has no id) each root by itself.
pub fn group(
    builder: &Builder,
    forest: &Forest,
    roots: &[usize],
    children: &[Vec<usize>],
) -> Vec<Group> {
    let gatherer = Gatherer::new(builder, forest, children);
    let mut found = gatherer.gather(roots);
    gatherer.join_strays(&mut found);
    found
        .into_iter()
        .enumerate()
        .filter(|(_, found)| !found.roots.is_empty())
        .map(|(order, found)| Group {
            execution: gatherer.execution(&found),
            roots: found.roots,
            order,
        })
        .collect()
}

/// Roots that are executed together.
struct Found {
    group: Sym,
    /// In an event log, the proper root (its index plus one) that the others come after. 0: strays before the first one, or no event log.
    number: usize,
    roots: Vec<usize>,
}

/// Gathers roots.
struct Gatherer<'g> {
    builder: &'g Builder,
    forest: &'g Forest,
    children: &'g [Vec<usize>],
    /// Streams by their id, without those that were merged into another.
    streams: FxHashMap<Sym, &'g Stream>,
}

impl<'g> Gatherer<'g> {
    /// One that knows the streams.
    fn new(builder: &'g Builder, forest: &'g Forest, children: &'g [Vec<usize>]) -> Self {
        let streams = builder.streams.iter();
        let own = streams.filter(|stream| stream.merged_into.is_none());
        Self {
            builder,
            forest,
            children,
            streams: own.map(|stream| (stream.id, stream)).collect(),
        }
    }

    /// The stream that a group of spans came in; spans of a trace came in none.
    fn stream_of(&self, group: Sym) -> Option<&'g Stream> {
        self.streams.get(&group).copied()
    }

    /// The executions in the order of appearance. What an event log has before its first proper root stands alone.
    fn gather(&self, roots: &[usize]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        // Where each of them stands.
        let mut known: FxHashMap<(Sym, usize), usize> = FxHashMap::default();
        // The root of its own that an event log's strays come after.
        let mut previous: FxHashMap<Sym, usize> = FxHashMap::default();
        for &root in roots {
            let draft = &self.forest.drafts[root];
            let (group, number) = match self.stream_of(draft.group) {
                Some(stream) if stream.batch => (draft.group, 0),
                Some(_) => {
                    if matches!(draft.kind, Kind::Crew | Kind::Flow | Kind::Agent) {
                        previous.insert(draft.group, root + 1);
                    }
                    (
                        draft.group,
                        previous.get(&draft.group).copied().unwrap_or(0),
                    )
                }
                None => (draft.execution.unwrap_or(draft.group), 0),
            };
            match known.entry((group, number)) {
                Entry::Occupied(at) => found[*at.get()].roots.push(root),
                Entry::Vacant(free) => {
                    free.insert(found.len());
                    found.push(Found {
                        group,
                        number,
                        roots: vec![root],
                    });
                }
            }
        }
        found
    }

    /// Strays before the first proper root of a log belong to it.
    fn join_strays(&self, found: &mut [Found]) {
        for at in 0..found.len() {
            let group = found[at].group;
            let is_log = self.stream_of(group).is_some_and(|stream| !stream.batch);
            if found[at].number != 0 || !is_log {
                continue;
            }
            if let Some(next) = found
                .iter()
                .position(|other| other.group == group && other.number != 0)
            {
                let strays = std::mem::take(&mut found[at].roots);
                found[next].roots.splice(0..0, strays);
            }
        }
    }

    /// What its roots say about an execution, and what its batch adds.
    fn execution(&self, found: &Found) -> Execution {
        let stream = self.stream_of(found.group);
        let mut execution = self.describe(stream, &found.roots);
        match stream {
            Some(stream) if stream.batch => {
                execution.id = stream.id;
                execution.version = execution.version.or(stream.version);
                if execution.name == Sym::EMPTY {
                    execution.name = stream.name.unwrap_or_default();
                }
            }
            Some(_) => {}
            // A saved report says the id.
            None if execution.flags.has(Flags::AS_REPORTED) => {}
            None => execution.id = found.group,
        }
        execution
    }

    /// What the roots of an execution say about it.
    fn describe(&self, stream: Option<&Stream>, roots: &[usize]) -> Execution {
        let proper = match stream {
            Some(stream) if stream.batch => without_strays(self.forest, roots, self.children),
            _ => roots.to_vec(),
        };
        let lead = self.lead(stream.and_then(|stream| stream.name), &proper);
        let best = rank(lead.kind);
        // Late stragglers at the top level say nothing about the whole.
        let leads: Vec<&Draft> = proper
            .iter()
            .map(|&root| &self.forest.drafts[root])
            .filter(|draft| rank(draft.kind) <= best.max(1))
            .collect();
        let all = || {
            depth_first(roots, self.children)
                .into_iter()
                .map(|at| &self.forest.drafts[at])
        };
        let start = leads
            .iter()
            .filter_map(|draft| draft.start)
            .min()
            .or_else(|| all().filter_map(|draft| draft.start).min());
        let ended = leads.iter().all(|draft| draft.end.is_some());
        let end = if ended {
            leads.iter().filter_map(|draft| draft.end).max()
        } else {
            None
        };
        let source = lead
            .records
            .first()
            .or_else(|| all().find_map(|draft| draft.records.first()))
            .map_or(0, |record| record.source);
        Execution {
            id: lead.id,
            name: if best == LOOSE && !lead.flags.has(Flags::AS_REPORTED) {
                Sym::EMPTY
            } else {
                lead.name
            },
            kind: [
                ExecutionKind::Flow,
                ExecutionKind::Crew,
                ExecutionKind::Agent,
                ExecutionKind::Trace,
            ][best],
            status: if best == LOOSE {
                of_loose_calls(&leads)
            } else {
                of_leads(&leads)
            },
            flags: remarks(&leads),
            start,
            end,
            first_span: 0,
            last_span: 0,
            version: self
                .builder
                .versions
                .iter()
                .find(|(known, _)| *known == source)
                .map(|(_, version)| *version)
                .or_else(|| lead.facts.sym(Field::Version)),
            source,
        }
    }

    /// The root that an execution has its name from: the outermost in kind, of equals the one that the batch is `named` after, else the first.
    fn lead(&self, named: Option<Sym>, roots: &[usize]) -> &'g Draft {
        let lead = roots.iter().copied().min_by_key(|&root| {
            let draft = &self.forest.drafts[root];
            (
                rank(draft.kind),
                named.is_some_and(|name| name != draft.name),
            )
        });
        &self.forest.drafts[lead.unwrap_or_default()]
    }
}

/// The [`rank`] of a call without anything around it.
const LOOSE: usize = 3;

/// How much a root says about the whole: the lower, the more.
fn rank(kind: Kind) -> usize {
    match kind {
        Kind::Flow => 0,
        Kind::Crew => 1,
        Kind::Agent => 2,
        _ => LOOSE,
    }
}

/// How an execution stands, by the roots that lead it.
fn of_leads(leads: &[&Draft]) -> Status {
    if leads.iter().any(|draft| draft.status == Status::Running) {
        Status::Running
    } else if leads.iter().any(|draft| draft.status == Status::Failed) {
        Status::Failed
    } else if leads.iter().all(|draft| draft.status == Status::Completed) {
        Status::Completed
    } else {
        Status::Unknown
    }
}

/// The remarks on its leading roots that are true of the whole execution.
fn remarks(leads: &[&Draft]) -> Flags {
    let mut flags = Flags::default();
    for draft in leads {
        flags.0 |= draft.flags.0
            & (Flags::INFERRED
                | Flags::DERIVED_STATUS
                | Flags::DERIVED_END
                | Flags::NAIVE_TIME
                | Flags::NO_CALLS
                | Flags::AS_REPORTED);
    }
    flags
}

/// The roots of a batch that the batch is about. Not the end of the run before, posted late (trap 23), nor the start of the run
/// after, posted just before the batch was closed.
fn without_strays(forest: &Forest, roots: &[usize], children: &[Vec<usize>]) -> Vec<usize> {
    let of_runs = |at: usize| {
        matches!(
            forest.drafts[at].kind,
            Kind::Flow | Kind::Crew | Kind::Agent
        )
    };
    let only_end = |at: usize| {
        let draft = &forest.drafts[at];
        let nothing_started = || {
            depth_first(&[at], children)
                .iter()
                .all(|&below| forest.drafts[below].start.is_none())
        };
        of_runs(at)
            && draft.start.is_none()
            && (draft.end.is_some() || draft.flags.has(Flags::INFERRED))
            && nothing_started()
    };
    let only_start =
        |at: usize| of_runs(at) && forest.drafts[at].end.is_none() && children[at].is_empty();
    let started = roots.iter().any(|&at| of_runs(at) && !only_end(at));
    let whole = roots
        .iter()
        .any(|&at| of_runs(at) && !only_end(at) && forest.drafts[at].end.is_some());
    roots
        .iter()
        .copied()
        .filter(|&at| !(started && only_end(at) || whole && only_start(at)))
        .collect()
}

/// Calls without anything around them (a lone `LLM.call`).
fn of_loose_calls(calls: &[&Draft]) -> Status {
    match calls
        .iter()
        .map(|draft| draft.status)
        .find(|status| *status != Status::Completed)
    {
        None => Status::Completed,
        Some(status) => status,
    }
}

/// A batch that was opened and never filled: the run was killed before it could post anything (nothing more is known of it).
pub fn empty_batches(
    builder: &Builder,
    forest: &Forest,
    groups: &mut Vec<Group>,
    notes: &mut Notes,
) {
    for stream in builder
        .streams
        .iter()
        .filter(|stream| stream.batch && stream.merged_into.is_none())
    {
        if stream.repeated || forest.drafts.iter().any(|draft| draft.group == stream.id) {
            continue;
        }
        notes.add(WarningKind::EmptyBatch, stream.place);
        let name = stream
            .name
            .map(|name| builder.strings.get(name))
            .unwrap_or_default();
        // Batches that crewai opens for late events (traps 23 and 27): no run of the user's.
        if matches!(name, "" | "Unknown Crew" | "AgentExecutor") {
            continue;
        }
        groups.push(Group {
            execution: Execution {
                id: stream.id,
                name: stream.name.unwrap_or_default(),
                kind: if stream.flow {
                    ExecutionKind::Flow
                } else {
                    ExecutionKind::Crew
                },
                status: if stream.closed {
                    Status::Unknown
                } else {
                    Status::Running
                },
                flags: Flags::default(),
                start: stream.opened,
                end: None,
                first_span: 0,
                last_span: 0,
                version: stream.version,
                source: stream.source,
            },
            roots: Vec::new(),
            order: usize::MAX,
        });
    }
}

//! Which roots make one execution, and what they say about it.

use crate::assemble::{depth_first, index};
use crate::builder::{Builder, Stream};
use crate::draft::Draft;
use crate::notes::Notes;
use crate::tree::Forest;
use crewscope_trace::model::{
    Execution, ExecutionKind, Field, Flags, Kind, Status, Sym, WarningKind,
};
use crewscope_trace::table::{pair, Table};

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
    let mut streams = Table::default();
    for (at, stream) in builder
        .streams
        .iter()
        .enumerate()
        .filter(|(_, stream)| stream.merged_into.is_none())
    {
        streams.set_of(stream.id, at);
    }
    let stream_of = |group: Sym| streams.of(group).and_then(|at| builder.streams.get(at));
    // The executions in the order of appearance: group, number within it (0: strays of an event log), roots.
    let mut found: Vec<(Sym, usize, Vec<usize>)> = Vec::new();
    let mut known = Table::default();
    // The root of its own that an event log's strays come after.
    let mut previous = Table::default();
    for &root in roots {
        let draft = &forest.drafts[root];
        let (group, number) = match stream_of(draft.group) {
            Some(stream) if stream.batch => (draft.group, 0),
            Some(_) => {
                if matches!(draft.kind, Kind::Crew | Kind::Flow | Kind::Agent) {
                    previous.set_of(draft.group, root + 1);
                }
                (draft.group, previous.of(draft.group).unwrap_or(0))
            }
            None => (draft.execution.unwrap_or(draft.group), 0),
        };
        let key = pair(group, Sym(index(number)));
        match known.get(key).and_then(|at| found.get_mut(at)) {
            Some((.., roots)) => roots.push(root),
            None => {
                known.set(key, found.len());
                found.push((group, number, vec![root]));
            }
        }
    }
    // Strays before the first proper root of a log belong to it.
    for at in 0..found.len() {
        let (group, number, _) = found[at];
        let is_log = stream_of(group).is_some_and(|stream| !stream.batch);
        if number != 0 || !is_log {
            continue;
        }
        if let Some(next) = found
            .iter()
            .position(|(other, number, _)| *other == group && *number != 0)
        {
            let strays = std::mem::take(&mut found[at].2);
            found[next].2.splice(0..0, strays);
        }
    }
    found
        .into_iter()
        .enumerate()
        .filter(|(_, (.., roots))| !roots.is_empty())
        .map(|(order, (group, _, roots))| {
            let mut execution = describe(builder, forest, stream_of(group), &roots, children);
            match stream_of(group) {
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
                None => execution.id = group,
            }
            Group {
                execution,
                roots,
                order,
            }
        })
        .collect()
}

/// What the roots of an execution say about it.
fn describe(
    builder: &Builder,
    forest: &Forest,
    stream: Option<&Stream>,
    roots: &[usize],
    children: &[Vec<usize>],
) -> Execution {
    let rank = |kind: Kind| match kind {
        Kind::Flow => 0,
        Kind::Crew => 1,
        Kind::Agent => 2,
        _ => 3,
    };
    let proper = match stream {
        Some(stream) if stream.batch => without_strays(forest, roots, children),
        _ => roots.to_vec(),
    };
    let named = stream.and_then(|stream| stream.name);
    let lead = proper
        .iter()
        .copied()
        .min_by_key(|&root| {
            let draft = &forest.drafts[root];
            (
                rank(draft.kind),
                named.is_some_and(|name| name != draft.name),
            )
        })
        .unwrap_or_default();
    let best = rank(forest.drafts[lead].kind);
    // Late stragglers at the top level say nothing about the whole.
    let leads: Vec<&Draft> = proper
        .iter()
        .map(|&root| &forest.drafts[root])
        .filter(|draft| rank(draft.kind) <= best.max(1))
        .collect();
    let status = if best == 3 {
        of_loose_calls(&leads)
    } else if leads.iter().any(|draft| draft.status == Status::Running) {
        Status::Running
    } else if leads.iter().any(|draft| draft.status == Status::Failed) {
        Status::Failed
    } else if leads.iter().all(|draft| draft.status == Status::Completed) {
        Status::Completed
    } else {
        Status::Unknown
    };
    let mut flags = Flags::default();
    for draft in &leads {
        flags.0 |= draft.flags.0
            & (Flags::INFERRED
                | Flags::DERIVED_STATUS
                | Flags::DERIVED_END
                | Flags::NAIVE_TIME
                | Flags::NO_CALLS
                | Flags::AS_REPORTED);
    }
    let all = || {
        depth_first(roots, children)
            .into_iter()
            .map(|at| &forest.drafts[at])
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
    let lead = &forest.drafts[lead];
    let source = lead
        .records
        .first()
        .or_else(|| all().find_map(|draft| draft.records.first()))
        .map_or(0, |record| record.source);
    Execution {
        id: lead.id,
        name: if best == 3 && !lead.flags.has(Flags::AS_REPORTED) {
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
        status,
        flags,
        start,
        end,
        first_span: 0,
        last_span: 0,
        version: builder
            .versions
            .iter()
            .find(|(known, _)| *known == source)
            .map(|(_, version)| *version)
            .or_else(|| lead.facts.sym(Field::Version)),
        source,
    }
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

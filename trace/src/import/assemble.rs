//! From everything that was read to a [`Trace`]: executions, and spans in tree order.

use super::builder::Builder;
use super::checkpoint;
use super::dialect::settle_usage;
use super::draft::Draft;
use super::linking;
use super::log_runs;
use super::notes::Notes;
use super::pairing;
use super::saved_report;
use super::settle;
use super::table::{pair, Table};
use super::tree::{self, Forest};
use crate::model::{
    Execution, ExecutionKind, Field, Flags, Kind, Span, SpanIndex, Status, Sym, Trace, WarningKind,
};
use crate::order;

/// Builds the model of what was read so far.
pub fn assemble(builder: &mut Builder) -> Trace {
    let mut notes = Notes::default();
    notes.extend(&builder.notes);
    linking::join_logs(builder);
    let (bus, bus_notes) = pairing::pair(builder);
    notes.extend(&bus_notes);
    let (logged, log_notes) = log_runs::spans(builder);
    notes.extend(&log_notes);
    let mut drafts = builder.spans.clone();
    let spans = drafts.len();
    drafts.extend(bus);
    linking::merge_events_into_spans(&mut drafts, spans, &mut notes);
    drafts.extend(logged);
    checkpoint::apply(builder, &mut drafts);
    saved_report::drop_known(&mut drafts, &mut notes);
    let mut strings = std::mem::take(&mut builder.strings);
    let mut forest = tree::plant(drafts, &mut strings, &mut notes);
    builder.strings = strings;
    let (children, roots) = children(&forest);
    let order = depth_first(&roots, &children);
    settle::settle(&mut forest, &children, &order, &mut notes);
    let mut groups = group(builder, &forest, &roots, &children);
    empty_batches(builder, &forest, &mut groups, &mut notes);
    let newest_first = order::sorted(groups.len(), &|at| {
        let group: &Group = &groups[at];
        let start = group.execution.start.map_or(i64::MAX, order::reversed);
        (start, i64::try_from(group.order).unwrap_or(i64::MAX), 0)
    });

    let mut trace = Trace {
        sources: builder.sources.clone(),
        ..Trace::default()
    };
    // Index of each draft's span.
    let mut place: Vec<Option<SpanIndex>> = vec![None; forest.drafts.len()];
    for at in newest_first {
        let group = &groups[at];
        let mut execution = group.execution.clone();
        execution.first_span = index(trace.spans.len());
        let order = depth_first(&group.roots, &children);

        for at in order.into_iter().filter(|&at| !forest.drafts[at].internal) {
            let own = index(trace.spans.len());
            place[at] = Some(own);
            let parent = forest.parents[at].and_then(|parent| place[parent]);
            let depth = parent
                .and_then(|parent| trace.spans.get(parent as usize))
                .map_or(0, |parent| parent.depth.saturating_add(1));
            trace
                .spans
                .push(span(&forest.drafts[at], parent, depth, own + 1));
        }
        execution.last_span = index(trace.spans.len());
        let version = execution
            .version
            .map(|version| builder.strings.get(version));
        for span in trace.spans.iter_mut().skip(execution.first_span as usize) {
            let split = span.bool(Field::SplitPrompt) == Some(true);
            settle_usage(&mut span.usage, split, version);
        }
        trace.executions.push(execution);
    }
    // Children come after their parents, so one walk from the end carries every subtree's end upwards.
    for at in (0..trace.spans.len()).rev() {
        let (parent, end) = (trace.spans[at].parent, trace.spans[at].subtree_end);
        if let Some(parent) = parent.and_then(|parent| trace.spans.get_mut(parent as usize)) {
            parent.subtree_end = parent.subtree_end.max(end);
        }
    }
    trace.strings = builder.strings.clone();
    trace.warnings = notes.list();
    trace
}

fn index(at: usize) -> SpanIndex {
    SpanIndex::try_from(at).unwrap_or(SpanIndex::MAX)
}

fn span(draft: &Draft, parent: Option<SpanIndex>, depth: u16, subtree_end: SpanIndex) -> Span {
    Span {
        id: draft.id,
        parent,
        subtree_end,
        depth,
        kind: draft.kind,
        status: draft.status,
        flags: draft.flags,
        name: draft.name,
        start: draft.start,
        end: draft.end,
        usage: draft.usage,
        fields: draft.facts.0.clone(),
        records: draft.records.clone(),
    }
}

/// Children of each span and all roots, both in order of time. A span without a start stands where its first descendant does.
fn children(forest: &Forest) -> (Vec<Vec<usize>>, Vec<usize>) {
    let count = forest.drafts.len();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut roots = Vec::new();
    for at in 0..count {
        if forest.drafts[at].internal {
            continue;
        }
        match forest.parents[at] {
            Some(parent) => children[parent].push(at),
            None => roots.push(at),
        }
    }
    let mut begin: Vec<Option<i64>> = forest.drafts.iter().map(|draft| draft.start).collect();
    for at in depth_first(&roots, &children).into_iter().rev() {
        if begin[at].is_none() {
            begin[at] = children[at]
                .iter()
                .filter_map(|&child| begin[child])
                .min()
                .or(forest.drafts[at].end);
        }
    }
    // Of two that start together the longer one stands first: parents of the same moment, then what they hold.
    let key = |at: usize| {
        let flags = forest.drafts[at].flags;
        // A saved report lists them in order; a log of whole seconds does.
        if flags.has(Flags::AS_REPORTED) {
            return (0, 0, 0);
        }
        if flags.has(Flags::NO_CALLS) {
            return (begin[at].unwrap_or(i64::MAX), 0, 0);
        }
        (
            begin[at].unwrap_or(i64::MAX),
            order::reversed(forest.drafts[at].end.unwrap_or(i64::MAX)),
            0,
        )
    };
    for list in children.iter_mut().filter(|list| list.len() > 1) {
        order::sort(list, &key);
    }
    order::sort(&mut roots, &key);
    (children, roots)
}

/// All spans below some roots, parents first. Iterative: a trace may nest deeper than a stack.
fn depth_first(roots: &[usize], children: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut stack: Vec<usize> = roots.iter().rev().copied().collect();
    while let Some(at) = stack.pop() {
        order.push(at);
        stack.extend(children[at].iter().rev());
    }
    order
}

struct Group {
    execution: Execution,
    roots: Vec<usize>,
    /// Order of appearance, for executions without a time.
    order: usize,
}

/// Gathers roots into executions: by execution id or trace id, by batch, or (in an event log, which has no id) each root by itself.
fn group(
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
            let mut execution = describe(builder, forest, &roots, children);
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
    roots: &[usize],
    children: &[Vec<usize>],
) -> Execution {
    let rank = |kind: Kind| match kind {
        Kind::Flow => 0,
        Kind::Crew => 1,
        Kind::Agent => 2,
        _ => 3,
    };
    let lead = roots
        .iter()
        .copied()
        .min_by_key(|&root| rank(forest.drafts[root].kind))
        .unwrap_or_default();
    let best = rank(forest.drafts[lead].kind);
    // Late stragglers at the top level say nothing about the whole.
    let leads: Vec<&Draft> = roots
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
fn empty_batches(builder: &Builder, forest: &Forest, groups: &mut Vec<Group>, notes: &mut Notes) {
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
                status: if stream.finalized.is_some() {
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

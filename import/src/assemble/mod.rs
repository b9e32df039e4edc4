//! From everything that was read to a [`Trace`]: executions, and spans in tree order.

mod executions;
mod linking;
mod log_runs;
mod settle;

use crate::assemble::executions::Group;
use crate::builder::Builder;
use crate::bus::pairing;
use crate::dialect::settle_usage;
use crate::draft::Draft;
use crate::forms::checkpoint;
use crate::forms::saved_report;
use crate::notes::Notes;
use crate::tree::{self, Forest};
use crewscope_trace::model::{Field, Flags, Span, SpanIndex, Trace};
use crewscope_trace::order;
use crewscope_trace::table::Table;

/// Builds the model of what was read so far. `last`: nothing will be read after this, and what was read need not be kept.
pub fn assemble(builder: &mut Builder, last: bool) -> Trace {
    let mut notes = Notes::default();
    notes.extend(&builder.notes);
    linking::join_logs(builder);
    let (bus, bus_notes) = pairing::pair(builder);
    notes.extend(&bus_notes);
    let (logged, log_notes) = log_runs::spans(builder);
    notes.extend(&log_notes);
    let mut drafts = if last {
        std::mem::take(&mut builder.spans)
    } else {
        builder.spans.clone()
    };
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
    let mut closed = Table::default();
    for stream in builder.streams.iter().filter(|stream| stream.closed) {
        closed.set_of(stream.id, 0);
    }
    settle::settle(&mut forest, &children, &order, &closed, &mut notes);
    let mut groups = executions::group(builder, &forest, &roots, &children);
    executions::empty_batches(builder, &forest, &mut groups, &mut notes);
    let newest_first = order::sorted(groups.len(), &|at| {
        let group: &Group = &groups[at];
        let start = group.execution.start.map_or(i64::MAX, order::reversed);
        (start, i64::try_from(group.order).unwrap_or(i64::MAX), 0)
    });

    let mut trace = Trace {
        sources: builder.sources.clone(),
        spans: Vec::with_capacity(forest.drafts.len()),
        ..Trace::default()
    };
    // Index of each draft's span.
    let mut place: Vec<Option<SpanIndex>> = vec![None; forest.drafts.len()];
    for at in newest_first {
        let group = &groups[at];
        let mut execution = group.execution.clone();
        execution.first_span = index(trace.spans.len());
        let order = depth_first(&group.roots, &children);

        for at in order {
            if forest.drafts[at].internal {
                continue;
            }
            let own = index(trace.spans.len());
            place[at] = Some(own);
            let parent = forest.parents[at].and_then(|parent| place[parent]);
            let depth = parent
                .and_then(|parent| trace.spans.get(parent as usize))
                .map_or(0, |parent| parent.depth.saturating_add(1));
            let draft = &mut forest.drafts[at];
            trace.spans.push(span(draft, parent, depth, own + 1));
        }
        execution.last_span = index(trace.spans.len());
        let version = execution
            .version
            .map(|version| builder.strings.get(version));
        for span in trace.spans.iter_mut().skip(execution.first_span as usize) {
            if span.usage.prompt.is_none() {
                continue;
            }
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
    trace.strings = if last {
        std::mem::take(&mut builder.strings)
    } else {
        builder.strings.clone()
    };
    trace.warnings = notes.list();
    trace
}

/// A number as an index of spans.
pub fn index(at: usize) -> SpanIndex {
    SpanIndex::try_from(at).unwrap_or(SpanIndex::MAX)
}

/// Makes a span of a draft, whose facts and records move.
fn span(draft: &mut Draft, parent: Option<SpanIndex>, depth: u16, subtree_end: SpanIndex) -> Span {
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
        usage: std::mem::take(&mut draft.usage),
        fields: std::mem::take(&mut draft.facts),
        records: std::mem::take(&mut draft.records),
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
pub fn depth_first(roots: &[usize], children: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut stack: Vec<usize> = roots.iter().rev().copied().collect();
    while let Some(at) = stack.pop() {
        order.push(at);
        stack.extend(children[at].iter().rev());
    }
    order
}

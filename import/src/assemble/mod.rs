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
use crewscope_trace::model::{Execution, Field, Flags, Span, SpanIndex, Strings, Trace};
use crewscope_trace::order;

/// Builds the model of what was read so far. `last`: nothing will be read after this, and what was read need not be kept.
pub fn assemble(builder: &mut Builder, last: bool) -> Trace {
    let mut notes = Notes::default();
    notes.extend(&builder.notes);
    let drafts = drafts(builder, last, &mut notes);
    let mut strings = std::mem::take(&mut builder.strings);
    let mut forest = tree::plant(drafts, &mut strings, &mut notes);
    builder.strings = strings;
    let (children, roots) = children(&forest);
    settle_statuses(builder, &mut forest, &children, &roots, &mut notes);
    let mut groups = executions::group(builder, &forest, &roots, &children);
    executions::empty_batches(builder, &forest, &mut groups, &mut notes);
    let mut trace = Trace {
        sources: builder.sources.clone(),
        spans: Vec::with_capacity(forest.drafts.len()),
        ..Trace::default()
    };
    let mut writer = Writer {
        trace: &mut trace,
        place: vec![None; forest.drafts.len()],
        forest: &mut forest,
        children: &children,
        strings: &builder.strings,
    };
    for at in newest_first(&groups) {
        writer.execution(&groups[at]);
    }
    carry_ends_upwards(&mut trace.spans);
    trace.strings = if last {
        std::mem::take(&mut builder.strings)
    } else {
        builder.strings.clone()
    };
    trace.warnings = notes.list();
    trace
}

/// All spans that were read, of whatever form, each once. They have no place in a tree yet.
fn drafts(builder: &mut Builder, last: bool, notes: &mut Notes) -> Vec<Draft> {
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
    linking::merge_events_into_spans(&mut drafts, spans, notes);
    drafts.extend(logged);
    checkpoint::apply(builder, &mut drafts);
    saved_report::drop_known(&mut drafts, notes);
    drafts
}

/// Settles how every span stands. What has not ended in a closed batch will not get an end.
fn settle_statuses(
    builder: &Builder,
    forest: &mut Forest,
    children: &[Vec<usize>],
    roots: &[usize],
    notes: &mut Notes,
) {
    let order = depth_first(roots, children);
    let closed = builder.streams.iter().filter(|stream| stream.closed);
    let closed = closed.map(|stream| stream.id).collect();
    settle::settle(forest, children, &order, &closed, notes);
}

/// The order in which executions are listed. Those without a time come last, as they were read.
fn newest_first(groups: &[Group]) -> Vec<usize> {
    order::sorted(groups.len(), &|at| {
        let group: &Group = &groups[at];
        let start = group.execution.start.map_or(i64::MAX, order::reversed);
        (start, i64::try_from(group.order).unwrap_or(i64::MAX), 0)
    })
}

/// Writes executions and their spans into a trace.
struct Writer<'w> {
    trace: &'w mut Trace,
    /// Its drafts lose what moves into their spans.
    forest: &'w mut Forest,
    children: &'w [Vec<usize>],
    /// Index of each draft's span.
    place: Vec<Option<SpanIndex>>,
    strings: &'w Strings,
}

impl Writer<'_> {
    /// Writes an execution with all its spans, in tree order.
    fn execution(&mut self, group: &Group) {
        let mut execution = group.execution.clone();
        execution.first_span = index(self.trace.spans.len());
        for at in depth_first(&group.roots, self.children) {
            if !self.forest.drafts[at].internal {
                self.span(at);
            }
        }
        execution.last_span = index(self.trace.spans.len());
        self.settle_usages(&execution);
        self.trace.executions.push(execution);
    }

    /// Writes a span, whose parent is written already.
    fn span(&mut self, at: usize) {
        let own = index(self.trace.spans.len());
        self.place[at] = Some(own);
        let parent = self.forest.parents[at].and_then(|parent| self.place[parent]);
        let depth = parent
            .and_then(|parent| self.trace.spans.get(parent as usize))
            .map_or(0, |parent| parent.depth.saturating_add(1));
        let draft = &mut self.forest.drafts[at];
        self.trace.spans.push(span(draft, parent, depth, own + 1));
    }

    /// Settles the tokens of the calls that were just written. How prompts were counted depends on the execution's version of crewai.
    fn settle_usages(&mut self, execution: &Execution) {
        let version = execution.version.map(|version| self.strings.get(version));
        let first = execution.first_span as usize;
        for span in self.trace.spans.iter_mut().skip(first) {
            if span.usage.prompt.is_none() {
                continue;
            }
            let split = span.bool(Field::SplitPrompt) == Some(true);
            settle_usage(&mut span.usage, split, version);
        }
    }
}

/// Children come after their parents, so one walk from the end carries every subtree's end upwards.
fn carry_ends_upwards(spans: &mut [Span]) {
    for at in (0..spans.len()).rev() {
        let (parent, end) = (spans[at].parent, spans[at].subtree_end);
        if let Some(parent) = parent.and_then(|parent| spans.get_mut(parent as usize)) {
            parent.subtree_end = parent.subtree_end.max(end);
        }
    }
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

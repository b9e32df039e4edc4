//! The layout of an execution in time: which rows there are, which bars lie in them, and which of the bars are worth a pixel.
//!
//! Pure arithmetic. Rows come from [`rows`], bars from the [`Lane`] of a row, and [`Lane::draw`] emits at most one bar per
//! pixel and track, however many spans the lane holds. [`Scale`] says where a time is drawn, [`Activity`] what ran when,
//! [`Path`] what was waited for, [`Shades`] what colours tell.

mod activity;
mod lane;
mod path;
mod scale;
mod shades;

pub use activity::{Activity, Doing, Sums};
pub use lane::{Bar, Lane, Run};
pub use path::Path;
pub use scale::{Scale, Window};
pub use shades::{By, Shades, SHADES};

use crewscope_trace::model::{Execution, Field, Flags, Kind, Span, SpanIndex, Status, Sym, Trace};
use rustc_hash::FxHashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A stretch of time in nanoseconds since 1970 UTC, `end >= start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its beginning.
    pub start: i64,
    /// Its end.
    pub end: i64,
}

impl Stretch {
    /// Length in nanoseconds.
    pub fn length(self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// The smallest stretch that holds both.
    fn joined(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// Identity of a row that survives a reload of a growing trace: indices shift there, ids and names do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey(pub u64);

/// One row of the timeline: a container (task, agent, crew, …), or all calls of one kind and name below a container.
#[derive(Clone, Debug)]
pub struct Row {
    /// Identity.
    pub key: RowKey,
    /// Kind of its spans.
    pub kind: Kind,
    /// Name of its spans; empty if none is recorded.
    pub name: Sym,
    /// Enclosing rows.
    pub depth: u16,
    /// Whether rows lie below it.
    pub expandable: bool,
    /// Whether they are shown.
    pub expanded: bool,
    /// Its bars.
    pub lane: Arc<Lane>,
}

impl Row {
    /// The first span of the row.
    pub fn first(&self) -> Option<SpanIndex> {
        self.lane.spans().first().copied()
    }
}

/// What the rows of the first level are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lanes {
    /// Tasks (or crews, methods): the tree as it ran.
    #[default]
    Tasks,
    /// Agents, each with all that it did.
    Agents,
}

/// Which rows there are, and which a person opened or closed; the others follow [`Folding::default_depth`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folding {
    /// What the rows of the first level are.
    pub lanes: Lanes,
    /// Rows above this depth are open unless told otherwise.
    pub default_depth: u16,
    /// What was told otherwise.
    pub told: FxHashMap<RowKey, bool>,
}

impl Folding {
    /// The folding a trace starts with: everything open while it fits on a screen, tasks only when it does not.
    pub fn fitting(trace: &Trace, execution: &Execution) -> Self {
        const SMALL: u32 = 60;
        let spans = execution.last_span.saturating_sub(execution.first_span);
        Self {
            default_depth: if spans <= SMALL {
                u16::MAX
            } else {
                start_depth(trace, execution)
            },
            ..Self::default()
        }
    }

    /// Whether the row is open.
    pub fn is_open(&self, key: RowKey, depth: u16) -> bool {
        self.told
            .get(&key)
            .copied()
            .unwrap_or(depth < self.default_depth)
    }
}

/// Keeps what [`rows`] found below a row, so that opening one row does not lay out the others again.
#[derive(Debug, Default)]
pub struct Cache {
    below: FxHashMap<RowKey, Arc<Vec<Row>>>,
}

/// The time that the execution takes, running spans included. `None` if no time at all is recorded.
pub fn whole(trace: &Trace, execution: &Execution) -> Option<Stretch> {
    let own = match (execution.start, execution.end) {
        (Some(start), Some(end)) if end >= start => Some(Stretch { start, end }),
        _ => None,
    };
    let known = trace
        .spans_of(execution)
        .iter()
        .filter_map(recorded)
        .reduce(Stretch::joined);
    match (own, known) {
        (Some(own), Some(known)) => Some(own.joined(known)),
        (own, known) => own.or(known),
    }
}

/// The rows to show, in order, with `folding` applied. `whole` bounds the bars that have no end.
pub fn rows(
    trace: &Trace,
    execution: &Execution,
    whole: Stretch,
    folding: &Folding,
    cache: &mut Cache,
) -> Vec<Row> {
    let mut shown = Vec::new();
    // A stack instead of recursion: traces nest as deep as their producers like.
    let top = match folding.lanes {
        Lanes::Tasks => top(trace, execution, whole, cache),
        Lanes::Agents => agents(trace, execution, whole, cache),
    };
    let mut waiting = vec![(top, 0_usize, 0_u16)];
    while let Some((rows, at, depth)) = waiting.pop() {
        let Some(row) = rows.get(at) else { continue };
        let expanded = row.expandable && folding.is_open(row.key, depth);
        shown.push(Row {
            depth,
            expanded,
            ..row.clone()
        });
        let below = expanded.then(|| below(trace, row.key, row.lane.spans(), whole, cache));
        waiting.push((rows, at + 1, depth));
        if let Some(below) = below {
            waiting.push((below, 0, depth.saturating_add(1)));
        }
    }
    shown
}

/// The rows of the first level. A single root is the execution itself and needs no row, unless it is all there is.
fn top(trace: &Trace, execution: &Execution, whole: Stretch, cache: &mut Cache) -> Arc<Vec<Row>> {
    let roots = siblings(trace, execution.first_span, execution.last_span);
    match roots.as_slice() {
        [only] if has_children(trace, *only) => below(trace, RowKey(0), &[*only], whole, cache),
        _ => {
            let key = RowKey(0);
            let rows = Arc::new(grouped(trace, key, &roots, whole));
            cache.below.entry(key).or_insert(rows).clone()
        }
    }
}

/// A row for each agent with all that it did, and what happened outside of agents as it is otherwise. Where the trace holds no
/// agents, tasks stand for the one they name.
fn agents(
    trace: &Trace,
    execution: &Execution,
    whole: Stretch,
    cache: &mut Cache,
) -> Arc<Vec<Row>> {
    const KEY: RowKey = RowKey(1);
    if let Some(known) = cache.below.get(&KEY) {
        return Arc::clone(known);
    }
    let mut of: Vec<(Sym, Vec<SpanIndex>)> = Vec::new();
    let mut outside = Vec::new();
    // Up to here the spans lie inside of an agent.
    let mut inside = execution.first_span;
    for at in execution.first_span..execution.last_span {
        let Some(span) = trace.spans.get(at as usize) else {
            continue;
        };
        if let Some(role) = role_of(trace, at, span) {
            inside = inside.max(span.subtree_end);
            match of.iter_mut().find(|(known, _)| *known == role) {
                Some((_, spans)) => spans.push(at),
                None => of.push((role, vec![at])),
            }
        } else if at >= inside && !is_work(span.kind) {
            outside.push(at);
            inside = span.subtree_end;
        }
    }
    let mut rows: Vec<Row> = of
        .into_iter()
        .map(|(role, spans)| {
            let key = key_of(KEY, Kind::Agent, trace.str(role));
            row(trace, key, Kind::Agent, role, spans, whole)
        })
        .collect();
    rows.extend(grouped(trace, KEY, &outside, whole));
    let rows = Arc::new(rows);
    cache.below.insert(KEY, Arc::clone(&rows));
    rows
}

/// The role whose work a span is, if it is that of an agent: its own span, or a task without one.
fn role_of(trace: &Trace, at: SpanIndex, span: &Span) -> Option<Sym> {
    let named = |sym: &Sym| !trace.str(*sym).is_empty();
    match span.kind {
        Kind::Agent if span.flags.has(Flags::AS_REPORTED) => None,
        Kind::Agent => Some(span.name)
            .filter(named)
            .or_else(|| span.sym(Field::AgentRole))
            .or(Some(Sym::EMPTY)),
        Kind::Task => {
            let below = trace
                .spans
                .get(at as usize + 1..span.subtree_end as usize)?;
            let has_agents = below.iter().any(|span| span.kind == Kind::Agent);
            span.sym(Field::AgentRole).filter(|_| !has_agents)
        }
        _ => None,
    }
}

fn below(
    trace: &Trace,
    key: RowKey,
    parents: &[SpanIndex],
    whole: Stretch,
    cache: &mut Cache,
) -> Arc<Vec<Row>> {
    if let Some(known) = cache.below.get(&key) {
        return Arc::clone(known);
    }
    let mut children = Vec::new();
    for &parent in parents {
        if let Some(span) = trace.spans.get(parent as usize) {
            children.extend(siblings(trace, parent + 1, span.subtree_end));
        }
    }
    let rows = Arc::new(grouped(trace, key, &children, whole));
    cache.below.insert(key, Arc::clone(&rows));
    rows
}

/// Containers keep a row each; calls share one by kind and name. Order: first come.
fn grouped(trace: &Trace, parent: RowKey, children: &[SpanIndex], whole: Stretch) -> Vec<Row> {
    let mut order: Vec<(RowKey, Kind, Sym, Vec<SpanIndex>)> = Vec::new();
    let mut lanes: FxHashMap<(Kind, Sym), usize> = FxHashMap::default();
    for &child in children {
        let Some(span) = trace.spans.get(child as usize) else {
            continue;
        };
        // A saved report lists agents apart from their tasks, and no time of theirs.
        if span.kind == Kind::Agent && span.flags.has(Flags::AS_REPORTED) {
            continue;
        }
        if is_container(trace, child, span) {
            order.push((
                key_of(parent, span.kind, trace.str(span.id)),
                span.kind,
                span.name,
                vec![child],
            ));
            continue;
        }
        match lanes.get(&(span.kind, span.name)) {
            Some(&lane) => {
                if let Some((.., spans)) = order.get_mut(lane) {
                    spans.push(child);
                }
            }
            None => {
                lanes.insert((span.kind, span.name), order.len());
                order.push((
                    key_of(parent, span.kind, trace.str(span.name)),
                    span.kind,
                    span.name,
                    vec![child],
                ));
            }
        }
    }
    order
        .into_iter()
        .map(|(key, kind, name, spans)| row(trace, key, kind, name, spans, whole))
        .collect()
}

fn row(
    trace: &Trace,
    key: RowKey,
    kind: Kind,
    name: Sym,
    spans: Vec<SpanIndex>,
    whole: Stretch,
) -> Row {
    Row {
        key,
        kind,
        name,
        depth: 0,
        expandable: spans.iter().any(|&span| has_children(trace, span)),
        expanded: false,
        lane: Arc::new(Lane::new(trace, spans, whole)),
    }
}

fn key_of(parent: RowKey, kind: Kind, name: &str) -> RowKey {
    let mut hasher = DefaultHasher::new();
    (parent.0, kind, name).hash(&mut hasher);
    RowKey(hasher.finish())
}

/// The spans between two indices that are not inside one another.
fn siblings(trace: &Trace, first: SpanIndex, end: SpanIndex) -> Vec<SpanIndex> {
    let mut found = Vec::new();
    let mut at = first;
    while at < end {
        found.push(at);
        // `max`: a broken tree must not keep this loop going.
        at = trace
            .spans
            .get(at as usize)
            .map_or(end, |span| span.subtree_end)
            .max(at + 1);
    }
    found
}

fn has_children(trace: &Trace, of: SpanIndex) -> bool {
    trace
        .spans
        .get(of as usize)
        .is_some_and(|span| span.subtree_end > of + 1)
}

/// Work that other work happens in: it gets a row of its own.
fn is_work(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Task | Kind::Agent
    )
}

/// A call counts as a container when work lies below it: a delegation runs an agent, a method starts a crew.
fn is_container(trace: &Trace, index: SpanIndex, span: &Span) -> bool {
    is_work(span.kind)
        || trace
            .spans
            .get(index as usize + 1..span.subtree_end as usize)
            .is_some_and(|below| below.iter().any(|s| is_work(s.kind)))
}

/// How deep the tasks of the execution lie: rows above that start open.
fn start_depth(trace: &Trace, execution: &Execution) -> u16 {
    const ROOTS: u16 = 1;
    let spans = trace.spans_of(execution);
    let depth = spans
        .iter()
        .filter(|span| span.kind == Kind::Task)
        .map(|span| span.depth)
        .min();
    depth.unwrap_or(ROOTS).saturating_sub(ROOTS)
}

/// Where the bar of a span lies; `None` if it has none. `whole` bounds what has no end.
pub fn stretch_of(trace: &Trace, span: SpanIndex, whole: Stretch) -> Option<Stretch> {
    extent(trace, span, whole).map(|(stretch, _)| stretch)
}

fn recorded(span: &Span) -> Option<Stretch> {
    match (span.start, span.end) {
        (Some(a), Some(b)) => Some(Stretch {
            start: a.min(b),
            end: a.max(b),
        }),
        (Some(only), None) | (None, Some(only)) => Some(Stretch {
            start: only,
            end: only,
        }),
        (None, None) => None,
    }
}

/// Where the bar of a span lies: its own times, else the envelope of what happened inside, else up to the end of the execution.
/// The second value is false when the end is open.
fn extent(trace: &Trace, index: SpanIndex, whole: Stretch) -> Option<(Stretch, bool)> {
    let span = trace.spans.get(index as usize)?;
    if let (Some(start), Some(end)) = (span.start, span.end) {
        return Some((
            Stretch {
                start: start.min(end),
                end: start.max(end),
            },
            true,
        ));
    }
    let inside = trace
        .spans
        .get(trace.subtree(index))?
        .iter()
        .filter_map(recorded)
        .reduce(Stretch::joined)?;
    let start = span.start.unwrap_or(inside.start);
    match span.end {
        Some(end) => Some((
            Stretch {
                start: start.min(end),
                end,
            },
            true,
        )),
        None if span.status == Status::Running || span.start.is_some() => Some((
            Stretch {
                start,
                end: whole.end.max(inside.end),
            },
            false,
        )),
        None => Some((
            Stretch {
                start,
                end: inside.end,
            },
            true,
        )),
    }
}

#[cfg(test)]
mod tests;

//! Two executions side by side, and many in a row.

mod diff;

pub use diff::{diff, Change, Fate};

use crate::{agents, calls, summary, tasks, AgentRow, Prices, Summary, TaskRow};
use crewscope_trace::model::{Execution, Field, Kind, Span, SpanIndex, Trace, Value};

/// Two things that belong together; one of them may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair<T> {
    /// Of the first execution.
    pub a: Option<T>,
    /// Of the second execution.
    pub b: Option<T>,
}

/// Two executions.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Their figures.
    pub figures: [Summary; 2],
    /// Tasks of the same key, else of the same name, in the order of the first; then those that only the second has.
    pub tasks: Vec<Pair<TaskRow>>,
    /// Agents of the same role.
    pub agents: Vec<Pair<AgentRow>>,
    /// Where they first go apart, if they do.
    pub divergence: Option<Divergence>,
}

/// Where two executions first go apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The span in the first execution.
    pub a: Option<SpanIndex>,
    /// The span in the second execution.
    pub b: Option<SpanIndex>,
    /// How.
    pub why: Why,
}

/// How two executions go apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// One of them has no such task.
    Task,
    /// One calls something else, or nothing more.
    Call,
    /// The call was given something else.
    Input,
    /// The same input led to another output.
    Output,
    /// One failed, the other did not.
    Status,
}

/// Compares two executions of a trace.
pub fn compare(trace: &Trace, a: &Execution, b: &Execution, prices: &Prices) -> Comparison {
    let (left, right) = (tasks(trace, a, prices), tasks(trace, b, prices));
    let key = |row: &TaskRow, field: Field| {
        let span = trace.spans.get(row.span as usize)?;
        trace.name_of(span, field).map(str::to_owned)
    };
    let alike = |field: Field| {
        move |x: &TaskRow, y: &TaskRow| key(x, field).is_some_and(|own| key(y, field) == Some(own))
    };
    let (by_key, by_name) = (alike(Field::TaskKey), alike(Field::TaskName));
    let tasks = pairs(left, right, &[&by_key, &by_name]);
    let same_role = |x: &AgentRow, y: &AgentRow| x.role == y.role;
    let agents = pairs(
        agents(trace, a, prices),
        agents(trace, b, prices),
        &[&same_role],
    );
    let divergence = tasks.iter().find_map(|pair| apart(trace, pair));
    Comparison {
        figures: [summary(trace, a, prices), summary(trace, b, prices)],
        tasks,
        agents,
        divergence,
    }
}

/// Whether two things belong together.
type Rule<'a, T> = &'a dyn Fn(&T, &T) -> bool;

/// Puts together what is alike by the first rule, of the rest what is alike by the next.
fn pairs<T>(left: Vec<T>, right: Vec<T>, rules: &[Rule<'_, T>]) -> Vec<Pair<T>> {
    let mut right: Vec<Option<T>> = right.into_iter().map(Some).collect();
    let mut all: Vec<Pair<T>> = left
        .into_iter()
        .map(|one| Pair {
            a: Some(one),
            b: None,
        })
        .collect();
    for rule in rules {
        for pair in all.iter_mut().filter(|pair| pair.b.is_none()) {
            let Some(a) = &pair.a else { continue };
            let fits = |b: &Option<T>| b.as_ref().is_some_and(|b| rule(a, b));
            let found = right.iter_mut().find(|b| fits(b));
            pair.b = found.and_then(Option::take);
        }
    }
    let rest = right.into_iter().flatten();
    all.extend(rest.map(|one| Pair {
        a: None,
        b: Some(one),
    }));
    all
}

/// The calls of two tasks, in their order: the first beside the first, and so on.
pub fn call_pairs(trace: &Trace, pair: &Pair<TaskRow>) -> Vec<Pair<SpanIndex>> {
    let of = |row: &Option<TaskRow>| {
        let calls = row.as_ref().map(|row| calls(trace, row.span));
        calls.unwrap_or_default()
    };
    let (left, right) = (of(&pair.a), of(&pair.b));
    let at = |at: usize| Pair {
        a: left.get(at).copied(),
        b: right.get(at).copied(),
    };
    (0..left.len().max(right.len())).map(at).collect()
}

/// Where two tasks first go apart.
fn apart(trace: &Trace, pair: &Pair<TaskRow>) -> Option<Divergence> {
    let spans = |row: &Option<TaskRow>| row.as_ref().map(|row| row.span);
    let (a, b) = (spans(&pair.a), spans(&pair.b));
    let found = |a, b, why| Some(Divergence { a, b, why });
    let (Some(left), Some(right)) = (a, b) else {
        return found(a, b, Why::Task);
    };
    for Pair { a, b } in call_pairs(trace, pair) {
        let get = |at: Option<SpanIndex>| trace.spans.get(at? as usize);
        let (Some(x), Some(y)) = (get(a), get(b)) else {
            return found(a, b, Why::Call);
        };
        if let Some(why) = differs(trace, x, y) {
            return found(a, b, why);
        }
    }
    let (x, y) = (
        trace.spans.get(left as usize)?,
        trace.spans.get(right as usize)?,
    );
    differs(trace, x, y).and_then(|why| found(a, b, why))
}

/// How two spans differ, if they do.
pub fn differs(trace: &Trace, x: &Span, y: &Span) -> Option<Why> {
    if x.kind != y.kind || (x.kind != Kind::Task && x.name != y.name) {
        return Some(Why::Call);
    }
    // Texts are compared by their hashes, without reading them.
    let text = |span: &Span, field: Field| match span.get(field) {
        Some(Value::Text(text)) => Some((text.hash, text.len)),
        Some(Value::Sym(sym)) => Some((u64::from(sym.0), trace.str(sym).len() as u64)),
        _ => None,
    };
    let unlike = |field: Field| {
        let (x, y) = (text(x, field), text(y, field));
        x.is_some() && y.is_some() && x != y
    };
    if unlike(Field::Input) {
        Some(Why::Input)
    } else if x.status != y.status {
        Some(Why::Status)
    } else if unlike(Field::Output) {
        Some(Why::Output)
    } else {
        None
    }
}

/// The executions of the same crew or flow, the oldest first: of the same key of their definition, else of the same name.
pub fn series(trace: &Trace, execution: usize) -> Vec<usize> {
    let Some(own) = trace.executions.get(execution) else {
        return Vec::new();
    };
    let key = |execution: &Execution| {
        let root = trace.spans.get(execution.first_span as usize)?;
        root.sym(Field::CrewKey).or(root.sym(Field::AgentKey))
    };
    let mut found: Vec<usize> = trace
        .executions
        .iter()
        .enumerate()
        .filter(|(_, other)| match (key(own), key(other)) {
            (Some(own), Some(other)) => own == other,
            _ => own.kind == other.kind && own.name == other.name,
        })
        .map(|(at, _)| at)
        .collect();
    crewscope_trace::order::sort(&mut found, &|at| {
        let start = trace.executions.get(at).and_then(|other| other.start);
        (start.unwrap_or(i64::MAX), 0, 0)
    });
    found
}

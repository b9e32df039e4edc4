//! The totals that crews report themselves.
//!
//! A crew reports what its models have used since they were made. A crew that is kicked off again, and copies of a crew, count on from the
//! run before (trap 10); another crew of the same name begins at 0. What a run used itself is in no record and is concluded here.

use crewscope_trace::model::{Execution, Field, Kind, Span, SpanIndex, Status, Sym, Trace};
use crewscope_trace::order;

/// How far around an execution earlier runs of its crews are looked for: a bound for traces of thousands of executions.
const NEIGHBOURS: usize = 50;

/// The run of one crew.
struct Run {
    at: SpanIndex,
    execution: usize,
    name: Sym,
    total: u64,
    /// Requests that ended well, of the crew itself.
    requests: u64,
    /// What the run used itself.
    own: u64,
}

/// What the crews of an execution say they used, added up.
pub fn reported(trace: &Trace, execution: &Execution) -> Option<u64> {
    let own = trace
        .executions
        .iter()
        .position(|other| std::ptr::eq(other, execution) || other == execution)?;
    let first = own.saturating_sub(NEIGHBOURS);
    let mut runs = Vec::new();
    for (at, near) in trace
        .executions
        .iter()
        .enumerate()
        .skip(first)
        .take(2 * NEIGHBOURS + 1)
    {
        if near.source == execution.source {
            add_runs(trace, near, at, &mut runs);
        }
    }
    if !runs.iter().any(|run| run.execution == own) {
        return None;
    }
    let mut sum = 0u64;
    let order = order::sorted(runs.len(), &|at| {
        let run: &Run = &runs[at];
        let span = trace.spans.get(run.at as usize);
        let end = span.and_then(|span| span.end).unwrap_or(i64::MAX);
        (i64::from(run.name.0), end, i64::from(run.at))
    });
    let mut before: Option<usize> = None;
    for at in order {
        let known = before.map(|before| &runs[before]);
        let used = match known.filter(|known| known.name == runs[at].name) {
            Some(known) => since(trace, known, &runs[at]),
            None => runs[at].total,
        };
        runs[at].own = used;
        if runs[at].execution == own {
            sum = sum.saturating_add(used);
        }
        before = Some(at);
    }
    Some(sum)
}

fn add_runs(trace: &Trace, execution: &Execution, place: usize, runs: &mut Vec<Run>) {
    let crews = (execution.first_span..execution.last_span).filter_map(|at| {
        let span = trace.spans.get(at as usize)?;
        (span.kind == Kind::Crew).then_some((at, span))
    });
    for (at, crew) in crews {
        let total = crew
            .int(Field::ReportedTotal)
            .and_then(|total| u64::try_from(total).ok());
        let Some(total) = total else { continue };
        let requests = requests(trace, at);
        // Its models answered: 0 says only that it did not count.
        if total == 0 && requests > 0 {
            continue;
        }
        runs.push(Run {
            at,
            execution: place,
            name: crew.name,
            total,
            requests,
            own: total,
        });
    }
}

/// Requests below a crew that ended well; those of crews inside it are theirs.
fn requests(trace: &Trace, crew: SpanIndex) -> u64 {
    let mut count = 0;
    let mut range = trace.subtree(crew);
    range.start += 1;
    while let Some(span) = trace
        .spans
        .get(range.start)
        .filter(|_| range.start < range.end)
    {
        if span.kind == Kind::Crew {
            range.start = (span.subtree_end as usize).max(range.start + 1);
            continue;
        }
        count += u64::from(span.kind == Kind::Llm && span.status == Status::Completed);
        range.start += 1;
    }
    count
}

/// What a run used after another of the same name, in the order of their ends.
fn since(trace: &Trace, before: &Run, run: &Run) -> u64 {
    let Some(more) = run.total.checked_sub(before.total).filter(|more| *more > 0) else {
        return run.total;
    };
    if run.requests == 0 || before.requests == 0 || share_a_task(trace, before, run) {
        return more;
    }
    // Tokens for each request are much alike from run to run: what is nearer to the run before is believed.
    let expected = before.own.saturating_mul(run.requests);
    let away = |tokens: u64| tokens.saturating_mul(before.requests).abs_diff(expected);
    if away(more) <= away(run.total) {
        more
    } else {
        run.total
    }
}

/// The same crew object kicked off again has the same task ids.
fn share_a_task(trace: &Trace, a: &Run, b: &Run) -> bool {
    let first = |run: &Run| {
        let spans = trace.spans.get(trace.subtree(run.at)).unwrap_or_default();
        let task = |span: &&Span| span.kind == Kind::Task;
        spans
            .iter()
            .find(task)
            .and_then(|span| span.sym(Field::TaskId))
    };
    first(a).is_some() && first(a) == first(b)
}

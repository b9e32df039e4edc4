//! Where time went: tasks slower than others or than before, time that no call explains.

use crate::findings::run::Run;
use crate::findings::What;
use crewscope_trace::model::{Field, Flags, Kind, SpanIndex, Status, Sym, Trace};
use crewscope_trace::order;
use rustc_hash::FxHashMap;

const MS: i64 = 1_000_000;

/// How long tasks took, by key, over all executions.
#[derive(Debug, Default)]
pub struct Earlier {
    /// Start, execution, duration; of each task key.
    tasks: FxHashMap<Sym, Vec<(i64, usize, i64)>>,
}

impl Earlier {
    /// Gathers the completed tasks of all executions.
    pub fn of(trace: &Trace) -> Self {
        let mut earlier = Self::default();
        for (at, execution) in trace.executions.iter().enumerate() {
            for span in trace.spans_of(execution) {
                let (Kind::Task, Status::Completed) = (span.kind, span.status) else {
                    continue;
                };
                let (Some(key), Some(start), Some(duration)) =
                    (span.sym(Field::TaskKey), span.start, span.duration())
                else {
                    continue;
                };
                let tasks = earlier.tasks.entry(key).or_default();
                tasks.push((start, at, duration));
            }
        }
        for tasks in earlier.tasks.values_mut() {
            let sorted = order::sorted(tasks.len(), &|at| (tasks[at].0, tasks[at].1 as i64, 0));
            *tasks = sorted.into_iter().map(|at| tasks[at]).collect();
        }
        earlier
    }

    /// Durations of the last executions of a task before a moment, of executions other than its own.
    fn before(&self, key: Sym, start: i64, own: usize) -> Vec<i64> {
        /// Older ones say little about now.
        const LATEST: usize = 20;
        let tasks = self.tasks.get(&key).map(Vec::as_slice).unwrap_or_default();
        let until = tasks.partition_point(|(other, _, _)| *other < start);
        let earlier = tasks.get(..until).unwrap_or_default().iter().rev();
        earlier
            .filter(|(_, execution, _)| *execution != own)
            .take(LATEST)
            .map(|(_, _, duration)| *duration)
            .collect()
    }
}

/// The middle one.
fn median(mut of: Vec<usize>, value: &dyn Fn(usize) -> i64) -> Option<i64> {
    order::sort(&mut of, &|at| (value(at), 0, 0));
    of.get(of.len().checked_sub(1)? / 2).map(|&at| value(at))
}

/// Looks at the time.
pub fn find(run: &mut Run<'_>, earlier: &Earlier) {
    siblings(run);
    before(run, earlier);
    outside(run);
}

fn siblings(run: &mut Run<'_>) {
    // A log of whole seconds writes the end of an asynchronous task when it is joined.
    if run.execution.flags.has(Flags::NO_CALLS) {
        return;
    }
    let limits = run.limits;
    let duration = |at: usize| run.span(at).duration().unwrap_or(0);
    let mut found = Vec::new();
    let timed: Vec<usize> = run
        .tasks
        .iter()
        .copied()
        .filter(|&at| run.span(at).duration().is_some())
        .collect();
    run.groups(
        &timed,
        &|at| run.span(at).parent.map(|parent| (i64::from(parent), 0)),
        &mut |group| {
            if group.len() as u64 <= limits.slow_siblings {
                return;
            }
            // The median of all bounds that of the others well enough, and costs one sort.
            let Some(median) = median(group.to_vec(), &duration).filter(|median| *median > 0)
            else {
                return;
            };
            for &task in group {
                let times = duration(task) / median;
                let excess = duration(task).saturating_sub(median);
                // Time that no call explains (crewai's own start, callbacks) is another finding.
                let elsewhere = || outside_calls(run, task).unwrap_or(0) > duration(task) / 2;
                if times >= limits.slow_factor as i64
                    && excess >= limits.slow_ms as i64 * MS
                    && !elsewhere()
                {
                    found.push((task, times, excess, duration(task)));
                }
            }
        },
    );
    for (task, times, excess, whole) in found {
        let mut finding = run.finding(What::SlowSibling, task, &[task]);
        finding.numbers = [whole, times, 0];
        finding.time = Some(excess);
        run.found(finding);
    }
}

fn before(run: &mut Run<'_>, earlier: &Earlier) {
    let own = run
        .trace
        .executions
        .iter()
        .position(|execution| std::ptr::eq(execution, run.execution));
    for task in run.tasks.clone() {
        let span = run.span(task);
        let (Some(own), Some(key), Some(start), Some(duration)) =
            (own, span.sym(Field::TaskKey), span.start, span.duration())
        else {
            continue;
        };
        let times = earlier.before(key, start, own);
        if (times.len() as u64) < run.limits.earlier_runs {
            continue;
        }
        let count = times.len() as i64;
        let Some(median) = median((0..times.len()).collect(), &|at| times[at]) else {
            continue;
        };
        let excess = duration.saturating_sub(median);
        let percent = run.limits.earlier_percent as i64;
        if median > 0
            && duration / 100 >= (median / 10_000).saturating_mul(percent)
            && excess >= run.limits.earlier_ms as i64 * MS
        {
            let mut finding = run.finding(What::SlowerThanBefore, task, &[task]);
            finding.numbers = [duration, duration / median, count];
            finding.time = Some(excess);
            run.found(finding);
        }
    }
}

fn outside(run: &mut Run<'_>) {
    for task in run.tasks.clone() {
        let whole = run.span(task).duration().unwrap_or(0);
        if whole < run.limits.outside_ms as i64 * MS || !run.done(task) {
            continue;
        }
        let Some(outside) = outside_calls(run, task) else {
            continue;
        };
        let share = outside / (whole / 100).max(1);
        if share >= run.limits.outside_percent as i64
            && outside >= run.limits.outside_ms as i64 * MS
        {
            let mut finding = run.finding(What::OutsideCalls, task, &[task]);
            finding.numbers = [outside, share.min(100), 0];
            finding.time = Some(outside);
            run.found(finding);
        }
    }
}

/// How much of a task's time passed in none of its calls. `None` where that cannot be said: a person takes the time that a person takes, and a
/// task whose calls are not recorded explains nothing.
fn outside_calls(run: &Run<'_>, task: usize) -> Option<i64> {
    let span = run.span(task);
    let (start, end) = span.start.zip(span.end)?;
    let mut calls: Vec<usize> = run
        .below(task)
        .filter(|&at| !matches!(run.span(at).kind, Kind::Agent | Kind::Crew | Kind::Task))
        .collect();
    if calls.iter().any(|&at| run.span(at).kind == Kind::Human)
        || !calls.iter().any(|&at| run.span(at).kind == Kind::Llm)
    {
        return None;
    }
    order::sort(&mut calls, &|at| {
        (run.span(at).start.unwrap_or(i64::MAX), 0, 0)
    });
    let (mut outside, mut reached) = (0i64, start);
    for at in calls {
        let call = run.span(at);
        let (Some(from), Some(to)) = (call.start, call.end) else {
            continue;
        };
        let (from, to) = (from.min(end), to.min(end));
        outside = outside.saturating_add(from.saturating_sub(reached).max(0));
        reached = reached.max(to);
    }
    Some(outside.saturating_add(end.saturating_sub(reached).max(0)))
}

/// Whether two stretches of work overlap.
pub fn overlap(trace: &Trace, a: SpanIndex, b: SpanIndex) -> bool {
    let stretch = |at: SpanIndex| {
        let span = trace.spans.get(at as usize)?;
        Some((span.start?, span.end?))
    };
    stretch(a)
        .zip(stretch(b))
        .is_none_or(|((a0, a1), (b0, b1))| a0 < b1 && b0 < a1)
}

//! Statuses and ends that were not recorded, concluded from other spans and marked as such.

use crate::draft::Draft;
use crate::notes::Notes;
use crate::tree::Forest;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value, WarningKind};
use rustc_hash::FxHashSet;

/// Settles every span. `children` lists each span's children in order of time; `order` has parents before children; `closed` has
/// the groups that nothing will be added to.
pub fn settle(
    forest: &mut Forest,
    children: &[Vec<usize>],
    order: &[usize],
    closed: &FxHashSet<Sym>,
    notes: &mut Notes,
) {
    // What had not ended when its batch was closed: how it went on is not recorded.
    let mut cut = vec![false; forest.drafts.len()];
    for &at in order {
        check_times(forest, at, notes);
        let draft = &mut forest.drafts[at];
        let said = draft.flags.has(Flags::AS_REPORTED);
        if draft.status == Status::Running && !said && closed.contains(&draft.group) {
            cut[at] = true;
            draft.status = Status::Unknown;
            draft.flags.set(Flags::DERIVED_STATUS);
            missing_end(draft, notes);
        }
    }
    // From the leaves up: a parent is judged by its children.
    for &at in order.iter().rev() {
        fail_flow(forest, &children[at], cut[at], at);
        fail_last_task(forest, &children[at], at);
        judge(forest, children, &cut, at);
    }
    // From the roots down: nothing runs inside what has ended.
    for &at in order {
        let ended = forest.parents[at]
            .is_some_and(|parent| !matches!(forest.drafts[parent].status, Status::Running));
        let draft = &mut forest.drafts[at];
        if draft.status == Status::Running && !draft.flags.has(Flags::AS_REPORTED) {
            missing_end(draft, notes);
            if ended && !matches!(draft.kind, Kind::Memory) {
                draft.status = Status::Unknown;
                draft.flags.set(Flags::DERIVED_STATUS);
                judge(forest, children, &cut, at);
                // A child that is still to be looked at says "running", and nothing runs in here.
                let draft = &mut forest.drafts[at];
                if draft.status == Status::Running {
                    draft.status = Status::Unknown;
                }
            }
        }
        let draft = &forest.drafts[at];
        if draft.kind == Kind::Llm
            && draft.status == Status::Completed
            && !draft.usage.is_recorded()
        {
            notes.add(
                WarningKind::MissingUsage,
                draft.records.first().map(|record| record.place()),
            );
        }
    }
}

fn missing_end(draft: &Draft, notes: &mut Notes) {
    if !draft.flags.has(Flags::INFERRED) {
        notes.add(
            WarningKind::MissingEnd,
            draft.records.first().map(|record| record.place()),
        );
    }
}

fn check_times(forest: &mut Forest, at: usize, notes: &mut Notes) {
    let draft = &mut forest.drafts[at];
    if let (Some(start), Some(end)) = (draft.start, draft.end) {
        if end < start {
            draft.flags.set(Flags::CLOCK_CONFLICT);
            notes.add(
                WarningKind::ClockConflict,
                draft.records.first().map(|record| record.place()),
            );
        }
    }
}

/// crewai before 1.15 writes no event for a flow that fails. The exception of a method ends the flow.
fn fail_flow(forest: &mut Forest, children: &[usize], cut: bool, at: usize) {
    let flow = &forest.drafts[at];
    if flow.kind != Kind::Flow || !(cut || flow.status == Status::Running) {
        return;
    }
    let (mut failed, mut end) = (None, None);
    for &child in children {
        let method = &forest.drafts[child];
        match (method.kind, method.status) {
            (Kind::Method, Status::Failed) => failed = Some(child),
            (Kind::Method, Status::Completed) => {}
            (Kind::Method, _) => return,
            _ => continue,
        }
        end = end.max(method.end);
    }
    let Some(failed) = failed else { return };
    let error = forest.drafts[failed].facts.get(Field::Error);
    let flow = &mut forest.drafts[at];
    flow.status = Status::Failed;
    flow.facts.add_some(Field::Error, error);
    flow.flags.set(Flags::DERIVED_STATUS);
    if flow.end.is_none() && end.is_some() {
        flow.end = end;
        flow.flags.set(Flags::DERIVED_END);
    }
}

/// A crew that failed and none of whose tasks is known to have: the last one did, if nothing but its calls is recorded.
fn fail_last_task(forest: &mut Forest, children: &[usize], at: usize) {
    let crew = &forest.drafts[at];
    if crew.kind != Kind::Crew || crew.status != Status::Failed {
        return;
    }
    let error = crew.facts.get(Field::Error);
    let tasks = || {
        children
            .iter()
            .rev()
            .copied()
            .filter(|&child| forest.drafts[child].kind == Kind::Task)
    };
    if tasks().any(|task| forest.drafts[task].status == Status::Failed) {
        return;
    }
    let Some(last) = tasks().next() else { return };
    let task = &mut forest.drafts[last];
    if task.flags.has(Flags::INFERRED) && task.end.is_none() {
        task.status = Status::Failed;
        task.flags.set(Flags::DERIVED_STATUS);
        task.facts.add_some(Field::Error, error);
    }
}

/// The status of a span whose own end says nothing.
fn judge(forest: &mut Forest, all: &[Vec<usize>], cut: &[bool], at: usize) {
    let children = &all[at];
    if cut[at] && forest.drafts[at].kind == Kind::Agent {
        // It may have asked its model again after the last call that is recorded.
        if forest.drafts[at].answered {
            forest.drafts[at].status = Status::Completed;
        }
        return;
    }
    let draft = &forest.drafts[at];
    if draft.status != Status::Unknown || draft.flags.has(Flags::AS_REPORTED) {
        return;
    }
    let of = |kinds: &[Kind]| {
        children
            .iter()
            .rev()
            .copied()
            .find(|&child| kinds.contains(&forest.drafts[child].kind))
    };
    // What came last decides: an agent that was tried three times is as good as its last try.
    let last = match draft.kind {
        Kind::Crew => of(&[Kind::Task]),
        Kind::Flow => of(&[Kind::Method]),
        Kind::Task => of(&[Kind::Agent]).or_else(|| of(&[Kind::Llm, Kind::Tool])),
        Kind::Agent => of(&[Kind::Llm, Kind::Tool]),
        Kind::Method => of(&[Kind::Crew, Kind::Agent, Kind::Llm]),
        _ => None,
    };
    let Some(last) = last else { return };
    let concluded = match (draft.kind, forest.drafts[last].status) {
        // A failed call alone fails nobody: it fails an agent that did nothing after it.
        (_, status @ (Status::Completed | Status::Failed)) => status,
        (_, Status::Running) => Status::Running,
        (_, Status::Unknown) => return,
    };
    // A flow goes on after a method only if the method ended well.
    let concluded = match draft.kind {
        Kind::Method if flow_went_on(forest, all, at) => Status::Completed,
        _ => concluded,
    };
    // A crew without its end whose last task is done may go on; a method may go on whatever happened inside.
    let inferred = draft.flags.has(Flags::INFERRED);
    let open = match draft.kind {
        Kind::Crew => (inferred || cut[at]) && concluded == Status::Completed,
        Kind::Flow => cut[at] && concluded == Status::Completed,
        Kind::Method => cut[at],
        _ => false,
    };
    if open {
        return;
    }
    let ended = matches!(concluded, Status::Completed | Status::Failed);
    // The calls of an inferred task show when it worked, not when it ended.
    let error = if concluded == Status::Failed {
        forest.drafts[last].facts.get(Field::Error)
    } else {
        None
    };
    let lost = &forest.drafts[at];
    let end = (ended && lost.end.is_none() && !inferred && lost.start.is_some() && lost.misended)
        .then(|| last_end(forest, all, at));
    let draft = &mut forest.drafts[at];
    draft.status = concluded;
    draft.flags.set(Flags::DERIVED_STATUS);
    if let Some(Value::Text(_)) = error {
        draft.facts.add_some(Field::Error, error);
    }
    if let Some(end) = end {
        draft.end = end;
        draft.flags.set(Flags::DERIVED_END);
    }
}

/// Whether another method began after all that is below this one.
fn flow_went_on(forest: &Forest, all: &[Vec<usize>], at: usize) -> bool {
    let below = all[at].iter().filter_map(|&child| forest.drafts[child].end);
    let (Some(parent), Some(end)) = (forest.parents[at], below.max()) else {
        return false;
    };
    all[parent].iter().any(|&other| {
        forest.drafts[other].kind == Kind::Method && forest.drafts[other].start >= Some(end)
    })
}

/// When a span must have been over: when all below it was. crewai saves memories in the background, so they may end long after the
/// task they belong to; only the crew waits for them.
fn last_end(forest: &Forest, all: &[Vec<usize>], at: usize) -> Option<i64> {
    let waits = forest.drafts[at].kind == Kind::Crew;
    let mut last = None;
    let mut stack = all[at].clone();
    while let Some(below) = stack.pop() {
        let draft = &forest.drafts[below];
        if draft.kind == Kind::Memory && !waits {
            continue;
        }
        last = last.max(draft.end);
        if waits && draft.kind != Kind::Crew {
            stack.extend(&all[below]);
        }
    }
    last
}

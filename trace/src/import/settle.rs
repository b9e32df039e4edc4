//! Statuses and ends that were not recorded, concluded from other spans and marked as such.

use super::notes::Notes;
use super::tree::Forest;
use crate::model::{Field, Flags, Kind, Status, Value, WarningKind};

/// Settles every span. `children` lists each span's children in order of time; `order` has parents before children.
pub fn settle(forest: &mut Forest, children: &[Vec<usize>], order: &[usize], notes: &mut Notes) {
    for &at in order {
        check_times(forest, at, notes);
    }
    // From the leaves up: a parent is judged by its children.
    for &at in order.iter().rev() {
        judge(forest, children, at);
    }
    // From the roots down: nothing runs inside what has ended.
    for &at in order {
        let ended = forest.parents[at]
            .is_some_and(|parent| !matches!(forest.drafts[parent].status, Status::Running));
        let draft = &mut forest.drafts[at];
        if draft.status == Status::Running && !draft.flags.has(Flags::AS_REPORTED) {
            if !draft.flags.has(Flags::INFERRED) {
                notes.add(
                    WarningKind::MissingEnd,
                    draft.records.first().map(|record| record.place()),
                );
            }
            if ended && !matches!(draft.kind, Kind::Memory) {
                draft.status = Status::Unknown;
                draft.flags.set(Flags::DERIVED_STATUS);
                judge(forest, children, at);
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

/// The status of a span whose own end says nothing.
fn judge(forest: &mut Forest, all: &[Vec<usize>], at: usize) {
    let children = &all[at];
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
    // A crew without its end whose last task is done may go on.
    if draft.kind == Kind::Crew
        && draft.flags.has(Flags::INFERRED)
        && concluded == Status::Completed
    {
        return;
    }
    let inferred = draft.flags.has(Flags::INFERRED);
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

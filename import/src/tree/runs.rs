//! Runs of one session that are recorded inside one another and are no part of each other.
//!
//! A span that names no parent is put below the first span of its session, whatever that was (trap 6). Nothing in crewai runs a crew,
//! a flow or a lone agent *directly* inside a crew or a lone agent, nor a request inside a request: there is a tool, a task, a method
//! or a guardrail between. Where there is none, the two are neighbours, even if they ran at the same time.

use crate::draft::Draft;
use crate::notes::Notes;
use crate::tree::{Forest, INTERNAL_FLOWS};
use crewscope_trace::model::{Field, Kind, Strings, WarningKind};

/// Gives runs the parents they really have.
pub fn part(forest: &mut Forest, strings: &Strings, notes: &mut Notes) {
    for at in 0..forest.drafts.len() {
        let draft = &forest.drafts[at];
        let run = matches!(draft.kind, Kind::Crew | Kind::Flow) || draft.lite;
        let internal =
            draft.kind == Kind::Flow && INTERNAL_FLOWS.contains(&strings.get(draft.name));
        if internal || draft.start.is_none() || !(run || draft.kind == Kind::Llm) {
            continue;
        }
        let mut parent = forest.parents[at];
        while let Some(above) = parent.filter(|&above| is_neighbour(&forest.drafts[above], draft)) {
            parent = forest.parents[above];
        }
        let outside = outside_of_ended(forest, parent, draft);
        if run || is_of_the_flow(forest, outside, draft) {
            parent = outside;
        }
        if parent != forest.parents[at] {
            notes.add(
                WarningKind::ClockConflict,
                draft.records.first().map(|record| record.place()),
            );
            forest.parents[at] = parent;
        }
    }
}

/// After a run that failed, crewai before 1.15 records what follows below any of its spans, even below one that never ended:
/// nothing that starts after a span ended is inside it. Returns the nearest span that had not ended, with all that encloses it.
fn outside_of_ended(forest: &Forest, parent: Option<usize>, draft: &Draft) -> Option<usize> {
    let (mut found, mut above) = (parent, parent);
    while let Some(at) = above {
        above = forest.parents[at];
        if forest.drafts[at]
            .end
            .is_some_and(|end| Some(end) <= draft.start)
        {
            found = above;
        }
    }
    found
}

/// A request that belongs to no agent and whose nearest open span is the flow's: the flow made it, after a crew that had failed.
fn is_of_the_flow(forest: &Forest, outside: Option<usize>, draft: &Draft) -> bool {
    draft.facts.sym(Field::AgentRole).is_none()
        && outside.is_some_and(|at| matches!(forest.drafts[at].kind, Kind::Method | Kind::Flow))
}

/// Whether what is recorded as the span above stands beside it in truth.
fn is_neighbour(above: &Draft, draft: &Draft) -> bool {
    match draft.kind {
        Kind::Llm => {
            // Inside the time of the other it is the same request, recorded by two instrumentations.
            let inside = above.start <= draft.start && draft.end <= above.end;
            (above.kind == Kind::Llm && (above.end.is_none() || !inside))
                || (above.lite && above.end.is_some() && above.end <= draft.start)
        }
        Kind::Flow => matches!(above.kind, Kind::Crew | Kind::Llm),
        _ => above.lite || matches!(above.kind, Kind::Crew | Kind::Llm),
    }
}

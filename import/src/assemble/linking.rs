//! One run recorded several times: event logs and checkpoints that continue each other, and a log beside the spans of the same run.

use crate::builder::Builder;
use crate::draft::Draft;
use crate::notes::Notes;
use crewscope_trace::model::{Sym, WarningKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// Joins the streams of logs whose events name each other: a log that was split, or several checkpoints of one run. Batches stay apart,
/// each is an execution of its own.
pub fn join_logs(builder: &mut Builder) {
    let is_log = |stream: u32| {
        let stream = builder.streams.get(stream as usize);
        stream.is_some_and(|stream| !stream.batch)
    };
    let logs = builder
        .streams
        .iter()
        .filter(|stream| !stream.batch)
        .count();
    if logs < 2 {
        return;
    }
    let mut by_id: FxHashMap<Sym, usize> = FxHashMap::default();
    for (at, event) in builder.events.iter().enumerate() {
        if let Some(id) = event.id.filter(|_| is_log(event.stream)) {
            by_id.insert(id, at);
        }
    }
    for at in 0..builder.events.len() {
        let event = &builder.events[at];
        for link in [event.parent, event.started].into_iter().flatten() {
            let Some(other) = by_id
                .get(&link)
                .and_then(|&other| builder.events.get(other))
            else {
                continue;
            };
            let (a, b) = (builder.stream_of(event), builder.stream_of(other));
            let both = [a, b].iter().all(|&stream| {
                let stream = builder.streams.get(stream as usize);
                stream.is_some_and(|stream| !stream.batch)
            });
            if a != b && both {
                if let Some(later) = builder.streams.get_mut(a.max(b) as usize) {
                    later.merged_into = Some(a.min(b));
                }
            }
        }
    }
}

/// Puts what events tell of a run into the spans of the same run: a span of crewai names the event that started it. What only the events know
/// (calls that were under way when the process was killed) joins the spans' execution. `spans` counts the spans among the drafts; they
/// stand first.
pub fn merge_events_into_spans(drafts: &mut Vec<Draft>, spans: usize, notes: &mut Notes) {
    let mut by_event: FxHashMap<Sym, usize> = FxHashMap::default();
    // Groups and ids of the spans.
    let mut known: FxHashSet<(Sym, Sym)> = FxHashSet::default();
    for (at, draft) in drafts.iter().enumerate().take(spans) {
        known.insert((draft.group, draft.id));
        if let Some(event) = draft.event {
            by_event.insert(event, at);
        }
    }
    let twin = |draft: &Draft| by_event.get(&draft.id).copied();
    let has_twin = |at: usize| drafts.get(at).is_some_and(|draft| twin(draft).is_some());
    if !(spans..drafts.len()).any(has_twin) {
        return;
    }
    let tops = tops(drafts, spans);
    // Where the tree below each topmost event belongs.
    let mut home: FxHashMap<usize, usize> = FxHashMap::default();
    for at in spans..drafts.len() {
        if let Some(span) = twin(&drafts[at]) {
            home.entry(tops[at - spans]).or_insert(span);
        }
    }
    let mut gone = vec![false; drafts.len()];
    for at in spans..drafts.len() {
        let Some(&span) = home.get(&tops[at - spans]) else {
            continue;
        };
        let (group, execution) = (drafts[span].group, drafts[span].execution);
        let parent = drafts[at].parent;
        // The parent event by the name it has from now on.
        let parent =
            parent.map(|event| by_event.get(&event).map_or(event, |&span| drafts[span].id));
        match twin(&drafts[at]) {
            Some(span) => {
                gone[at] = true;
                let told = drafts[at].clone();
                let place = told.records.first().map(|record| record.place());
                notes.add(WarningKind::DuplicateRecord, place);
                // Its own parent was not exported: a span of a killed run.
                let recorded = drafts[span].parent;
                let lost = recorded.is_some_and(|id| !known.contains(&(group, id)));
                let span = &mut drafts[span];
                if lost {
                    span.parent = parent.or(recorded);
                }
                merge(span, told);
            }
            None => {
                let draft = &mut drafts[at];
                draft.group = group;
                draft.execution = execution;
                draft.parent = parent;
            }
        }
    }
    let mut gone = gone.into_iter();
    drafts.retain(|_| !gone.next().unwrap_or(false));
}

/// The topmost event above each draft that was made of events. A circle of parents ends where it closes.
fn tops(drafts: &[Draft], spans: usize) -> Vec<usize> {
    let mut by_id: FxHashMap<Sym, usize> = FxHashMap::default();
    for (at, draft) in drafts.iter().enumerate().skip(spans) {
        by_id.insert(draft.id, at);
    }
    let mut top: Vec<Option<usize>> = vec![None; drafts.len()];
    let mut seen = vec![usize::MAX; drafts.len()];
    for start in spans..drafts.len() {
        let mut path = vec![start];
        let mut at = start;
        let found = loop {
            if let Some(known) = top[at] {
                break known;
            }
            seen[at] = start;
            match drafts[at].parent.and_then(|parent| by_id.get(&parent)) {
                Some(&parent) if seen[parent] != start => at = parent,
                _ => break at,
            }
            path.push(at);
        };
        for at in path {
            top[at] = Some(found);
        }
    }
    top.into_iter().skip(spans).flatten().collect()
}

fn merge(span: &mut Draft, told: Draft) {
    if span.misended || span.end.is_none() {
        // Trap 1: the span was closed by another's end, or by force; the events know its own.
        span.misended = false;
        span.end = told.end;
        span.status = told.status;
        for (field, value) in &told.facts {
            span.facts.set(field, value);
        }
    }
    span.facts.merge(&told.facts);
    span.records.extend(told.records);
    if !span.usage.is_recorded() {
        span.usage = told.usage;
    }
    if span.name == Sym::EMPTY {
        span.name = told.name;
    }
}

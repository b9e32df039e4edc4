//! Tool calls that OTLP records by several spans: a span of each try, and one more that says that the call failed.

use crate::draft::Draft;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value};
use crewscope_trace::order;
use rustc_hash::FxHashMap;

/// What calls of one tool by one agent have in common: group, parent, name.
type Key = (Sym, Option<Sym>, Sym);

fn key(draft: &Draft, name: Sym) -> Key {
    (draft.group, draft.parent, name)
}

/// The spans that are `wanted`, by their keys.
fn by_name(drafts: &[Draft], wanted: impl Fn(&Draft) -> bool) -> FxHashMap<Key, Vec<usize>> {
    let mut lists: FxHashMap<Key, Vec<usize>> = FxHashMap::default();
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| wanted(draft)) {
        lists.entry(key(draft, draft.name)).or_default().push(at);
    }
    lists
}

/// Where a model asks for tools in text, crewai tries a call that fails again by itself, with the same arguments: one call to the
/// model that asked for it. Between two calls that were asked for stands a request to the model, or the mark of the first's failure.
pub fn merge_tries(mut drafts: Vec<Draft>) -> Vec<Draft> {
    let tried = |draft: &Draft| draft.kind == Kind::Tool && draft.execution.is_some();
    let mut lists: Vec<Vec<usize>> = by_name(&drafts, |draft| tried(draft) && !draft.marker)
        .into_values()
        .filter(|list| list.len() > 1)
        .collect();
    if lists.is_empty() {
        return drafts;
    }
    // In the order of their first calls, not in that of the map.
    lists.sort_unstable();
    // Moments after which a call is another: by agent the starts of requests, by agent and tool the marks.
    let mut moments: FxHashMap<Key, Vec<usize>> = FxHashMap::default();
    for (at, draft) in drafts.iter().enumerate() {
        if draft.kind != Kind::Llm && !draft.marker {
            continue;
        }
        let name = if draft.marker { draft.name } else { Sym::EMPTY };
        moments.entry(key(draft, name)).or_default().push(at);
    }
    for list in moments.values_mut() {
        order::sort(list, &|at| (drafts[at].start.unwrap_or(i64::MIN), 0, 0));
    }
    let parted = |drafts: &[Draft], draft: &Draft, from: Option<i64>, to: Option<i64>| {
        [Sym::EMPTY, draft.name].iter().any(|name| {
            moments.get(&key(draft, *name)).is_some_and(|list| {
                let at = list.partition_point(|&moment| drafts[moment].start < from);
                list.get(at)
                    .is_some_and(|&moment| drafts[moment].start <= to)
            })
        })
    };
    let mut gone = vec![false; drafts.len()];
    for mut list in lists {
        order::sort(&mut list, &|at| {
            (drafts[at].start.unwrap_or(i64::MAX), 0, 0)
        });
        let mut first = None;
        for at in list {
            let next = &drafts[at];
            let again = first.filter(|&first: &usize| {
                let call = &drafts[first];
                call.status == Status::Failed
                    && call.end.is_some()
                    && call.end <= next.start
                    && same_input(call, next)
                    && !parted(&drafts, call, call.start, next.start)
            });
            match again {
                Some(first) => {
                    let next = drafts[at].clone();
                    add_try(&mut drafts[first], next);
                    gone[at] = true;
                }
                None => first = Some(at),
            }
        }
    }
    let mut gone = gone.into_iter();
    drafts.retain(|_| !gone.next().unwrap_or(false));
    drafts
}

fn same_input(a: &Draft, b: &Draft) -> bool {
    match (a.facts.get(Field::Input), b.facts.get(Field::Input)) {
        (Some(Value::Text(a)), Some(Value::Text(b))) => a.hash == b.hash,
        (a, b) => a == b,
    }
}

fn add_try(call: &mut Draft, next: Draft) {
    let tries = match call.facts.get(Field::Attempts) {
        Some(Value::Int(tries)) => tries + 1,
        _ => 2,
    };
    call.facts.set(Field::Attempts, Value::Int(tries));
    call.status = next.status;
    call.end = next.end;
    for field in [
        Field::Error,
        Field::ErrorType,
        Field::StackTrace,
        Field::Output,
    ] {
        call.facts.remove(field);
    }
    call.facts.merge(&next.facts);
    call.records.extend(next.records);
    call.misended |= next.misended;
}

/// `tool failure` is a second span of a failed call (trap 13): the call before it, under the same parent, takes in what it says.
pub fn merge_markers(mut drafts: Vec<Draft>) -> Vec<Draft> {
    if !drafts.iter().any(|draft| draft.marker) {
        return drafts;
    }
    let calls = by_name(&drafts, |draft| draft.kind == Kind::Tool && !draft.marker);
    let mut gone = vec![false; drafts.len()];
    for at in 0..drafts.len() {
        if !drafts[at].marker {
            continue;
        }
        let moment = drafts[at].start;
        let candidates = calls.get(&key(&drafts[at], drafts[at].name));
        let call = candidates.and_then(|calls| {
            calls
                .iter()
                .copied()
                .filter(|&call| drafts[call].start <= moment)
                .max_by_key(|&call| drafts[call].start)
        });
        drafts[at].marker = false;
        drafts[at].status = Status::Failed;
        if let Some(call) = call {
            let marker = drafts[at].clone();
            drafts[call].status = Status::Failed;
            if drafts[call].misended {
                // The call's own end and error were taken by another's (trap 1).
                drafts[call].misended = false;
                drafts[call].end = marker.start;
                drafts[call].flags.set(Flags::DERIVED_END);
                drafts[call].facts.remove(Field::Error);
            }
            drafts[call].facts.merge(&marker.facts);
            drafts[call].records.extend(marker.records);
            gone[at] = true;
        }
    }
    let mut gone = gone.into_iter();
    drafts.retain(|_| !gone.next().unwrap_or(false));
    drafts
}

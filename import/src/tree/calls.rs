//! Tool calls that OTLP records by several spans: a span of each try, and one more that says that the call failed.

use crate::draft::Draft;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value};
use crewscope_trace::order;
use crewscope_trace::table::Table;

/// What calls of one tool by one agent have in common.
fn key(draft: &Draft, name: Sym) -> u64 {
    let parent = draft.parent.map_or(u32::MAX, |parent| parent.0);
    let words = [draft.group.0, parent, name.0].map(u32::to_le_bytes);
    xxhash_rust::xxh3::xxh3_64(words.as_flattened())
}

/// Some spans by group, parent and name: the lists, and the list of each key.
fn by_name(drafts: &[Draft], wanted: &dyn Fn(&Draft) -> bool) -> (Vec<Vec<usize>>, Table) {
    let mut lists: Vec<Vec<usize>> = Vec::new();
    let mut list_of = Table::default();
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| wanted(draft)) {
        let key = key(draft, draft.name);
        match list_of.get(key) {
            Some(list) => lists[list].push(at),
            None => {
                list_of.set(key, lists.len());
                lists.push(vec![at]);
            }
        }
    }
    (lists, list_of)
}

/// Where a model asks for tools in text, crewai tries a call that fails again by itself, with the same arguments: one call to the
/// model that asked for it. Between two calls that were asked for stands a request to the model, or the mark of the first's failure.
pub fn merge_tries(mut drafts: Vec<Draft>) -> Vec<Draft> {
    let tried = |draft: &Draft| draft.kind == Kind::Tool && draft.execution.is_some();
    let (lists, _) = by_name(&drafts, &|draft| tried(draft) && !draft.marker);
    if lists.iter().all(|list| list.len() < 2) {
        return drafts;
    }
    // Moments after which a call is another: by agent the starts of requests, by agent and tool the marks.
    let mut moments: Vec<Vec<usize>> = Vec::new();
    let mut moments_of = Table::default();
    for (at, draft) in drafts.iter().enumerate() {
        if draft.kind != Kind::Llm && !draft.marker {
            continue;
        }
        let name = if draft.marker { draft.name } else { Sym::EMPTY };
        let key = key(draft, name);
        match moments_of.get(key) {
            Some(list) => moments[list].push(at),
            None => {
                moments_of.set(key, moments.len());
                moments.push(vec![at]);
            }
        }
    }
    for list in &mut moments {
        order::sort(list, &|at| (drafts[at].start.unwrap_or(i64::MIN), 0, 0));
    }
    let parted = |drafts: &[Draft], draft: &Draft, from: Option<i64>, to: Option<i64>| {
        [Sym::EMPTY, draft.name].iter().any(|name| {
            let list = moments_of.get(key(draft, *name)).map(|list| &moments[list]);
            list.is_some_and(|list| {
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
    let (calls, list_of) = by_name(&drafts, &|draft| draft.kind == Kind::Tool && !draft.marker);
    let mut gone = vec![false; drafts.len()];
    for at in 0..drafts.len() {
        if !drafts[at].marker {
            continue;
        }
        let moment = drafts[at].start;
        let candidates = list_of
            .get(key(&drafts[at], drafts[at].name))
            .map(|list| &calls[list]);
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

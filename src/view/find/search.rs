//! The work of a search: names on the page in small steps, texts in a worker.

use crate::reading::helper::Helper;
use crate::reading::search;
use crate::reading::search::Found;
use crate::reading::Texts;
use crate::view::find::{Find, Place, Results};
use crate::viewer::Viewer;
use crate::wording::{common, find as words};
use crewscope_analysis::search::{sorted, Hit, Names, Places, Query};
use crewscope_trace::model::{Field, Kind, SpanIndex, Trace};
use crewscope_wire::turn::next_turn;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// Spans looked at in a turn of the page: a few milliseconds.
const TURN: usize = 20_000;

/// Places that are listed at most.
const MOST: usize = 2000;

/// The search that goes on, and what it still has to take in.
#[derive(Default)]
pub struct Search {
    /// Counts the searches; the newest is heard.
    number: u32,
    helper: Option<Helper>,
    /// Hits whose texts were not looked up yet.
    waiting: Vec<Hit>,
    placing: bool,
    /// Names, or the worker, are still at it.
    open: u8,
}

impl Find {
    /// Ends the search and keeps what it found.
    pub fn stop(&self) {
        self.search.try_update_value(|search| {
            search.number = search.number.wrapping_add(1);
            search.waiting.clear();
            search.placing = false;
            // Often called from its own listener, which must not be dropped while it runs.
            if let Some(helper) = search.helper.take() {
                spawn_local(async move { drop(helper) });
            }
        });
        self.results.update(|results| results.running = false);
    }

    /// Looks for what the query asks, in place of the search before.
    pub fn start(&self, viewer: Viewer, text: &str) {
        self.stop();
        self.at.set(None);
        self.results.set(Results::default());
        let query = Query::parse(text);
        let loaded = viewer.data.get_untracked();
        let Some(loaded) = loaded.filter(|_| !query.is_empty()) else {
            return;
        };
        let number = self.search.with_value(|search| search.number);
        self.results.set(Results {
            trace: Some(loaded.trace.clone()),
            running: true,
            ..Results::default()
        });
        let scan = !query.text.is_empty();
        self.search
            .update_value(|search| search.open = 1 + u8::from(scan));
        let find = *self;
        let query = Arc::new(query);
        if scan {
            find.scan(viewer, &loaded.texts, number, &loaded.trace, &query);
        }
        let trace = loaded.trace;
        spawn_local(async move { find.names(number, trace, query).await });
    }

    fn is_newest(&self, number: u32) -> bool {
        self.search.try_with_value(|search| search.number) == Some(number)
    }

    fn scan(
        &self,
        viewer: Viewer,
        texts: &Texts,
        number: u32,
        trace: &Arc<Trace>,
        query: &Arc<Query>,
    ) {
        let find = *self;
        let (trace, query) = (Arc::clone(trace), Arc::clone(query));
        let words = query.text.clone();
        let report = move |found: Found| {
            if find.is_newest(number) {
                find.hear(number, found, &trace, &query);
            }
        };
        let runtime = viewer.with_loader(|loader| loader.runtime());
        let helper =
            runtime.and_then(|runtime| search::start(&runtime, texts, &words, Box::new(report)));
        match helper {
            Some(helper) => self
                .search
                .update_value(|search| search.helper = Some(helper)),
            None => self.finish(),
        }
    }

    /// One of the two halves is through.
    fn finish(&self) {
        self.search
            .try_update_value(|search| search.open = search.open.saturating_sub(1));
        self.settle();
    }

    /// Says so when nothing is left to do.
    fn settle(&self) {
        let over = self
            .search
            .try_with_value(|search| search.open == 0 && !search.placing);
        if over == Some(true) {
            self.results.update(|results| results.running = false);
        }
    }

    async fn names(self, number: u32, trace: Arc<Trace>, query: Arc<Query>) {
        let names = (!query.text.is_empty()).then(|| Names::new(&trace, &query.text));
        let mut from = 0;
        while from < trace.spans.len() && self.is_newest(number) {
            let until = (from + TURN).min(trace.spans.len());
            let found: Vec<(SpanIndex, Option<Field>)> = match &names {
                Some(names) => names.among(&trace, from..until),
                None => (from..until)
                    .filter_map(|at| Some((SpanIndex::try_from(at).ok()?, None)))
                    .collect(),
            };
            let found = found.into_iter().filter(|(at, _)| query.fits(&trace, *at));
            let places = found.map(|(at, field)| {
                let shown = match (field, trace.spans.get(at as usize)) {
                    (Some(field), Some(span)) => trace.name_of(span, field).unwrap_or_default(),
                    _ => "",
                };
                Place {
                    at,
                    field,
                    count: 1,
                    excerpt: [String::new(), shown.to_owned(), String::new()],
                }
            });
            self.add(places.collect());
            from = until;
            next_turn().await;
        }
        if self.is_newest(number) {
            self.finish();
        }
    }

    fn hear(&self, number: u32, found: Found, trace: &Arc<Trace>, query: &Arc<Query>) {
        let Found {
            hits,
            done,
            ended,
            more,
            lost,
        } = found;
        self.results.update(|results| {
            results.done = results.done.max(done);
            results.more |= more;
            results.lost |= lost;
        });
        let idle = self.search.try_update_value(|search| {
            search.waiting.extend(hits);
            !std::mem::replace(&mut search.placing, true)
        });
        if idle == Some(true) {
            let (find, trace, query) = (*self, Arc::clone(trace), Arc::clone(query));
            spawn_local(async move { find.place(number, trace, query).await });
        }
        if ended {
            let helper = self.search.try_update_value(|search| search.helper.take());
            spawn_local(async move { drop(helper) });
            self.finish();
        }
    }

    /// Looks up the texts of the hits that wait, until none does.
    async fn place(self, number: u32, trace: Arc<Trace>, query: Arc<Query>) {
        while self.is_newest(number) {
            let hits = self.search.try_update_value(|search| {
                let hits = std::mem::take(&mut search.waiting);
                search.placing = !hits.is_empty();
                hits
            });
            let Some(hits) = hits.filter(|hits| !hits.is_empty()) else {
                return self.settle();
            };
            let mut places = Places::new(hits);
            let mut from = 0;
            while from < trace.spans.len() {
                let until = (from + TURN).min(trace.spans.len());
                places.look(&trace, from..until);
                from = until;
                if from < trace.spans.len() {
                    next_turn().await;
                }
            }
            if !self.is_newest(number) {
                return;
            }
            let found = places.found().into_iter();
            let found = found.filter(|(at, ..)| query.fits(&trace, *at));
            let found = found.map(|(at, field, hit)| Place {
                at,
                field: Some(field),
                count: 1,
                excerpt: [hit.before, hit.text, hit.after],
            });
            self.add(found.collect());
        }
    }

    /// Takes in places; several in one text become one.
    fn add(&self, new: Vec<Place>) {
        if new.is_empty() {
            return;
        }
        // What is stepped on stays so, wherever it moves.
        let now = self.at.get_untracked();
        let mut moved = None;
        self.results.update(|results| {
            let stepped = now.and_then(|now| results.places.get(now)).cloned();
            for place in new {
                let same = |known: &&mut Place| {
                    known.at == place.at && known.field == place.field && place.field.is_some()
                };
                let full = results.places.len() >= MOST;
                match results.places.iter_mut().rev().find(same) {
                    Some(known) => known.count += 1,
                    None if full => results.more = true,
                    None => results.places.push(place),
                }
            }
            let places = &results.places;
            let key = |at: usize| {
                places.get(at).map_or((0, 0, 0), |place| {
                    let field = place.field.map_or(-1, |field| field as i64);
                    (i64::from(place.at), field, 0)
                })
            };
            let order = sorted(places.len(), &key);
            let sorted = order.into_iter().filter_map(|at| places.get(at).cloned());
            results.places = sorted.collect();
            moved = stepped.and_then(|stepped| {
                let same = |place: &Place| place.at == stepped.at && place.field == stepped.field;
                results.places.iter().position(same)
            });
        });
        if moved != now {
            self.at.set(moved);
        }
    }
}

/// What a field is called, on a span of a kind.
pub fn label(kind: Kind, field: Field) -> &'static str {
    match (field, kind) {
        (Field::Input, Kind::Llm) => words::MESSAGES,
        (Field::Output, Kind::Llm) => common::ANSWER,
        (Field::Input, Kind::Tool) => common::ARGUMENTS,
        (Field::Output, Kind::Tool) => common::RESULT,
        (Field::Input, _) => common::INPUT,
        (Field::Output, _) => common::OUTPUT,
        (Field::Error | Field::ErrorType, _) => common::ERROR,
        (Field::StackTrace, _) => common::STACK_TRACE,
        (Field::Description, _) => words::DESCRIPTION,
        (Field::ExpectedOutput, _) => words::EXPECTED_OUTPUT,
        (Field::Context, _) => words::CONTEXT,
        (Field::AgentGoal | Field::Backstory, _) => common::AGENT,
        (Field::AgentRole, _) => common::AGENT,
        (Field::Model | Field::ResponseModel, _) => common::MODEL,
        (Field::ToolName | Field::ToolDefinitions, _) => common::TOOLS,
        (Field::State, _) => common::STATE,
        (Field::Guardrail | Field::Feedback, _) => common::FEEDBACK,
        (Field::Thought | Field::Plan, _) => common::THOUGHT,
        _ => words::FACTS,
    }
}

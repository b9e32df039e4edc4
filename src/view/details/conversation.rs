//! The calls of a task in order: a conversation one can read.

use super::call::call_body;
use super::{select, Subject};
use crate::dom::{button, el, group, live, Dom};
use crate::live::RwSignal;
use crate::state::Viewer;
use crate::view::parts::format::{count, duration};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::field_short;
use crate::view::parts::name;
use crate::view::parts::status::status_mark;
use crate::view::parts::text::named;
use crewscope_trace::analysis::{calls, model_of};
use crewscope_trace::model::{Field, Kind, Span, SpanIndex, Status, Trace};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Calls listed before "show more".
const PAGE: usize = 40;
/// Up to this many calls are open from the start; of more, only the failed and the last ones are.
const OPEN: usize = 12;

/// A call in the list.
#[derive(Clone, Copy)]
struct Entry {
    at: SpanIndex,
    /// The LLM call of the same agent before it.
    before: Option<SpanIndex>,
    open: bool,
}

/// The calls below a span.
pub fn conversation(subject: Subject) -> Dom {
    let trace = subject.trace.clone();
    let entries = entries(&trace, subject.at);
    let total = entries.len();
    let limit = RwSignal::new(PAGE);
    // None: as each call decides; else all open or all closed.
    let all = RwSignal::new(None::<bool>);
    let entries = StoredValue::new(entries);
    let list = move || {
        let told = all.get();
        entries.with_value(|entries| {
            entries
                .iter()
                .take(limit.get())
                .map(|entry| {
                    let entry = Entry {
                        open: told.unwrap_or(entry.open),
                        ..*entry
                    };
                    call_item(trace.clone(), entry)
                })
                .collect::<Dom>()
        })
    };
    let toggle = move || all.update(|all| *all = Some(*all != Some(true)));
    group()
        .child(
            el("div")
                .class("cs-part-head")
                .child(el("h4").class("cs-heading").child("Conversation"))
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-look", "quiet")
                        .attr("data-size", "small")
                        .click(toggle)
                        .child(live(move || {
                            if all.get() == Some(true) {
                                "Close all"
                            } else {
                                "Open all"
                            }
                        })),
                ),
        )
        .child(el("ol").class("cs-calls cs-plain").child(live(list)))
        .child(live(move || {
            (total > limit.get()).then(|| {
                button()
                    .class("cs-button")
                    .attr("data-size", "small")
                    .click(move || limit.update(|limit| *limit += PAGE))
                    .child(format!(
                        "Show {} more calls",
                        (total - limit.get()).min(PAGE)
                    ))
                    .dom()
            })
        }))
        .dom()
}

fn entries(trace: &Trace, of: SpanIndex) -> Vec<Entry> {
    let calls = calls(trace, of);
    let many = calls.len() > OPEN;
    let last = calls.last().copied();
    let mut latest: HashMap<String, SpanIndex> = HashMap::new();
    calls
        .into_iter()
        .filter_map(|at| {
            let span = trace.spans.get(at as usize)?;
            let before = if span.kind == Kind::Llm {
                latest.insert(speaker(trace, at), at)
            } else {
                None
            };
            Some(Entry {
                at,
                before,
                open: !many || span.status == Status::Failed || Some(at) == last,
            })
        })
        .collect()
}

/// The agent that a call belongs to.
fn speaker(trace: &Trace, at: SpanIndex) -> String {
    let agent = trace
        .nearest(at, |span| span.kind == Kind::Agent)
        .and_then(|agent| trace.spans.get(agent as usize));
    let own = trace
        .spans
        .get(at as usize)
        .and_then(|span| trace.name_of(span, Field::AgentRole));
    agent
        .map(|agent| name::of(trace, agent))
        .or(own.map(str::to_owned))
        .unwrap_or_default()
}

fn call_item(trace: Arc<Trace>, entry: Entry) -> Option<Dom> {
    let viewer = expect_context::<Viewer>();
    let span = trace.spans.get(entry.at as usize)?;
    let open = RwSignal::new(entry.open);
    let kind = if span.status == Status::Failed {
        "failed"
    } else {
        name::colour(span.kind)
    };
    let who = speaker(&trace, entry.at);
    let what = match span.kind {
        Kind::Llm => model_of(&trace, span).map_or_else(|| name::of(&trace, span), str::to_owned),
        _ => name::of(&trace, span),
    };
    let word = (span.kind != Kind::Llm && what != span.kind.label()).then(|| span.kind.label());
    let status = (span.status != Status::Completed).then(|| status_mark(span.status, false, false));
    let facts = facts(&trace, span);
    let show = {
        let trace = trace.clone();
        move || select(viewer, &trace, entry.at)
    };
    let inside = trace.clone();
    let body = move || {
        open.get().then(|| {
            el("div")
                .class("cs-call-body")
                .child(call_body(inside.clone(), entry.at, entry.before, false))
                .dom()
        })
    };
    Some(
        el("li")
            .class("cs-call")
            .attr("data-kind", kind)
            .child(
                el("div")
                    .class("cs-call-head")
                    .child(
                        button()
                            .class("cs-call-toggle")
                            .attr("aria-expanded", move || open.get().to_string())
                            .click(move || open.update(|open| *open = !*open))
                            .child(Icon::Right.draw())
                            .child(el("span").class("cs-kind").attr("data-kind", kind))
                            .child(el("b").child(named(what)))
                            .child(word.map(|word| el("span").class("cs-muted").child(word).dom()))
                            .child((!who.is_empty() && span.kind == Kind::Llm).then(|| {
                                el("span").class("cs-muted cs-who").child(named(who)).dom()
                            }))
                            .child(status)
                            .child(el("span").class("cs-call-facts").child(facts)),
                    )
                    .child(
                        button()
                            .class("cs-button")
                            .attr("data-look", "quiet")
                            .attr("data-size", "small")
                            .attr("aria-label", "Show this call alone")
                            .attr("title", "Show this call alone")
                            .click(show)
                            .child(Icon::Up.draw()),
                    ),
            )
            .child(live(body))
            .dom(),
    )
}

/// Latency, tokens, and what is out of the ordinary.
fn facts(trace: &Trace, span: &Span) -> String {
    let mut facts = Vec::new();
    if let Some(reason) = field_short(trace, span, Field::FinishReason)
        .filter(|reason| reason == "length" || reason == "content_filter")
    {
        facts.push(if reason == "length" {
            "cut off by the token limit".to_owned()
        } else {
            reason
        });
    }
    if span.bool(Field::FromCache) == Some(true) {
        facts.push("from cache".into());
    }
    if span.kind == Kind::Guardrail {
        facts.extend(
            span.bool(Field::Success)
                .map(|success| if success { "accepted" } else { "rejected" }.to_owned()),
        );
    }
    let usage = span.usage;
    match (usage.prompt, usage.completion) {
        (Some(prompt), Some(completion)) => {
            facts.push(format!("{} → {} tok", count(prompt), count(completion)))
        }
        _ => facts.extend(usage.total().map(|total| format!("{} tok", count(total)))),
    }
    facts.extend(
        usage
            .cached
            .filter(|&n| n > 0)
            .map(|n| format!("{} cached", count(n))),
    );
    facts.extend(span.duration().map(duration));
    facts.join(" · ")
}

//! The calls of a task in order: a conversation one can read.

use crate::dom::{button, el, group, live, Dom};
use crate::live::RwSignal;
use crate::view::details::call::call_body;
use crate::view::details::{select, Subject};
use crate::view::parts::format::{count, duration};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::field_short;
use crate::view::parts::name;
use crate::view::parts::status::status_mark;
use crate::view::parts::text::{named, shown};
use crate::viewer::Viewer;
use crate::wording::{common, conversation as words};
use crewscope_analysis::model_of;
use crewscope_analysis::transcript::{speaker, transcript, Line};
use crewscope_trace::model::{Field, Flags, Kind, Span, Status, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// Calls listed before "show more".
const PAGE: usize = 40;
/// Up to this many calls are open from the start; of more, only the failed and the last ones are.
const OPEN: usize = 12;
/// Lines deeper than this are not indented further: the panel is narrow.
const DEEPEST: u16 = 6;

/// What was done below a span, in the order in which it is read.
pub fn conversation(subject: Subject) -> Dom {
    let trace = subject.trace.clone();
    let lines = transcript(&trace, subject.at);
    let calls = || lines.iter().filter(|line| !line.heading);
    let many = calls().count() > OPEN;
    let last = calls().next_back().map(|line| line.at);
    let total = lines.len();
    let limit = RwSignal::new(PAGE);
    // None: as each call decides; else all open or all closed.
    let all = RwSignal::new(None::<bool>);
    let lines = StoredValue::new(lines);
    let list = move || {
        let told = all.get();
        let item = |line: &Line| {
            let span = trace.spans.get(line.at as usize)?;
            let first = !many || span.status == Status::Failed || Some(line.at) == last;
            let open = !line.heading && first;
            call_item(trace.clone(), *line, told.unwrap_or(open))
        };
        lines.with_value(|lines| lines.iter().take(limit.get()).map(item).collect::<Dom>())
    };
    let toggle = move || all.update(|all| *all = Some(*all != Some(true)));
    group()
        .child(
            el("div")
                .class("cs-part-head")
                .child(el("h4").class("cs-heading").child(words::CONVERSATION))
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-look", "quiet")
                        .attr("data-size", "small")
                        .click(toggle)
                        .child(live(move || {
                            if all.get() == Some(true) {
                                words::CLOSE_ALL
                            } else {
                                words::OPEN_ALL
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
                    .child(common::show_more((total - limit.get()).min(PAGE)))
                    .dom()
            })
        }))
        .dom()
}

fn call_item(trace: Arc<Trace>, line: Line, open: bool) -> Option<Dom> {
    let viewer = expect_context::<Viewer>();
    let span = trace.spans.get(line.at as usize)?;
    let open = RwSignal::new(open);
    let kind = if span.status == Status::Failed {
        "failed"
    } else {
        name::colour(span.kind)
    };
    let who = speaker(&trace, line.at).to_owned();
    let what = match span.kind {
        Kind::Llm => model_of(&trace, span).map_or_else(|| name::of(&trace, span), str::to_owned),
        _ => name::of(&trace, span),
    };
    let word = (span.kind != Kind::Llm && what != span.kind.label()).then(|| span.kind.label());
    let status = (span.status != Status::Completed).then(|| status_mark(span.status, false, false));
    let facts = facts(&trace, span, line);
    let show = {
        let trace = trace.clone();
        move || select(viewer, &trace, line.at)
    };
    let inside = trace.clone();
    let body = move || {
        open.get().then(|| {
            el("div")
                .class("cs-call-body")
                .child(call_body(inside.clone(), line.at, line.before, false))
                .dom()
        })
    };
    Some(
        el("li")
            .class("cs-call")
            .class_if("cs-call-group", line.heading)
            .attr("data-kind", kind)
            .style(
                "margin-inline-start",
                (line.depth > 0).then(|| format!("{}px", line.depth.min(DEEPEST) * 12)),
            )
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
                            .child(el("span").class("cs-call-facts").child(shown(&facts))),
                    )
                    .child(
                        button()
                            .class("cs-button")
                            .attr("data-look", "quiet")
                            .attr("data-size", "small")
                            .attr("aria-label", words::SHOW_ALONE)
                            .attr("title", words::SHOW_ALONE)
                            .click(show)
                            .child(Icon::Up.draw()),
                    ),
            )
            .child(live(body))
            .dom(),
    )
}

/// Latency, tokens, why it ended, and what is out of the ordinary.
fn facts(trace: &Trace, span: &Span, line: Line) -> String {
    let mut facts = Vec::new();
    if line.retry > 0 {
        facts.push(words::retry(line.retry));
    }
    if let Some(waited) = line.waited {
        facts.push(words::waited(&duration(waited)));
    }
    facts.extend(
        field_short(trace, span, Field::FinishReason)
            .filter(|reason| reason != "error")
            .map(|reason| match reason.as_str() {
                "length" => words::CUT_OFF.to_owned(),
                "tool_call" | "tool_calls" | "tool_use" => words::CALLS_A_TOOL.to_owned(),
                _ => reason,
            }),
    );
    if span.bool(Field::FromCache) == Some(true) {
        facts.push(words::FROM_CACHE.into());
    }
    if span.kind == Kind::Guardrail {
        facts.extend(span.bool(Field::Success).map(|success| {
            if success {
                words::WAS_ACCEPTED
            } else {
                words::WAS_REJECTED
            }
            .to_owned()
        }));
    }
    let usage = &span.usage;
    match (usage.prompt, usage.completion) {
        (Some(prompt), Some(completion)) => {
            facts.push(words::in_and_out(&count(prompt), &count(completion)))
        }
        _ => facts.extend(usage.total().map(|total| count(total) + common::TOK)),
    }
    let parts = [
        (usage.cached, words::CACHED),
        (usage.reasoning, words::REASONING),
    ];
    facts.extend(parts.into_iter().filter_map(|(number, word)| {
        let number = number.filter(|&number| number > 0)?;
        Some(count(number) + word)
    }));
    let moment = span.flags.has(Flags::INSTANT);
    facts.extend(span.duration().filter(|_| !moment).map(duration));
    facts.join(common::BETWEEN)
}

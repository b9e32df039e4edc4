//! The calls of a task in order: a conversation one can read.

use crate::view::details::call::CallBody;
use crate::view::details::{select, Subject};
use crate::view::parts::format::{count, duration};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::field_short;
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{shown, Named};
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
#[component]
pub fn Conversation(
    /// The span.
    subject: Subject,
) -> impl IntoView {
    let trace = subject.trace;
    let lines = transcript(&trace, subject.at);
    let calls = || lines.iter().filter(|line| !line.heading);
    let many = calls().count() > OPEN;
    let last = calls().next_back().map(|line| line.at);
    let total = lines.len();
    let limit = RwSignal::new(PAGE);
    let left = move || total.saturating_sub(limit.get());
    // None: as each call decides; else all open or all closed.
    let all = RwSignal::new(None::<bool>);
    let list = move || {
        let told = all.get();
        let item = |line: &Line| {
            let span = trace.spans.get(line.at as usize);
            let failed = span.is_some_and(|span| span.status == Status::Failed);
            let first = !many || failed || Some(line.at) == last;
            let open = told.unwrap_or(!line.heading && first);
            view! { <CallItem trace=trace.clone() line=*line open /> }
        };
        lines.iter().take(limit.get()).map(item).collect_view()
    };
    view! {
        <div class="cs-part-head">
            <h4 class="cs-heading">{words::CONVERSATION}</h4>
            <button
                type="button"
                class="cs-button"
                data-look="quiet"
                data-size="small"
                on:click=move |_| all.update(|all| *all = Some(*all != Some(true)))
            >
                {move || {
                    if all.get() == Some(true) { words::CLOSE_ALL } else { words::OPEN_ALL }
                }}
            </button>
        </div>
        <ol class="cs-calls cs-plain">{list}</ol>
        <Show when=move || left() != 0>
            <button
                type="button"
                class="cs-button"
                data-size="small"
                on:click=move |_| limit.update(|limit| *limit += PAGE)
            >
                {move || common::show_more(left().min(PAGE))}
            </button>
        </Show>
    }
}

/// A call, or a heading over calls: what it was on one line, what went in and out on demand.
#[component]
fn CallItem(
    /// The trace.
    trace: Arc<Trace>,
    /// The call.
    line: Line,
    /// It is open from the start.
    open: bool,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let span = trace.spans.get(line.at as usize)?;
    let kind = if span.status == Status::Failed {
        "failed"
    } else {
        name::colour(span.kind)
    };
    let indent = (line.depth > 0).then(|| format!("{}px", line.depth.min(DEEPEST) * 12));
    let head = head(&trace, span, line);
    let open = RwSignal::new(open);
    let inside = trace.clone();
    Some(view! {
        <li
            class="cs-call"
            class:cs-call-group=line.heading
            data-kind=kind
            style:margin-inline-start=indent
        >
            <div class="cs-call-head">
                <button
                    type="button"
                    class="cs-call-toggle"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {Icon::Right.draw()}
                    <span class="cs-kind" data-kind=kind />
                    {head}
                </button>
                <button
                    type="button"
                    class="cs-button"
                    data-look="quiet"
                    data-size="small"
                    aria-label=words::SHOW_ALONE
                    title=words::SHOW_ALONE
                    on:click=move |_| select(viewer, &trace, line.at)
                >
                    {Icon::Up.draw()}
                </button>
            </div>
            <Show when=move || open.get()>
                <div class="cs-call-body">
                    <CallBody trace=inside.clone() at=line.at before=line.before />
                </div>
            </Show>
        </li>
    })
}

/// What it was, whose it was, how it stands, and its facts.
fn head(trace: &Trace, span: &Span, line: Line) -> impl IntoView {
    let is_llm = span.kind == Kind::Llm;
    let model = model_of(trace, span).filter(|_| is_llm);
    let what = model.map_or_else(|| name::of(trace, span), str::to_owned);
    let kind = (!is_llm && what != span.kind.label()).then(|| span.kind.label());
    let who = Some(speaker(trace, line.at)).filter(|who| is_llm && !who.is_empty());
    let unusual = (span.status != Status::Completed).then_some(span.status);
    view! {
        <b>
            <Named text=what />
        </b>
        {kind.map(|kind| view! { <span class="cs-muted">{kind}</span> })}
        {who
            .map(|who| {
                view! {
                    <span class="cs-muted cs-who">
                        <Named text=who />
                    </span>
                }
            })}
        {unusual.map(|status| view! { <StatusMark status /> })}
        <span class="cs-call-facts">{shown(&facts(trace, span, line))}</span>
    }
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
        facts.extend(span.bool(Field::Success).map(|success| match success {
            true => words::WAS_ACCEPTED.to_owned(),
            false => words::WAS_REJECTED.to_owned(),
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

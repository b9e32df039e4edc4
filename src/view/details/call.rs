//! What went into one call and what came out.

use crate::view::details::failure::error_block;
use crate::view::parts::format::counted;
use crate::view::parts::long_text::{field_short, field_value, reading};
use crate::view::parts::rich::message::MessageView;
use crate::view::parts::text::shown as text;
use crate::wording::{common, conversation as words};
use crewscope_analysis::conversation::{messages, Message};
use crewscope_analysis::transcript::{joined, known};
use crewscope_trace::model::{Field, Kind, Span, SpanIndex, TextRef, Trace, Value};
use leptos::prelude::*;
use std::sync::Arc;

/// Largest list of messages that is taken apart. A longer one is shown as the text it is.
const MOST: u64 = 1024 * 1024;

/// The inside of a call: messages of an LLM call, arguments and result of a tool, the particulars of the others.
#[component]
pub fn CallBody(
    trace: Arc<Trace>,
    at: SpanIndex,
    /// The call of the same agent before it: what that one was sent already is folded.
    before: Option<SpanIndex>,
    /// The call stands alone, with its error shown elsewhere.
    whole: bool,
) -> impl IntoView {
    let span = trace.spans.get(at as usize)?;
    let error = (!whole).then(|| error_block(&trace, span)).flatten();
    let body = match span.kind {
        Kind::Llm => {
            let before = before
                .and_then(|before| trace.spans.get(before as usize))
                .and_then(|span| span.text(Field::Input));
            view! {
                {(!whole).then(|| parameters(&trace, span))}
                {llm(&trace, span, before)}
            }
            .into_any()
        }
        kind => fields(&trace, span, labels(kind)),
    };
    Some(view! {
        {body}
        {error}
    })
}

/// The fields that tell what a call of this kind was about, with what to call them.
fn labels(kind: Kind) -> &'static [(&'static str, Field)] {
    match kind {
        Kind::Tool => &[
            (words::SERVER, Field::Server),
            (common::ARGUMENTS, Field::Input),
            (common::RESULT, Field::Output),
        ],
        Kind::Guardrail => &[
            (words::CHECKS, Field::Guardrail),
            (words::ACCEPTED, Field::Success),
            (words::RETRY, Field::RetryCount),
            (common::INPUT, Field::Input),
            (words::VERDICT, Field::Output),
            (common::FEEDBACK, Field::Feedback),
        ],
        Kind::Memory | Kind::Knowledge => {
            &[(words::QUERY, Field::Input), (common::FOUND, Field::Output)]
        }
        Kind::Human => &[
            (words::ASKED, Field::Input),
            (common::ANSWER, Field::Output),
            (common::FEEDBACK, Field::Feedback),
        ],
        Kind::Method => &[
            (common::ARGUMENTS, Field::Input),
            (common::RESULT, Field::Output),
            (common::STATE, Field::State),
        ],
        Kind::Reasoning => &[
            (common::INPUT, Field::Input),
            (words::PLAN, Field::Plan),
            (common::THOUGHT, Field::Thought),
            (common::OUTPUT, Field::Output),
        ],
        _ => &[
            (words::SERVER, Field::Server),
            (common::INPUT, Field::Input),
            (common::OUTPUT, Field::Output),
        ],
    }
}

fn fields(trace: &Trace, span: &Span, labels: &[(&'static str, Field)]) -> AnyView {
    // Yes, no and numbers go into one list; texts get a block each.
    let is_short = |field: Field| !matches!(span.get(field), Some(Value::Text(_)));
    let shorts: Vec<_> = labels
        .iter()
        .filter(|(_, field)| is_short(*field))
        .filter_map(|(label, field)| {
            let value = field_value(trace, span, *field, None)?;
            Some(view! {
                <dt>{*label}</dt>
                <dd>{value}</dd>
            })
        })
        .collect();
    let blocks: Vec<_> = labels
        .iter()
        .filter(|(_, field)| !is_short(*field))
        .filter_map(|(label, field)| {
            let value = field_value(trace, span, *field, None)?;
            Some(view! {
                <div class="cs-block">
                    <p class="cs-block-name">{*label}</p>
                    <div>{value}</div>
                </div>
            })
        })
        .collect();
    if blocks.is_empty() && shorts.is_empty() {
        return view! { <p class="cs-unknown">{words::NOTHING}</p> }.into_any();
    }
    view! {
        {(!shorts.is_empty()).then(|| view! { <dl class="cs-facts">{shorts}</dl> })}
        {blocks}
    }
    .into_any()
}

/// What was read for a field: parsed messages, or why not.
fn parsed(
    trace: &Trace,
    span: &Span,
    field: Field,
) -> impl Fn() -> Option<Result<Vec<Message>, String>> + Copy + use<> {
    let place = span.text(field);
    let short = field_short(trace, span, field);
    let short = StoredValue::new(short);
    let read = reading(move || place, || MOST);
    move || match (place, short.get_value()) {
        (None, Some(short)) => Some(Ok(messages(&short))),
        (None, None) => Some(Ok(Vec::new())),
        (Some(_), _) => match read.get()? {
            Ok((content, _)) => Some(Ok(messages(&content))),
            Err(why) => Some(Err(why)),
        },
    }
}

/// What a request can ask for besides its messages.
const PARAMETERS: [(&str, Field); 7] = [
    (common::TEMPERATURE, Field::Temperature),
    (common::MAX_TOKENS, Field::MaxTokens),
    (common::TOP_P, Field::TopP),
    (common::STREAMED, Field::Stream),
    (common::FINISH_REASON, Field::FinishReason),
    (common::PROVIDER, Field::Provider),
    (common::ANSWERED_BY, Field::ResponseModel),
];

/// Parameters of the request and facts of the answer, on one line.
fn parameters(trace: &Trace, span: &Span) -> Option<impl IntoView> {
    let asked = field_short(trace, span, Field::Model);
    let told = PARAMETERS.iter().filter_map(|(label, field)| {
        let value = field_short(trace, span, *field)?;
        // The model that was asked for stands above.
        let again = *field == Field::ResponseModel && Some(&value) == asked.as_ref();
        (!again).then(|| {
            view! { <span>{*label} " " <b>{text(&value)}</b></span> }
        })
    });
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| view! { <p class="cs-parameters">{told}</p> })
}

fn llm(trace: &Trace, span: &Span, before: Option<TextRef>) -> impl IntoView {
    let sent = parsed(trace, span, Field::Input);
    let answer = parsed(trace, span, Field::Output);
    let earlier = reading(move || before, || MOST);
    let unfolded = RwSignal::new(false);
    let input = move || match sent() {
        None => view! {
            <span class="cs-loading-text" role="status">
                {common::READING}
            </span>
        }
        .into_any(),
        Some(Err(why)) => view! {
            <p class="cs-unknown" role="alert">
                {text(&why)}
            </p>
        }
        .into_any(),
        Some(Ok(all)) if all.is_empty() => {
            view! { <p class="cs-unknown">{words::NO_MESSAGES}</p> }.into_any()
        }
        Some(Ok(all)) => {
            let before = earlier
                .get()
                .and_then(Result::ok)
                .map(|(content, _)| messages(&content))
                .unwrap_or_default();
            let known = known(&before, &all);
            let mut earlier = all;
            let new = earlier.split_off(known);
            let shown = if unfolded.get() { earlier } else { Vec::new() };
            let shown = joined(shown)
                .into_iter()
                .map(|message| view! { <MessageView message /> })
                .collect_view();
            // Beside nothing else there is nothing that would have to be told apart.
            let told_apart = known > 0;
            let new = joined(new)
                .into_iter()
                .map(|message| view! { <MessageView message is_new=told_apart /> })
                .collect_view();
            view! {
                {(known > 0)
                    .then(|| {
                        let label = move || {
                            if unfolded.get() {
                                words::FOLD.to_owned()
                            } else {
                                words::folded(&counted(known as u64, words::EARLIER_OF))
                            }
                        };
                        view! {
                            <button
                                type="button"
                                class="cs-fold"
                                aria-expanded=move || unfolded.get().to_string()
                                on:click=move |_| unfolded.update(|open| *open = !*open)
                            >
                                {label}
                            </button>
                        }
                    })}
                {shown}
                {new}
            }
            .into_any()
        }
    };
    let thought = span.text(Field::Thought).is_some() || span.sym(Field::Thought).is_some();
    let thought = thought
        .then(|| field_value(trace, span, Field::Thought, None))
        .flatten();
    let output = move || match answer() {
        None => view! {
            <span class="cs-loading-text" role="status">
                {common::READING}
            </span>
        }
        .into_any(),
        Some(Err(why)) => view! {
            <p class="cs-unknown" role="alert">
                {text(&why)}
            </p>
        }
        .into_any(),
        Some(Ok(all)) => all
            .into_iter()
            .map(|mut answer| {
                // A plain text is an answer too.
                if answer.role.is_empty() {
                    answer.role.push_str("assistant");
                }
                view! { <MessageView message=answer /> }
            })
            .collect_view()
            .into_any(),
    };
    view! {
        {input}
        {thought
            .map(|thought| {
                view! {
                    <div class="cs-thought">
                        <p class="cs-role">{common::THOUGHT}</p>
                        {thought}
                    </div>
                }
            })}
        {output}
    }
}

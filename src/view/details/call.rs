//! What went into one call and what came out.

use crate::view::details::failure::error_block;
use crate::view::parts::format::counted;
use crate::view::parts::long_text::{field_short, field_value, reading, BeingRead, Unread};
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
    /// The trace.
    trace: Arc<Trace>,
    /// The call.
    at: SpanIndex,
    /// The call of the same agent before it: what that one was sent already is folded.
    #[prop(optional_no_strip)]
    before: Option<SpanIndex>,
    /// The call stands alone, with its error shown elsewhere.
    #[prop(optional)]
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

/// The values of some fields. Yes, no and numbers go into one list; texts get a block each.
fn fields(trace: &Trace, span: &Span, labels: &[(&'static str, Field)]) -> AnyView {
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
    let told: Vec<_> = PARAMETERS
        .iter()
        .filter_map(|(label, field)| {
            let value = field_short(trace, span, *field)?;
            // The model that was asked for stands above.
            let again = *field == Field::ResponseModel && Some(&value) == asked.as_ref();
            (!again).then(|| {
                view! { <span>{*label} " " <b>{text(&value)}</b></span> }
            })
        })
        .collect();
    (!told.is_empty()).then(|| view! { <p class="cs-parameters">{told}</p> })
}

/// What the model was sent, what it thought, and what it answered.
fn llm(trace: &Trace, span: &Span, before: Option<TextRef>) -> impl IntoView {
    let recorded = span.text(Field::Thought).is_some() || span.sym(Field::Thought).is_some();
    let thought = recorded
        .then(|| field_value(trace, span, Field::Thought, None))
        .flatten();
    view! {
        <Sent told=messages_of(trace, span, Field::Input) before />
        {thought
            .map(|thought| {
                view! {
                    <div class="cs-thought">
                        <p class="cs-role">{common::THOUGHT}</p>
                        {thought}
                    </div>
                }
            })}
        <Answered told=messages_of(trace, span, Field::Output) />
    }
}

/// The messages of a text, or why it could not be read.
type Messages = Result<Vec<Message>, String>;

/// Reads the messages in a field: `None` until they are there.
fn messages_of(
    trace: &Trace,
    span: &Span,
    field: Field,
) -> impl Fn() -> Option<Messages> + Send + Sync + use<> {
    let text = span.text(field);
    let short = field_short(trace, span, field);
    let read = reading(move || text, || MOST);
    move || match text {
        Some(_) => read.with(|read| match read.as_ref()? {
            Ok((content, _)) => Some(Ok(messages(content))),
            Err(why) => Some(Err(why.clone())),
        }),
        None => Some(Ok(short.as_deref().map(messages).unwrap_or_default())),
    }
}

/// The messages that the model was sent; those that the call before was sent already are folded.
#[component]
fn Sent(
    /// The messages, once they are read.
    told: impl Fn() -> Option<Messages> + Send + Sync + 'static,
    /// What the call before was sent.
    before: Option<TextRef>,
) -> impl IntoView {
    let earlier = reading(move || before, || MOST);
    let unfolded = RwSignal::new(false);
    move || match told() {
        None => view! { <BeingRead /> }.into_any(),
        Some(Err(why)) => view! { <Unread why /> }.into_any(),
        Some(Ok(all)) if all.is_empty() => {
            view! { <p class="cs-unknown">{words::NO_MESSAGES}</p> }.into_any()
        }
        Some(Ok(mut all)) => {
            let known = earlier.with(|earlier| match earlier {
                Some(Ok((content, _))) => known(&messages(content), &all),
                _ => 0,
            });
            let new = joined(all.split_off(known));
            // Beside nothing else there is nothing that would have to be told apart.
            let is_new = known > 0;
            let new = new
                .into_iter()
                .map(|message| view! { <MessageView message is_new /> })
                .collect_view();
            view! {
                {(known > 0).then(|| view! { <Earlier messages=all unfolded /> })}
                {new}
            }
            .into_any()
        }
    }
}

/// Messages that the call before was sent, and the button that shows them.
#[component]
fn Earlier(
    /// The messages.
    messages: Vec<Message>,
    /// They are shown. Not this component's own: they stay so while more is read.
    unfolded: RwSignal<bool>,
) -> impl IntoView {
    let many = counted(messages.len() as u64, words::EARLIER_OF);
    let messages = joined(messages);
    let told = move || {
        let messages = messages.iter().cloned();
        let told = messages.map(|message| view! { <MessageView message /> });
        told.collect_view()
    };
    view! {
        <button
            type="button"
            class="cs-fold"
            aria-expanded=move || unfolded.get().to_string()
            on:click=move |_| unfolded.update(|open| *open = !*open)
        >
            {move || if unfolded.get() { words::FOLD.to_owned() } else { words::folded(&many) }}
        </button>
        <Show when=move || unfolded.get()>{told()}</Show>
    }
}

/// What the model answered.
#[component]
fn Answered(
    /// The messages of the answer, once they are read.
    told: impl Fn() -> Option<Messages> + Send + Sync + 'static,
) -> impl IntoView {
    move || match told() {
        None => view! { <BeingRead /> }.into_any(),
        Some(Err(why)) => view! { <Unread why /> }.into_any(),
        Some(Ok(all)) => all
            .into_iter()
            .map(|mut message| {
                // A plain text is an answer too.
                if message.role.is_empty() {
                    message.role.push_str("assistant");
                }
                view! { <MessageView message /> }
            })
            .collect_view()
            .into_any(),
    }
}

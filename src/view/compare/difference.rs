//! What is different between two texts.

use crate::reading::diff;
use crate::reading::helper::Helper;
use crate::view::parts::long_text::Unread;
use crate::view::parts::name;
use crate::view::parts::rich::message::said;
use crate::view::parts::text::shown;
use crate::viewer::Viewer;
use crate::wording::compare as words;
use crewscope_analysis::compare::{Change, Fate};
use crewscope_analysis::conversation::messages;
use crewscope_trace::model::{Field, SpanIndex, Trace, Value};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// Characters of an unchanged piece that are shown at either end.
const AROUND: usize = 200;

/// Longest texts that are compared, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The texts to compare.
#[derive(Clone, Copy, PartialEq)]
pub struct Wanted {
    /// The span of the first.
    pub a: SpanIndex,
    /// The span of the second.
    pub b: SpanIndex,
    /// The text.
    pub field: Field,
}

/// How far it is.
#[derive(Clone)]
enum State {
    Working,
    Failed(String),
    Done(Vec<Change>),
}

/// A text as a person reads it: messages without their wrapping.
fn readable(text: &str) -> String {
    let all = messages(text);
    let mut out = String::new();
    for message in all {
        if !message.role.is_empty() {
            out.push_str(&message.role);
            out.push_str(":\n");
        }
        out.push_str(&said(&message.parts));
        out.push('\n');
    }
    out
}

async fn text_of(
    viewer: Viewer,
    trace: &Trace,
    at: SpanIndex,
    field: Field,
) -> Result<String, String> {
    let texts = viewer.data.get_untracked().map(|loaded| loaded.texts);
    let value = trace
        .spans
        .get(at as usize)
        .and_then(|span| span.get(field));
    match (value, texts) {
        (Some(Value::Text(text)), _) if text.len > LONGEST => Err(words::TOO_LONG.to_owned()),
        (Some(Value::Text(text)), Some(texts)) => match texts.read(text).await {
            Ok(content) => Ok(readable(&content)),
            Err(error) => Err(error.to_string()),
        },
        (Some(Value::Sym(sym)), _) => Ok(readable(trace.str(sym))),
        _ => Ok(String::new()),
    }
}

/// The difference, once it is worked out.
#[component]
pub fn TextDifference(
    /// The trace of both.
    trace: Arc<Trace>,
    /// The texts.
    wanted: Wanted,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let state = RwSignal::new(State::Working);
    let helper = StoredValue::new_local(None::<Helper>);
    let what = trace.spans.get(wanted.a as usize);
    let what = what.map(|span| name::of(&trace, span)).unwrap_or_default();
    let label = if wanted.field == Field::Input {
        words::INPUT_OF
    } else {
        words::OUTPUT_OF
    };
    spawn_local(async move {
        let before = text_of(viewer, &trace, wanted.a, wanted.field).await;
        let after = text_of(viewer, &trace, wanted.b, wanted.field).await;
        let (before, after) = match (before, after) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(why), _) | (_, Err(why)) => return state.set(State::Failed(why)),
        };
        let report = move |changes: Option<_>| {
            state.set(match changes {
                Some(changes) => State::Done(changes),
                None => State::Failed(words::WORKER_BROKE.to_owned()),
            });
        };
        let runtime = viewer.with_loader(|loader| loader.runtime());
        let started = runtime.and_then(|runtime| diff::start(&runtime, before, after, report));
        if started.is_none() {
            state.set(State::Failed(words::NO_WORKER.to_owned()));
        }
        helper.try_update_value(|helper| *helper = started);
    });
    let body = move || match state.get() {
        State::Working => view! {
            <p class="cs-muted" role="status">
                {words::COMPARING}
            </p>
        }
        .into_any(),
        State::Failed(why) => view! { <Unread why /> }.into_any(),
        State::Done(changes) if changes.iter().all(|change| change.fate == Fate::Same) => {
            view! { <p class="cs-muted">{words::SAME_TEXTS}</p> }.into_any()
        }
        State::Done(changes) => {
            let pieces = changes
                .into_iter()
                .map(|change| view! { <Piece change /> })
                .collect_view();
            view! {
                <div class="cs-diff-text" tabindex="0">
                    {pieces}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <div class="cs-diff" role="region" aria-label=words::DIFFERENCE>
            <p class="cs-block-name">{shown(&[label, &what].concat())}</p>
            {body}
        </div>
    }
}

/// A piece of the texts, by its fate.
#[component]
fn Piece(
    /// The piece.
    change: Change,
) -> impl IntoView {
    let text = change.text;
    match change.fate {
        Fate::Removed => view! { <del>{shown(&text)}</del> }.into_any(),
        Fate::Added => view! { <ins>{shown(&text)}</ins> }.into_any(),
        Fate::Same => {
            let letters = text.chars().count();
            let left = letters.saturating_sub(2 * AROUND);
            if left <= AROUND {
                return view! { <span>{shown(&text)}</span> }.into_any();
            }
            let begin: String = text.chars().take(AROUND).collect();
            let end: String = text.chars().skip(letters - AROUND).collect();
            view! {
                <span>
                    {shown(&begin)} <span class="cs-muted">{words::same_letters(left)}</span>
                    {shown(&end)}
                </span>
            }
            .into_any()
        }
    }
}

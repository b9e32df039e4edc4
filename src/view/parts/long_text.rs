//! Texts that the model only points to: read from the source when they come on the screen.

use crate::reading::Texts;
use crate::view::parts::copy::button_of;
use crate::view::parts::form::Form;
use crate::view::parts::format::{bytes, number};
use crate::view::parts::rich::{is_messages, Rich};
use crate::view::parts::text::{plain, shown};
use crate::viewer::Viewer;
use crate::wording::{common, parts as words};
use crewscope_trace::model::{Field, Span, TextRef, Trace, Value};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// What is read at first. A screen holds about 4 KiB; a prompt with its history is rarely above this.
pub const HEAD: u64 = 32 * 1024;

/// Most that is ever put on the page at once; the rest is for "download" and the raw file.
const MOST: u64 = 1024 * 1024;

/// A text that was read, or why not.
pub type ReadText = Result<(String, bool), String>;

/// Reads the first `max` bytes of a text whenever `text` or `max` changes: `None` until the first answer is there, or if
/// there is no text. The second value says whether more follows.
pub fn reading(
    text: impl Fn() -> Option<TextRef> + 'static,
    max: impl Fn() -> u64 + 'static,
) -> RwSignal<Option<ReadText>> {
    let viewer = expect_context::<Viewer>();
    let answer = RwSignal::new(None);
    let latest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let (text, max) = (text(), max());
        // Untracked: with every partial result the sources are the same ones, and reading again would flicker.
        let texts = viewer
            .data
            .with_untracked(|data| data.as_ref().map(|loaded| loaded.texts.clone()));
        latest.update_value(|latest| *latest = latest.wrapping_add(1));
        let this = latest.get_value();
        match text.zip(texts) {
            Some((text, texts)) => spawn_local(read(texts, text, max, move |read| {
                // Too late if another text was asked for since, or nobody is left to show it to.
                if latest.try_get_value() == Some(this) {
                    answer.set(Some(read));
                }
            })),
            None => answer.set(None),
        }
    });
    answer
}

async fn read(texts: Texts, text: TextRef, max: u64, tell: impl FnOnce(ReadText)) {
    let read = if text.len > max {
        texts.read_head(text, max).await
    } else {
        texts.read(text).await.map(|all| (all, false))
    };
    tell(read.map_err(|error| error.to_string()));
}

/// A button that copies a text that is read from the source: in the corner of what shows it, without a word until it was pressed.
#[component]
fn CopyRead(read: RwSignal<Option<ReadText>>, form: Option<Form>) -> impl IntoView {
    move || {
        let more = read.with(|read| match read {
            // A message has a button of its own.
            Some(Ok((content, more))) if !content.is_empty() => {
                (!is_messages(content, form, *more)).then_some(*more)
            }
            _ => None,
        })?;
        let content = move |()| {
            read.with_untracked(|read| match read {
                Some(Ok((content, _))) => plain(content),
                _ => String::new(),
            })
        };
        let label = if more { words::PART_SHOWN } else { words::THIS };
        let button = button_of(Callback::new(content), label, "");
        Some(view! { <div class="cs-copy">{button}</div> })
    }
}

/// A long text: its head at once, more on demand.
#[component]
pub fn LongText(
    text: TextRef,
    /// How to show it; by default what its content looks like.
    form: Option<Form>,
) -> impl IntoView {
    let max = RwSignal::new(HEAD);
    let read = reading(move || Some(text), move || max.get());
    let body = move || match read.get() {
        None => view! {
            <span class="cs-loading-text" role="status">
                {common::READING}
            </span>
        }
        .into_any(),
        Some(Err(why)) => view! {
            <p class="cs-unknown" role="alert">
                {shown(&why)}
            </p>
        }
        .into_any(),
        Some(Ok((content, _))) if content.is_empty() => {
            view! { <p class="cs-unknown">{common::EMPTY}</p> }.into_any()
        }
        Some(Ok((content, more))) => {
            let label = match more {
                true if max.get_untracked() < MOST => common::show_rest(&bytes(text.len)),
                _ => String::new(),
            };
            let too_long = (more && max.get_untracked() >= MOST).then(|| {
                view! { <p class="cs-muted">{common::only_first(&bytes(MOST), &bytes(text.len))}</p> }
            });
            view! {
                <Rich text=content form cut=more />
                {(!label.is_empty())
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="cs-button"
                                data-size="small"
                                on:click=move |_| max.set(MOST)
                            >
                                {label}
                            </button>
                        }
                    })}
                {too_long}
            }
            .into_any()
        }
    };
    view! {
        <CopyRead read form />
        {body}
        {(text.cut_from > 0)
            .then(|| {
                let note = words::cut_from(&bytes(text.cut_from));
                view! { <p class="cs-cut">{note}</p> }
            })}
    }
}

/// The value of a field, short or long. `None` if it is not recorded.
pub fn field_value(
    trace: &Trace,
    span: &Span,
    field: Field,
    form: Option<Form>,
) -> Option<AnyView> {
    match span.get(field)? {
        Value::Text(text) => Some(view! { <LongText text form /> }.into_any()),
        Value::Sym(sym) => {
            let text = trace.str(sym);
            (!text.is_empty())
                .then(|| view! { <Rich text=text.to_owned() form cut=false /> }.into_any())
        }
        Value::Int(number) => Some(number.to_string().into_any()),
        Value::Float(float) => Some(number(float).into_any()),
        Value::Bool(flag) => Some(if flag { words::YES } else { words::NO }.into_any()),
    }
}

/// The value of a field on one line, if it is short.
pub fn field_short(trace: &Trace, span: &Span, field: Field) -> Option<String> {
    match span.get(field)? {
        Value::Sym(sym) => Some(trace.str(sym).to_owned()).filter(|text| !text.is_empty()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(float) => Some(number(float)),
        Value::Bool(flag) => Some(if flag { words::YES } else { words::NO }.into()),
        Value::Text(_) => None,
    }
}

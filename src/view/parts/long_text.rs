//! Texts that the model only points to: read from the source when they come on the screen.

use crate::reading::Texts;
use crate::view::parts::copy::CopyButton;
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
pub const MOST: u64 = 1024 * 1024;

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
        let texts = untrack(|| viewer.texts());
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

/// Stands for a text while it is read.
#[component]
pub fn BeingRead() -> impl IntoView {
    view! {
        <span class="cs-loading-text" role="status">
            {common::READING}
        </span>
    }
}

/// Stands for a text that could not be read.
#[component]
pub fn Unread(
    /// Why not.
    why: String,
) -> impl IntoView {
    view! {
        <p class="cs-unknown" role="alert">
            {shown(&why)}
        </p>
    }
}

/// A button that copies a text that is read from the source: in the corner of what shows it, without a word until it was pressed.
#[component]
fn CopyRead(
    /// The text.
    read: RwSignal<Option<ReadText>>,
    /// How it is shown.
    form: Option<Form>,
) -> impl IntoView {
    let text = Callback::new(move |()| {
        read.with_untracked(|read| match read {
            Some(Ok((content, _))) => plain(content),
            _ => String::new(),
        })
    });
    move || {
        let more = read.with(|read| match read {
            // A message has a button of its own.
            Some(Ok((content, more))) if !content.is_empty() => {
                (!is_messages(content, form, *more)).then_some(*more)
            }
            _ => None,
        })?;
        let label = if more { words::PART_SHOWN } else { words::THIS };
        Some(view! {
            <div class="cs-copy">
                <CopyButton text label word="" />
            </div>
        })
    }
}

/// What follows the beginning of a text: a button that asks for the rest. Of a text that is longer still, how much of it is shown.
///
/// It stays as it is when it is pressed: once the rest was read, the text is shown anew.
#[component]
pub fn RestOf(
    /// Bytes of all of it.
    size: u64,
    /// Whether the rest was asked for.
    whole: RwSignal<bool>,
) -> impl IntoView {
    if whole.get_untracked() {
        return view! { <p class="cs-muted">{common::only_first(&bytes(MOST), &bytes(size))}</p> }
            .into_any();
    }
    view! {
        <button type="button" class="cs-button" data-size="small" on:click=move |_| whole.set(true)>
            {common::show_rest(&bytes(size))}
        </button>
    }
    .into_any()
}

/// A long text: its head at once, more on demand.
#[component]
pub fn LongText(
    /// Where it stands in the source.
    text: TextRef,
    /// How to show it; by default what its content looks like.
    #[prop(optional_no_strip)]
    form: Option<Form>,
) -> impl IntoView {
    let whole = RwSignal::new(false);
    let read = reading(
        move || Some(text),
        move || if whole.get() { MOST } else { HEAD },
    );
    let body = move || match read.get() {
        None => view! { <BeingRead /> }.into_any(),
        Some(Err(why)) => view! { <Unread why /> }.into_any(),
        Some(Ok((content, _))) if content.is_empty() => {
            view! { <p class="cs-unknown">{common::EMPTY}</p> }.into_any()
        }
        Some(Ok((content, more))) => view! {
            <Rich text=content form cut=more />
            {more.then(|| view! { <RestOf size=text.len whole /> })}
        }
        .into_any(),
    };
    let cut = (text.cut_from > 0).then(|| words::cut_from(&bytes(text.cut_from)));
    view! {
        <CopyRead read form />
        {body}
        {cut.map(|note| view! { <p class="cs-cut">{note}</p> })}
    }
}

/// The value of a field, short or long, in a form (see [`Rich`]). `None` if it is not recorded.
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
            (!text.is_empty()).then(|| view! { <Rich text form /> }.into_any())
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

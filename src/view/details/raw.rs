//! The records a span was read from.

use crate::view::details::Subject;
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::LongText;
use crate::view::parts::text::plain;
use crate::wording::details as words;
use crewscope_trace::model::{TextRef, Trace};
use leptos::prelude::*;

/// Records listed at most; a span has a start and an end, seldom more.
const MOST: usize = 50;

/// The records, each opened on demand. Secrets are masked here too.
#[component]
pub fn Raw(
    /// The span.
    subject: Subject,
) -> impl IntoView {
    let span = subject.span()?;
    let number = span.records.len();
    let records = span
        .records
        .iter()
        .take(MOST)
        .map(|record| view! { <RawRecord place=place(&subject.trace, &record) record /> })
        .collect_view();
    Some(view! {
        <div class="cs-part-head">
            <h4 class="cs-heading">{words::RAW}</h4>
            <span class="cs-muted">{counted(number as u64, words::RECORDS_OF)}</span>
        </div>
        {(number == 0).then(|| view! { <p class="cs-unknown">{words::NO_RECORD}</p> })}
        {records}
    })
}

/// Where a record stands: in which source, where it begins, how long it is.
fn place(trace: &Trace, record: &TextRef) -> String {
    let source = trace
        .sources
        .get(record.source as usize)
        .map(|source| plain(&source.name))
        .unwrap_or_default();
    words::place(&source, &count(record.offset), &bytes(record.len))
}

/// A record, read when it is opened.
#[component]
fn RawRecord(
    /// Where it stands, in words.
    place: String,
    /// Where it stands.
    record: TextRef,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div class="cs-record">
            <button
                type="button"
                class="cs-call-toggle"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {Icon::Right.draw()}
                <span class="cs-mono">{place}</span>
            </button>
            <Show when=move || open.get()>
                <div class="cs-call-body">
                    <LongText text=record />
                </div>
            </Show>
        </div>
    }
}

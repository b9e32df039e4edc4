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
pub fn Raw(subject: Subject) -> impl IntoView {
    let span = subject.span()?;
    let number = span.records.len();
    let records = span
        .records
        .iter()
        .take(MOST)
        .map(|text| view! { <RawRecord place=place(&subject.trace, &text) record=text /> })
        .collect_view();
    let title = counted(number as u64, words::RECORDS_OF);
    Some(view! {
        <div class="cs-part-head">
            <h4 class="cs-heading">{words::RAW}</h4>
            <span class="cs-muted">{title}</span>
        </div>
        {(number == 0).then(|| view! { <p class="cs-unknown">{words::NO_RECORD}</p> })}
        {records}
    })
}

fn place(trace: &Trace, record: &TextRef) -> String {
    let source = trace
        .sources
        .get(record.source as usize)
        .map(|source| plain(&source.name))
        .unwrap_or_default();
    words::place(&source, &count(record.offset), &bytes(record.len))
}

#[component]
fn RawRecord(place: String, record: TextRef) -> impl IntoView {
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
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class="cs-call-body">
                                <LongText text=record form=None />
                            </div>
                        }
                    })
            }}
        </div>
    }
}

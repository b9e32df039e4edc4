//! The records a span was read from.

use crate::view::details::Subject;
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::record::RawRecord;
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
        .map(|record| view! { <RawRecord label=place(&subject.trace, &record) text=move || record /> })
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

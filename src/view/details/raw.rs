//! The records a span was read from.

use super::Subject;
use crate::live::{live, RwSignal};
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::LongText;
use crate::view::parts::text::plain;
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
        .map(|record| {
            view! { <Record place=place(&subject.trace, record) record=*record/> }.into_any()
        })
        .collect_view();
    let title = counted(number as u64, "record", "records");
    Some(view! {
        <div class="cs-part-head">
            <h4 class="cs-heading">"Raw"</h4>
            <span class="cs-muted">{title}</span>
        </div>
        {(number == 0).then(|| view! { <p class="cs-unknown">"No record of its own; it is known only from what refers to it."</p> }.into_any())}
        {records}
    }.into_any())
}

fn place(trace: &Trace, record: &TextRef) -> String {
    let source = trace
        .sources
        .get(record.source as usize)
        .map(|source| plain(&source.name))
        .unwrap_or_default();
    format!(
        "{source}, byte {}, {}",
        count(record.offset),
        bytes(record.len)
    )
}

#[component]
fn Record(place: String, record: TextRef) -> impl IntoView {
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
            {live(move || open.get().then(|| view! { <div class="cs-call-body"><LongText text=record form=None/></div> }.into_any()))}
        </div>
    }
}

//! The records a span was read from.

use crate::dom::{button, el, group, live, Dom};
use crate::live::RwSignal;
use crate::view::details::Subject;
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::long_text;
use crate::view::parts::text::plain;
use crate::wording::details as words;
use crewscope_trace::model::{TextRef, Trace};

/// Records listed at most; a span has a start and an end, seldom more.
const MOST: usize = 50;

/// The records, each opened on demand. Secrets are masked here too.
pub fn raw(subject: Subject) -> Option<Dom> {
    let span = subject.span()?;
    let number = span.records.len();
    let records = span
        .records
        .iter()
        .take(MOST)
        .map(|text| record(place(&subject.trace, &text), text))
        .collect::<Dom>();
    let title = counted(number as u64, words::RECORDS_OF);
    Some(
        group()
            .child(
                el("div")
                    .class("cs-part-head")
                    .child(el("h4").class("cs-heading").child(words::RAW))
                    .child(el("span").class("cs-muted").child(title)),
            )
            .child((number == 0).then(|| el("p").class("cs-unknown").child(words::NO_RECORD).dom()))
            .child(records)
            .dom(),
    )
}

fn place(trace: &Trace, record: &TextRef) -> String {
    let source = trace
        .sources
        .get(record.source as usize)
        .map(|source| plain(&source.name))
        .unwrap_or_default();
    words::place(&source, &count(record.offset), &bytes(record.len))
}

fn record(place: String, record: TextRef) -> Dom {
    let open = RwSignal::new(false);
    el("div")
        .class("cs-record")
        .child(
            button()
                .class("cs-call-toggle")
                .attr("aria-expanded", move || open.get().to_string())
                .click(move || open.update(|open| *open = !*open))
                .child(Icon::Right.draw())
                .child(el("span").class("cs-mono").child(place)),
        )
        .child(live(move || {
            open.get().then(|| {
                el("div")
                    .class("cs-call-body")
                    .child(long_text(record, None))
                    .dom()
            })
        }))
        .dom()
}

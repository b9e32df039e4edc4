//! Progress while a trace is read, and what went wrong.

use crate::dom::{button, el, live, Dom};
use crate::live::Memo;
use crate::view::parts::format::{bytes, counted, fixed, percent};
use crate::view::parts::text::{clipped, plain};
use crate::view::shell::error_card::error_card;
use crate::viewer::{Load, Viewer};
use crate::wording::shell as words;
use crewscope_wire::messages::Progress;
use leptos::prelude::*;

/// The line below the header while reading: bytes, records, cancel.
pub fn load_bar() -> Dom {
    let viewer = expect_context::<Viewer>();
    let loading = Memo::new(move || viewer.load.with(|load| matches!(load, Load::Loading(_))));
    let progress = Memo::new(move || {
        viewer.load.with(|load| {
            if let Load::Loading(progress) = load {
                progress.clone()
            } else {
                Progress::default()
            }
        })
    });
    live(move || {
        loading.get().then(|| {
            el("div")
                .class("cs-load-bar")
                .attr("part", "progress")
                .child(
                    el("div")
                        .class("cs-progress")
                        .attr("role", "progressbar")
                        .attr("aria-label", words::READING_TRACE)
                        .attr("aria-valuemin", "0")
                        .attr("aria-valuemax", "100")
                        .attr("aria-valuenow", move || {
                            share(&progress.get()).map(|share| fixed(share * 100.0, 0))
                        })
                        .attr("aria-valuetext", move || sentence(&progress.get()))
                        .attr("data-known", move || {
                            share(&progress.get()).is_some().to_string()
                        })
                        .child(el("i").style("width", move || {
                            format!(
                                "{}%",
                                fixed(share(&progress.get()).unwrap_or(0.3) * 100.0, 2)
                            )
                        })),
                )
                .child(el("p").child(live(move || sentence(&progress.get()))))
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-size", "small")
                        .click(move || viewer.cancel())
                        .child(live(move || {
                            if progress.with(|progress| progress.cancelled) {
                                words::STOP_NOW
                            } else {
                                words::CANCEL
                            }
                        })),
                )
                .dom()
        })
    })
}

fn share(progress: &Progress) -> Option<f64> {
    let total = progress.total.filter(|total| *total > 0)?;
    Some((progress.done as f64 / total as f64).min(1.0))
}

fn sentence(progress: &Progress) -> String {
    let name = clipped(&plain(&progress.name), 60);
    let total = progress.total.map(bytes).unwrap_or_default();
    let share = share(progress).map(percent).unwrap_or_default();
    let records = if progress.records > 0 {
        counted(progress.records, words::RECORDS_OF)
    } else {
        String::new()
    };
    let done = bytes(progress.done);
    words::reading(progress.cancelled, &name, &done, &total, &share, &records)
}

/// Above the regions: that reading failed or was stopped, while what was read is shown below.
pub fn load_card() -> Dom {
    let viewer = expect_context::<Viewer>();
    live(move || match viewer.load.get() {
        Load::Failed(error) => Some(error_card(error)),
        Load::Ready { cancelled: true } => Some(
            el("p")
                .class("cs-stopped")
                .attr("role", "status")
                .child(words::STOPPED)
                .dom(),
        ),
        _ => None,
    })
}

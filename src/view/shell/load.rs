//! Progress while a trace is read, and what went wrong.

use crate::view::parts::format::{bytes, counted, fixed, percent};
use crate::view::parts::text::{clipped, plain};
use crate::view::shell::error_card::ErrorCard;
use crate::viewer::{Load, Viewer};
use crate::wording::shell as words;
use crewscope_wire::messages::Progress;
use leptos::prelude::*;

/// The line below the header while reading: bytes, records, cancel.
#[component]
pub fn LoadBar() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let loading = Memo::new(move |_| viewer.load.with(|load| matches!(load, Load::Loading(_))));
    let progress = Memo::new(move |_| {
        viewer.load.with(|load| {
            if let Load::Loading(progress) = load {
                progress.clone()
            } else {
                Progress::default()
            }
        })
    });
    view! {
        <Show when=move || loading.get()>
            <div class="cs-load-bar" part="progress">
                <div
                    class="cs-progress"
                    role="progressbar"
                    aria-label=words::READING_TRACE
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || {
                        share(&progress.get()).map(|share| fixed(share * 100.0, 0))
                    }
                    aria-valuetext=move || sentence(&progress.get())
                    data-known=move || share(&progress.get()).is_some().to_string()
                >
                    <i style:width=move || {
                        format!("{}%", fixed(share(&progress.get()).unwrap_or(0.3) * 100.0, 2))
                    } />
                </div>
                <p>{move || sentence(&progress.get())}</p>
                <button
                    type="button"
                    class="cs-button"
                    data-size="small"
                    on:click=move |_| viewer.cancel()
                >
                    {move || {
                        if progress.with(|progress| progress.cancelled) {
                            words::STOP_NOW
                        } else {
                            words::CANCEL
                        }
                    }}
                </button>
            </div>
        </Show>
    }
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
#[component]
pub fn LoadCard() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    move || match viewer.load.get() {
        Load::Failed(error) => Some(view! { <ErrorCard error /> }.into_any()),
        Load::Ready { cancelled: true } => Some(
            view! {
                <p class="cs-stopped" role="status">
                    {words::STOPPED}
                </p>
            }
            .into_any(),
        ),
        _ => None,
    }
}

//! Progress while a trace is read, and what went wrong.

use super::start::OpenHint;
use crate::live::{live, Memo};
use crate::state::{Load, LoadError, Progress, Viewer};
use crate::view::parts::format::{bytes, counted, fixed, percent};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{clipped, plain, shown};
use leptos::prelude::*;

/// The line below the header while reading: bytes, records, cancel.
#[component]
pub fn LoadBar() -> impl IntoView {
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
            view! {
                <div class="cs-load-bar" part="progress">
                    <div
                        class="cs-progress"
                        role="progressbar"
                        aria-label="Reading the trace"
                        aria-valuemin="0"
                        aria-valuemax="100"
                        aria-valuenow=move || share(&progress.get()).map(|share| fixed(share * 100.0, 0))
                        aria-valuetext=move || sentence(&progress.get())
                        data-known=move || share(&progress.get()).is_some().to_string()
                    >
                        <i style:width=move || format!("{}%", fixed(share(&progress.get()).unwrap_or(0.3) * 100.0, 2))></i>
                    </div>
                    <p>{live(move || sentence(&progress.get()))}</p>
                    <button type="button" class="cs-button" data-size="small" on:click=move |_| viewer.cancel()>
                        {live(move || if progress.with(|progress| progress.cancelled) { "Stop now" } else { "Cancel" })}
                    </button>
                </div>
            }.into_any()
        })
    })
}

fn share(progress: &Progress) -> Option<f64> {
    let total = progress.total.filter(|total| *total > 0)?;
    Some((progress.done as f64 / total as f64).min(1.0))
}

fn sentence(progress: &Progress) -> String {
    let name = clipped(&plain(&progress.name), 60);
    let read = match progress.total {
        Some(total) => format!("{} of {}", bytes(progress.done), bytes(total)),
        None => bytes(progress.done),
    };
    let share = share(progress)
        .map(|share| format!(" ({})", percent(share)))
        .unwrap_or_default();
    let records = if progress.records > 0 {
        format!(", {}", counted(progress.records, "record", "records"))
    } else {
        String::new()
    };
    let verb = if progress.cancelled {
        "Stopping"
    } else {
        "Reading"
    };
    format!("{verb} {name}: {read}{share}{records}")
}

/// Above the regions: that reading failed or was stopped, while what was read is shown below.
#[component]
pub fn LoadCard() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    live(move || {
        match viewer.load.get() {
        Load::Failed(error) => Some(view! { <ErrorCard error=error/> }.into_any()),
        Load::Ready { cancelled: true } => Some(
            view! { <p class="cs-stopped" role="status">"Reading was stopped. What was read until then is shown; numbers cover that part only."</p> }
                .into_any(),
        ),
        _ => None,
    }
    })
}

/// What could not be opened, why, and what would work.
#[component]
pub fn ErrorCard(
    /// The error.
    error: LoadError,
) -> impl IntoView {
    view! {
        <div class="cs-error-card" role="alert" part="error">
            {Icon::Cross.draw()}
            <div>
                <h2>{shown(&error.title)}</h2>
                <p>{shown(&error.detail)}</p>
                {(!error.hint.is_empty()).then(|| view! { <p class="cs-muted">{shown(&error.hint)}</p> }.into_any())}
                <OpenHint/>
            </div>
        </div>
    }
}

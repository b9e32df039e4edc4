//! The page while nothing is open.

use super::load::ErrorCard;
use super::Frame;
use crate::live::{live, Memo};
use crate::source::Input;
use crate::state::{Load, Viewer};
use crate::view::parts::icon::Icon;
use crate::view::Sample;
use leptos::prelude::*;

/// What this is, where to drop a file, what it opens, and that nothing leaves the browser.
#[component]
pub fn Start() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let failed = move || {
        viewer.load.with(|load| {
            if let Load::Failed(error) = load {
                Some(error.clone())
            } else {
                None
            }
        })
    };
    let loading = Memo::new(move || viewer.load.with(|load| matches!(load, Load::Loading(_))));
    view! {
        <main class="cs-start" part="start">
            {live(move || failed().map(|error| view! { <ErrorCard error=error/> }.into_any()))}
            {live(move || {
                if loading.get() {
                    view! {
                        <div class="cs-start-wait" role="status">
                            <p>"Looking for the first records…"</p>
                        </div>
                    }
                        .into_any()
                } else {
                    view! { <Welcome/> }.into_any()
                }
            })}
        </main>
    }
}

#[component]
fn Welcome() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let sample = use_context::<Sample>();
    view! {
        <h1>"See what your crew did, why, and what to change"</h1>
        <p class="cs-start-lead">"crewscope opens the trace of a CrewAI run: tasks, agents, LLM and tool calls, tokens, cost and errors."</p>
        <button type="button" class="cs-drop-zone" part="drop-zone" on:click=move |_| frame.pick.update(|n| *n = n.wrapping_add(1))>
            <span class="cs-drop-icon">{Icon::Open.draw()}</span>
            <b>"Drop trace files here"</b>
            <span>"or click to choose them. Several files of one run may be opened together."</span>
        </button>
        {sample
            .map(|Sample(url)| {
                let open = move |_| viewer.open(vec![Input::Url { name: "sample.jsonl".into(), url: url.clone() }]);
                view! {
                    <p>
                        <button type="button" class="cs-button" on:click=open>
                            "Open a sample"
                        </button>
                    </p>
                }.into_any()
            })}
        <dl class="cs-start-facts">
            <dt>"Private"</dt>
            <dd>"The file is read in this browser. Nothing is uploaded, no account, no server."</dd>
            <dt>"Opens"</dt>
            <dd>
                "CrewAI's OpenTelemetry (OTLP) JSON and JSON Lines, trace batches and event logs; gzip of each."
            </dd>
            <dt>"Large files"</dt>
            <dd>"Read as a stream. Gigabytes are fine, and the first tasks appear while the rest is still being read."</dd>
        </dl>
    }
}

/// A line with a button, for places where opening another file is the way on.
#[component]
pub fn OpenHint() -> impl IntoView {
    let frame = expect_context::<Frame>();
    view! {
        <p>
            <button type="button" class="cs-button" on:click=move |_| frame.pick.update(|n| *n = n.wrapping_add(1))>
                "Open another file…"
            </button>
        </p>
    }
}

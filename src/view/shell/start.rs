//! The page while nothing is open.

use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::view::shell::error_card::ErrorCard;
use crate::view::shell::picker::ask_for_files;
use crate::view::Samples;
use crate::viewer::{Load, Viewer};
use crate::wording::shell as words;
use leptos::prelude::*;

/// What this is, where to drop a file, what it opens, and that nothing leaves the browser.
#[component]
pub fn StartPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let failed = move || {
        viewer.load.with(|load| match load {
            Load::Failed(error) => Some(error.clone()),
            _ => None,
        })
    };
    let loading = Memo::new(move |_| viewer.load.with(|load| matches!(load, Load::Loading(_))));
    view! {
        <main class="cs-start" part="start">
            {move || failed().map(|error| view! { <ErrorCard error /> })}
            <Show when=move || loading.get() fallback=|| view! { <Welcome /> }>
                <div class="cs-start-wait" role="status">
                    <p>{words::WAITING}</p>
                </div>
            </Show>
        </main>
    }
}

/// What this is and what to do, while nothing is on its way.
#[component]
fn Welcome() -> impl IntoView {
    let frame = expect_context::<Frame>();
    view! {
        <h1>{words::CLAIM}</h1>
        <p class="cs-start-lead">{words::WHAT_IT_IS}</p>
        <button
            type="button"
            class="cs-drop-zone"
            part="drop-zone"
            on:click=move |_| ask_for_files(frame)
        >
            <span class="cs-drop-icon">{Icon::Open.draw()}</span>
            <b>{words::DROP_HERE}</b>
            <span>{words::OR_CHOOSE}</span>
        </button>
        {use_context::<Samples>().map(|samples| view! { <Gallery samples /> })}
        <dl class="cs-start-facts">
            <dt>{words::PRIVATE}</dt>
            <dd>{words::PRIVATE_MEANS}</dd>
            <dt>{words::OPENS}</dt>
            <dd>{words::OPENS_WHAT}</dd>
            <dt>{words::LARGE_FILES}</dt>
            <dd>{words::LARGE_FILES_HOW}</dd>
        </dl>
    }
}

/// Runs to look at for who has no trace yet.
#[component]
fn Gallery(samples: Samples) -> impl IntoView {
    let sample = |(at, [title, text]): (u32, [String; 2])| {
        let open = samples.open.clone();
        view! {
            <li>
                <button type="button" on:click=move |_| open(at)>
                    <b>{title}</b>
                    <span>{text}</span>
                </button>
            </li>
        }
    };
    let list = (0..).zip(samples.titles).map(sample).collect_view();
    view! {
        <section>
            <h2>{words::OR_A_REAL_RUN}</h2>
            <ul class="cs-samples">{list}</ul>
        </section>
    }
}

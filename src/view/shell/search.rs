//! Search in the header: what opens it, and the steps through what was found. The rest (`view/find/`) comes when it is asked for.

use crate::view::find::Find;
use crate::view::frame::Frame;
use crate::view::parts::format::count;
use crate::view::parts::icon::Icon;
use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::prelude::*;

/// Opens the dialog from the header, and steps through what was found.
#[component]
pub fn SearchBox() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let find = expect_context::<Find>();
    let total = Memo::new(move |_| find.results.with(|results| results.places.len()));
    let any = move || total.get() > 0;
    let position = move || {
        let at = find.at.get().map_or(0, |at| at + 1);
        words::match_of(at, &count(total.get() as u64))
    };
    view! {
        <button
            type="button"
            class="cs-search"
            title=words::SEARCH_KEYS
            on:click=move |_| find.show(viewer, false)
        >
            {Icon::Search.draw()}
            <span class="cs-search-hint">{words::SEARCH}</span>
            <kbd aria-hidden="true">"/"</kbd>
        </button>
        <Show when=any>
            <div class="cs-search-steps">
                <Step forward=false />
                <span class="cs-muted" aria-live="polite">
                    {position}
                </span>
                <Step forward=true />
            </div>
        </Show>
    }
}

/// Goes to the next place that was found, or to the one before.
#[component]
fn Step(forward: bool) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let find = expect_context::<Find>();
    let (label, icon) = if forward {
        (words::NEXT_MATCH, Icon::Right)
    } else {
        (words::PREVIOUS_MATCH, Icon::Left)
    };
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="square"
            aria-label=label
            title=label
            on:click=move |_| find.step(viewer, frame, forward)
        >
            {icon.draw()}
        </button>
    }
}

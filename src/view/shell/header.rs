//! The bar at the top.

use super::notes::Notes;
use super::picker::Picker;
use super::Frame;
use crate::live::live;
use crate::state::{Theme, Viewer};
use crate::view::parts::icon::Icon;
use leptos::prelude::*;

/// The theme that follows in the cycle of the button.
pub fn next_theme(theme: Theme) -> Theme {
    match theme {
        Theme::Auto => Theme::Light,
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::Auto,
    }
}

/// Logo, opening, notes, theme and help.
#[component]
pub fn Header() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let theme = viewer.theme;
    let theme_label = move || {
        let word = match theme.get() {
            Theme::Auto => "as the system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        format!("Theme: {word}. Change (t)")
    };
    let several = move || {
        viewer.data.with(|data| {
            data.as_ref()
                .is_some_and(|loaded| loaded.trace.executions.len() > 1)
        })
    };
    view! {
        <header class="cs-header" part="header">
            {live(move || {
                several()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="cs-button cs-executions-toggle"
                                data-look="quiet"
                                aria-expanded=move || frame.executions.get().to_string()
                                on:click=move |_| frame.executions.update(|open| *open = !*open)
                            >
                                "Executions"
                            </button>
                        }.into_any()
                    })
            })}
            <span class="cs-logo">
                <i></i>
                <span>"crewscope"</span>
            </span>
            <Picker/>
            <span class="cs-grow"></span>
            <Notes/>
            <button
                type="button"
                class="cs-button"
                data-look="square"
                aria-label=theme_label
                title=theme_label
                on:click=move |_| theme.update(|theme| *theme = next_theme(*theme))
            >
                {live(move || match theme.get() {
                    Theme::Auto => Icon::Auto.draw(),
                    Theme::Light => Icon::Sun.draw(),
                    Theme::Dark => Icon::Moon.draw(),
                })}
            </button>
            <button
                type="button"
                class="cs-button"
                data-look="square"
                aria-label="Keys and help (?)"
                title="Keys and help (?)"
                on:click=move |_| frame.help.set(true)
            >
                {Icon::Question.draw()}
            </button>
        </header>
    }
}

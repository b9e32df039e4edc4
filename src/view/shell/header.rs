//! The bar at the top.

use crate::view::actions::Actions;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::view::shell::notes::Notes;
use crate::view::shell::picker::Picker;
use crate::view::shell::search::SearchBox;
use crate::view::Save;
use crate::viewer::{Theme, Viewer};
use crate::wording::{common, shell as words};
use leptos::prelude::*;

/// Logo, opening, notes, theme and help.
#[component]
pub fn Header() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let open = Memo::new(move |_| viewer.data.with(Option::is_some));
    let comparable = Memo::new(move |_| {
        viewer.data.with(|data| {
            data.as_ref()
                .is_some_and(|loaded| loaded.trace.executions.len() > 1)
        })
    });
    let several = move || comparable.get() || viewer.shelf.with(|shelf| !shelf.names.is_empty());
    view! {
        <header class="cs-header" part="header">
            <Show when=several>
                <ExecutionsToggle />
            </Show>
            <span class="cs-logo">
                <i />
                <span>{words::CREWSCOPE}</span>
            </span>
            <Picker />
            <Show when=move || open.get()>
                <SearchBox />
            </Show>
            <span class="cs-grow" />
            <Notes />
            <Show when=move || comparable.get()>
                <KeyButton label=common::COMPARE key="c" />
            </Show>
            <Show when=move || open.get()>
                <KeyButton label=words::TAKE_ALONG key="x" />
            </Show>
            {use_context::<Save>().map(|save| view! { <SaveButton save open /> })}
            <ThemeButton />
            <HelpButton />
        </header>
    }
}

/// Opens the list of executions where there is no room for it beside the rest.
#[component]
fn ExecutionsToggle() -> impl IntoView {
    let frame = expect_context::<Frame>();
    view! {
        <button
            type="button"
            class="cs-button cs-executions-toggle"
            data-look="quiet"
            aria-expanded=move || frame.executions.get().to_string()
            on:click=move |_| frame.executions.update(|open| *open = !*open)
        >
            {common::EXECUTIONS}
        </button>
    }
}

/// Does what a key does, for who has none.
#[component]
fn KeyButton(
    /// What it does, in words.
    label: &'static str,
    /// The key.
    key: &'static str,
) -> impl IntoView {
    let actions = expect_context::<Actions>();
    view! {
        <button
            type="button"
            class="cs-button cs-action"
            title=words::with_key(label, key)
            on:click=move |_| {
                actions.act(key);
            }
        >
            {label}
        </button>
    }
}

/// Saves what is open as one HTML file.
#[component]
fn SaveButton(
    save: Save,
    /// Something is open.
    open: Memo<bool>,
) -> impl IntoView {
    let save = Callback::new(move |()| (save.0)());
    view! {
        <Show when=move || open.get()>
            <button
                type="button"
                class="cs-button"
                data-look="square"
                part="save"
                aria-label=words::SAVE_AS_HTML
                title=words::SAVE_AS_HTML_MEANS
                on:click=move |_| save.run(())
            >
                {Icon::Download.draw()}
            </button>
        </Show>
    }
}

/// Shows the theme and goes to the next.
#[component]
fn ThemeButton() -> impl IntoView {
    let theme = expect_context::<Viewer>().theme;
    let label = move || {
        words::theme(match theme.get() {
            Theme::Auto => words::THEME_AUTO,
            Theme::Light => words::THEME_LIGHT,
            Theme::Dark => words::THEME_DARK,
        })
    };
    let icon = move || match theme.get() {
        Theme::Auto => Icon::Auto.draw(),
        Theme::Light => Icon::Sun.draw(),
        Theme::Dark => Icon::Moon.draw(),
    };
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="square"
            aria-label=label
            title=label
            on:click=move |_| theme.update(|theme| *theme = theme.next())
        >
            {icon}
        </button>
    }
}

/// Opens the list of keys.
#[component]
fn HelpButton() -> impl IntoView {
    let frame = expect_context::<Frame>();
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="square"
            aria-label=words::HELP
            title=words::HELP
            on:click=move |_| frame.help.set(true)
        >
            {Icon::Question.draw()}
        </button>
    }
}

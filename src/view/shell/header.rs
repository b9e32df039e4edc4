//! The bar at the top.

use crate::view::actions::Actions;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::view::shell::notes::Notes;
use crate::view::shell::picker::Picker;
use crate::view::shell::search::SearchBox;
use crate::view::Save;
use crate::viewer::{Loaded, Theme, Viewer};
use crate::wording::{common, shell as words};
use leptos::prelude::*;

/// Logo, opening, notes, theme and help.
#[component]
pub fn Header() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let actions = expect_context::<Actions>();
    let save = use_context::<Save>();
    let theme = viewer.theme;
    let theme_label = move || {
        let word = match theme.get() {
            Theme::Auto => words::THEME_AUTO,
            Theme::Light => words::THEME_LIGHT,
            Theme::Dark => words::THEME_DARK,
        };
        words::theme(word)
    };
    let several = move || {
        viewer.data.with(|data| {
            data.as_ref()
                .is_some_and(|loaded| loaded.trace.executions.len() > 1)
        }) || viewer.shelf.with(|shelf| !shelf.names.is_empty())
    };
    let open = Memo::new(move |_| viewer.data.with(Option::is_some));
    let comparable = Memo::new(move |_| {
        let several = |loaded: &Loaded| loaded.trace.executions.len() > 1;
        viewer.data.with(|data| data.as_ref().is_some_and(several))
    });
    // What a key does, for who has none.
    let action = move |label: &'static str, key: &'static str| {
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
    };
    view! {
        <header class="cs-header" part="header">
            {move || {
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
                                {common::EXECUTIONS}
                            </button>
                        }
                    })
            }}
            <span class="cs-logo">
                <i />
                <span>{words::CREWSCOPE}</span>
            </span>
            <Picker />
            {move || open.get().then(|| view! { <SearchBox /> })}
            <span class="cs-grow" />
            <Notes />
            {move || { comparable.get().then(|| action(common::COMPARE, "c")) }}
            {move || { open.get().then(|| action(words::TAKE_ALONG, "x")) }}
            {save
                .map(|save| {
                    move || {
                        let save = save.clone();
                        viewer
                            .data
                            .with(Option::is_some)
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="cs-button"
                                        data-look="square"
                                        part="save"
                                        aria-label=words::SAVE_AS_HTML
                                        title=words::SAVE_AS_HTML_MEANS
                                        on:click=move |_| (save.0)()
                                    >
                                        {Icon::Download.draw()}
                                    </button>
                                }
                            })
                    }
                })}
            <button
                type="button"
                class="cs-button"
                data-look="square"
                aria-label=theme_label
                title=theme_label
                on:click=move |_| theme.update(|theme| *theme = theme.next())
            >
                {move || match theme.get() {
                    Theme::Auto => Icon::Auto.draw(),
                    Theme::Light => Icon::Sun.draw(),
                    Theme::Dark => Icon::Moon.draw(),
                }}
            </button>
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
        </header>
    }
}

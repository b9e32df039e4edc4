//! The dialog of search and commands.

mod commands;
mod filters;
mod list;
mod state;
mod values;

use crate::view::actions::Actions;
use crate::view::parts::icon::Icon;
use crate::wording::find as words;
use filters::Filters;
use leptos::prelude::*;
use list::{List, ShowMore, Status};
use state::State;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, KeyboardEvent, MouseEvent};

/// The dialog.
#[component]
pub fn Palette() -> impl IntoView {
    let state = State::new(expect_context::<Actions>());
    state.follow();
    let State {
        actions,
        find,
        dialog,
        is_commands,
        ..
    } = state;
    let closed = move |_| {
        // Opened again before this was heard, it stays open.
        if dialog.get_untracked().is_none_or(|dialog| !dialog.open()) {
            state.close();
        }
    };
    // Only a press beside the box has the dialog itself as its target.
    let pressed = move |event: MouseEvent| {
        if event
            .target()
            .is_some_and(|target| target.is_instance_of::<HtmlDialogElement>())
        {
            state.close();
        }
    };
    view! {
        <dialog
            class="cs-find"
            node_ref=dialog
            aria-label=words::SEARCH_AND_COMMANDS
            on:close=closed
            on:click=pressed
        >
            <div class="cs-find-box">
                <Head state />
                <Show when=move || !is_commands.get()>
                    <Filters viewer=actions.viewer find />
                </Show>
                <Status state />
                <List state />
                <ShowMore state />
            </div>
        </dialog>
    }
}

/// The field, and the buttons beside it.
#[component]
fn Head(state: State) -> impl IntoView {
    let State {
        find, is_commands, ..
    } = state;
    view! {
        <div class="cs-find-head">
            <Field state />
            <Show when=move || find.results.with(|results| results.running)>
                <button
                    type="button"
                    class="cs-button"
                    data-size="small"
                    on:click=move |_| find.stop()
                >
                    {words::STOP}
                </button>
            </Show>
            <Show when=move || !is_commands.get()>
                <button
                    type="button"
                    class="cs-button"
                    data-look="quiet"
                    data-size="small"
                    title=words::COMMANDS_KEYS
                    on:click=move |_| state.show_commands()
                >
                    {words::COMMANDS}
                </button>
            </Show>
            <button
                type="button"
                class="cs-button"
                data-look="quiet"
                data-size="small"
                aria-label=words::CLOSE_ESC
                on:click=move |_| state.close()
            >
                {Icon::Cross.draw()}
            </button>
        </div>
    }
}

/// Where a query or the name of a command is written.
#[component]
fn Field(state: State) -> impl IntoView {
    let State {
        find,
        active,
        is_commands,
        ..
    } = state;
    let active_line = move || {
        let any = is_commands.get() || find.results.with(|results| !results.places.is_empty());
        any.then(|| format!("cs-find-{}", active.get()))
    };
    view! {
        {Icon::Search.draw()}
        <input
            node_ref=state.field
            type="text"
            role="combobox"
            aria-label=words::FIELD
            aria-expanded="true"
            aria-controls="cs-find-list"
            aria-autocomplete="list"
            aria-activedescendant=active_line
            autocomplete="off"
            spellcheck="false"
            placeholder=words::FIELD_HINT
            on:input=move |event| find.text.set(event_target_value(&event))
            on:keydown=move |event| press(state, &event)
        />
    }
}

/// Acts on a key in the field.
fn press(state: State, event: &KeyboardEvent) {
    match event.key().as_str() {
        "ArrowDown" => state.go_down(),
        "ArrowUp" => state.go_up(),
        "Enter" => state.choose_active(),
        _ => return,
    }
    event.prevent_default();
    state.show_active();
}

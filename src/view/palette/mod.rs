//! The dialog of search and commands, and its place in the header.

mod commands;
mod filters;
mod values;

use crate::view::actions::Actions;
use crate::view::find::mark;
use crate::view::find::search::label;
use crate::view::find::{Find, Place};
use crate::view::frame::Frame;
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::scroll::scroll_near;
use crate::view::parts::text::{shown, Named};
use crate::viewer::{Load, Viewer};
use crate::wording::{common, find as words};
use commands::{matching, Act, Command};
use filters::Filters;
use gloo::timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use values::on_screen;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDialogElement, HtmlInputElement, KeyboardEvent};

/// Places listed before "show more".
const PAGE: usize = 100;

/// How long a person must pause before it is searched.
const PAUSE_MS: u32 = 180;

/// What stands in the list.
#[derive(Clone)]
enum Line {
    Place(usize, Place),
    Command(Command),
}

/// The dialog.
#[component]
pub fn Palette() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let find = expect_context::<Find>();
    let actions = expect_context::<Actions>();
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let active = RwSignal::new(0_usize);
    let limit = RwSignal::new(PAGE);
    let asked = RwSignal::new(String::new());
    Effect::new(move |_| {
        let open = find.open.get();
        let Some(dialog) = dialog.get() else { return };
        if open && !dialog.open() {
            // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
            let _ = dialog.show_modal();
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
                // Written over at once, but for the sign of commands.
                if !find.text.with_untracked(|text| text.starts_with('>')) {
                    field.select();
                }
            }
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    // Written by the filters, by a link or by a command, the text comes into the field, too.
    Effect::new(move |_| {
        let text = find.text.get();
        if let Some(field) = field.get().filter(|field| field.value() != text) {
            field.set_value(&text);
        }
    });
    // A link, or the way back in the history, says what was looked for.
    Effect::new(move |_| {
        let linked = viewer.extra("q").unwrap_or_default();
        if asked.with_untracked(|asked| *asked != linked) {
            find.text.set(linked);
        }
    });
    let pause = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        let text = find.text.get();
        active.set(0);
        limit.set(PAGE);
        let start = move || {
            let known = asked.with_untracked(|asked| *asked == text);
            if !known && !text.starts_with('>') {
                asked.set(text.clone());
                viewer.set_extra("q", (!text.is_empty()).then(|| text.clone()));
                find.start(viewer, &text);
            }
        };
        pause.set_value(Some(Timeout::new(PAUSE_MS, start)));
    });
    // Another trace: what was found in the one before means nothing in it.
    let open = Memo::new(move |_| {
        let whole = viewer.load.with(|load| matches!(load, Load::Ready { .. }));
        (viewer.data.with(Option::is_some), whole)
    });
    Effect::new(move |_| {
        if open.get().0 {
            asked.with_untracked(|asked| find.start(viewer, asked));
        } else {
            find.stop();
            find.results.set(crate::view::find::Results::default());
        }
    });
    mark::follow(find, dialog);
    let is_commands = Memo::new(move |_| find.text.with(|text| text.starts_with('>')));
    let lines = move || -> Vec<Line> {
        if is_commands.get() {
            let values = dialog.get_untracked();
            let values = values.map_or_else(Vec::new, |dialog| on_screen(&dialog));
            let commands = find
                .text
                .with(|text| matching(viewer, frame, text.trim_start_matches('>'), &values));
            return commands.into_iter().map(Line::Command).collect();
        }
        let limit = limit.get();
        find.results.with(|results| {
            let places = results.places.iter().take(limit).cloned().enumerate();
            places.map(|(at, place)| Line::Place(at, place)).collect()
        })
    };
    let choose = move |line: Line| {
        find.open.set(false);
        match line {
            Line::Place(at, _) => find.go(viewer, frame, at),
            Line::Command(command) => {
                let near = dialog.get_untracked().map(Into::into);
                command.run(actions, near);
            }
        }
    };
    // Enter came before the first place was found: it counts then.
    let eager = RwSignal::new(false);
    Effect::new(move |_| {
        let found = find.results.with(|results| !results.places.is_empty());
        if found && eager.get() {
            eager.set(false);
            find.open.set(false);
            find.go(viewer, frame, 0);
        }
    });
    Effect::new(move |_| {
        find.text.track();
        eager.set(false);
    });
    let keys = move |event: KeyboardEvent| {
        let lines = lines();
        let now = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => active.set((now + 1).min(lines.len().saturating_sub(1))),
            "ArrowUp" => active.set(now.saturating_sub(1)),
            "Enter" => {
                let late =
                    asked.with_untracked(|asked| find.text.with_untracked(|text| asked != text));
                match lines.get(now) {
                    Some(line) if !late || is_commands.get_untracked() => choose(line.clone()),
                    _ => eager.set(!is_commands.get_untracked()),
                }
            }
            _ => return,
        }
        event.prevent_default();
        let shown = dialog.get_untracked().and_then(|dialog| {
            let now = active.get_untracked();
            dialog
                .query_selector(&format!("#cs-find-{now}"))
                .ok()
                .flatten()
        });
        if let Some(shown) = shown {
            scroll_near(&shown);
        }
    };
    let list = move || {
        let drawn = lines().into_iter().enumerate().map(|(index, line)| {
            let chosen = line.clone();
            view! {
                <li
                    role="option"
                    id=format!("cs-find-{index}")
                    aria-selected=move || (active.get() == index).to_string()
                    on:click=move |_| choose(chosen.clone())
                >
                    {match &line {
                        Line::Place(_, place) => place_line(find, place),
                        Line::Command(command) => command_line(command).into_any(),
                    }}
                </li>
            }
        });
        drawn.collect_view()
    };
    view! {
        <dialog
            class="cs-find"
            node_ref=dialog
            aria-label=words::SEARCH_AND_COMMANDS
            on:close=move |_: Event| {
                if dialog.get_untracked().is_none_or(|dialog| !dialog.open()) {
                    find.open.set(false);
                }
            }
            on:click=move |event| {
                let on_self = event
                    .target()
                    .and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
                if on_self.is_some() {
                    find.open.set(false);
                }
            }
        >
            <div class="cs-find-box">
                <div class="cs-find-head">
                    {Icon::Search.draw()}
                    <input
                        node_ref=field
                        type="text"
                        role="combobox"
                        aria-label=words::FIELD
                        aria-expanded="true"
                        aria-controls="cs-find-list"
                        aria-autocomplete="list"
                        aria-activedescendant=move || {
                            let any = is_commands.get()
                                || find.results.with(|results| !results.places.is_empty());
                            any.then(|| format!("cs-find-{}", active.get()))
                        }
                        autocomplete="off"
                        spellcheck="false"
                        placeholder=words::FIELD_HINT
                        on:input=move |event: Event| {
                            let field = event.target();
                            let field = field
                                .and_then(|field| { field.dyn_into::<HtmlInputElement>().ok() });
                            if let Some(field) = field {
                                find.text.set(field.value());
                            }
                        }
                        on:keydown=keys
                    />
                    {move || {
                        find.results
                            .with(|results| results.running)
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="cs-button"
                                        data-size="small"
                                        on:click=move |_| find.stop()
                                    >
                                        {words::STOP}
                                    </button>
                                }
                            })
                    }}
                    {move || {
                        (!is_commands.get())
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="cs-button"
                                        data-look="quiet"
                                        data-size="small"
                                        title=words::COMMANDS_KEYS
                                        on:click=move |_| {
                                            find.text.set(">".to_owned());
                                            let field = field.get_untracked();
                                            let _ = field.map(|field| field.focus());
                                        }
                                    >
                                        {words::COMMANDS}
                                    </button>
                                }
                            })
                    }}
                    <button
                        type="button"
                        class="cs-button"
                        data-look="quiet"
                        data-size="small"
                        aria-label=words::CLOSE_ESC
                        on:click=move |_| find.open.set(false)
                    >
                        {Icon::Cross.draw()}
                    </button>
                </div>
                {move || { (!is_commands.get()).then(|| view! { <Filters viewer find /> }) }}
                <p class="cs-find-status cs-muted" role="status">
                    {move || status(find, is_commands.get())}
                </p>
                <ul
                    class="cs-find-list cs-plain"
                    id="cs-find-list"
                    role="listbox"
                    aria-label=common::FOUND
                    tabindex="-1"
                >
                    {list}
                </ul>
                {move || {
                    let more = find
                        .results
                        .with(|results| results.places.len().saturating_sub(limit.get()));
                    (more > 0 && !is_commands.get())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="cs-button"
                                    data-size="small"
                                    on:click=move |_| limit.update(|limit| *limit += PAGE * 2)
                                >
                                    {words::show_more(&count(more as u64))}
                                </button>
                            }
                        })
                }}
            </div>
        </dialog>
    }
}

fn status(find: Find, commands: bool) -> String {
    if commands {
        return words::ENTER_RUNS.to_owned();
    }
    find.results.with(|results| {
        if results.trace.is_none() {
            return words::HOW_TO_SEARCH.to_owned();
        }
        let matches = counted(results.count(), words::MATCHES_OF);
        let places = counted(results.places.len() as u64, words::PLACES_OF);
        let read = (results.done > 0).then(|| bytes(results.done));
        let mut told = words::found(&matches, results.more, &places);
        if results.lost {
            told.push_str(words::NOT_ALL);
        }
        if results.running {
            told.push_str(&words::searching(read.as_deref()));
        }
        told
    })
}

fn place_line(find: Find, place: &Place) -> AnyView {
    let about = find.results.with_untracked(|results| {
        let trace = results.trace.as_ref()?;
        let span = trace.spans.get(place.at as usize)?;
        let task = trace
            .nearest(place.at, |span| {
                span.kind == crewscope_trace::model::Kind::Task
            })
            .filter(|task| *task != place.at)
            .map(|task| name::at(trace, task));
        let field = place.field.map(|field| label(span.kind, field));
        Some((span.kind, name::at(trace, place.at), field, task))
    });
    let Some((kind, name, field, task)) = about else {
        return ().into_any();
    };
    let [before, hit, after] = &place.excerpt;
    let times = (place.count > 1).then(|| words::times(&count(u64::from(place.count))));
    view! {
        <span class="cs-find-what">
            <span class="cs-kind" data-kind=name::colour(kind) />
            <b>
                <Named text=name />
            </b>
            <span class="cs-muted">{field.unwrap_or(kind.label())}</span>
            {times.map(|times| view! { <span class="cs-muted">{times}</span> })}
            {task
                .map(|task| {
                    view! {
                        <span class="cs-find-task cs-muted">
                            <Named text=task />
                        </span>
                    }
                })}
        </span>
        {(!hit.is_empty())
            .then(|| {
                view! {
                    <span class="cs-find-text">
                        {shown(before)} <mark>{shown(hit)}</mark> {shown(after)}
                    </span>
                }
            })}
    }
    .into_any()
}

fn command_line(command: &Command) -> impl IntoView {
    let keys = match command.act {
        Act::Key(key) => Some(view! { <kbd>{key}</kbd> }.into_any()),
        _ => None,
    };
    view! {
        <span class="cs-find-what">
            <b>
                <Named text=command.label.clone() />
            </b>
            <span class="cs-grow" />
            {keys}
        </span>
    }
}

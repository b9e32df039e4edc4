//! What was found, or the commands that fit: what is said of them, and the list.

use crate::view::find::search::label;
use crate::view::find::{Find, Place, Results};
use crate::view::palette::commands::{Act, Command};
use crate::view::palette::state::{Line, State};
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::name;
use crate::view::parts::text::{shown, Named};
use crate::wording::{common, find as words};
use crewscope_trace::model::{Kind, Trace};
use leptos::prelude::*;

/// How many were found, and whether it goes on.
#[component]
pub fn Status(state: State) -> impl IntoView {
    let status = move || {
        if state.is_commands.get() {
            words::ENTER_RUNS.to_owned()
        } else {
            state.find.results.with(said_of)
        }
    };
    view! {
        <p class="cs-find-status cs-muted" role="status">
            {status}
        </p>
    }
}

fn said_of(results: &Results) -> String {
    if results.trace.is_none() {
        return words::HOW_TO_SEARCH.to_owned();
    }
    let matches = counted(results.count(), words::MATCHES_OF);
    let places = counted(results.places.len() as u64, words::PLACES_OF);
    let mut said = words::found(&matches, results.more, &places);
    if results.lost {
        said.push_str(words::NOT_ALL);
    }
    if results.running {
        let read = (results.done > 0).then(|| bytes(results.done));
        said.push_str(&words::searching(read.as_deref()));
    }
    said
}

/// The list.
#[component]
pub fn List(state: State) -> impl IntoView {
    // Not keyed: what is found while it goes on moves the others, and a line is named by where it stands.
    let lines = move || {
        let lines = state.lines().into_iter().enumerate();
        lines
            .map(|(index, line)| view! { <Entry state index line /> })
            .collect_view()
    };
    view! {
        <ul
            class="cs-find-list cs-plain"
            id="cs-find-list"
            role="listbox"
            aria-label=common::FOUND
            tabindex="-1"
        >
            {lines}
        </ul>
    }
}

/// A line of the list; pressed, it is chosen.
#[component]
fn Entry(
    state: State,
    /// Where it stands; part of its id.
    index: usize,
    line: Line,
) -> impl IntoView {
    let content = match line.clone() {
        Line::Place(_, place) => view! { <FoundPlace find=state.find place /> }.into_any(),
        Line::Command(command) => view! { <CommandName command /> }.into_any(),
    };
    view! {
        <li
            role="option"
            id=format!("cs-find-{index}")
            aria-selected=move || (state.active.get() == index).to_string()
            on:click=move |_| state.choose(&line)
        >
            {content}
        </li>
    }
}

/// Where something was found, and the words around it.
#[component]
fn FoundPlace(find: Find, place: Place) -> impl IntoView {
    let about = find
        .results
        .with_untracked(|results| About::of(results.trace.as_ref()?, &place));
    let times = (place.count > 1).then(|| words::times(&count(u64::from(place.count))));
    let [before, hit, after] = place.excerpt;
    about.map(|about| {
        view! {
            <span class="cs-find-what">
                <span class="cs-kind" data-kind=name::colour(about.kind) />
                <b>
                    <Named text=about.name />
                </b>
                <span class="cs-muted">{about.field}</span>
                {times.map(|times| view! { <span class="cs-muted">{times}</span> })}
                {about
                    .task
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
                            {shown(&before)} <mark>{shown(&hit)}</mark> {shown(&after)}
                        </span>
                    }
                })}
        }
    })
}

/// What is said of the span in which something was found.
struct About {
    kind: Kind,
    name: String,
    /// The field of it, or its kind if it is the span's own name.
    field: &'static str,
    /// The task around it, if it is not the task itself.
    task: Option<String>,
}

impl About {
    fn of(trace: &Trace, place: &Place) -> Option<Self> {
        let span = trace.spans.get(place.at as usize)?;
        let task = trace.nearest(place.at, |span| span.kind == Kind::Task);
        let task = task.filter(|task| *task != place.at);
        Some(Self {
            kind: span.kind,
            name: name::at(trace, place.at),
            field: place
                .field
                .map_or_else(|| span.kind.label(), |field| label(span.kind, field)),
            task: task.map(|task| name::at(trace, task)),
        })
    }
}

/// What a command is called, and its key.
#[component]
fn CommandName(command: Command) -> impl IntoView {
    let key = match command.act {
        Act::Key(key) => Some(key),
        _ => None,
    };
    view! {
        <span class="cs-find-what">
            <b>
                <Named text=command.label />
            </b>
            <span class="cs-grow" />
            {key.map(|key| view! { <kbd>{key}</kbd> })}
        </span>
    }
}

/// Lists more of what was found.
#[component]
pub fn ShowMore(state: State) -> impl IntoView {
    let more = Memo::new(move |_| state.more());
    let any = move || more.get() > 0 && !state.is_commands.get();
    view! {
        <Show when=any>
            <button
                type="button"
                class="cs-button"
                data-size="small"
                on:click=move |_| state.show_more()
            >
                {move || words::show_more(&count(more.get() as u64))}
            </button>
        </Show>
    }
}

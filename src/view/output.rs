//! Region "Final Output": the result of the execution.

use crate::view::answers::{Answers, Shown};
use crate::view::parts::copy::{copy_button, download};
use crate::view::parts::form::Form;
use crate::view::parts::format::bytes;
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::{reading, HEAD};
use crate::view::parts::name;
use crate::view::parts::rich::Rich;
use crate::view::parts::text::{plain, shown as text};
use crate::wording::{common, output as words};
use crewscope_analysis::{final_output as answer_of, readable, FinalOutput as Answer};
use crewscope_trace::model::Status;
use leptos::prelude::*;

/// Largest output that is put on the page; more than that is for the download.
const MOST: u64 = 1024 * 1024;

/// The output with its forms, copy and download.
#[component]
pub fn FinalOutput() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let answer = Memo::new(move |_| {
        answers.shown.with(|shown| {
            let shown = shown.as_ref()?;
            Some(answer_of(&shown.trace, shown.execution()?))
        })
    });
    let answer = move || answer.get().unwrap_or_default();
    let chosen = RwSignal::new(None::<Form>);
    let whole = RwSignal::new(false);
    let read = reading(
        move || answer().text,
        move || if whole.get() { MOST } else { HEAD },
    );
    let content = Memo::new(move |_| match read.get() {
        Some(Ok((content, more))) => Some((readable(&content), more)),
        _ => None,
    });
    let failed = move || match read.get() {
        Some(Err(why)) => Some(why),
        _ => None,
    };
    let form = Memo::new(move |_| {
        let suggested = || {
            content.with(|content| {
                content
                    .as_ref()
                    .map_or(Form::Text, |(content, _)| Form::of(content))
            })
        };
        chosen.get().unwrap_or_else(suggested)
    });
    let is_json = Memo::new(move |_| {
        content.with(|content| {
            content
                .as_ref()
                .is_some_and(|(content, _)| crate::view::parts::json_tree::is_tree(content))
        })
    });
    let now = Callback::new(move |()| {
        content.with_untracked(|content| {
            content
                .as_ref()
                .map(|(content, _)| plain(content))
                .unwrap_or_default()
        })
    });
    let save = move || {
        let name = if is_json.get_untracked() {
            "final-output.json"
        } else {
            "final-output.md"
        };
        // Refused only where downloads are forbidden altogether; the browser says so itself.
        let _ = download(name, &now.run(()));
    };
    let switch = move || {
        let forms = [Form::Markdown, Form::Json, Form::Text]
            .into_iter()
            .filter(move |form| *form != Form::Json || is_json.get());
        forms
            .map(|this| {
                view! {
                    <button
                        type="button"
                        aria-pressed=move || (form.get() == this).to_string()
                        on:click=move |_| chosen.set(Some(this))
                    >
                        {this.label()}
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <section
            class="cs-panel cs-final"
            part="output"
            role="region"
            aria-label=words::FINAL_OUTPUT
        >
            <div class="cs-panel-head">
                <h2 class="cs-heading">{words::FINAL_OUTPUT}</h2>
                {move || {
                    content
                        .with(Option::is_some)
                        .then(|| {
                            view! {
                                <div class="cs-actions">
                                    <div class="cs-switch" role="group" aria-label=words::SHOW_AS>
                                        {switch}
                                    </div>
                                    {copy_button(now, words::THE_OUTPUT)}
                                    <button
                                        type="button"
                                        class="cs-button"
                                        data-look="quiet"
                                        data-size="small"
                                        on:click=move |_| save()
                                    >
                                        {Icon::Download.draw()}
                                        {common::DOWNLOAD}
                                    </button>
                                </div>
                            }
                        })
                }}
            </div>
            <div class="cs-final-body">
                {move || {
                    let shown = answers.shown.get()?;
                    Some(view! { <Explanation shown answer=answer() /> })
                }}
                {move || {
                    failed()
                        .map(|why| {
                            view! {
                                <p class="cs-unknown" role="alert">
                                    {text(&why)}
                                </p>
                            }
                        })
                }}
                {move || {
                    content
                        .get()
                        .map(|(content, more)| {
                            view! {
                                <Rich text=content form=Some(form.get()) cut=more />
                                {more
                                    .then(|| {
                                        let size = answer().text.map_or(0, |text| text.len);
                                        view! { <RestOf whole size /> }
                                    })}
                            }
                        })
                }}
            </div>
        </section>
    }
}

#[component]
fn RestOf(whole: RwSignal<bool>, size: u64) -> impl IntoView {
    if whole.get_untracked() {
        return view! { <p class="cs-muted">{common::only_first(&bytes(MOST), &bytes(size))}</p> }
            .into_any();
    }
    view! {
        <button type="button" class="cs-button" data-size="small" on:click=move |_| whole.set(true)>
            {common::show_rest(&bytes(size))}
        </button>
    }
    .into_any()
}

/// Says what is shown when it is not simply the result.
#[component]
fn Explanation(
    /// The execution.
    shown: Shown,
    /// What is shown as its output.
    answer: Answer,
) -> impl IntoView {
    let execution = shown.execution()?;
    let what = execution.kind.name();
    let why = match execution.status {
        Status::Failed => words::failed(what),
        Status::Running => words::not_ended(what),
        Status::Completed | Status::Unknown if answer.text.is_some() => return None,
        Status::Completed | Status::Unknown => words::not_recorded(what),
    };
    if answer.complete && answer.text.is_some() {
        return None;
    }
    let from = answer
        .from
        .and_then(|from| shown.trace.spans.get(from as usize))
        .map(|span| name::of(&shown.trace, span));
    let from = from.map(|from| {
        view! {
            {words::LAST_TASK}
            <b>
                <bdi>{text(&from)}</bdi>
            </b>
            {words::WHOSE_OUTPUT}
        }
    });
    Some(view! { <p class="cs-muted">{why} {from}</p> })
}

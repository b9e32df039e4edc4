//! Region "Final Output": the result of the execution.

use super::answers::Answers;
use super::parts::copy::{download, CopyButton};
use super::parts::format::bytes;
use super::parts::icon::Icon;
use super::parts::long_text::{reading, HEAD};
use super::parts::name;
use super::parts::rich::{Form, Rich};
use super::parts::text::{plain, shown as text};
use crate::live::{live, Memo, RwSignal};
use crewscope_trace::analysis::{final_output, readable, FinalOutput as Answer};
use crewscope_trace::model::Status;
use leptos::prelude::*;

/// Largest output that is put on the page; more than that is for the download.
const MOST: u64 = 1024 * 1024;

/// The output with its forms, copy and download.
#[component]
pub fn FinalOutput() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let answer = Memo::new(move || {
        answers.shown.with(|shown| {
            let shown = shown.as_ref()?;
            Some(final_output(&shown.trace, shown.execution()?))
        })
    });
    let answer = move || answer.get().unwrap_or_default();
    let chosen = RwSignal::new(None::<Form>);
    let whole = RwSignal::new(false);
    let read = reading(
        move || answer().text,
        move || if whole.get() { MOST } else { HEAD },
    );
    let content = Memo::new(move || match read.get() {
        Some(Ok((content, more))) => Some((readable(&content), more)),
        _ => None,
    });
    let failed = move || match read.get() {
        Some(Err(why)) => Some(why),
        _ => None,
    };
    let form = Memo::new(move || {
        let suggested = || {
            content.with(|content| {
                content
                    .as_ref()
                    .map_or(Form::Text, |(content, _)| Form::of(content))
            })
        };
        chosen.get().unwrap_or_else(suggested)
    });
    let is_json = Memo::new(move || {
        content.with(|content| {
            content
                .as_ref()
                .is_some_and(|(content, _)| super::parts::json_tree::is_tree(content))
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
    let save = move |_| {
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
                    <button type="button" aria-pressed=move || (form.get() == this).to_string() on:click=move |_| chosen.set(Some(this))>
                        {this.label()}
                    </button>
                }.into_any()
            })
            .collect_view()
    };
    view! {
        <section class="cs-panel cs-final" part="output" role="region" aria-label="Final Output">
            <div class="cs-panel-head">
                <h2 class="cs-heading">"Final Output"</h2>
                {live(move || {
                    content
                        .with(Option::is_some)
                        .then(|| {
                            view! {
                                <div class="cs-actions">
                                    <div class="cs-switch" role="group" aria-label="Show as">
                                        {live(switch)}
                                    </div>
                                    <CopyButton text=now label="the final output"/>
                                    <button type="button" class="cs-button" data-look="quiet" data-size="small" on:click=save>
                                        {Icon::Download.draw()}
                                        "Download"
                                    </button>
                                </div>
                            }.into_any()
                        })
                })}
            </div>
            <div class="cs-final-body">
                {live(move || explanation(answers, answer()))}
                {live(move || failed().map(|why| view! { <p class="cs-unknown" role="alert">{text(&why)}</p> }.into_any()))}
                {live(move || {
                    content
                        .get()
                        .map(|(content, more)| {
                            view! {
                                <Rich text=content form=Some(form.get()) cut=more/>
                                {more.then(|| view! { <More whole=whole size=answer().text.map_or(0, |text| text.len)/> }.into_any())}
                            }.into_any()
                        })
                })}
            </div>
        </section>
    }
}

#[component]
fn More(whole: RwSignal<bool>, size: u64) -> impl IntoView {
    if whole.get_untracked() {
        return view! { <p class="cs-muted">{format!("Only the first {} of {} are shown.", bytes(MOST), bytes(size))}</p> }.into_any();
    }
    view! {
        <button type="button" class="cs-button" data-size="small" on:click=move |_| whole.set(true)>
            {format!("Show more ({} in all)", bytes(size))}
        </button>
    }
    .into_any()
}

/// Says what is shown when it is not simply the result.
fn explanation(answers: Answers, answer: Answer) -> Option<AnyView> {
    let shown = answers.shown.get()?;
    let execution = shown.execution()?;
    let what = execution.kind.name();
    let why = match execution.status {
        Status::Failed => format!("The {what} failed before it produced a final output."),
        Status::Running => format!("The {what} has not ended in this trace."),
        Status::Completed | Status::Unknown if answer.text.is_some() => return None,
        Status::Completed | Status::Unknown => {
            format!("The trace records no output of the {what}.")
        }
    };
    if answer.complete && answer.text.is_some() {
        return None;
    }
    let from = answer
        .from
        .and_then(|from| shown.trace.spans.get(from as usize))
        .map(|span| name::of(&shown.trace, span));
    let from = from.map(|from| view! { " Last completed task: "<b><bdi>{text(&from)}</bdi></b>", whose output this is:" }.into_any());
    Some(view! { <p class="cs-muted">{why}{from}</p> }.into_any())
}

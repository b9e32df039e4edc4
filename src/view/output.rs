//! Region "Final Output": the result of the execution.

use crate::view::answers::Answers;
use crate::view::parts::copy::{download, CopyButton};
use crate::view::parts::form::Form;
use crate::view::parts::icon::Icon;
use crate::view::parts::json_tree::is_tree;
use crate::view::parts::long_text::{reading, RestOf, Unread, HEAD, MOST};
use crate::view::parts::name;
use crate::view::parts::rich::Rich;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::Shown;
use crate::wording::{common, output as words};
use crewscope_analysis::{final_output as answer_of, readable, FinalOutput as Answer};
use crewscope_trace::model::Status;
use leptos::prelude::*;

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
        Some(Err(why)) => Some(view! { <Unread why /> }),
        _ => None,
    };
    let chosen = RwSignal::new(None::<Form>);
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
    let explanation = move || {
        let shown = answers.shown.get()?;
        Some(view! { <Explanation shown answer=answer() /> })
    };
    let output = move || {
        let (text, more) = content.get()?;
        let rest = more.then(|| {
            let size = answer().text.map_or(0, |text| text.len);
            view! { <RestOf size whole /> }
        });
        Some(view! {
            <Rich text form=Some(form.get()) cut=more />
            {rest}
        })
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
                <Show when=move || content.with(Option::is_some)>
                    <OutputActions content form chosen />
                </Show>
            </div>
            <div class="cs-final-body">{explanation} {failed} {output}</div>
        </section>
    }
}

/// Chooses the form of the output, copies and downloads it.
#[component]
fn OutputActions(
    /// The output, and whether more of it follows.
    content: Memo<Option<(String, bool)>>,
    /// The form in which it is shown.
    form: Memo<Form>,
    /// The form that a person chose.
    chosen: RwSignal<Option<Form>>,
) -> impl IntoView {
    let is_json = Memo::new(move |_| {
        content.with(|content| {
            content
                .as_ref()
                .is_some_and(|(content, _)| is_tree(content))
        })
    });
    let now = Callback::new(move |()| {
        content.with_untracked(|content| {
            content
                .as_ref()
                .map_or_else(String::new, |(content, _)| plain(content))
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
    view! {
        <div class="cs-actions">
            <div class="cs-switch" role="group" aria-label=words::SHOW_AS>
                <FormButton this=Form::Markdown form chosen />
                <Show when=move || is_json.get()>
                    <FormButton this=Form::Json form chosen />
                </Show>
                <FormButton this=Form::Text form chosen />
            </div>
            <CopyButton text=now label=words::THE_OUTPUT />
            <button
                type="button"
                class="cs-button"
                data-look="quiet"
                data-size="small"
                on:click=save
            >
                {Icon::Download.draw()}
                {common::DOWNLOAD}
            </button>
        </div>
    }
}

/// Chooses a form.
#[component]
fn FormButton(
    /// The form.
    this: Form,
    /// The form in which the output is shown.
    form: Memo<Form>,
    /// Takes the choice.
    chosen: RwSignal<Option<Form>>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            aria-pressed=move || (form.get() == this).to_string()
            on:click=move |_| chosen.set(Some(this))
        >
            {this.label()}
        </button>
    }
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

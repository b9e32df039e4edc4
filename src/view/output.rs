//! Region "Final Output": the result of the execution.

use crate::dom::{button, el, group, live, Dom};
use crate::live::{Memo, RwSignal};
use crate::view::answers::Answers;
use crate::view::parts::copy::{copy_button, download};
use crate::view::parts::form::Form;
use crate::view::parts::format::bytes;
use crate::view::parts::icon::Icon;
use crate::view::parts::long_text::{reading, HEAD};
use crate::view::parts::name;
use crate::view::parts::rich::rich;
use crate::view::parts::text::{plain, shown as text};
use crate::wording::{common, output as words};
use crewscope_analysis::{final_output as answer_of, readable, FinalOutput as Answer};
use crewscope_trace::model::Status;
use leptos::prelude::*;

/// Largest output that is put on the page; more than that is for the download.
const MOST: u64 = 1024 * 1024;

/// The output with its forms, copy and download.
pub fn final_output() -> Dom {
    let answers = expect_context::<Answers>();
    let answer = Memo::new(move || {
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
                button()
                    .attr("aria-pressed", move || (form.get() == this).to_string())
                    .click(move || chosen.set(Some(this)))
                    .child(this.label())
                    .dom()
            })
            .collect::<Dom>()
    };
    el("section")
        .class("cs-panel cs-final")
        .attr("part", "output")
        .attr("role", "region")
        .attr("aria-label", words::FINAL_OUTPUT)
        .child(
            el("div")
                .class("cs-panel-head")
                .child(el("h2").class("cs-heading").child(words::FINAL_OUTPUT))
                .child(live(move || {
                    content.with(Option::is_some).then(|| {
                        el("div")
                            .class("cs-actions")
                            .child(
                                el("div")
                                    .class("cs-switch")
                                    .attr("role", "group")
                                    .attr("aria-label", words::SHOW_AS)
                                    .child(live(switch)),
                            )
                            .child(copy_button(now, words::THE_OUTPUT))
                            .child(
                                button()
                                    .class("cs-button")
                                    .attr("data-look", "quiet")
                                    .attr("data-size", "small")
                                    .click(save)
                                    .child(Icon::Download.draw())
                                    .child(common::DOWNLOAD),
                            )
                            .dom()
                    })
                })),
        )
        .child(
            el("div")
                .class("cs-final-body")
                .child(live(move || explanation(answers, answer())))
                .child(live(move || {
                    failed().map(|why| {
                        el("p")
                            .class("cs-unknown")
                            .attr("role", "alert")
                            .child(text(&why))
                            .dom()
                    })
                }))
                .child(live(move || {
                    content.get().map(|(content, more)| {
                        group()
                            .child(rich(content, Some(form.get()), more))
                            .child(more.then(|| {
                                let size = answer().text.map_or(0, |text| text.len);
                                rest_of(whole, size)
                            }))
                            .dom()
                    })
                })),
        )
        .dom()
}

fn rest_of(whole: RwSignal<bool>, size: u64) -> Dom {
    if whole.get_untracked() {
        return el("p")
            .class("cs-muted")
            .child(common::only_first(&bytes(MOST), &bytes(size)))
            .dom();
    }
    button()
        .class("cs-button")
        .attr("data-size", "small")
        .click(move || whole.set(true))
        .child(common::show_rest(&bytes(size)))
        .dom()
}

/// Says what is shown when it is not simply the result.
fn explanation(answers: Answers, answer: Answer) -> Option<Dom> {
    let shown = answers.shown.get()?;
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
        group()
            .child(words::LAST_TASK)
            .child(el("b").child(el("bdi").child(text(&from))))
            .child(words::WHOSE_OUTPUT)
            .dom()
    });
    Some(el("p").class("cs-muted").child(why).child(from).dom())
}

//! Rows of the table.

use crate::dom::{button, el, group, Dom};
use crate::live::Memo;
use crate::view::answers::Answers;
use crate::view::findings::mark;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, counted, fixed};
use crate::view::parts::status::status_mark;
use crate::view::parts::text::{named, plain};
use crate::view::tasks::order::{AgentLine, Column, TaskLine};
use crate::viewer::Viewer;
use crate::wording::{common, tasks as words};
use leptos::prelude::*;

/// A task. A click anywhere opens it; its name is the button for the keyboard.
pub fn task_row(
    task: TaskLine,
    // Tokens of all tasks: the length of a full bar.
    total: Memo<u64>,
) -> Dom {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let span = task.span;
    // Selected, or what is selected lies inside it.
    let selected = Memo::new(move || {
        let detail = answers.detail.get()?;
        answers.shown.with(|shown| {
            shown
                .as_ref()
                .map(|shown| shown.trace.subtree(span).contains(&(detail as usize)))
        })
    });
    let selected = move || selected.get() == Some(true);
    let open = move || {
        viewer.select_index(span);
        frame.details.set(true);
    };
    let unknown = || el("span").class("cs-unknown").child(common::UNKNOWN).dom();
    let list = |names: &[String]| match names {
        [] => unknown(),
        [first, rest @ ..] => {
            let others = rest
                .iter()
                .map(|name| plain(name))
                .collect::<Vec<_>>()
                .join(common::COMMA);
            group()
                .child(named(first.clone()))
                .child((!rest.is_empty()).then(|| {
                    el("span")
                        .class("cs-more")
                        .attr("title", others)
                        .child(format!("+{}", rest.len()))
                        .dom()
                }))
                .dom()
        }
    };
    let share = task.share.clone();
    let tokens = task.tokens;
    let width = move || {
        let total = total.get().max(1) as f64;
        format!("{}%", fixed(tokens.unwrap_or(0) as f64 / total * 100.0, 1))
    };
    el("tr")
        .class("cs-task-row")
        .attr("aria-selected", move || selected().to_string())
        .class_if("cs-selected", selected)
        .click(open)
        .child(
            el("td").class(Column::Task.class()).child(
                button()
                    .class("cs-row-button")
                    .class_if("cs-unnamed", task.unnamed)
                    .attr("aria-current", move || selected().then_some("true"))
                    .child(named(task.label)),
            ),
        )
        .child(
            el("td")
                .class(Column::Agent.class())
                .child(list(&task.agents)),
        )
        .child(
            el("td")
                .class(Column::Llm.class())
                .child(list(&task.models)),
        )
        .child(
            el("td")
                .class(Column::Status.class())
                .child(status_mark(task.status, task.derived, true))
                .child(mark(vec![span])),
        )
        .child(
            el("td")
                .class(Column::Time.class())
                .child(task.time.map_or_else(unknown, |time| time.into()))
                .child(share.map(|share| {
                    el("span")
                        .class("cs-share")
                        .attr("title", words::SHARE)
                        .child(share)
                        .dom()
                })),
        )
        .child(
            el("td")
                .class(Column::Tokens.class())
                .attr("title", task.tokens_title)
                .child(match tokens {
                    Some(tokens) => group()
                        .child(el("span").child(count(tokens)))
                        .child(
                            el("span")
                                .class("cs-meter")
                                .attr("aria-hidden", "true")
                                .child(el("i").style("width", width)),
                        )
                        .dom(),
                    None => unknown(),
                }),
        )
        .child(
            el("td")
                .class(Column::Cost.class())
                .attr("title", plain(&task.cost_title))
                .child(task.cost.map_or_else(unknown, |cost| cost.into())),
        )
        .dom()
}

/// The line above an agent's tasks.
pub fn group_row(group: AgentLine) -> Dom {
    let tasks = counted(group.tasks as u64, common::TASKS_OF);
    let facts = match group.tokens {
        Some(tokens) => [&tasks, common::BETWEEN, &common::tokens(&count(tokens))].concat(),
        None => tasks,
    };
    el("tr")
        .class("cs-group-row")
        .child(
            el("th")
                .attr("scope", "rowgroup")
                .attr("colspan", "7")
                .child(el("span").class("cs-kind").attr("data-kind", "agent"))
                .child(named(group.role))
                .child(el("span").class("cs-muted").child(facts)),
        )
        .dom()
}

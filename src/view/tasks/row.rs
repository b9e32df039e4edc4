//! Rows of the table.

use crate::view::answers::Answers;
use crate::view::findings::FindingMark;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, counted, fixed};
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{plain, Named};
use crate::view::tasks::order::{AgentLine, Column, TaskLine};
use crate::viewer::Viewer;
use crate::wording::{common, tasks as words};
use leptos::prelude::*;

/// A task. A click anywhere opens it; its name is the button for the keyboard.
#[component]
pub fn TaskLineRow(
    task: TaskLine,
    /// Tokens of all tasks: the length of a full bar.
    total: Memo<u64>,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let frame = expect_context::<Frame>();
    let span = task.span;
    // Selected, or what is selected lies inside it.
    let selected = Memo::new(move |_| {
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
    let unknown = || view! { <span class="cs-unknown">{common::UNKNOWN}</span> }.into_any();
    let list = |names: &[String]| match names {
        [] => unknown(),
        [first, rest @ ..] => {
            let others = rest
                .iter()
                .map(|name| plain(name))
                .collect::<Vec<_>>()
                .join(common::COMMA);
            view! {
                <Named text=first.clone() />
                {(!rest.is_empty())
                    .then(|| {
                        view! {
                            <span class="cs-more" title=others>
                                {format!("+{}", rest.len())}
                            </span>
                        }
                    })}
            }
            .into_any()
        }
    };
    let share = task.share.clone();
    let tokens = task.tokens;
    let width = move || {
        let total = total.get().max(1) as f64;
        format!("{}%", fixed(tokens.unwrap_or(0) as f64 / total * 100.0, 1))
    };
    view! {
        <tr
            class="cs-task-row"
            aria-selected=move || selected().to_string()
            class:cs-selected=selected
            on:click=move |_| open()
        >
            <td class=Column::Task.class()>
                <button
                    type="button"
                    class="cs-row-button"
                    class:cs-unnamed=task.unnamed
                    aria-current=move || selected().then_some("true")
                >
                    <Named text=task.label />
                </button>
            </td>
            <td class=Column::Agent.class()>{list(&task.agents)}</td>
            <td class=Column::Llm.class()>{list(&task.models)}</td>
            <td class=Column::Status.class()>
                <StatusMark status=task.status derived=task.derived badge=true />
                <FindingMark spans=vec![span] />
            </td>
            <td class=Column::Time
                .class()>
                {task.time.map_or_else(unknown, IntoAny::into_any)}
                {share
                    .map(|share| {
                        view! {
                            <span class="cs-share" title=words::SHARE>
                                {share}
                            </span>
                        }
                    })}
            </td>
            <td class=Column::Tokens.class() title=task.tokens_title>
                {match tokens {
                    Some(tokens) => {
                        view! {
                            <span>{count(tokens)}</span>
                            <span class="cs-meter" aria-hidden="true">
                                <i style:width=width />
                            </span>
                        }
                            .into_any()
                    }
                    None => unknown(),
                }}
            </td>
            <td class=Column::Cost.class() title=plain(&task.cost_title)>
                {task.cost.map_or_else(unknown, IntoAny::into_any)}
            </td>
        </tr>
    }
}

/// The line above an agent's tasks.
#[component]
pub fn AgentLineRow(group: AgentLine) -> impl IntoView {
    let tasks = counted(group.tasks as u64, common::TASKS_OF);
    let facts = match group.tokens {
        Some(tokens) => [&tasks, common::BETWEEN, &common::tokens(&count(tokens))].concat(),
        None => tasks,
    };
    view! {
        <tr class="cs-group-row">
            <th scope="rowgroup" colspan="7">
                <span class="cs-kind" data-kind="agent" />
                <Named text=group.role />
                <span class="cs-muted">{facts}</span>
            </th>
        </tr>
    }
}

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
    /// What stands in it.
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
        answers.detail.get().is_some_and(|detail| {
            answers.shown.with(|shown| {
                let trace = shown.as_ref().map(|shown| &shown.trace);
                trace.is_some_and(|trace| trace.subtree(span).contains(&(detail as usize)))
            })
        })
    });
    view! {
        <tr
            class="cs-task-row"
            aria-selected=move || selected.get().to_string()
            class:cs-selected=selected
            on:click=move |_| {
                viewer.select_index(span);
                frame.details.set(true);
            }
        >
            <td class=Column::Task.class()>
                <button
                    type="button"
                    class="cs-row-button"
                    class:cs-unnamed=task.unnamed
                    aria-current=move || selected.get().then_some("true")
                >
                    <Named text=task.label />
                </button>
            </td>
            <td class=Column::Agent.class()>
                <Names names=task.agents />
            </td>
            <td class=Column::Llm.class()>
                <Names names=task.models />
            </td>
            <td class=Column::Status.class()>
                <StatusMark status=task.status derived=task.derived badge=true />
                <FindingMark spans=vec![span] />
            </td>
            <td class=Column::Time.class()>
                <Known value=task.time />
                {task
                    .share
                    .map(|share| {
                        view! {
                            <span class="cs-share" title=words::SHARE>
                                {share}
                            </span>
                        }
                    })}
            </td>
            <td class=Column::Tokens.class() title=task.tokens_title>
                <Tokens tokens=task.tokens total />
            </td>
            <td class=Column::Cost.class() title=plain(&task.cost_title)>
                <Known value=task.cost />
            </td>
        </tr>
    }
}

/// Stands for what was not recorded.
#[component]
fn Unknown() -> impl IntoView {
    view! { <span class="cs-unknown">{common::UNKNOWN}</span> }
}

/// A value, if it was recorded.
#[component]
fn Known(value: Option<String>) -> impl IntoView {
    match value {
        Some(value) => value.into_any(),
        None => view! { <Unknown /> }.into_any(),
    }
}

/// The first of some names, and how many others there are.
#[component]
fn Names(names: Vec<String>) -> impl IntoView {
    let mut names = names.into_iter();
    let Some(first) = names.next() else {
        return view! { <Unknown /> }.into_any();
    };
    let others: Vec<String> = names.map(|name| plain(&name)).collect();
    view! {
        <Named text=first />
        {(!others.is_empty())
            .then(|| {
                view! {
                    <span class="cs-more" title=others.join(common::COMMA)>
                        {format!("+{}", others.len())}
                    </span>
                }
            })}
    }
    .into_any()
}

/// A number of tokens, with a bar for their share of all.
#[component]
fn Tokens(tokens: Option<u64>, total: Memo<u64>) -> impl IntoView {
    let Some(tokens) = tokens else {
        return view! { <Unknown /> }.into_any();
    };
    let width = move || {
        let total = total.get().max(1) as f64;
        format!("{}%", fixed(tokens as f64 / total * 100.0, 1))
    };
    view! {
        <span>{count(tokens)}</span>
        <span class="cs-meter" aria-hidden="true">
            <i style:width=width />
        </span>
    }
    .into_any()
}

/// The line above an agent's tasks.
#[component]
pub fn AgentLineRow(
    /// What stands in it.
    group: AgentLine,
) -> impl IntoView {
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

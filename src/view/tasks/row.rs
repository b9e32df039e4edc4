//! Rows of the table.

use super::order::{AgentLine, Column, TaskLine};
use crate::live::Memo;
use crate::state::Viewer;
use crate::view::answers::Answers;
use crate::view::parts::format::{count, counted, fixed, UNKNOWN};
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{plain, Name};
use crate::view::shell::Frame;
use leptos::prelude::*;

/// A task. A click anywhere opens it; its name is the button for the keyboard.
#[component]
pub fn Row(
    /// The task.
    task: TaskLine,
    /// Tokens of all tasks: the length of a full bar.
    total: Memo<u64>,
) -> impl IntoView {
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
    let unknown = || view! { <span class="cs-unknown">{UNKNOWN}</span> }.into_any();
    let list = |names: &[String]| match names {
        [] => unknown(),
        [first, rest @ ..] => {
            let others = rest
                .iter()
                .map(|name| plain(name))
                .collect::<Vec<_>>()
                .join(", ");
            view! {
                <Name text=first.clone()/>
                {(!rest.is_empty()).then(|| view! { <span class="cs-more" title=others>{format!("+{}", rest.len())}</span> }.into_any())}
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
        <tr class="cs-task-row" aria-selected=move || selected().to_string() class:cs-selected=selected on:click=move |_| open()>
            <td class=Column::Task.class()>
                <button type="button" class="cs-row-button" class:cs-unnamed=task.unnamed aria-current=move || selected().then_some("true")>
                    <Name text=task.label/>
                </button>
            </td>
            <td class=Column::Agent.class()>{list(&task.agents)}</td>
            <td class=Column::Llm.class()>{list(&task.models)}</td>
            <td class=Column::Status.class()>
                <StatusMark status=task.status derived=task.derived badge=true/>
            </td>
            <td class=Column::Time.class()>
                {task.time.map_or_else(unknown, |time| time.into_any())}
                {share.map(|share| view! { <span class="cs-share" title="Share of the execution's time; parallel tasks add up to more than all">{share}</span> }.into_any())}
            </td>
            <td class=Column::Tokens.class() title=task.tokens_title>
                {match tokens {
                    Some(tokens) => {
                        view! {
                            <span>{count(tokens)}</span>
                            <span class="cs-meter" aria-hidden="true">
                                <i style:width=width></i>
                            </span>
                        }
                            .into_any()
                    }
                    None => unknown(),
                }}
            </td>
            <td class=Column::Cost.class() title=task.cost_title>
                {task.cost.map_or_else(unknown, |cost| cost.into_any())}
            </td>
        </tr>
    }
}

/// The line above an agent's tasks.
#[component]
pub fn GroupRow(
    /// The agent.
    group: AgentLine,
) -> impl IntoView {
    let facts = match group.tokens {
        Some(tokens) => format!(
            "{} · {} tokens",
            counted(group.tasks as u64, "task", "tasks"),
            count(tokens)
        ),
        None => counted(group.tasks as u64, "task", "tasks"),
    };
    view! {
        <tr class="cs-group-row">
            <th scope="rowgroup" colspan="7">
                <span class="cs-kind" data-kind="agent"></span>
                <Name text=group.role/>
                <span class="cs-muted">{facts}</span>
            </th>
        </tr>
    }
}

//! Region "Tasks & Agents": a row a task, sortable, grouped by agent on demand.

mod order;
mod row;

use super::answers::Answers;
use super::parts::format::px;
use super::parts::icon::Icon;
use crate::live::{list, live, Memo, RwSignal};
use leptos::html;
use leptos::prelude::*;
use order::{arrange, Column, Line, Sort};
use row::{GroupRow, Row};

/// Rows up to this number are all on the page; more of them are drawn as they scroll by.
const ALL: usize = 300;
/// Height of a row in CSS pixels while rows are drawn as they scroll by; the style sheet fixes it there.
const ROW_HEIGHT: f64 = 40.0;
/// Height of the scrolled area in rows, and how many more are drawn above and below it.
const WINDOW: usize = 20;
const MARGIN: usize = 10;

/// The table.
#[component]
pub fn TasksAndAgents() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let sort = RwSignal::new(Sort::default());
    let grouped = RwSignal::new(false);
    let lines = Memo::new(move || {
        answers
            .tasks
            .with(|tasks| arrange(tasks, sort.get(), grouped.get()))
    });
    let number = Memo::new(move || lines.with(Vec::len));
    let most_tokens = Memo::new(move || {
        answers.tasks.with(|tasks| {
            tasks
                .iter()
                .filter_map(|task| task.total_tokens)
                .sum::<u64>()
        })
    });

    let scroller = NodeRef::<html::Div>::new();
    let first = RwSignal::new(0_usize);
    let is_long = Memo::new(move || number.get() > ALL);
    let range = Memo::new(move || {
        let number = number.get();
        if number <= ALL {
            return (0, number);
        }
        let from = first.get().saturating_sub(MARGIN).min(number);
        (from, (from + WINDOW + 2 * MARGIN).min(number))
    });
    let on_scroll = move |_| {
        if let Some(element) = scroller.get_untracked() {
            first.set((f64::from(element.scroll_top()) / ROW_HEIGHT) as usize);
        }
    };
    let visible = move || {
        let (from, to) = range.get();
        lines.with(|lines| {
            lines
                .get(from..to)
                .map(<[Line]>::to_vec)
                .unwrap_or_default()
        })
    };
    let above = move || px(range.get().0 as f64 * ROW_HEIGHT);
    let below = move || px(number.get().saturating_sub(range.get().1) as f64 * ROW_HEIGHT);
    let row = move |line| match line {
        Line::Agent(group) => view! { <GroupRow group=group/> }.into_any(),
        Line::Task(task) => view! { <Row task=task total=most_tokens/> }.into_any(),
    };
    let any = Memo::new(move || number.get() > 0);
    let nothing = || view! { <p class="cs-nothing">"No task in this execution. Its calls are in the timeline."</p> };
    let table = move || {
        view! {
            <div class="cs-table" node_ref=scroller data-long=move || is_long.get().to_string() on:scroll=on_scroll>
                <table aria-rowcount=move || number.get().to_string()>
                    <thead>
                        <tr>
                            {Column::ALL.into_iter().map(|column| view! { <Head column=column sort=sort/> }.into_any()).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {live(move || (range.get().0 > 0).then(|| view! { <tr class="cs-spacer" aria-hidden="true" style:height=above></tr> }.into_any()))}
                        {list(visible, row)}
                        {live(move || {
                            (range.get().1 < number.get()).then(|| view! { <tr class="cs-spacer" aria-hidden="true" style:height=below></tr> }.into_any())
                        })}
                    </tbody>
                </table>
            </div>
        }
    };
    view! {
        <section class="cs-panel cs-tasks" part="tasks" role="region" aria-label="Tasks & Agents">
            <div class="cs-panel-head">
                <h2 class="cs-heading">"Tasks & Agents"</h2>
                <button
                    type="button"
                    class="cs-button"
                    data-look="quiet"
                    data-size="small"
                    aria-pressed=move || grouped.get().to_string()
                    on:click=move |_| grouped.update(|grouped| *grouped = !*grouped)
                >
                    "Group by agent"
                </button>
            </div>
            {live(move || if any.get() { table().into_any() } else { nothing().into_any() })}
        </section>
    }
}

/// A header cell that sorts by its column.
#[component]
fn Head(column: Column, sort: RwSignal<Sort>) -> impl IntoView {
    let state = Memo::new(move || {
        let sort = sort.get();
        (sort.column == column).then_some(sort.descending)
    });
    let aria = move || match state.get() {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    view! {
        <th scope="col" class=column.class() aria-sort=aria>
            <button type="button" on:click=move |_| sort.update(|sort| *sort = sort.pressed(column))>
                {column.label()}
                {live(move || state.get().map(|descending| if descending { Icon::SortDown.draw() } else { Icon::SortUp.draw() }))}
            </button>
        </th>
    }
}

//! Region "Tasks & Agents": a row a task, sortable, grouped by agent on demand.

mod order;
mod row;

use crate::view::answers::Answers;
use crate::view::parts::format::px;
use crate::view::parts::icon::Icon;
use crate::wording::tasks as words;
use leptos::html;
use leptos::prelude::*;
use order::{arrange, Column, Line, Sort};
use row::{AgentLineRow, TaskLineRow};
use web_sys::Event;

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
    let lines = Memo::new(move |_| {
        answers
            .tasks
            .with(|tasks| arrange(tasks, sort.get(), grouped.get()))
    });
    let number = Memo::new(move |_| lines.with(Vec::len));
    let most_tokens = Memo::new(move |_| {
        answers.tasks.with(|tasks| {
            tasks
                .iter()
                .filter_map(|task| task.total_tokens)
                .sum::<u64>()
        })
    });

    let scroller = NodeRef::<html::Div>::new();
    let first = RwSignal::new(0_usize);
    let is_long = Memo::new(move |_| number.get() > ALL);
    let range = Memo::new(move |_| {
        let number = number.get();
        if number <= ALL {
            return (0, number);
        }
        let from = first.get().saturating_sub(MARGIN).min(number);
        (from, (from + WINDOW + 2 * MARGIN).min(number))
    });
    let on_scroll = move |_: Event| {
        if let Some(element) = scroller.get_untracked() {
            first.set((f64::from(element.scroll_top()) / ROW_HEIGHT) as usize);
        }
    };
    let visible = move || {
        let (from, to) = range.get();
        let places = lines.with(|lines| lines.get(from..to).unwrap_or_default().to_vec());
        answers.tasks.with(|tasks| {
            let lines = places.iter().filter_map(|place| place.line(tasks));
            lines.collect::<Vec<Line>>()
        })
    };
    let above = move || px(range.get().0 as f64 * ROW_HEIGHT);
    let below = move || px(number.get().saturating_sub(range.get().1) as f64 * ROW_HEIGHT);
    let row = move |line| match line {
        Line::Agent(group) => view! { <AgentLineRow group /> }.into_any(),
        Line::Task(task) => view! { <TaskLineRow task total=most_tokens /> }.into_any(),
    };
    let any = Memo::new(move |_| number.get() > 0);
    let nothing = || view! { <p class="cs-nothing">{words::NOTHING}</p> };
    let table = move || {
        view! {
            <div
                class="cs-table"
                node_ref=scroller
                data-long=move || is_long.get().to_string()
                on:scroll=on_scroll
            >
                <table aria-rowcount=move || number.get().to_string()>
                    <thead>
                        <tr>
                            {Column::ALL
                                .into_iter()
                                .map(|column| view! { <ColumnHead column sort /> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {move || {
                            (range.get().0 > 0)
                                .then(|| {
                                    view! {
                                        <tr
                                            class="cs-spacer"
                                            aria-hidden="true"
                                            style:height=above
                                        />
                                    }
                                })
                        }} <For each=visible key=Line::clone children=row />
                        {move || {
                            (range.get().1 < number.get())
                                .then(|| {
                                    view! {
                                        <tr
                                            class="cs-spacer"
                                            aria-hidden="true"
                                            style:height=below
                                        />
                                    }
                                })
                        }}
                    </tbody>
                </table>
            </div>
        }
    };
    view! {
        <section
            class="cs-panel cs-tasks"
            part="tasks"
            role="region"
            aria-label=words::TASKS_AND_AGENTS
        >
            <div class="cs-panel-head">
                <h2 class="cs-heading">{words::TASKS_AND_AGENTS}</h2>
                <button
                    type="button"
                    class="cs-button"
                    data-look="quiet"
                    data-size="small"
                    aria-pressed=move || grouped.get().to_string()
                    on:click=move |_| grouped.update(|grouped| *grouped = !*grouped)
                >
                    {words::GROUP_BY_AGENT}
                </button>
            </div>
            <Show when=move || any.get() fallback=nothing>
                {table()}
            </Show>
        </section>
    }
}

/// A header cell that sorts by its column.
#[component]
fn ColumnHead(column: Column, sort: RwSignal<Sort>) -> impl IntoView {
    let state = Memo::new(move |_| {
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
            <button
                type="button"
                on:click=move |_| sort.update(|sort| *sort = sort.pressed(column))
            >
                {column.label()}
                {move || {
                    state
                        .get()
                        .map(|descending| {
                            if descending { Icon::SortDown.draw() } else { Icon::SortUp.draw() }
                        })
                }}
            </button>
        </th>
    }
}

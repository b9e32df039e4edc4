//! Region "Tasks & Agents": a row a task, sortable, grouped by agent on demand.

mod order;
mod row;

use crate::view::answers::Answers;
use crate::view::parts::format::px;
use crate::view::parts::icon::Icon;
use crate::wording::tasks as words;
use leptos::prelude::*;
use order::{arrange, Column, Line, Place, Sort};
use row::{AgentLineRow, TaskLineRow};
use std::ops::Range;

/// Rows up to this number are all on the page; more of them are drawn as they scroll by.
const ALL: usize = 300;
/// Height of a row in CSS pixels while rows are drawn as they scroll by; the style sheet fixes it there.
const ROW_HEIGHT: f64 = 40.0;
/// Height of the scrolled area in rows, and how many more are drawn above and below it.
const WINDOW: usize = 20;
const MARGIN: usize = 10;

/// The region.
#[component]
pub fn TasksAndAgents() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let sort = RwSignal::new(Sort::default());
    let grouped = RwSignal::new(false);
    let places = Memo::new(move |_| {
        answers
            .tasks
            .with(|tasks| arrange(tasks, sort.get(), grouped.get()))
    });
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
            <Show
                when=move || places.with(|places| !places.is_empty())
                fallback=|| view! { <p class="cs-nothing">{words::NOTHING}</p> }
            >
                <Table places sort />
            </Show>
        </section>
    }
}

/// The table. Of many rows those on the screen are in the page, between spacers as high as the others.
#[component]
fn Table(
    /// What stands in its lines.
    places: Memo<Vec<Place>>,
    /// By what they are sorted.
    sort: RwSignal<Sort>,
) -> impl IntoView {
    let answers = expect_context::<Answers>();
    let number = Memo::new(move |_| places.with(Vec::len));
    // The row that the scrolled area begins with.
    let first = RwSignal::new(0);
    let drawn = Memo::new(move |_| drawn_rows(number.get(), first.get()));
    let above = move || drawn.get().start;
    let below = move || number.get().saturating_sub(drawn.get().end);
    let lines = move || {
        let drawn = drawn.get();
        let places = places.with(|places| places.get(drawn).unwrap_or_default().to_vec());
        answers.tasks.with(|tasks| {
            let lines = places.iter().filter_map(|place| place.line(tasks));
            lines.collect::<Vec<_>>()
        })
    };
    let total = Memo::new(move |_| {
        answers.tasks.with(|tasks| {
            let tokens = tasks.iter().filter_map(|task| task.total_tokens);
            tokens.sum::<u64>()
        })
    });
    view! {
        <div
            class="cs-table"
            data-long=move || (number.get() > ALL).to_string()
            on:scroll:target=move |event| {
                first.set((f64::from(event.target().scroll_top()) / ROW_HEIGHT) as usize)
            }
        >
            <table aria-rowcount=move || number.get().to_string()>
                <thead>
                    <tr>
                        {Column::ALL
                            .map(|column| view! { <ColumnHead column sort /> })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>
                    <Show when=move || { above() > 0 }>
                        <Spacer rows=above />
                    </Show>
                    <For each=lines key=Line::clone let(line)>
                        {match line {
                            Line::Agent(group) => view! { <AgentLineRow group /> }.into_any(),
                            Line::Task(task) => view! { <TaskLineRow task total /> }.into_any(),
                        }}
                    </For>
                    <Show when=move || { below() > 0 }>
                        <Spacer rows=below />
                    </Show>
                </tbody>
            </table>
        </div>
    }
}

/// Of so many rows those that are drawn, if the scrolled area begins with this one.
fn drawn_rows(number: usize, first: usize) -> Range<usize> {
    if number <= ALL {
        return 0..number;
    }
    let from = first.saturating_sub(MARGIN).min(number);
    from..(from + WINDOW + 2 * MARGIN).min(number)
}

/// As high as rows that are not drawn.
#[component]
fn Spacer(
    /// How many.
    rows: impl Fn() -> usize + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <tr
            class="cs-spacer"
            aria-hidden="true"
            style:height=move || px(rows() as f64 * ROW_HEIGHT)
        />
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

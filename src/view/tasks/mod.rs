//! Region "Tasks & Agents": a row a task, sortable, grouped by agent on demand.

mod order;
mod row;

use crate::dom::{button, el, list, live, Dom, Ref};
use crate::live::{Memo, RwSignal};
use crate::view::answers::Answers;
use crate::view::parts::format::px;
use crate::view::parts::icon::Icon;
use crate::wording::tasks as words;
use leptos::prelude::*;
use order::{arrange, Column, Line, Sort};
use row::{group_row, task_row};
use web_sys::{Event, HtmlElement};

/// Rows up to this number are all on the page; more of them are drawn as they scroll by.
const ALL: usize = 300;
/// Height of a row in CSS pixels while rows are drawn as they scroll by; the style sheet fixes it there.
const ROW_HEIGHT: f64 = 40.0;
/// Height of the scrolled area in rows, and how many more are drawn above and below it.
const WINDOW: usize = 20;
const MARGIN: usize = 10;

/// The table.
pub fn tasks_and_agents() -> Dom {
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

    let scroller = Ref::<HtmlElement>::new();
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
        Line::Agent(group) => group_row(group),
        Line::Task(task) => task_row(task, most_tokens),
    };
    let any = Memo::new(move || number.get() > 0);
    let nothing = || el("p").class("cs-nothing").child(words::NOTHING);
    let table = move || {
        el("div")
            .class("cs-table")
            .node_ref(scroller)
            .attr("data-long", move || is_long.get().to_string())
            .on("scroll", on_scroll)
            .child(
                el("table")
                    .attr("aria-rowcount", move || number.get().to_string())
                    .child(
                        el("thead").child(
                            el("tr").child(
                                Column::ALL
                                    .into_iter()
                                    .map(|column| head(column, sort))
                                    .collect::<Dom>(),
                            ),
                        ),
                    )
                    .child(
                        el("tbody")
                            .child(live(move || {
                                (range.get().0 > 0).then(|| {
                                    el("tr")
                                        .class("cs-spacer")
                                        .attr("aria-hidden", "true")
                                        .style("height", above)
                                        .dom()
                                })
                            }))
                            .child(list(visible, row))
                            .child(live(move || {
                                (range.get().1 < number.get()).then(|| {
                                    el("tr")
                                        .class("cs-spacer")
                                        .attr("aria-hidden", "true")
                                        .style("height", below)
                                        .dom()
                                })
                            })),
                    ),
            )
    };
    el("section")
        .class("cs-panel cs-tasks")
        .attr("part", "tasks")
        .attr("role", "region")
        .attr("aria-label", words::TASKS_AND_AGENTS)
        .child(
            el("div")
                .class("cs-panel-head")
                .child(el("h2").class("cs-heading").child(words::TASKS_AND_AGENTS))
                .child(
                    button()
                        .class("cs-button")
                        .attr("data-look", "quiet")
                        .attr("data-size", "small")
                        .attr("aria-pressed", move || grouped.get().to_string())
                        .click(move || grouped.update(|grouped| *grouped = !*grouped))
                        .child(words::GROUP_BY_AGENT),
                ),
        )
        .child(live(move || {
            if any.get() {
                table().dom()
            } else {
                nothing().dom()
            }
        }))
        .dom()
}

/// A header cell that sorts by its column.
fn head(column: Column, sort: RwSignal<Sort>) -> Dom {
    let state = Memo::new(move || {
        let sort = sort.get();
        (sort.column == column).then_some(sort.descending)
    });
    let aria = move || match state.get() {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    el("th")
        .attr("scope", "col")
        .class(column.class())
        .attr("aria-sort", aria)
        .child(
            button()
                .click(move || sort.update(|sort| *sort = sort.pressed(column)))
                .child(column.label())
                .child(live(move || {
                    state.get().map(|descending| {
                        if descending {
                            Icon::SortDown.draw()
                        } else {
                            Icon::SortUp.draw()
                        }
                    })
                })),
        )
        .dom()
}

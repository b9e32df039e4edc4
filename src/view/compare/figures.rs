//! Figures side by side, and how they changed.

use crate::view::parts::format::{count, duration, fixed, usd};
use crate::view::parts::status::word;
use crate::wording::{common, compare as words};
use crewscope_analysis::Summary;
use crewscope_trace::model::Status;
use leptos::prelude::*;

/// The figures of both executions.
#[component]
pub fn Figures(
    /// What to call them.
    titles: [String; 2],
    /// How they stand.
    statuses: [Option<Status>; 2],
    /// Their figures.
    figures: [Summary; 2],
) -> impl IntoView {
    let [this, other] = titles;
    let [x, y] = figures;
    let statuses = statuses.map(|status| status.map_or("", word).to_owned());
    let time = [x.execution_time, y.execution_time];
    let money = [x.cost.usd, y.cost.usd];
    view! {
        <table class="cs-compare-figures">
            <thead>
                <tr>
                    <th scope="col">{words::FIGURE}</th>
                    <th scope="col">{words::this_one(&this)}</th>
                    <th scope="col">{words::other_one(&other)}</th>
                    <th scope="col">{words::CHANGE}</th>
                </tr>
            </thead>
            <tbody>
                <FigureRow label=common::STATUS values=statuses change=None />
                <FigureRow
                    label=common::EXECUTION_TIME
                    values=time.map(|time| told(time, duration))
                    change=change(time.map(|time| time.map(|time| time as f64)))
                />
                <Counts label=common::TOTAL_TOKENS values=[x.total_tokens, y.total_tokens] />
                <Counts label=common::PROMPT_TOKENS values=[x.prompt_tokens, y.prompt_tokens] />
                <Counts
                    label=common::COMPLETION_TOKENS
                    values=[x.completion_tokens, y.completion_tokens]
                />
                <Counts label=common::REQUESTS values=[x.requests, y.requests] />
                <Counts
                    label=words::FAILED_REQUESTS
                    values=[x.failed_requests, y.failed_requests]
                />
                <FigureRow
                    label=common::ESTIMATED_COST
                    values=money.map(|money| told(money, usd))
                    change=change(money)
                />
            </tbody>
        </table>
    }
}

/// A row of a table: what, the two values, and the change.
#[component]
fn FigureRow(
    /// What the figure is.
    label: &'static str,
    /// The figure of each.
    values: [String; 2],
    /// See [`change`].
    change: Option<f64>,
) -> impl IntoView {
    let [a, b] = values;
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td>{a}</td>
            <td>{b}</td>
            <td>{change.map(percent)}</td>
        </tr>
    }
}

/// A [`FigureRow`] of counts.
#[component]
fn Counts(
    /// What is counted.
    label: &'static str,
    /// The count of each.
    values: [Option<u64>; 2],
) -> impl IntoView {
    let change = change(values.map(|value| value.map(|value| value as f64)));
    view! { <FigureRow label values=values.map(|value| told(value, count)) change /> }
}

fn told<T>(value: Option<T>, words: fn(T) -> String) -> String {
    value.map_or(common::UNKNOWN.to_owned(), words)
}

/// By which share of the first the second is more; `None` if there is no telling.
fn change(values: [Option<f64>; 2]) -> Option<f64> {
    let [Some(a), Some(b)] = values else {
        return None;
    };
    (a > 0.0).then(|| b / a - 1.0)
}

/// `+12%`; the second against the first.
fn percent(share: f64) -> String {
    let sign = if share > 0.0 {
        words::MORE
    } else {
        words::LESS
    };
    match (share * 100.0).abs() {
        small if small < 0.5 => words::NO_CHANGE.to_owned(),
        size => [sign, &fixed(size, 0), "%"].concat(),
    }
}

/// `a → b`, or one value if both are told the same.
pub fn beside<T>(values: [Option<T>; 2], words: fn(T) -> String) -> String {
    both(values, words, None)
}

/// `a → b (+12%)`, or one value if both are told the same.
pub fn beside_changed<T: Copy>(
    values: [Option<T>; 2],
    words: fn(T) -> String,
    number: fn(T) -> f64,
) -> String {
    both(values, words, change(values.map(|value| value.map(number))))
}

fn both<T>(values: [Option<T>; 2], words: fn(T) -> String, change: Option<f64>) -> String {
    let [a, b] = values.map(|value| value.map_or(words::NO_VALUE.to_owned(), words));
    if a == b {
        return a;
    }
    words::beside(&a, &b, change.map(percent).as_deref())
}

//! Region "Usage": who used what. The rows add up to the Execution Summary.

use crate::view::answers::Answers;
use crate::view::parts::format::{count, fixed, usd};
use crate::view::parts::text::Named;
use crate::viewer::Viewer;
use crate::wording::{common, usage as words};
use crewscope_analysis::{agents, AgentRow, Summary};
use leptos::prelude::*;

/// A row of the table.
#[derive(Clone, PartialEq)]
struct Row {
    name: String,
    models: String,
    tasks: String,
    requests: Option<u64>,
    tokens: Option<u64>,
    cost: Option<f64>,
}

impl From<AgentRow> for Row {
    fn from(agent: AgentRow) -> Self {
        Self {
            name: agent.role,
            models: agent.models.join(common::COMMA),
            tasks: count(agent.tasks.len() as u64),
            requests: agent.requests,
            tokens: agent.total_tokens,
            cost: agent.cost.usd,
        }
    }
}

/// What the whole has and the rows do not; `None` if that is nothing.
fn outside(whole: &Summary, rows: &[Row]) -> Option<Row> {
    let rest = |whole: Option<u64>, of: fn(&Row) -> Option<u64>| {
        let rest = whole?.checked_sub(rows.iter().filter_map(of).sum())?;
        (rest > 0).then_some(rest)
    };
    let requests = rest(whole.requests, |row| row.requests);
    let tokens = rest(whole.total_tokens, |row| row.tokens);
    (requests.is_some() || tokens.is_some()).then(|| Row {
        name: words::OUTSIDE.to_owned(),
        models: String::new(),
        tasks: String::new(),
        requests,
        tokens,
        cost: None,
    })
}

/// The table.
#[component]
pub fn Usage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let answers = expect_context::<Answers>();
    let rows = Memo::new(move |_| {
        let shown = answers.shown.get()?;
        let execution = shown.execution()?;
        let prices = answers.prices();
        let work = || agents(&shown.trace, execution, &prices);
        let agents = viewer.answer(shown.at, |known| &known.agents, work);
        let mut rows: Vec<Row> = agents.into_iter().map(Row::from).collect();
        if !rows.is_empty() {
            let rest = answers
                .summary
                .with(|whole| outside(whole.as_ref()?, &rows));
            rows.extend(rest);
        }
        Some(rows)
    });
    let rows = move || rows.get().unwrap_or_default();
    let nothing = || view! { <p class="cs-nothing">{words::NOTHING}</p> };
    view! {
        <section class="cs-panel cs-usage" part="usage" role="region" aria-label=words::USAGE>
            <div class="cs-panel-head">
                <h2 class="cs-heading">{words::USAGE}</h2>
                <span class="cs-muted">{words::BY_AGENT}</span>
            </div>
            <Show when=move || !rows().is_empty() fallback=nothing>
                <div class="cs-usage-table" tabindex="0" role="group" aria-label=words::BY_AGENT>
                    <table>
                        <thead>
                            <tr>
                                {[
                                    (common::AGENT, "cs-u-name"),
                                    (words::MODELS, "cs-u-models"),
                                    (words::TASKS, ""),
                                    (common::REQUESTS, ""),
                                    (common::TOKENS, ""),
                                    (common::COST, ""),
                                ]
                                    .map(|(head, class)| {
                                        view! {
                                            <th scope="col" class=class>
                                                {head}
                                            </th>
                                        }
                                    })}
                            </tr>
                        </thead>
                        <tbody>
                            {move || {
                                let rows = rows();
                                let all = rows.iter().filter_map(|row| row.tokens).sum::<u64>();
                                rows.into_iter()
                                    .map(|row| view! { <UsageRow row all /> })
                                    .collect_view()
                            }}
                        </tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
}

#[component]
fn UsageRow(
    row: Row,
    /// Tokens of all rows: the length of a full bar.
    all: u64,
) -> impl IntoView {
    let known = |value: Option<String>| match value {
        Some(value) => value.into_any(),
        None => view! { <span class="cs-unknown">{common::UNKNOWN}</span> }.into_any(),
    };
    let share = row.tokens.unwrap_or(0) as f64 / all.max(1) as f64;
    view! {
        <tr>
            <td class="cs-u-name">
                <Named text=row.name />
            </td>
            <td class="cs-u-models">
                <Named text=row.models />
            </td>
            <td>{row.tasks}</td>
            <td>{known(row.requests.map(count))}</td>
            <td>
                {known(row.tokens.map(count))} <span class="cs-meter" aria-hidden="true">
                    <i style:width=format!("{}%", fixed(share * 100.0, 1)) />
                </span>
            </td>
            <td>{known(row.cost.map(usd))}</td>
        </tr>
    }
}

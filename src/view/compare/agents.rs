//! The agents of both, paired by their roles.

use crate::view::compare::figures::{beside, beside_changed};
use crate::view::parts::format::count;
use crate::view::parts::text::Named;
use crate::wording::common;
use crewscope_analysis::compare::Pair;
use crewscope_analysis::AgentRow;
use leptos::prelude::*;

/// A row for each pair.
#[component]
pub fn Agents(
    /// The pairs.
    pairs: Vec<Pair<AgentRow>>,
) -> impl IntoView {
    let heads = [common::AGENT, common::REQUESTS, common::TOKENS];
    let heads = heads
        .into_iter()
        .map(|head| view! { <th scope="col">{head}</th> });
    let rows = pairs.iter().map(|pair| {
        let both = [pair.a.as_ref(), pair.b.as_ref()];
        let role = both.iter().flatten().next().map(|agent| &*agent.role);
        let requests = both.map(|agent| agent?.requests);
        let tokens = both.map(|agent| agent?.total_tokens);
        view! {
            <tr>
                <th scope="row">
                    <Named text=role.unwrap_or_default() />
                </th>
                <td>{beside(requests, count)}</td>
                <td>{beside_changed(tokens, count, |tokens| tokens as f64)}</td>
            </tr>
        }
    });
    view! {
        <table>
            <thead>
                <tr>{heads.collect_view()}</tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

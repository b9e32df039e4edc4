//! The terms of a query as fields to choose from. The query's text is the only state: a choice writes its term into it.

use crate::view::find::Find;
use crate::view::parts::text::plain;
use crate::viewer::Viewer;
use crate::wording::{common, find as words};
use crewscope_analysis::model_of;
use crewscope_analysis::search::{Filter, Query, KINDS, STATUSES};
use crewscope_analysis::transcript::speaker;
use crewscope_trace::model::{Kind, SpanIndex, Trace};
use leptos::prelude::*;

/// Names offered at most; others can be written.
const MOST: usize = 100;

/// Spans looked at for names.
const LOOKED_AT: usize = 200_000;

/// What a filter is called, by [`Filter::ALL`].
const LABELS: [&str; 7] = [
    common::STATUS,
    common::KIND,
    common::AGENT,
    common::MODEL,
    common::TOOL,
    common::TIME,
    common::TOKENS,
];

/// What can be chosen.
#[derive(Clone, Default, PartialEq)]
struct Choices([Vec<String>; 7]);

fn choices(trace: &Trace) -> Choices {
    let all = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    let mut found = Choices::default();
    let [status, kind, agent, model, tool, time, tokens] = &mut found.0;
    *status = all(&STATUSES);
    *kind = KINDS.iter().map(|(_, word)| (*word).to_owned()).collect();
    *time = all(&["100ms", "1s", "5s", "30s", "2m"]);
    *tokens = all(&["500", "2000", "10000", "50000"]);
    let put = |list: &mut Vec<String>, name: &str| {
        let known = list.iter().any(|known| known == name);
        if !known && !name.is_empty() && list.len() < MOST {
            list.push(name.to_owned());
        }
    };
    for (at, span) in trace.spans.iter().enumerate().take(LOOKED_AT) {
        match span.kind {
            Kind::Agent => put(agent, speaker(trace, at as SpanIndex)),
            Kind::Llm => put(model, model_of(trace, span).unwrap_or_default()),
            Kind::Tool => put(tool, trace.str(span.name)),
            _ => {}
        }
    }
    found
}

/// A field for each filter.
#[component]
pub fn Filters(viewer: Viewer, find: Find) -> impl IntoView {
    let choices = Memo::new(move |_| {
        let open = find.open.get();
        let data = viewer.data.get().filter(|_| open);
        data.map(|loaded| choices(&loaded.trace))
            .unwrap_or_default()
    });
    let fields = Filter::ALL.into_iter().zip(LABELS).map(|(filter, label)| {
        view! { <FilterField find filter label choices /> }
    });
    view! {
        <div class="cs-find-filters" role="group" aria-label=words::ONLY>
            {fields.collect_view()}
        </div>
    }
}

/// The values of a filter, to choose one from or none.
#[component]
fn FilterField(
    find: Find,
    filter: Filter,
    /// What it is called; stands in it while none is chosen.
    label: &'static str,
    /// The values of all filters.
    choices: Memo<Choices>,
) -> impl IntoView {
    let now = move || {
        find.text
            .with(|text| Query::parse(text).value(filter).map(str::to_owned))
            .unwrap_or_default()
    };
    let options = move || {
        let known = choices.with(|choices| choices.0.get(filter as usize).cloned());
        options(filter, label, known.unwrap_or_default(), &now())
    };
    view! {
        <select
            aria-label=label
            on:change=move |event| {
                let value = event_target_value(&event);
                let text = find.text.get_untracked();
                find.text.set(Query::with(&text, filter, &value));
            }
        >
            {options}
        </select>
    }
}

/// None of the values, the known ones, and the one that is written if it is none of them.
fn options(
    filter: Filter,
    label: &'static str,
    mut values: Vec<String>,
    now: &str,
) -> Vec<impl IntoView> {
    let is_now = |value: &str| value.eq_ignore_ascii_case(now);
    if !now.is_empty() && !values.iter().any(|value| is_now(value)) {
        values.push(now.to_owned());
    }
    let prefix = match filter {
        Filter::Time | Filter::Tokens => words::AT_LEAST,
        _ => "",
    };
    let none = (label.to_owned(), String::new());
    let values = values
        .into_iter()
        .map(|value| ([prefix, &value].concat(), value));
    std::iter::once(none)
        .chain(values)
        .map(|(name, value)| {
            view! {
                <option selected=is_now(&value) value=value>
                    {plain(&name)}
                </option>
            }
        })
        .collect()
}

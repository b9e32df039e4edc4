//! Region "Execution Summary": the six figures of an execution, each with the one fact that helps.

use crate::view::answers::Answers;
use crate::view::parts::format::{count, counted, duration, duration_exact, percent, usd};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{plain, shown as text};
use crate::view::parts::time;
use crate::view::trust::Trust;
use crate::viewer::Shown;
use crate::wording::parts::READ_AS_UTC;
use crate::wording::{common, summary as words};
use crewscope_analysis::{Cost, Summary, TokensFrom};
use crewscope_trace::model::{Flags, Kind, Status};
use leptos::prelude::*;
use std::collections::HashSet;

/// Name, status and the facts that say which execution this is.
#[component]
pub fn Title() -> impl IntoView {
    let answers = expect_context::<Answers>();
    move || {
        let shown = answers.shown.get()?;
        let execution = shown.execution()?;
        let name = name::of_execution(&shown.trace, execution);
        let zone = execution
            .flags
            .has(Flags::NAIVE_TIME)
            .then_some(READ_AS_UTC);
        let start = execution.start.map(|ns| {
            let utc = time::utc(ns) + zone.unwrap_or_default();
            view! {
                {common::BETWEEN}
                <time title=utc.clone() datetime=utc>
                    {time::local(ns)}
                </time>
            }
        });
        let version = execution
            .version
            .map(|version| words::crewai(&plain(shown.trace.str(version))));
        Some(view! {
            <div class="cs-title">
                <h1 title=plain(&name)>
                    <bdi>{text(&name)}</bdi>
                </h1>
                <StatusMark
                    status=execution.status
                    derived=execution.flags.has(Flags::DERIVED_STATUS)
                    badge=true
                />
                <p class="cs-muted">{facts(&shown)} {start} {version}</p>
            </div>
        })
    }
}

/// `crew · 4 tasks · 3 agents`.
fn facts(shown: &Shown) -> String {
    let Some(execution) = shown.execution() else {
        return String::new();
    };
    let spans = shown.trace.spans_of(execution);
    let number = |kind: Kind| spans.iter().filter(|span| span.kind == kind).count() as u64;
    // An agent that works in three tasks has three spans and one role.
    let agents: HashSet<_> = spans
        .iter()
        .filter(|span| span.kind == Kind::Agent)
        .map(|span| span.name)
        .collect();
    let mut parts = vec![execution.kind.name().to_owned()];
    let parts_of = [
        (number(Kind::Method), words::METHODS_OF),
        (number(Kind::Task), common::TASKS_OF),
        (agents.len() as u64, words::AGENTS_OF),
    ];
    parts.extend(
        parts_of
            .into_iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, noun)| counted(n, noun)),
    );
    if execution.flags.has(Flags::AS_REPORTED) {
        parts.push(words::SAVED_REPORT.to_owned());
    }
    parts.join(common::BETWEEN)
}

/// Characters from which a value is set smaller: `1,234,567` at full size is wider than a tile beside five others.
const LONG: usize = 8;

/// One figure.
#[derive(Clone, PartialEq, Default)]
struct Figure {
    term: &'static str,
    value: Option<String>,
    /// The fact beneath.
    fact: Option<String>,
    /// The fact asks for attention.
    alert: bool,
    /// How the value came about, on hover.
    how: String,
}

/// The six figures.
#[component]
pub fn ExecutionSummary() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let figures = Memo::new(move |_| {
        let status = answers
            .shown
            .with(|shown| shown.as_ref().and_then(Shown::execution).map(|e| e.status))
            .unwrap_or_default();
        answers.summary.with(|summary| {
            summary
                .as_ref()
                .map(|summary| figures(summary, status))
                .unwrap_or_default()
        })
    });
    view! {
        <section
            class="cs-summary"
            part="summary"
            role="region"
            aria-label=words::EXECUTION_SUMMARY
        >
            <h2 class="cs-hidden">{words::EXECUTION_SUMMARY}</h2>
            <dl>{move || figures.with(|figures| figures.iter().map(tile).collect_view())}</dl>
            <Trust />
        </section>
    }
}

fn tile(figure: &Figure) -> impl IntoView {
    let Figure {
        term,
        value,
        fact,
        alert,
        how,
    } = figure.clone();
    let long = value.as_ref().is_some_and(|value| value.len() > LONG);
    let value = match value {
        Some(value) => value.into_any(),
        None => view! { <span class="cs-unknown">{common::UNKNOWN}</span> }.into_any(),
    };
    let fact = fact.map(|fact| {
        let title = fact.clone();
        view! {
            <dd class="cs-tile-fact" data-alert=alert.then_some("true") title=title>
                {fact}
            </dd>
        }
    });
    view! {
        <div class="cs-tile" part="tile">
            <dt>{term}</dt>
            <dd class="cs-tile-value" data-long=long.to_string() title=how>
                {value}
            </dd>
            {fact}
        </div>
    }
}

fn figures(summary: &Summary, status: Status) -> Vec<Figure> {
    vec![
        total(summary),
        Figure {
            term: common::PROMPT_TOKENS,
            value: summary.prompt_tokens.map(count),
            fact: cached(summary),
            how: words::HOW_PROMPT.into(),
            ..Figure::default()
        },
        Figure {
            term: common::COMPLETION_TOKENS,
            value: summary.completion_tokens.map(count),
            fact: summary
                .reasoning_tokens
                .filter(|&n| n > 0)
                .map(|n| words::reasoning(&count(n))),
            how: words::HOW_COMPLETION.into(),
            ..Figure::default()
        },
        requests(summary),
        time_taken(summary, status),
        cost(&summary.cost, summary.tokens_from),
    ]
}

fn total(summary: &Summary) -> Figure {
    let differs = match (summary.total_tokens, summary.reported_total) {
        (Some(sum), Some(reported))
            if sum != reported && summary.tokens_from == TokensFrom::Calls =>
        {
            Some(reported)
        }
        _ => None,
    };
    let missing = summary.calls_without_usage;
    let fact = match (differs, missing) {
        (_, missing) if missing > 0 => {
            Some(words::without_usage(&counted(missing, common::CALLS_OF)))
        }
        (Some(reported), _) => Some(words::crew_reports(&count(reported))),
        _ if summary.tokens_from == TokensFrom::Crew => Some(words::AS_CREW_REPORTS.into()),
        _ => None,
    };
    let mut how = match summary.tokens_from {
        TokensFrom::Calls => words::FROM_CALLS.to_owned(),
        TokensFrom::Crew => words::FROM_CREW.to_owned(),
        TokensFrom::Report => words::FROM_REPORT.to_owned(),
        TokensFrom::Nothing => words::FROM_NOTHING.to_owned(),
    };
    if missing > 0 {
        how.push_str(words::LOWER_BOUND);
    }
    if let Some(reported) = differs {
        how.push_str(&words::crew_total(&count(reported)));
    }
    let value = summary.total_tokens.map(|n| {
        if missing > 0 {
            words::at_least(&count(n))
        } else {
            count(n)
        }
    });
    Figure {
        term: common::TOTAL_TOKENS,
        value,
        fact,
        alert: missing > 0,
        how,
    }
}

fn cached(summary: &Summary) -> Option<String> {
    let cached = summary.cached_prompt_tokens.filter(|&n| n > 0)?;
    let share = summary
        .prompt_tokens
        .filter(|&all| all > 0)
        .map(|all| percent(cached as f64 / all as f64));
    Some(words::cached(&count(cached), share.as_deref()))
}

fn requests(summary: &Summary) -> Figure {
    let failed = summary.failed_requests.unwrap_or(0);
    Figure {
        term: common::REQUESTS,
        value: summary.requests.map(count),
        fact: summary.requests.filter(|&n| n > 0).map(|_| {
            if failed > 0 {
                words::failed(&count(failed))
            } else {
                words::NONE_FAILED.into()
            }
        }),
        alert: failed > 0,
        how: words::HOW_REQUESTS.into(),
    }
}

fn time_taken(summary: &Summary, status: Status) -> Figure {
    let open = summary.execution_time.is_none();
    let time = summary.execution_time.or(summary.time_so_far);
    let share = summary
        .llm_time
        .zip(time.filter(|&t| t > 0))
        .map(|(llm, all)| words::in_llm(&duration(llm), &percent(llm as f64 / all as f64)));
    let how = match time {
        Some(time) if open => words::time_open(&duration_exact(time)),
        Some(time) => words::wall_time(&duration_exact(time)),
        None => words::NO_TIMES.into(),
    };
    let fact = if open && time.is_some() && status == Status::Running {
        Some(words::SO_FAR.into())
    } else {
        share
    };
    Figure {
        term: common::EXECUTION_TIME,
        value: time.map(duration),
        fact,
        alert: false,
        how,
    }
}

fn cost(cost: &Cost, from: TokensFrom) -> Figure {
    let unpriced = cost
        .unpriced_models
        .iter()
        .map(|model| plain(model))
        .collect::<Vec<_>>()
        .join(common::COMMA);
    let fact = if !unpriced.is_empty() {
        Some(words::no_price(&unpriced))
    } else if cost.usd.is_some() && cost.recorded {
        Some(words::AS_RECORDED.into())
    } else if cost.mixed {
        Some(words::PARTLY_RECORDED.into())
    } else if cost.usd.is_some() && cost.missing_calls > 0 {
        Some(words::A_LOWER_BOUND.into())
    } else if cost.own_prices {
        Some(words::BY_YOUR_PRICES.into())
    } else if cost.usd.is_some() && from == TokensFrom::Report {
        Some(words::AS_REPORTED.into())
    } else if cost.usd.is_some() {
        Some(words::priced(&counted(
            cost.priced_models.len() as u64,
            words::MODELS_OF,
        )))
    } else {
        None
    };
    let how = match cost.usd {
        Some(_) if from == TokensFrom::Report => words::COST_OF_REPORT.to_owned(),
        Some(_) if cost.recorded => words::COST_RECORDED.to_owned(),
        Some(_) => {
            let names = plain(&cost.priced_models.join(common::COMMA));
            words::cost_how(cost.mixed, cost.own_prices, &names)
        }
        None => words::COST_UNKNOWN.to_owned(),
    };
    Figure {
        term: common::ESTIMATED_COST,
        value: cost.usd.map(usd),
        fact,
        alert: !unpriced.is_empty(),
        how,
    }
}

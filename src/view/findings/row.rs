//! One finding: what it says, what it cost, what to try, and the way to its evidence.

use crate::view::answers::Found;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, counted, duration, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::Viewer;
use crate::wording::{common, findings as words};
use crewscope_analysis::findings::Severity;
use crewscope_trace::model::SpanIndex;
use leptos::prelude::*;

/// The finding.
#[component]
pub fn FindingRow(
    /// What was found.
    found: Found,
    /// Another one says the same: the task or agent it is about tells them apart.
    named: bool,
) -> impl IntoView {
    let icon = match found.severity {
        Severity::Error => Icon::Cross,
        Severity::Warning => Icon::Warning,
        Severity::Info => Icon::Note,
    };
    let about = found.about.filter(|_| named);
    let cost = cost(found.cost);
    let title = plain(&found.title);
    view! {
        <li class="cs-finding" data-severity=found.severity.name() data-kind=found.kind>
            <span class="cs-finding-icon" role="img" aria-label=found.severity.name()>
                {icon.draw()}
            </span>
            <div class="cs-finding-text">
                <p>
                    <strong>{text(&found.title)}</strong>
                    {about
                        .map(|about| {
                            view! {
                                {common::BETWEEN}
                                <bdi class="cs-about">{text(&about)}</bdi>
                            }
                        })}
                    {cost
                        .map(|cost| {
                            view! {
                                <span class="cs-muted" title=words::COST>
                                    {cost}
                                </span>
                            }
                        })}
                </p>
                <p class="cs-advice">
                    <Advice advice=found.advice />
                </p>
            </div>
            <div class="cs-actions">
                <ShowPlaces places=found.evidence title=title.clone() />
                <Dismiss name=found.name title />
            </div>
        </li>
    }
}

/// What it cost, each kind of cost after a dot; `None` if that is not known.
fn cost((time, tokens, usd_spent): (Option<i64>, Option<u64>, Option<f64>)) -> Option<String> {
    let costs = [
        time.map(duration),
        tokens.map(|tokens| common::tokens(&count(tokens))),
        usd_spent.map(usd),
    ];
    let told: String = costs
        .into_iter()
        .flatten()
        .flat_map(|cost| [common::BETWEEN.to_owned(), cost])
        .collect();
    (!told.is_empty()).then_some(told)
}

/// Goes to where the finding shows; each click goes to the next place.
#[component]
fn ShowPlaces(
    /// The places.
    places: Vec<SpanIndex>,
    /// What the finding says, for screen readers.
    title: String,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let many = places.len();
    let next = RwSignal::new(0);
    let go = move |_| {
        let at = next.get_untracked() % many.max(1);
        if let Some(&span) = places.get(at) {
            next.set(at + 1);
            viewer.select_index(span);
            frame.details.set(true);
        }
    };
    view! {
        <button type="button" class="cs-button" data-look="quiet" data-size="small" on:click=go>
            {move || match (many, next.get()) {
                (0 | 1, _) => words::SHOW.to_owned(),
                (_, 0) => words::show(&counted(many as u64, words::PLACES_OF)),
                (_, at) => words::place_of(&at.to_string(), &many.to_string()),
            }}
            <span class="cs-hidden">{words::of(&title)}</span>
            {Icon::Right.draw()}
        </button>
    }
}

/// Puts the finding aside.
#[component]
fn Dismiss(
    /// Names the finding among those put aside.
    name: String,
    /// What the finding says, for screen readers.
    title: String,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="quiet"
            data-size="small"
            aria-label=words::dismiss(&title)
            title=words::DISMISS
            on:click=move |_| viewer.dismissed.update(|list| list.push(name.clone()))
        >
            {Icon::Cross.draw()}
        </button>
    }
}

/// What to try.
#[component]
fn Advice(
    /// Settings stand in backquotes.
    advice: &'static str,
) -> impl IntoView {
    advice
        .split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => part.into_any(),
            _ => view! { <code>{part}</code> }.into_any(),
        })
        .collect_view()
}

//! One finding: what it says, what it cost, what to try, and the way to its evidence.

use crate::view::answers::Found;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, counted, duration, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::text::{plain, shown as text};
use crate::viewer::Viewer;
use crate::wording::{common, findings as words};
use crewscope_analysis::findings::Severity;
use leptos::prelude::*;

/// The finding; `named` says which task or agent it is about, too.
pub fn row(found: &Found, named: bool) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let icon = match found.severity {
        Severity::Error => Icon::Cross,
        Severity::Warning => Icon::Warning,
        Severity::Info => Icon::Note,
    };
    let (time, tokens, cost) = found.cost;
    let mut facts: Vec<String> = Vec::new();
    facts.extend(time.map(duration));
    facts.extend(tokens.map(|tokens| common::tokens(&count(tokens))));
    facts.extend(cost.map(usd));
    let evidence = found.evidence.clone();
    let places = evidence.len();
    // Each click goes to the next place.
    let next = RwSignal::new(0);
    let go = move || {
        let at = next.get_untracked() % evidence.len().max(1);
        if let Some(&span) = evidence.get(at) {
            next.set(at + 1);
            viewer.select_index(span);
            frame.details.set(true);
        }
    };
    let name = found.name.clone();
    let title = plain(&found.title);
    let about = found.about.as_ref().filter(|_| named);
    let about = about.map(|about| {
        view! {
            {common::BETWEEN}
            <bdi class="cs-about">{text(about)}</bdi>
        }
    });
    view! {
        <li class="cs-finding" data-severity=found.severity.name() data-kind=found.kind>
            <span class="cs-finding-icon" role="img" aria-label=found.severity.name()>
                {icon.draw()}
            </span>
            <div class="cs-finding-text">
                <p>
                    <strong>{text(&found.title)}</strong>
                    {about}
                    {(!facts.is_empty())
                        .then(|| {
                            view! {
                                <span class="cs-muted" title=words::COST>
                                    {[common::BETWEEN, &facts.join(common::BETWEEN)].concat()}
                                </span>
                            }
                        })}
                </p>
                <p class="cs-advice">
                    <Advice advice=found.advice />
                </p>
            </div>
            <div class="cs-actions">
                <button
                    type="button"
                    class="cs-button"
                    data-look="quiet"
                    data-size="small"
                    on:click=move |_| go()
                >
                    {move || match (places, next.get()) {
                        (0 | 1, _) => words::SHOW.to_owned(),
                        (_, 0) => words::show(&counted(places as u64, words::PLACES_OF)),
                        (_, at) => words::place_of(&at.to_string(), &places.to_string()),
                    }}
                    <span class="cs-hidden">{words::of(&title)}</span>
                    {Icon::Right.draw()}
                </button>
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
            </div>
        </li>
    }
}

/// Settings stand in backquotes.
#[component]
fn Advice(advice: &'static str) -> impl IntoView {
    advice
        .split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => part.into_any(),
            _ => view! { <code>{part}</code> }.into_any(),
        })
        .collect_view()
}

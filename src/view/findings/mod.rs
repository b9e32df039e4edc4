//! Region "Findings": what went wrong and what to change, by what it is good for, the costliest first.

mod lineage;
mod row;

use crate::view::answers::{not_among, Answers, Found};
use crate::view::parts::format::counted;
use crate::view::parts::text::plain;
use crate::viewer::{Load, Shown, Viewer};
use crate::wording::{common, findings as words};
use crewscope_analysis::findings::{Severity, Use, KINDS};
use crewscope_trace::model::{Flags, SpanIndex};
use leptos::prelude::*;
use lineage::Lineage;
use row::FindingRow;

/// Findings of one use that are shown before somebody asks for more.
const FIRST: usize = 5;

/// A span that findings concern, and the worst of them.
pub type Marked = (SpanIndex, Severity);

/// All of those, in the order of spans.
pub fn marked(found: &[Found]) -> Vec<Marked> {
    let mut marked: Vec<Marked> = Vec::new();
    for found in found {
        // A hint is about all of an agent's calls: marked on each of them it would bury what failed.
        let evidence = match found.severity {
            Severity::Info => found.evidence.get(..1).unwrap_or_default(),
            _ => &found.evidence,
        };
        let about = found.tasks.iter().chain(evidence);
        marked.extend(about.map(|&span| (span, found.severity)));
    }
    marked.sort_unstable();
    // The worst comes first.
    marked.dedup_by_key(|(span, _)| *span);
    marked
}

/// The region.
#[component]
pub fn Findings() -> impl IntoView {
    let answers = expect_context::<Answers>();
    let viewer = expect_context::<Viewer>();
    let all = RwSignal::new(Vec::<Use>::new());
    let counts = move || answers.findings.with(|found| found.as_deref().map(counts));
    let body = move || match answers.findings.get() {
        Some(list) => found_list(viewer, answers, &list, all).into_any(),
        None => view! { <p class="cs-muted">{words::NOT_YET}</p> }.into_any(),
    };
    view! {
        <section
            class="cs-panel cs-findings"
            part="findings"
            role="region"
            aria-label=words::FINDINGS
        >
            <div class="cs-panel-head">
                <h2 class="cs-heading">{words::FINDINGS}</h2>
                <span class="cs-muted">{counts}</span>
            </div>
            <div class="cs-findings-body">{body} <Lineage /></div>
        </section>
    }
}

/// The findings by their uses, or what was looked for. Tracked.
///
/// Rows have no keys on purpose: when one is put aside, the next one takes its place, and the focus stays there.
fn found_list(
    viewer: Viewer,
    answers: Answers,
    list: &[Found],
    all: RwSignal<Vec<Use>>,
) -> impl IntoView {
    let open = viewer
        .dismissed
        .with(|dismissed| not_among(list, dismissed));
    let aside = list.len() - open.len();
    let uses: Vec<_> = Use::ALL
        .into_iter()
        .filter_map(|of| {
            let group: Vec<&Found> = open.iter().filter(|found| found.of == of).collect();
            (!group.is_empty()).then(|| of_use(of, &group, all))
        })
        .collect();
    let instead = open.is_empty().then(|| {
        if viewer.load.with(|load| matches!(load, Load::Loading(_))) {
            view! { <p class="cs-muted">{words::LOOKING}</p> }.into_any()
        } else {
            nothing(answers, aside == 0).into_any()
        }
    });
    let bring_back = (aside > 0).then(|| {
        view! {
            <button
                type="button"
                class="cs-button"
                data-look="quiet"
                data-size="small"
                on:click=move |_| viewer.dismissed.set(Vec::new())
            >
                {words::show(&counted(aside as u64, words::DISMISSED_OF))}
            </button>
        }
    });
    view! {
        {uses}
        {instead}
        {bring_back}
    }
}

/// Whether another one says the same: then it takes a name to tell them apart.
fn is_repeated(found: &Found, group: &[&Found]) -> bool {
    let same = group.iter().filter(|other| other.title == found.title);
    same.count() > 1
}

/// The findings of one use, the first ones of them until somebody asks for more. Tracked.
fn of_use(of: Use, group: &[&Found], all: RwSignal<Vec<Use>>) -> impl IntoView {
    let whole = all.with(|all| all.contains(&of));
    let first = if whole { group.len() } else { FIRST };
    let rest = group.len().saturating_sub(first);
    view! {
        <div class="cs-use">
            <h3>{of.label()}</h3>
            <ul>
                {group
                    .iter()
                    .take(first)
                    .map(|&found| {
                        view! { <FindingRow found=found.clone() named=is_repeated(found, group) /> }
                    })
                    .collect_view()}
            </ul>
            {(rest > 0)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="cs-button"
                            data-look="quiet"
                            data-size="small"
                            on:click=move |_| all.update(|all| all.push(of))
                        >
                            {words::show(&counted(rest as u64, words::MORE_OF))}
                        </button>
                    }
                })}
        </div>
    }
}

/// How many of which severity.
fn counts(found: &[Found]) -> String {
    let of = |severity| {
        let found = found.iter().filter(|found| found.severity == severity);
        found.count() as u64
    };
    let found = [
        (of(Severity::Error), words::ERRORS_OF),
        (of(Severity::Warning), words::WARNINGS_OF),
        (of(Severity::Info), words::HINTS_OF),
    ];
    let found = found.into_iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = found.map(|(count, noun)| counted(count, noun)).collect();
    told.join(common::BETWEEN)
}

/// A run in which nothing was found says what was looked for. Tracked.
fn nothing(answers: Answers, really: bool) -> impl IntoView {
    let saved = answers.shown.with(|shown| {
        let execution = shown.as_ref().and_then(Shown::execution);
        execution.is_some_and(|execution| execution.flags.has(Flags::AS_REPORTED))
    });
    if saved {
        return view! { <p class="cs-muted">{words::SAVED_REPORT}</p> }.into_any();
    }
    view! {
        <div class="cs-clean">
            <p>{if really { words::NOTHING } else { words::NOTHING_ELSE }}</p>
            <details>
                <summary>
                    {words::looked_for(&counted(KINDS.len() as u64, words::KINDS_OF))}
                </summary>
                <ul>{KINDS.iter().map(|kind| view! { <li>{kind.check}</li> }).collect_view()}</ul>
            </details>
        </div>
    }
    .into_any()
}

/// Spans of a row that are compared with the findings: a row of more calls than these is summed up by the first ones.
pub const MARKED: usize = 200;

/// The mark on a row of these spans, if findings concern them.
#[component]
pub fn FindingMark(
    /// The spans of the row.
    spans: Vec<SpanIndex>,
) -> impl IntoView {
    let answers = expect_context::<Answers>();
    move || {
        answers
            .open
            .with(|found| found.as_deref().and_then(|found| mark_of(found, &spans)))
    }
}

fn mark_of(found: &[Found], spans: &[SpanIndex]) -> Option<impl IntoView> {
    let concerns = |found: &&Found| spans.iter().any(|&span| found.concerns(span));
    let found: Vec<&Found> = found.iter().filter(concerns).collect();
    let worst = found.iter().map(|found| found.severity).min()?;
    let titles: Vec<&str> = found
        .iter()
        .take(5)
        .map(|found| found.title.as_str())
        .collect();
    Some(view! {
        <span
            class="cs-mark"
            data-severity=worst.name()
            role="img"
            aria-label=counted(found.len() as u64, common::FINDINGS_OF)
            title=plain(&titles.join("\n"))
        >
            {found.len().to_string()}
        </span>
    })
}

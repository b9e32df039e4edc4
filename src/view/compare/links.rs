//! The ways from what is compared to where it stands.

use crate::view::compare::difference::Wanted;
use crate::view::frame::Frame;
use crate::viewer::Viewer;
use crate::wording::compare as words;
use crewscope_analysis::compare::Pair;
use crewscope_trace::model::{Field, SpanIndex, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// Texts of two spans that can be compared.
const TEXTS: [(&str, Field); 2] = [
    (words::INPUT_DIFF, Field::Input),
    (words::OUTPUT_DIFF, Field::Output),
];

/// Goes to either span, or shows what is different between them.
#[component]
pub fn SpanLinks(
    /// The trace of both.
    trace: Arc<Trace>,
    /// The spans.
    pair: Pair<SpanIndex>,
    /// Takes the texts to compare.
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let Pair { a, b } = pair;
    let show = |at: SpanIndex, label: &'static str| {
        let trace = trace.clone();
        let act = move || {
            viewer.jump(&trace, at);
            frame.details.set(true);
        };
        view! { <Link label act /> }
    };
    let other = if a.is_some() {
        words::SHOW_OTHER
    } else {
        words::SHOW
    };
    let has = |at: SpanIndex, field: Field| {
        let span = trace.spans.get(at as usize);
        span.is_some_and(|span| span.get(field).is_some())
    };
    let differences = a.zip(b).map(|(a, b)| {
        TEXTS
            .into_iter()
            .filter(|(_, field)| has(a, *field) || has(b, *field))
            .map(|(label, field)| {
                let act = move || wanted.set(Some(Wanted { a, b, field }));
                view! {
                    " "
                    <Link label act />
                }
            })
            .collect_view()
    });
    view! {
        <span class="cs-compare-buttons">
            {a.map(|a| show(a, words::SHOW))} " " {b.map(|b| show(b, other))} {differences}
        </span>
    }
}

/// A button that looks like a link.
#[component]
fn Link(
    /// The word on it.
    label: &'static str,
    /// What it does.
    #[prop(into)]
    act: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="cs-link" on:click=move |_| act.run(())>
            {label}
        </button>
    }
}

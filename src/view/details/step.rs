//! Stepping from one span to the next of its like, by buttons; `view/actions.rs` has the keys.

use crate::view::actions::Actions;
use crate::view::parts::icon::Icon;
use crate::wording::details as words;
use crewscope_analysis::step::By;
use leptos::prelude::*;

/// What can be stepped through, with the keys for back and forward.
const WAYS: [(By, &str, &str); 5] = [
    (By::Call, words::CALLS, ", ."),
    (By::Name, words::SAME_NAME, "< >"),
    (By::Agent, words::SAME_AGENT, "G g"),
    (By::Error, words::ERRORS, "E e"),
    (By::Task, words::OTHER_EXECUTIONS, "U u"),
];

/// Chooses what is stepped through, and steps.
#[component]
pub fn Stepper() -> impl IntoView {
    let way = RwSignal::new(0_usize);
    let options = WAYS
        .into_iter()
        .map(|(_, what, _)| view! { <option>{what}</option> })
        .collect_view();
    view! {
        <div class="cs-stepper" role="group" aria-label=words::STEP_THROUGH>
            <Arrow way forward=false />
            <select
                class="cs-mini"
                aria-label=words::STEP_THROUGH
                on:change:target=move |event| {
                    let chosen = usize::try_from(event.target().selected_index());
                    way.set(chosen.unwrap_or_default());
                }
            >
                {options}
            </select>
            <Arrow way forward=true />
        </div>
    }
}

/// Steps in one direction.
#[component]
fn Arrow(
    /// Which of [`WAYS`] is chosen.
    way: RwSignal<usize>,
    /// To the next one, not to the one before.
    forward: bool,
) -> impl IntoView {
    let actions = expect_context::<Actions>();
    let chosen = move || WAYS.get(way.get()).copied().unwrap_or(WAYS[0]);
    let there = Memo::new(move |_| {
        let (by, ..) = chosen();
        actions.next_of(by, forward).is_some()
    });
    let label = move || {
        let (_, what, keys) = chosen();
        let (back, on) = keys.split_once(' ').unwrap_or_default();
        words::step_to(forward, what, if forward { on } else { back })
    };
    view! {
        <button
            type="button"
            class="cs-button"
            data-look="quiet"
            data-size="small"
            aria-label=label
            title=label
            // Not `disabled`: that would take the focus, and with it the keys, from who has come to the last one.
            aria-disabled=move || (!there.get()).then_some("true")
            on:click=move |_| {
                let (by, ..) = untrack(chosen);
                actions.step(by, forward);
            }
        >
            {if forward { Icon::Right } else { Icon::Left }.draw()}
        </button>
    }
}

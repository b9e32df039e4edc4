//! Stepping from one span to the next of its like, by buttons; `view/actions.rs` has the keys.

use crate::view::actions::Actions;
use crate::view::parts::icon::Icon;
use crate::wording::details as words;
use crewscope_analysis::step::By;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};

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
    let actions = expect_context::<Actions>();
    let way = RwSignal::new(0_usize);
    let by = move || WAYS.get(way.get()).map_or(By::Call, |(by, ..)| *by);
    let arrow = |forward: bool| {
        let there = Memo::new(move |_| actions.next_of(by(), forward).is_some());
        let label = move || {
            let (_, what, keys) = WAYS.get(way.get()).copied().unwrap_or(WAYS[0]);
            let mut keys = keys.split(' ');
            let key = if forward {
                keys.next_back()
            } else {
                keys.next()
            };
            words::step_to(forward, what, key.unwrap_or_default())
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
                on:click=move |_| actions.step(untrack(by), forward)
            >
                {if forward { Icon::Right } else { Icon::Left }.draw()}
            </button>
        }
    };
    let options = WAYS.map(|(_, what, _)| view! { <option>{what}</option> });
    let choose = move |event: Event| {
        let field = event.target();
        let field = field.and_then(|field| field.dyn_into::<HtmlSelectElement>().ok());
        let index = field.and_then(|field| usize::try_from(field.selected_index()).ok());
        way.set(index.unwrap_or_default());
    };
    view! {
        <div class="cs-stepper" role="group" aria-label=words::STEP_THROUGH>
            {arrow(false)}
            <select class="cs-mini" aria-label=words::STEP_THROUGH on:change=choose>
                {Vec::from(options)}
            </select>
            {arrow(true)}
        </div>
    }
}

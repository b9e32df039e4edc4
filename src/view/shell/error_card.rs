//! What could not be opened.

use crate::reading::LoadError;
use crate::view::parts::icon::Icon;
use crate::view::parts::text::shown;
use crate::view::shell::picker::OpenHint;
use leptos::prelude::*;

/// What could not be opened, why, and what would work.
#[component]
pub fn ErrorCard(error: LoadError) -> impl IntoView {
    view! {
        <div class="cs-error-card" role="alert" part="error">
            {Icon::Cross.draw()}
            <div>
                <h2>{shown(&error.title)}</h2>
                <p>{shown(&error.detail)}</p>
                {(!error.hint.is_empty())
                    .then(|| view! { <p class="cs-muted">{shown(&error.hint)}</p> })}
                <OpenHint />
            </div>
        </div>
    }
}

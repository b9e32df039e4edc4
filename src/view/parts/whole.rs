//! What the second part of the program draws (`xtask/js/later.txt`).

use crate::dom::{live, Dom};
use crate::state::Viewer;
use leptos::prelude::*;

/// Draws when the second part is here, so that the page is not held up by asking for it.
pub fn when_whole(draw: impl Fn() -> Dom + 'static) -> Dom {
    let viewer = expect_context::<Viewer>();
    live(move || viewer.whole.get().then(&draw))
}

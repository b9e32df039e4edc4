//! Search in the header: what opens it, and the steps through what was found. The rest (`view/find/`) comes when it is asked for.

use crate::dom::{button, el, group, live, Dom};
use crate::live::Memo;
use crate::view::find::Find;
use crate::view::frame::Frame;
use crate::view::parts::format::count;
use crate::view::parts::icon::Icon;
use crate::viewer::Viewer;
use crate::wording::shell as words;
use leptos::prelude::*;

/// Opens the dialog from the header, and steps through what was found.
pub fn search_box() -> Dom {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let find = expect_context::<Find>();
    let total = Memo::new(move || find.results.with(|results| results.places.len()));
    let step = move |forward: bool| {
        let (label, icon) = if forward {
            (words::NEXT_MATCH, Icon::Right)
        } else {
            (words::PREVIOUS_MATCH, Icon::Left)
        };
        button()
            .class("cs-button")
            .attr("data-look", "square")
            .attr("aria-label", label)
            .attr("title", label)
            .click(move || find.step(viewer, frame, forward))
            .child(icon.draw())
            .dom()
    };
    group()
        .child(
            button()
                .class("cs-search")
                .attr("title", words::SEARCH_KEYS)
                .click(move || find.show(viewer, false))
                .child(Icon::Search.draw())
                .child(el("span").class("cs-search-hint").child(words::SEARCH))
                .child(el("kbd").attr("aria-hidden", "true").child("/")),
        )
        .child(live(move || {
            let total = total.get();
            (total > 0).then(|| {
                let at = find.at.get().map_or(0, |at| at + 1);
                el("div")
                    .class("cs-search-steps")
                    .child(step(false))
                    .child(
                        el("span")
                            .class("cs-muted")
                            .attr("aria-live", "polite")
                            .child(words::match_of(at, &count(total as u64))),
                    )
                    .child(step(true))
                    .dom()
            })
        }))
        .dom()
}

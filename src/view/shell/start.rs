//! The page while nothing is open.

use crate::dom::{button, el, group, live, Dom};
use crate::live::Memo;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::view::shell::error_card::error_card;
use crate::view::Samples;
use crate::viewer::{Load, Viewer};
use crate::wording::shell as words;
use leptos::prelude::*;

/// What this is, where to drop a file, what it opens, and that nothing leaves the browser.
pub fn start() -> Dom {
    let viewer = expect_context::<Viewer>();
    let failed = move || {
        viewer.load.with(|load| {
            if let Load::Failed(error) = load {
                Some(error.clone())
            } else {
                None
            }
        })
    };
    let loading = Memo::new(move || viewer.load.with(|load| matches!(load, Load::Loading(_))));
    el("main")
        .class("cs-start")
        .attr("part", "start")
        .child(live(move || failed().map(error_card)))
        .child(live(move || {
            if loading.get() {
                el("div")
                    .class("cs-start-wait")
                    .attr("role", "status")
                    .child(el("p").child(words::WAITING))
                    .dom()
            } else {
                welcome()
            }
        }))
        .dom()
}

fn welcome() -> Dom {
    let frame = expect_context::<Frame>();
    group()
        .child(el("h1").child(words::CLAIM))
        .child(el("p").class("cs-start-lead").child(words::WHAT_IT_IS))
        .child(
            button()
                .class("cs-drop-zone")
                .attr("part", "drop-zone")
                .click(move || frame.pick.update(|n| *n = n.wrapping_add(1)))
                .child(el("span").class("cs-drop-icon").child(Icon::Open.draw()))
                .child(el("b").child(words::DROP_HERE))
                .child(el("span").child(words::OR_CHOOSE)),
        )
        .child(use_context::<Samples>().map(gallery))
        .child(
            el("dl")
                .class("cs-start-facts")
                .child(el("dt").child(words::PRIVATE))
                .child(el("dd").child(words::PRIVATE_MEANS))
                .child(el("dt").child(words::OPENS))
                .child(el("dd").child(words::OPENS_WHAT))
                .child(el("dt").child(words::LARGE_FILES))
                .child(el("dd").child(words::LARGE_FILES_HOW)),
        )
        .dom()
}

/// Runs to look at for who has no trace yet.
fn gallery(samples: Samples) -> Dom {
    let mut list = el("ul").class("cs-samples");
    for (at, [title, text]) in (0..).zip(samples.titles) {
        let open = samples.open.clone();
        list = list.child(
            el("li").child(
                button()
                    .click(move || open(at))
                    .child(el("b").child(title))
                    .child(el("span").child(text)),
            ),
        );
    }
    el("section")
        .child(el("h2").child(words::OR_A_REAL_RUN))
        .child(list)
        .dom()
}

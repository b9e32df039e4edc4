//! The list of keys.

use crate::dom::{el, group, Dom, Ref};
use crate::live::effect;
use crate::view::frame::Frame;
use crate::wording::{common, keys as words};
use leptos::prelude::*;
use web_sys::{Event, HtmlDialogElement};

/// A modal list of keys; `?` opens it. It is on the page while it is open.
pub fn help() -> Dom {
    let frame = expect_context::<Frame>();
    let dialog = Ref::<HtmlDialogElement>::new();
    effect(move || {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
            let _ = dialog.show_modal();
        }
    });
    let actions = words::KEYS.iter().map(|(key, what)| {
        group()
            .child(el("dt").child(el("kbd").child(*key)))
            .child(el("dd").child(*what))
            .dom()
    });
    let rows = |keys: &'static [(&'static [&'static str], &'static str)]| {
        keys.iter()
            .map(|(keys, what)| {
                group()
                    .child(
                        el("dt").child(
                            keys.iter()
                                .map(|key| el("kbd").child(*key).dom())
                                .collect::<Dom>(),
                        ),
                    )
                    .child(el("dd").child(*what))
                    .dom()
            })
            .collect::<Dom>()
    };
    el("dialog")
        .class("cs-help")
        .node_ref(dialog)
        .attr("aria-labelledby", "cs-help-title")
        .on("close", move |_: Event| frame.help.set(false))
        .child(
            el("div")
                .class("cs-help-head")
                .child(el("h2").attr("id", "cs-help-title").child(words::TITLE))
                // First, so that what has the focus is at the top.
                .child(
                    el("form")
                        .attr("method", "dialog")
                        .child(el("button").class("cs-button").child(common::CLOSE)),
                ),
        )
        .child(
            el("div")
                .class("cs-help-lists")
                .child(el("dl").child(actions.collect::<Dom>()))
                .child(
                    el("div")
                        .child(el("h3").class("cs-heading").child(words::IN_THE_TIMELINE))
                        .child(el("dl").child(rows(&words::TIMELINE_KEYS)))
                        .child(el("p").class("cs-muted").child(words::HELP_END)),
                ),
        )
        .dom()
}

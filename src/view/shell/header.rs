//! The bar at the top.

use crate::dom::{button, el, live, Dom};
use crate::live::Memo;
use crate::view::actions::Actions;
use crate::view::frame::Frame;
use crate::view::parts::icon::Icon;
use crate::view::shell::notes::notes;
use crate::view::shell::picker::picker;
use crate::view::shell::search::search_box;
use crate::view::Save;
use crate::viewer::{Loaded, Theme, Viewer};
use crate::wording::{common, shell as words};
use leptos::prelude::*;

/// Logo, opening, notes, theme and help.
pub fn header() -> Dom {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let actions = expect_context::<Actions>();
    let save = use_context::<Save>();
    let theme = viewer.theme;
    let theme_label = move || {
        let word = match theme.get() {
            Theme::Auto => words::THEME_AUTO,
            Theme::Light => words::THEME_LIGHT,
            Theme::Dark => words::THEME_DARK,
        };
        words::theme(word)
    };
    let several = move || {
        viewer.data.with(|data| {
            data.as_ref()
                .is_some_and(|loaded| loaded.trace.executions.len() > 1)
        }) || viewer.shelf.with(|shelf| !shelf.names.is_empty())
    };
    let open = Memo::new(move || viewer.data.with(Option::is_some));
    let comparable = Memo::new(move || {
        let several = |loaded: &Loaded| loaded.trace.executions.len() > 1;
        viewer.data.with(|data| data.as_ref().is_some_and(several))
    });
    // What a key does, for who has none.
    let action = move |label: &'static str, key: &'static str| {
        button()
            .class("cs-button cs-action")
            .attr("title", words::with_key(label, key))
            .click(move || {
                actions.act(key);
            })
            .child(label)
            .dom()
    };
    el("header")
        .class("cs-header")
        .attr("part", "header")
        .child(live(move || {
            several().then(|| {
                button()
                    .class("cs-button cs-executions-toggle")
                    .attr("data-look", "quiet")
                    .attr("aria-expanded", move || frame.executions.get().to_string())
                    .click(move || frame.executions.update(|open| *open = !*open))
                    .child(common::EXECUTIONS)
                    .dom()
            })
        }))
        .child(
            el("span")
                .class("cs-logo")
                .child(el("i"))
                .child(el("span").child(words::CREWSCOPE)),
        )
        .child(picker())
        .child(live(move || open.get().then(search_box)))
        .child(el("span").class("cs-grow"))
        .child(notes())
        .child(live(move || {
            comparable.get().then(|| action(common::COMPARE, "c"))
        }))
        .child(live(move || {
            open.get().then(|| action(words::TAKE_ALONG, "x"))
        }))
        .child(save.map(|save| {
            live(move || {
                let save = save.clone();
                viewer.data.with(Option::is_some).then(|| {
                    button()
                        .class("cs-button")
                        .attr("data-look", "square")
                        .attr("part", "save")
                        .attr("aria-label", words::SAVE_AS_HTML)
                        .attr("title", words::SAVE_AS_HTML_MEANS)
                        .click(move || (save.0)())
                        .child(Icon::Download.draw())
                        .dom()
                })
            })
        }))
        .child(
            button()
                .class("cs-button")
                .attr("data-look", "square")
                .attr("aria-label", theme_label)
                .attr("title", theme_label)
                .click(move || theme.update(|theme| *theme = theme.next()))
                .child(live(move || match theme.get() {
                    Theme::Auto => Icon::Auto.draw(),
                    Theme::Light => Icon::Sun.draw(),
                    Theme::Dark => Icon::Moon.draw(),
                })),
        )
        .child(
            button()
                .class("cs-button")
                .attr("data-look", "square")
                .attr("aria-label", words::HELP)
                .attr("title", words::HELP)
                .click(move || frame.help.set(true))
                .child(Icon::Question.draw()),
        )
        .dom()
}

//! The page while nothing is open.

use super::load::error_card;
use super::Frame;
use crate::dom::{button, el, group, live, Dom};
use crate::live::Memo;
use crate::source::Input;
use crate::state::{Load, Viewer};
use crate::view::parts::icon::Icon;
use crate::view::Sample;
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
                    .child(el("p").child("Looking for the first records…"))
                    .dom()
            } else {
                welcome()
            }
        }))
        .dom()
}

fn welcome() -> Dom {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let sample = use_context::<Sample>();
    group()
        .child(el("h1").child("See what your crew did, why, and what to change"))
        .child(el("p").class("cs-start-lead").child(
            "crewscope opens the trace of a CrewAI run: tasks, \
 agents, LLM and tool calls, tokens, cost and errors.",
        ))
        .child(
            button()
                .class("cs-drop-zone")
                .attr("part", "drop-zone")
                .click(move || frame.pick.update(|n| *n = n.wrapping_add(1)))
                .child(el("span").class("cs-drop-icon").child(Icon::Open.draw()))
                .child(el("b").child("Drop trace files here"))
                .child(el("span").child(
                    "or click to choose them. Several files of one run may \
 be opened together.",
                )),
        )
        .child(sample.map(|Sample(url)| {
            let open = move || {
                viewer.open(vec![Input::Url {
                    name: "sample.jsonl".into(),
                    url: url.clone(),
                }])
            };
            el("p")
                .child(
                    button()
                        .class("cs-button")
                        .click(open)
                        .child("Open a sample"),
                )
                .dom()
        }))
        .child(
            el("dl")
                .class("cs-start-facts")
                .child(el("dt").child("Private"))
                .child(el("dd").child(
                    "The file is read in this browser. Nothing is uploaded, \
 no account, no server.",
                ))
                .child(el("dt").child("Opens"))
                .child(el("dd").child(
                    "CrewAI's OpenTelemetry (OTLP) JSON and JSON Lines, \
 trace batches and event logs; gzip of each.",
                ))
                .child(el("dt").child("Large files"))
                .child(el("dd").child(
                    "Read as a stream. Gigabytes are fine, and the first \
 tasks appear while the rest is still being read.",
                )),
        )
        .dom()
}

/// A line with a button, for places where opening another file is the way on.
pub fn open_hint() -> Dom {
    let frame = expect_context::<Frame>();
    el("p")
        .child(
            button()
                .class("cs-button")
                .click(move || frame.pick.update(|n| *n = n.wrapping_add(1)))
                .child("Open another file…"),
        )
        .dom()
}

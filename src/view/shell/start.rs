//! The page while nothing is open.

use super::load::error_card;
use super::Frame;
use crate::dom::{button, el, group, live, Dom};
use crate::live::Memo;
use crate::state::{Load, Viewer};
use crate::view::parts::icon::Icon;
use crate::view::Samples;
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
    let frame = expect_context::<Frame>();
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
        .child(use_context::<Samples>().map(gallery))
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
                    "What CrewAI leaves behind: OpenTelemetry (OTLP), event logs, trace batches, checkpoints, \
 log files; exports of Jaeger, Tempo, Phoenix, Langfuse, LangSmith and MLflow; saved reports. gzip of each.",
                ))
                .child(el("dt").child("Large files"))
                .child(el("dd").child(
                    "Read as a stream. Gigabytes are fine, and the first \
 tasks appear while the rest is still being read.",
                )),
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
        .child(el("h2").child("Or open a real run"))
        .child(list)
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

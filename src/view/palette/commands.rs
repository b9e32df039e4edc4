//! Every action of the viewer, once: keys run them, the list of keys shows them, and the command palette finds them.

use crate::view::actions::Actions;
use crate::view::frame::Frame;
use crate::view::parts::copy::copy_now;
use crate::view::parts::name;
use crate::view::parts::text::clipped;
use crate::viewer::{Shown, Viewer};
use crate::wording::keys as words;
use crewscope_trace::model::{Kind, SpanIndex, Trace};
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::HtmlElement;

/// What a command does.
#[derive(Clone)]
pub enum Act {
    /// What the key does.
    Key(&'static str),
    /// Goes to a span.
    Span(Arc<Trace>, SpanIndex),
    /// Goes to an execution.
    Execution(String),
    /// Copies a text.
    Copy(String),
}

/// A command.
#[derive(Clone)]
pub struct Command {
    /// What it is called.
    pub label: String,
    /// What it does.
    pub act: Act,
}

impl Command {
    /// Does it; `near` is an element right below the viewer's root.
    pub fn run(&self, actions: Actions, near: Option<HtmlElement>) {
        let Actions { viewer, frame, .. } = actions;
        match &self.act {
            Act::Key(key) => {
                actions.act(key);
            }
            Act::Span(trace, at) => {
                viewer.jump(trace, *at);
                frame.details.set(true);
            }
            Act::Execution(id) => viewer.select_execution(id.clone()),
            Act::Copy(text) => copy_now(text.clone(), near),
        }
    }
}

/// Tasks and executions offered at most.
const MOST: usize = 200;

/// Most of a value that its command shows.
const LONGEST: usize = 80;

/// The commands whose names hold all the words.
pub fn matching(
    viewer: Viewer,
    frame: Frame,
    text: &str,
    // What is shown, by name.
    values: &[(String, String)],
) -> Vec<Command> {
    let text = text.to_ascii_lowercase();
    let fits = |label: &str| {
        let label = label.to_ascii_lowercase();
        text.split_whitespace().all(|word| label.contains(word))
    };
    let mut found = Vec::new();
    let mut put = |label: String, act: Act| {
        if found.len() < MOST && fits(&label) {
            found.push(Command { label, act });
        }
    };
    for (key, label) in words::KEYS {
        if key != "Ctrl+K" {
            put(label.to_owned(), Act::Key(key));
        }
    }
    put(words::HELP.to_owned(), Act::Key("?"));
    let Some(Shown { trace, at }) = viewer.shown.get_untracked() else {
        return found;
    };
    let detail = untrack(|| frame.answers.detail.get());
    frame.answers.tasks.with_untracked(|tasks| {
        for task in tasks.iter().take(MOST) {
            let label = words::go_to_task(&task.label);
            put(label, Act::Span(trace.clone(), task.span));
        }
    });
    if let Some(execution) = trace.executions.get(at) {
        let agents = execution.first_span..execution.last_span;
        let mut known: Vec<String> = Vec::new();
        for at in agents {
            let span = trace.spans.get(at as usize);
            let Some(span) = span.filter(|span| span.kind == Kind::Agent) else {
                continue;
            };
            let name = name::of(&trace, span);
            if known.len() < MOST && !known.contains(&name) {
                put(words::go_to_agent(&name), Act::Span(trace.clone(), at));
                known.push(name);
            }
        }
    }
    for execution in trace.executions.iter().take(MOST) {
        let name = name::of_execution(&trace, execution);
        let start = execution.start.map(crate::view::parts::time::local);
        let start = start.unwrap_or_default();
        let id = trace.str(execution.id).to_owned();
        put(words::open_execution(&name, &start), Act::Execution(id));
    }
    let ids = [
        (
            words::ID_OF_EXECUTION,
            trace.executions.get(at).map(|execution| execution.id),
        ),
        (
            words::ID_IN_DETAILS,
            detail
                .and_then(|at| trace.spans.get(at as usize))
                .map(|span| span.id),
        ),
    ];
    let ids = ids
        .into_iter()
        .filter_map(|(name, id)| Some((name, trace.str(id?))));
    let values = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in ids.chain(values) {
        let label = words::copy_value(name, &clipped(value, LONGEST));
        put(label, Act::Copy(value.to_owned()));
    }
    found
}

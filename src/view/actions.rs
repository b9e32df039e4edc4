//! What keys, buttons and commands do: each of them once.

use crate::view::find::Find;
use crate::view::frame::Frame;
use crate::viewer::{Shown, Viewer};
use crate::wording::keys as words;
use crewscope_analysis::compare::series;
use crewscope_analysis::step::{self, By};
use crewscope_trace::model::{SpanIndex, Trace};
use leptos::prelude::*;
use std::sync::Arc;

/// What of the view a link carries for a comparison: the id of the other execution.
pub const COMPARED: &str = "compare";

/// Acts on a viewer. Get it with `expect_context::<Actions>()`.
#[derive(Clone, Copy)]
pub struct Actions {
    /// What is open, and what is selected.
    pub viewer: Viewer,
    /// What is open around the regions.
    pub frame: Frame,
    /// The search.
    pub find: Find,
}

impl Actions {
    /// Does what a key stands for; `false` if it stands for nothing.
    pub fn act(self, key: &str) -> bool {
        let Self {
            viewer,
            frame,
            find,
        } = self;
        match key {
            "?" => frame.help.set(true),
            "/" => find.show(viewer, false),
            "n" => find.step(viewer, frame, true),
            "N" => find.step(viewer, frame, false),
            "y" => find.command(words::COPY_TYPED),
            "c" => self.compare(),
            "x" => {
                if untrack(|| frame.answers.shown.get()).is_some() {
                    frame.take.set(true);
                }
            }
            "o" => frame.pick.update(|n| *n = n.wrapping_add(1)),
            "t" => viewer.theme.update(|theme| *theme = theme.next()),
            "[" => self.step_execution(-1),
            "]" => self.step_execution(1),
            "j" => self.step_task(1),
            "k" => self.step_task(-1),
            "." | "," => self.step(By::Call, key == "."),
            ">" | "<" => self.step(By::Name, key == ">"),
            "g" | "G" => self.step(By::Agent, key == "g"),
            "e" | "E" => self.step(By::Error, key == "e"),
            "u" | "U" => self.step(By::Task, key == "u"),
            "Esc" | "Escape" => {
                if frame.details.get_untracked() {
                    frame.details.set(false);
                } else if frame.executions.get_untracked() {
                    frame.executions.set(false);
                } else {
                    viewer.select_span(None);
                }
            }
            _ => return false,
        }
        true
    }

    /// The span that a step leads to, with its trace. Tracked.
    pub fn next_of(self, by: By, forward: bool) -> Option<(Arc<Trace>, SpanIndex)> {
        let answers = self.frame.answers;
        let shown = answers.shown.get()?;
        let at = answers.detail.get()?;
        let (_, next) = step::step(&shown.trace, shown.at, at, by, forward)?;
        Some((shown.trace, next))
    }

    /// Goes to the next span of its like.
    pub fn step(self, by: By, forward: bool) {
        if let Some((trace, next)) = untrack(|| self.next_of(by, forward)) {
            self.viewer.jump(&trace, next);
            self.frame.details.set(true);
        }
    }

    /// Chooses another execution to compare with: the run of the same crew before this one, else any.
    pub fn compare(self) {
        let other = untrack(|| {
            let Shown { trace, at } = self.frame.answers.shown.get()?;
            let runs = series(&trace, at);
            let own = runs.iter().position(|run| *run == at);
            let before = own.and_then(|own| runs.get(own.checked_sub(1)?));
            let other = before.or(runs.iter().find(|run| **run != at)).copied();
            let other = other.or((0..trace.executions.len()).find(|other| *other != at))?;
            Some(trace.str(trace.executions.get(other)?.id).to_owned())
        });
        if other.is_some() {
            self.viewer.set_extra(COMPARED, other);
        }
    }

    fn step_execution(self, by: isize) {
        let id = untrack(|| {
            let Shown { trace, at } = self.viewer.shown.get()?;
            let next = at.checked_add_signed(by)?;
            trace
                .executions
                .get(next)
                .map(|execution| trace.str(execution.id).to_owned())
        });
        if let Some(id) = id {
            self.viewer.select_execution(id);
        }
    }

    fn step_task(self, by: isize) {
        let answers = self.frame.answers;
        let next = untrack(|| {
            let detail = answers.detail.get()?;
            answers.tasks.with(|tasks| {
                // From inside a task the step starts at that task.
                let shown = answers.shown.get()?;
                let at = tasks
                    .iter()
                    .position(|task| shown.trace.subtree(task.span).contains(&(detail as usize)));
                let next = match at {
                    // The first press selects what is already shown by default.
                    Some(at) if self.viewer.selected_span().is_some() => {
                        at.checked_add_signed(by)?
                    }
                    Some(at) => at,
                    None => 0,
                };
                tasks.get(next).map(|task| task.span)
            })
        });
        if let Some(span) = next {
            self.viewer.select_index(span);
            self.frame.details.set(true);
        }
    }
}

//! What the parts of the dialog share, and what is done with it.

use crate::view::actions::Actions;
use crate::view::find::mark;
use crate::view::find::{Find, Place, Results};
use crate::view::palette::commands::{matching, Command};
use crate::view::palette::values::on_screen;
use crate::view::parts::scroll::scroll_near;
use crate::viewer::Load;
use gloo::timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;

/// Places listed before "show more".
const PAGE: usize = 100;

/// How long a person must pause before it is searched.
const PAUSE_MS: u32 = 180;

/// What stands in the list.
#[derive(Clone)]
pub enum Line {
    /// A place that was found, and its index.
    Place(usize, Place),
    /// A command.
    Command(Command),
}

/// The state of the dialog. Small and `Copy`: each part gets it.
#[derive(Clone, Copy)]
pub struct State {
    /// What commands act on.
    pub actions: Actions,
    /// The search.
    pub find: Find,
    /// The dialog itself.
    pub dialog: NodeRef<html::Dialog>,
    /// Where the query is written.
    pub field: NodeRef<html::Input>,
    /// Index of the line that Enter chooses.
    pub active: RwSignal<usize>,
    /// Commands are looked for, and no texts.
    pub is_commands: Memo<bool>,
    /// Places listed at most.
    limit: RwSignal<usize>,
    /// Enter came before the first place was found: it counts then.
    eager: RwSignal<bool>,
    /// What was searched last.
    asked: StoredValue<String>,
}

impl State {
    /// Nothing listed, and nothing searched.
    pub fn new(actions: Actions) -> Self {
        let find = actions.find;
        Self {
            actions,
            find,
            dialog: NodeRef::new(),
            field: NodeRef::new(),
            active: RwSignal::new(0),
            is_commands: Memo::new(move |_| find.text.with(|text| text.starts_with('>'))),
            limit: RwSignal::new(PAGE),
            eager: RwSignal::new(false),
            asked: StoredValue::new(String::new()),
        }
    }

    /// Follows what is asked for, by whomever.
    pub fn follow(self) {
        self.follow_opening();
        self.follow_text();
        self.follow_link();
        self.search_at_rest();
        self.search_each_trace();
        mark::follow(self.find, self.dialog);
        self.go_when_found();
    }

    /// The dialog opens and closes with the state.
    fn follow_opening(self) {
        let Self { find, dialog, .. } = self;
        Effect::new(move |_| {
            let open = find.open.get();
            let Some(dialog) = dialog.get() else { return };
            if open && !dialog.open() {
                // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
                let _ = dialog.show_modal();
                self.begin();
            } else if !open && dialog.open() {
                dialog.close();
            }
        });
    }

    /// What stands in the field is written over at once, but for the sign of commands.
    fn begin(self) {
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
            if !self.find.text.with_untracked(|text| text.starts_with('>')) {
                field.select();
            }
        }
    }

    /// Written by the filters, by a link or by a command, the text comes into the field, too.
    fn follow_text(self) {
        let Self { find, field, .. } = self;
        Effect::new(move |_| {
            let text = find.text.get();
            if let Some(field) = field.get().filter(|field| field.value() != text) {
                field.set_value(&text);
            }
        });
    }

    /// A link, or the way back in the history, says what was looked for.
    fn follow_link(self) {
        let viewer = self.actions.viewer;
        Effect::new(move |_| {
            let linked = viewer.extra("q").unwrap_or_default();
            if self.asked.with_value(|asked| *asked != linked) {
                self.find.text.set(linked);
            }
        });
    }

    /// Searches when a person has paused.
    fn search_at_rest(self) {
        let pause = StoredValue::new_local(None::<Timeout>);
        Effect::new(move |_| {
            let text = self.find.text.get();
            self.active.set(0);
            self.limit.set(PAGE);
            let search = move || self.search(&text);
            pause.set_value(Some(Timeout::new(PAUSE_MS, search)));
        });
    }

    /// Searches, unless it is known or a command.
    fn search(self, text: &str) {
        let viewer = self.actions.viewer;
        let known = self.asked.with_value(|asked| asked == text);
        if !known && !text.starts_with('>') {
            self.asked.set_value(text.to_owned());
            viewer.set_extra("q", (!text.is_empty()).then(|| text.to_owned()));
            self.find.start(viewer, text);
        }
    }

    /// Another trace: what was found in the one before means nothing in it.
    fn search_each_trace(self) {
        let Self { find, asked, .. } = self;
        let viewer = self.actions.viewer;
        let open = Memo::new(move |_| {
            let whole = viewer.load.with(|load| matches!(load, Load::Ready { .. }));
            (viewer.data.with(Option::is_some), whole)
        });
        Effect::new(move |_| {
            let (any, _) = open.get();
            if any {
                asked.with_value(|asked| find.start(viewer, asked));
            } else {
                find.stop();
                find.results.set(Results::default());
            }
        });
    }

    /// Goes to the first place as soon as it is found, if Enter came before it; another text is another question.
    fn go_when_found(self) {
        let Self { find, eager, .. } = self;
        Effect::new(move |_| {
            let found = find.results.with(|results| !results.places.is_empty());
            if found && eager.get() {
                eager.set(false);
                self.close();
                find.go(self.actions.viewer, self.actions.frame, 0);
            }
        });
        Effect::new(move |_| {
            find.text.track();
            eager.set(false);
        });
    }

    /// What stands in the list. Tracked.
    pub fn lines(self) -> Vec<Line> {
        let Self { actions, find, .. } = self;
        if self.is_commands.get() {
            let values = self.dialog.get_untracked();
            let values = values.map_or_else(Vec::new, |dialog| on_screen(&dialog));
            let commands = find.text.with(|text| {
                let text = text.trim_start_matches('>');
                matching(actions.viewer, actions.frame, text, &values)
            });
            return commands.into_iter().map(Line::Command).collect();
        }
        let limit = self.limit.get();
        find.results.with(|results| {
            let places = results.places.iter().take(limit).cloned().enumerate();
            places.map(|(at, place)| Line::Place(at, place)).collect()
        })
    }

    /// Places that are found and not listed. Tracked.
    pub fn more(self) -> usize {
        let found = self.find.results.with(|results| results.places.len());
        found.saturating_sub(self.limit.get())
    }

    /// Lists more of them.
    pub fn show_more(self) {
        self.limit.update(|limit| *limit += PAGE * 2);
    }

    /// Closes the dialog.
    pub fn close(self) {
        self.find.open.set(false);
    }

    /// Offers the commands in place of what was found.
    pub fn show_commands(self) {
        self.find.text.set(">".to_owned());
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }

    /// Goes to a place, or runs a command.
    pub fn choose(self, line: &Line) {
        let Self { actions, find, .. } = self;
        self.close();
        match line {
            Line::Place(at, _) => find.go(actions.viewer, actions.frame, *at),
            Line::Command(command) => {
                let near = self.dialog.get_untracked().map(Into::into);
                command.run(actions, near);
            }
        }
    }

    /// Chooses the active line, or what will be found first.
    pub fn choose_active(self) {
        let is_commands = self.is_commands.get_untracked();
        let text = self.find.text.get_untracked();
        let late = self.asked.with_value(|asked| *asked != text);
        let lines = untrack(|| self.lines());
        match lines.get(self.active.get_untracked()) {
            Some(line) if !late || is_commands => self.choose(line),
            _ => self.eager.set(!is_commands),
        }
    }

    /// The line below becomes the active one.
    pub fn go_down(self) {
        let last = untrack(|| self.lines()).len().saturating_sub(1);
        self.active
            .update(|active| *active = (*active + 1).min(last));
    }

    /// The line above becomes the active one.
    pub fn go_up(self) {
        self.active
            .update(|active| *active = active.saturating_sub(1));
    }

    /// Brings the active line into sight.
    pub fn show_active(self) {
        let id = format!("#cs-find-{}", self.active.get_untracked());
        let dialog = self.dialog.get_untracked();
        let line = dialog.and_then(|dialog| dialog.query_selector(&id).ok().flatten());
        if let Some(line) = line {
            scroll_near(&line);
        }
    }
}

//! The viewer as a part of another page: what the custom element (`web/element/crew-scope.js`) calls, and what it is told.

use crate::embed::mount::{mount_with, Handle, Options};
use crate::reading::Input;
use crate::reading::LoadError;
use crate::reading::Runtime;
use crate::report::report_of;
use crate::view::{Samples, Save};
use crate::viewer::{Load, Shelf, Shown, Theme, Viewer};
use crate::wording::errors as words;
use crewscope_analysis::mask;
use crewscope_trace::model::{Execution, Field, Kind, SpanIndex, Trace};
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, HtmlElement};

/// A viewer in an element of somebody else's page. `free()` removes it.
#[wasm_bindgen]
pub struct Mounted {
    handle: Rc<Handle>,
}

impl From<Rc<Handle>> for Mounted {
    fn from(handle: Rc<Handle>) -> Self {
        Self { handle }
    }
}

/// Shows a viewer inside `host`. `tell(kind, detail)` is called with `progress`, `load`, `select` and `error`, `save(sources, selection)`
/// when a person wants to keep what is open.
#[wasm_bindgen]
pub fn mount_viewer(
    host: HtmlElement,
    spawn_worker: Function,
    theme: &str,
    tell: Function,
    save: Function,
) -> Result<Mounted, JsError> {
    let options = Options {
        runtime: Runtime { spawn_worker },
        inputs: Vec::new(),
        theme: Theme::of(theme),
        owns_page: false,
    };
    let also = move |viewer| {
        announce(viewer, tell);
        provide_save(viewer, save);
    };
    let handle = mount_with(&host, options, Box::new(also))
        .map_err(|error| JsError::new(&error.to_string()))?;
    Ok(Rc::new(handle).into())
}

/// A text without its secrets, as they are hidden on the screen.
#[wasm_bindgen]
pub fn mask_text(text: &str) -> String {
    mask::mask(text).into_owned()
}

#[wasm_bindgen]
impl Mounted {
    /// Opens sources together: an array of `{name, blob}` or `{name, url}`. With `live` the last one may grow.
    pub fn load(&self, sources: Array, live: bool) {
        let inputs = sources.iter().filter_map(|source| input(&source)).collect();
        let viewer = self.handle.viewer();
        if live {
            viewer.open_live(inputs);
        } else {
            viewer.open(inputs);
        }
    }

    /// Adds bytes to the last source; `false` if it was not opened to grow.
    pub fn append(&self, blob: &Blob) -> bool {
        self.handle.viewer().append(blob)
    }

    /// How many of the calls of `append` since the last `load` are in the model by now.
    pub fn appended(&self) -> u32 {
        self.handle.viewer().appended()
    }

    /// Closes what is open.
    pub fn clear(&self) {
        self.handle.clear();
    }

    /// `light`, `dark` or `auto`.
    pub fn set_theme(&self, theme: &str) {
        self.handle.set_theme(Theme::of(theme));
    }

    /// Which regions are shown, by the attributes `sections` and `view`; both empty: all.
    pub fn arrange(&self, sections: &str, view: &str) {
        self.handle.arrange(sections, view);
    }

    /// Shows that what was to be opened may not be, and why, in place of what is open.
    pub fn refuse(&self, why: &str) {
        self.handle.viewer().fail(LoadError {
            title: words::NOT_ALLOWED.into(),
            detail: words::not_allowed(why),
            hint: words::NOT_ALLOWED_HINT.into(),
        });
    }

    /// Takes the prices of a price file (docs/prices.md) before the built-in ones; an empty text takes those away again.
    pub fn set_prices(&self, text: &str) -> Result<(), JsError> {
        let viewer = self.handle.viewer();
        if text.is_empty() {
            viewer.clear_prices();
            return Ok(());
        }
        viewer
            .set_prices(text)
            .map_err(|error| JsError::new(&error.to_string()))
    }

    /// Lists traces by their names below the executions; `current` is open, `open(index)` is called for another.
    pub fn set_shelf(&self, names: Array, current: usize, open: Function) {
        let viewer = self.handle.viewer();
        let names = names.iter().filter_map(|name| name.as_string()).collect();
        viewer.open_from_shelf.set_value(Some(open));
        viewer.shelf.set(Shelf { names, current });
    }

    /// Selects an execution, a task in it (by key, id or name) and a span in it; returns whether all that was named is there.
    pub fn select(
        &self,
        execution: Option<String>,
        task: Option<String>,
        span: Option<String>,
    ) -> bool {
        select(self.handle.viewer(), execution, task, span)
    }

    /// The report, as an object.
    pub fn report(&self) -> Promise {
        let viewer = self.handle.viewer();
        Promise::new(&mut |resolve, _| {
            spawn_local(async move {
                let _ = resolve.call1(&JsValue::UNDEFINED, &report_of(viewer).await);
            });
        })
    }

    /// What is open, to be kept elsewhere: an array of `{name, blob}` with the bytes after decompression.
    pub fn sources(&self) -> Array {
        sources(self.handle.viewer())
    }

    /// What is selected: `{execution, task, span}`.
    pub fn selection(&self) -> JsValue {
        selection(self.handle.viewer())
    }
}

/// Lets the view offer to keep what is open.
pub(super) fn provide_save(viewer: Viewer, save: Function) {
    let save = move || {
        // A failure is the script's to tell.
        let _ = save.call2(&JsValue::UNDEFINED, &sources(viewer), &selection(viewer));
    };
    provide_context(Save(SendWrapper::new(Rc::new(save))));
}

/// A source as a page hands it over.
pub(super) fn input(source: &JsValue) -> Option<Input> {
    let get = |key: &str| Reflect::get(source, &key.into()).unwrap_or_default();
    let name = get("name").as_string().unwrap_or_default();
    match get("blob").dyn_into::<Blob>() {
        Ok(blob) => Some(Input::Blob { name, blob }),
        Err(_) => Some(Input::Url {
            name,
            url: get("url").as_string()?,
        }),
    }
}

/// The gallery of the start page. What a sample is made of is asked for when somebody opens it.
pub(super) fn samples(viewer: Viewer, samples: Array) -> Samples {
    let text = |sample: &JsValue, key: &str| {
        let text = Reflect::get(sample, &key.into()).unwrap_or_default();
        text.as_string().unwrap_or_default()
    };
    let titles = samples
        .iter()
        .map(|sample| ["title", "text"].map(|key| text(&sample, key)));
    Samples {
        titles: titles.collect(),
        open: SendWrapper::new(Rc::new(move |at| {
            if let Some(source) = input(&samples.get(at)) {
                viewer.open(vec![source]);
            }
        })),
    }
}

/// Tells the host's page what happens.
pub(super) fn announce(viewer: Viewer, tell: Function) {
    let say = move |kind: &str, detail: JsValue| {
        // A listener that throws is its page's matter.
        let _ = tell.call2(&JsValue::UNDEFINED, &kind.into(), &detail);
    };
    let report = say.clone();
    let mut busy = false;
    Effect::new(move |_| {
        let say = &report;
        match viewer.load.get() {
            Load::Empty => {
                if std::mem::take(&mut busy) {
                    say("empty", JsValue::NULL);
                }
            }
            Load::Loading(progress) => {
                busy = true;
                say(
                    "progress",
                    object(&[
                        ("name", progress.name.as_str().into()),
                        ("done", (progress.done as f64).into()),
                        (
                            "total",
                            progress
                                .total
                                .map_or(JsValue::NULL, |total| (total as f64).into()),
                        ),
                        ("records", (progress.records as f64).into()),
                    ]),
                );
            }
            Load::Ready { cancelled } => say(
                "load",
                object(&[
                    ("cancelled", cancelled.into()),
                    ("executions", executions(viewer)),
                ]),
            ),
            Load::Failed(error) => say(
                "error",
                object(&[
                    ("title", error.title.as_str().into()),
                    ("detail", error.detail.as_str().into()),
                    ("hint", error.hint.as_str().into()),
                ]),
            ),
        }
    });
    let mut told = None;
    Effect::new(move |_| {
        let now = viewer.shown.get();
        let now = now.map(|shown| Selection::of(viewer.selected_span(), &shown.trace, shown.at));
        if now != told {
            if let Some(now) = &now {
                // The execution that is shown at first was selected by nobody.
                if told.is_some() || now.span.is_some() {
                    say("select", now.detail());
                }
            }
            told = now;
        }
    });
}

fn executions(viewer: Viewer) -> JsValue {
    let list = Array::new();
    viewer.data.with_untracked(|data| {
        let Some(loaded) = data else { return };
        for execution in &loaded.trace.executions {
            list.push(&object(&[
                ("id", loaded.trace.str(execution.id).into()),
                ("name", loaded.trace.str(execution.name).into()),
                ("kind", execution.kind.name().into()),
                ("status", execution.status.name().into()),
            ]));
        }
    });
    list.into()
}

/// What is selected, by external ids.
#[derive(Clone, Debug, PartialEq)]
struct Selection {
    execution: String,
    task: Option<String>,
    span: Option<String>,
}

impl Selection {
    fn of(span: Option<SpanIndex>, trace: &Trace, execution: usize) -> Self {
        let id = |index: SpanIndex| {
            let span = trace.spans.get(index as usize)?;
            Some(trace.str(span.id).to_owned())
        };
        let task = span
            .and_then(|span| trace.nearest(span, |span| span.kind == Kind::Task))
            .and_then(|task| {
                let span = trace.spans.get(task as usize)?;
                let known = trace
                    .name_of(span, Field::TaskKey)
                    .or_else(|| trace.name_of(span, Field::TaskId));
                known.map(str::to_owned).or_else(|| id(task))
            });
        Self {
            execution: trace
                .executions
                .get(execution)
                .map(|execution| trace.str(execution.id).to_owned())
                .unwrap_or_default(),
            task,
            span: span.and_then(id),
        }
    }

    fn detail(&self) -> JsValue {
        let text = |text: &Option<String>| text.as_deref().map_or(JsValue::NULL, JsValue::from_str);
        object(&[
            ("execution", self.execution.as_str().into()),
            ("task", text(&self.task)),
            ("span", text(&self.span)),
        ])
    }
}

/// What is selected, as an object; `null` while nothing is open.
pub(super) fn selection(viewer: Viewer) -> JsValue {
    match viewer.shown.get_untracked() {
        Some(Shown { trace, at }) => {
            let span = untrack(|| viewer.selected_span());
            Selection::of(span, &trace, at).detail()
        }
        None => JsValue::NULL,
    }
}

/// What is open, as an array of `{name, blob, marks}`; a source whose bytes did not arrive has no blob.
pub(super) fn sources(viewer: Viewer) -> Array {
    let array = Array::new();
    let Some(loaded) = viewer.data.get_untracked() else {
        return array;
    };
    for (at, source) in (0..).zip(&loaded.trace.sources) {
        let blob = loaded.texts.whole(at);
        array.push(&object(&[
            ("name", source.name.as_str().into()),
            ("blob", blob.map_or(JsValue::NULL, JsValue::from)),
            ("marks", loaded.texts.marks(at).into()),
        ]));
    }
    array
}

fn select(
    viewer: Viewer,
    execution: Option<String>,
    task: Option<String>,
    span: Option<String>,
) -> bool {
    let Some(loaded) = viewer.data.get_untracked() else {
        return false;
    };
    let trace = &loaded.trace;
    let named = execution.as_deref().map(|id| {
        let known = |execution: &&Execution| trace.str(execution.id) == id;
        trace.executions.iter().find(known)
    });
    let Some(chosen) = named.unwrap_or_else(|| {
        let shown = viewer.shown.get_untracked();
        trace.executions.get(shown.map_or(0, |shown| shown.at))
    }) else {
        return false;
    };
    let wanted = match (&span, &task) {
        (Some(span), _) => Some(trace.find(chosen, span)),
        (None, Some(task)) => Some(find_task(trace, chosen, task)),
        (None, None) => None,
    };
    let id = trace.str(chosen.id).to_owned();
    if viewer.execution.get_untracked().as_ref() != Some(&id) {
        viewer.select_execution(id);
    }
    match wanted {
        Some(Some(index)) => viewer.select_index(index),
        Some(None) => return false,
        None => viewer.select_span(None),
    }
    true
}

/// A task by key, id or name; of several with one name the first.
fn find_task(trace: &Trace, execution: &Execution, task: &str) -> Option<SpanIndex> {
    let by = |matches: &dyn Fn(SpanIndex) -> bool| {
        (execution.first_span..execution.last_span).find(|&at| {
            let kind = trace.spans.get(at as usize).map(|span| span.kind);
            kind == Some(Kind::Task) && matches(at)
        })
    };
    let field = |at: SpanIndex, field: Field| {
        let span = trace.spans.get(at as usize)?;
        trace.name_of(span, field)
    };
    by(&|at| field(at, Field::TaskKey) == Some(task) || field(at, Field::TaskId) == Some(task))
        .or_else(|| {
            by(&|at| {
                let span = trace.spans.get(at as usize);
                span.is_some_and(|span| trace.str(span.name) == task || trace.str(span.id) == task)
            })
        })
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in members {
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object.into()
}

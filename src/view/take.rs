//! Taking something along: what, without what, and how it will look before it goes.

use crate::report::{js_of, report_of};
use crate::view::frame::Frame;
use crate::view::parts::copy::{copy_button, download};
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::text::{head, marked};
use crate::viewer::Viewer;
use crate::wording::{common, take as words};
use crewscope_analysis::findings::Findings;
use crewscope_analysis::take::{chrome, markdown, redact, Redacted};
use crewscope_trace::model::Kind;
use js_sys::JSON;
use leptos::html;
use leptos::prelude::*;
use std::collections::VecDeque;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

/// What can be taken along: its name, and the name of its file.
const WHAT: [(&str, &str); 4] = [
    (words::THIS_TASK, "task.md"),
    (words::THIS_EXECUTION, "execution.md"),
    (words::REPORT, "report.json"),
    (words::CHROME_TRACE, "trace.json"),
];

/// Bytes of the preview.
const PREVIEW: usize = 20_000;

/// The text of what was chosen. `None`: nothing is open, or no task is selected.
async fn made(viewer: Viewer, frame: Frame, what: usize) -> Option<String> {
    let shown = untrack(|| frame.answers.shown.get())?;
    let trace = &shown.trace;
    let written = |value: &JsValue| {
        let text = JSON::stringify_with_replacer_and_space(value, &JsValue::NULL, &2.into());
        text.ok().map(String::from)
    };
    match what {
        0 | 1 => {
            let task = if what == 0 {
                let at = untrack(|| frame.answers.detail.get())?;
                let task = trace.nearest(at, |span| span.kind == Kind::Task)?;
                let rows = |rows: &Vec<crewscope_analysis::TaskRow>| {
                    rows.iter().position(|row| row.span == task)
                };
                Some(frame.answers.tasks.with_untracked(rows)?)
            } else {
                None
            };
            let prices = viewer.prices.get_untracked();
            let loaded = viewer.data.get_untracked()?;
            let (none, texts) = (Findings::default(), loaded.texts);
            let found = loaded.found.as_deref().unwrap_or(&none);
            let mut wanted = Vec::new();
            let _ = markdown(trace, shown.at, task, found, &prices, &mut |text| {
                wanted.push(text);
                None
            });
            let mut read = VecDeque::new();
            for text in wanted {
                read.push_back(texts.read(text).await.ok());
            }
            // Asked a second time, it asks for the same texts in the same order.
            let mut read = |_| read.pop_front().flatten();
            Some(markdown(trace, shown.at, task, found, &prices, &mut read))
        }
        2 => written(&report_of(viewer).await),
        _ => written(&js_of(&chrome(trace, shown.execution()?))),
    }
}

/// The dialog; `x` opens it.
#[component]
pub fn Take() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let dialog = NodeRef::<html::Dialog>::new();
    let what = RwSignal::new(1_usize);
    let clean = RwSignal::new(true);
    let text = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
            let _ = dialog.show_modal();
        }
    });
    // Closed first, which gives the focus back; then it leaves the page.
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let what = what.get();
        text.set(None);
        asked.update_value(|asked| *asked = asked.wrapping_add(1));
        let this = asked.get_value();
        spawn_local(async move {
            let made = made(viewer, frame, what).await;
            if asked.try_get_value() == Some(this) {
                text.set(Some(made.unwrap_or_default()));
            }
        });
    });
    // What goes out, exactly as the preview shows it.
    let out = RwSignal::new(Redacted::default());
    Effect::new(move |_| {
        let clean = clean.get();
        out.set(text.with(|text| match text {
            Some(text) if clean => redact(text),
            Some(text) => Redacted {
                text: text.clone(),
                ..Redacted::default()
            },
            None => Redacted::default(),
        }));
    });
    let options = WHAT.map(|(label, _)| {
        view! { <option selected=label == WHAT[1].0>{label}</option> }
    });
    let choose = move |event: Event| {
        let field = event.target();
        let field = field.and_then(|field| field.dyn_into::<HtmlSelectElement>().ok());
        let index = field.and_then(|field| usize::try_from(field.selected_index()).ok());
        what.set(index.unwrap_or_default());
    };
    let switch = move |event: Event| {
        let field = event.target();
        let field = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        clean.set(field.is_none_or(|field| field.checked()));
    };
    let save = move || {
        let name = WHAT
            .get(what.get_untracked())
            .map_or("trace.txt", |what| what.1);
        // Refused only where downloads are forbidden altogether; the browser says so itself.
        let _ = out.with_untracked(|out| download(name, &out.text));
    };
    let status = move || {
        if text.with(Option::is_none) {
            return common::READING.to_owned();
        }
        out.with(|out| {
            if out.text.is_empty() {
                return words::NOTHING.to_owned();
            }
            let size = bytes(out.text.len() as u64);
            let hidden = [
                counted(out.secrets as u64, words::SECRETS_OF),
                counted(out.addresses as u64, words::ADDRESSES_OF),
            ];
            if clean.get() {
                words::taken_out(&size, &hidden[0], &hidden[1])
            } else {
                words::as_it_stands(&size)
            }
        })
    };
    let preview = move || {
        out.with(|out| {
            let begin = head(&out.text, PREVIEW);
            let left = out.text.len() - begin.len();
            let more = (left > 0).then(|| words::more_bytes(&count(left as u64)));
            // As it stands, unmasked if so chosen: the preview must not promise what the copy does not hold.
            view! {
                {marked(begin.into())}
                {more}
            }
        })
    };
    let all = Callback::new(move |()| out.with_untracked(|out| out.text.clone()));
    view! {
        <dialog
            class="cs-help cs-take"
            node_ref=dialog
            aria-labelledby="cs-take-title"
            on:close=move |_: Event| frame.take.set(false)
        >
            <h2 id="cs-take-title">{words::TAKE_ALONG}</h2>
            <div class="cs-actions">
                <select aria-label=common::WHAT on:change=choose>
                    {Vec::from(options)}
                </select>
                <label class="cs-check">
                    <input type="checkbox" checked=true on:change=switch />
                    {words::CLEAN}
                </label>
            </div>
            <p class="cs-muted" role="status">
                {status}
            </p>
            <pre class="cs-take-preview" tabindex="0" role="region" aria-label=words::PREVIEW>
                {preview}
            </pre>
            <div class="cs-actions cs-take-end">
                {copy_button(all, words::THE_PREVIEW)}
                <button type="button" class="cs-button" data-look="main" on:click=move |_| save()>
                    {common::DOWNLOAD}
                </button> <button type="button" class="cs-button" on:click=move |_| close()>
                    {common::CLOSE}
                </button>
            </div>
        </dialog>
    }
}

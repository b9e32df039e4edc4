//! Taking something along: what, without what, and how it will look before it goes.

mod made;

use crate::view::frame::Frame;
use crate::view::parts::copy::{download, CopyButton};
use crate::view::parts::format::{bytes, count, counted};
use crate::view::parts::text::{head, marked};
use crate::viewer::Viewer;
use crate::wording::{common, take as words};
use crewscope_analysis::take::{redact, Redacted};
use leptos::html;
use leptos::prelude::*;
use made::{made, What};
use wasm_bindgen_futures::spawn_local;

/// Bytes of the preview.
const PREVIEW: usize = 20_000;

/// What is chosen, and what comes of it.
#[derive(Clone, Copy)]
struct Choice {
    what: RwSignal<What>,
    /// Secrets and addresses are taken out.
    clean: RwSignal<bool>,
    /// The text of what is chosen; `None` while it is made, empty if there is nothing of the kind.
    text: RwSignal<Option<String>>,
    /// What goes out, exactly as the preview shows it.
    out: Memo<Redacted>,
}

impl Choice {
    /// The execution, without secrets.
    fn new() -> Self {
        let clean = RwSignal::new(true);
        let text = RwSignal::new(None::<String>);
        let out = Memo::new(move |_| {
            let clean = clean.get();
            text.with(|text| match text {
                Some(text) if clean => redact(text),
                Some(text) => Redacted {
                    text: text.clone(),
                    ..Redacted::default()
                },
                None => Redacted::default(),
            })
        });
        Self {
            what: RwSignal::new(What::default()),
            clean,
            text,
            out,
        }
    }

    /// Makes the text whenever something else is chosen.
    fn keep_made(self, viewer: Viewer, frame: Frame) {
        let newest = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let what = self.what.get();
            self.text.set(None);
            newest.update_value(|newest| *newest = newest.wrapping_add(1));
            let this = newest.get_value();
            spawn_local(async move {
                let made = made(viewer, frame, what).await;
                // Too late if something else was chosen since, or the dialog is gone.
                if newest.try_get_value() == Some(this) {
                    self.text.set(Some(made.unwrap_or_default()));
                }
            });
        });
    }

    /// Hands it to the browser as a file.
    fn save(self) {
        let name = self.what.get_untracked().file();
        // Refused only where downloads are forbidden altogether; the browser says so itself.
        let _ = self.out.with_untracked(|out| download(name, &out.text));
    }
}

/// The dialog; `x` opens it.
#[component]
pub fn Take() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let dialog = NodeRef::<html::Dialog>::new();
    let choice = Choice::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            // Refused only for a dialog that is not in the document; then nothing is there to be seen anyway.
            let _ = dialog.show_modal();
        }
    });
    choice.keep_made(viewer, frame);
    view! {
        <dialog
            class="cs-help cs-take"
            node_ref=dialog
            aria-labelledby="cs-take-title"
            on:close=move |_| frame.take.set(false)
        >
            <h2 id="cs-take-title">{words::TAKE_ALONG}</h2>
            <Fields choice />
            <p class="cs-muted" role="status">
                {move || status(choice)}
            </p>
            <pre class="cs-take-preview" tabindex="0" role="region" aria-label=words::PREVIEW>
                {move || choice.out.with(|out| preview(&out.text))}
            </pre>
            <Buttons choice dialog />
        </dialog>
    }
}

/// What is taken along, and without what.
#[component]
fn Fields(choice: Choice) -> impl IntoView {
    let options = What::ALL
        .map(|what| view! { <option selected=what == What::default()>{what.label()}</option> });
    let choose = move |field: web_sys::HtmlSelectElement| {
        let chosen = usize::try_from(field.selected_index()).ok();
        let chosen = chosen.and_then(|at| What::ALL.get(at).copied());
        choice.what.set(chosen.unwrap_or_default());
    };
    view! {
        <div class="cs-actions">
            <select aria-label=common::WHAT on:change:target=move |event| choose(event.target())>
                {Vec::from(options)}
            </select>
            <label class="cs-check">
                <input
                    type="checkbox"
                    checked=true
                    on:change:target=move |event| choice.clean.set(event.target().checked())
                />
                {words::CLEAN}
            </label>
        </div>
    }
}

/// How large it is, and what was taken out of it.
fn status(choice: Choice) -> String {
    if choice.text.with(Option::is_none) {
        return common::READING.to_owned();
    }
    choice.out.with(|out| {
        if out.text.is_empty() {
            return words::NOTHING.to_owned();
        }
        let size = bytes(out.text.len() as u64);
        if choice.clean.get() {
            let secrets = counted(out.secrets as u64, words::SECRETS_OF);
            let addresses = counted(out.addresses as u64, words::ADDRESSES_OF);
            words::taken_out(&size, &secrets, &addresses)
        } else {
            words::as_it_stands(&size)
        }
    })
}

/// The beginning of a text. As it stands, unmasked if so chosen: the preview must not promise what the copy does not hold.
fn preview(text: &str) -> impl IntoView {
    let begin = head(text, PREVIEW);
    let left = text.len() - begin.len();
    let more = (left > 0).then(|| words::more_bytes(&count(left as u64)));
    view! {
        {marked(begin.into())}
        {more}
    }
}

/// Copies it, saves it, or closes the dialog.
#[component]
fn Buttons(choice: Choice, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let text = move |()| choice.out.with_untracked(|out| out.text.clone());
    // Closed first, which gives the focus back; then it leaves the page.
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <div class="cs-actions cs-take-end">
            <CopyButton text label=words::THE_PREVIEW />
            <button
                type="button"
                class="cs-button"
                data-look="main"
                on:click=move |_| choice.save()
            >
                {common::DOWNLOAD}
            </button>
            <button type="button" class="cs-button" on:click=close>
                {common::CLOSE}
            </button>
        </div>
    }
}

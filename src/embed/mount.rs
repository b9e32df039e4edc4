//! Mounting a viewer into an element of any page.

use crate::embed::panic::{register, Registered};
use crate::reading::Input;
use crate::reading::Runtime;
use crate::view::regions::arranged;
use crate::view::{App, OwnsPage, STYLES};
use crate::viewer::listen::listen;
use crate::viewer::{Theme, Viewer};
use crate::wording::errors as words;
use gloo::events::EventListener;
use leptos::mount::{mount_to, UnmountHandle};
use leptos::prelude::*;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CssStyleSheet, Document, EventTarget, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode,
};

/// How to mount a viewer.
#[derive(Clone, Debug)]
pub struct Options {
    /// Starts reading workers.
    pub runtime: Runtime,
    /// What to open at once.
    pub inputs: Vec<Input>,
    /// Colours at first.
    pub theme: Theme,
    /// The page belongs to the viewer: drops and pastes anywhere on its window are the viewer's.
    pub owns_page: bool,
}

/// Why a viewer cannot be mounted. The browser's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", words::not_shown(.0))]
pub struct MountError(String);

impl From<JsValue> for MountError {
    fn from(error: JsValue) -> Self {
        Self(crewscope_wire::words(&error))
    }
}

/// A mounted viewer. Dropping it removes the viewer and stops what it reads.
pub struct Handle {
    viewer: Viewer,
    root: HtmlElement,
    // In the order of dropping: nothing comes in any more, then the view goes.
    _listeners: Vec<EventListener>,
    _view: UnmountHandle<<AnyView as Render>::State>,
    _registered: Registered,
}

impl fmt::Debug for Handle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Handle")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Handle {
    /// Opens `inputs` together, in place of what is open.
    pub fn load(&self, inputs: Vec<Input>) {
        self.viewer.open(inputs);
    }

    /// Closes what is open.
    pub fn clear(&self) {
        self.viewer.clear();
    }

    /// Sets the colours.
    pub fn set_theme(&self, theme: Theme) {
        self.viewer.theme.set(theme);
    }

    /// Shows only the regions that the attributes `sections` and `view` name, by the words of [`crate::view::regions`]; all if there is none.
    pub fn arrange(&self, sections: &str, view: &str) {
        self.viewer.sections.set(arranged(sections, view));
    }

    /// The viewer's state, for as long as it is mounted.
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.viewer.close();
        self.root.remove();
    }
}

/// Shows a viewer inside `host`, in its shadow root: one that is there is used, else an open one is attached.
/// Nothing outside of the shadow root changes but the host's `data-state` attribute: empty, loading, ready or failed.
pub fn mount(host: &HtmlElement, options: Options) -> Result<Handle, MountError> {
    mount_with(host, options, Box::new(|_| {}))
}

/// [`mount`], with more effects on the viewer's state that live as long as it does.
pub(super) fn mount_with(
    host: &HtmlElement,
    options: Options,
    also: Box<dyn FnOnce(Viewer)>,
) -> Result<Handle, MountError> {
    let shadow = match host.shadow_root() {
        Some(shadow) => shadow,
        None => host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?,
    };
    adopt_styles(&shadow)?;
    let document = host
        .owner_document()
        .ok_or_else(|| MountError(words::NO_DOCUMENT.into()))?;
    let root: HtmlElement = document.create_element("div")?.unchecked_into();
    root.set_class_name("cs-mount");
    // The renderer mounts into elements only: a shadow root itself is none.
    shadow.append_child(&root)?;
    let registered = register(host, &root);

    let target: EventTarget = match document.default_view() {
        Some(window) if options.owns_page => window.into(),
        _ => host.clone().into(),
    };
    let owns_page = options.owns_page;
    let made = Rc::new(Cell::new(None));
    let thresholds = host.get_attribute("thresholds").unwrap_or_default();
    let view = mount_to(root.clone(), {
        let (host, made) = (host.clone(), Rc::clone(&made));
        move || {
            let viewer = Viewer::new(options.runtime);
            made.set(Some(viewer));
            viewer.theme.set(options.theme);
            Effect::new(move |_| {
                let _ = host.set_attribute("data-state", viewer.load.with(|load| load.name()));
            });
            viewer.thresholds.set(thresholds);
            also(viewer);
            viewer.open(options.inputs);
            provide_context(viewer);
            if owns_page {
                provide_context(OwnsPage);
            }
            view! { <App /> }.into_any()
        }
    });
    // mount_to has called the closure.
    let viewer = made
        .get()
        .ok_or_else(|| MountError(words::NO_VIEW.into()))?;
    if owns_page {
        focus_unless_elsewhere(document, root.clone());
    }
    Ok(Handle {
        viewer,
        root,
        _listeners: listen(&target, viewer),
        _view: view,
        _registered: registered,
    })
}

/// Keys are heard from the start, not only after a click. With the first frame: to focus before it would have the browser lay out twice.
fn focus_unless_elsewhere(document: Document, root: HtmlElement) {
    request_animation_frame(move || {
        if document.active_element().as_ref() != document.body().as_deref() {
            return;
        }
        let inner = root.query_selector(".cs-root").ok().flatten();
        if let Some(inner) = inner.and_then(|inner| inner.dyn_into::<HtmlElement>().ok()) {
            let _ = inner.focus();
        }
    });
}

/// Styles of the viewer, and of nothing else on the page. A constructed sheet passes a CSP that forbids inline styles.
fn adopt_styles(shadow: &ShadowRoot) -> Result<(), MountError> {
    let adopted = shadow.adopted_style_sheets();
    if adopted.length() == 0 {
        let sheet = CssStyleSheet::new()?;
        sheet.replace_sync(STYLES)?;
        shadow.set_adopted_style_sheets(&js_sys::Array::of1(&sheet));
    }
    Ok(())
}

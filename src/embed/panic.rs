//! What a person sees when the program breaks down: a card with the message in every viewer of the page.
//!
//! The program is one for all viewers of a page and cannot go on after a panic, so this registry of hosts is the one thing
//! they share beside the code. The card is made of plain elements: the renderer may be what broke.

use crate::wording::errors as words;
use std::cell::RefCell;
use std::sync::Once;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// A mounted viewer: the host element and the viewer's root inside of it.
#[derive(Clone, Debug)]
struct Mounted {
    id: u64,
    host: HtmlElement,
    root: HtmlElement,
}

#[derive(Debug, Default)]
struct Registry {
    next: u64,
    mounted: Vec<Mounted>,
}

thread_local! {
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

/// Keeps a viewer in the registry until it is dropped.
#[derive(Debug)]
pub struct Registered(u64);

impl Drop for Registered {
    fn drop(&mut self) {
        let _ = REGISTRY.try_with(|registry| {
            if let Ok(mut registry) = registry.try_borrow_mut() {
                registry.mounted.retain(|mounted| mounted.id != self.0);
            }
        });
    }
}

/// Shows later panics in `root`, and says so on `host`.
pub fn register(host: &HtmlElement, root: &HtmlElement) -> Registered {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(on_panic)));
    REGISTRY.with_borrow_mut(|registry| {
        registry.next += 1;
        registry.mounted.push(Mounted {
            id: registry.next,
            host: host.clone(),
            root: root.clone(),
        });
        Registered(registry.next)
    })
}

fn on_panic(info: &std::panic::PanicHookInfo<'_>) {
    console_error_panic_hook::hook(info);
    announce(&info.to_string());
}

/// Shows the card with `message` in every viewer of the page.
pub fn announce(message: &str) {
    // A panic within the registry's own few lines must not become a second one.
    let _ = REGISTRY.try_with(|registry| {
        if let Ok(registry) = registry.try_borrow() {
            registry.mounted.iter().for_each(|mounted| {
                let _ = show(mounted, message);
            });
        }
    });
}

fn show(mounted: &Mounted, message: &str) -> Option<()> {
    mounted.host.set_attribute("data-state", "failed").ok()?;
    let document = mounted.root.owner_document()?;
    let element = |name: &str, text: &str| -> Option<Element> {
        let element = document.create_element(name).ok()?;
        element.set_text_content(Some(text));
        Some(element)
    };
    let card = element("div", "")?;
    card.set_class_name("cs-panic");
    card.set_attribute("role", "alert").ok()?;
    for (name, text) in [
        ("strong", words::PANIC),
        ("p", words::PANIC_HINT),
        ("pre", message),
    ] {
        let child = element(name, text)?;
        card.append_child(&child).ok()?;
    }
    // Readable even if it is the styles that are missing.
    if let Some(card) = card.dyn_ref::<HtmlElement>() {
        let style = card.style();
        for (property, value) in [
            ("position", "relative"),
            ("z-index", "2147483647"),
            ("padding", "12px 16px"),
            ("background", "Canvas"),
            ("color", "CanvasText"),
            ("border", "2px solid #c0392b"),
            ("white-space", "pre-wrap"),
        ] {
            style.set_property(property, value).ok()?;
        }
    }
    mounted.root.prepend_with_node_1(&card).ok()
}

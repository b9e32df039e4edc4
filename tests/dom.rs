//! The renderer in a browser: what stays, what goes, and that nothing is left behind.
#![cfg(target_arch = "wasm32")]

use crewscope::dom::{button, el, group, list, live, Dom, Ref, Shown, View};
use crewscope_wire::turn::after;
use leptos::mount::{mount_to, UnmountHandle};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::*;
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

/// A place on the page with something in it.
struct Stage {
    root: HtmlElement,
    shown: Option<UnmountHandle<Shown>>,
}

impl Stage {
    fn new<D: Into<Dom>>(draw: impl FnOnce() -> D + 'static) -> Self {
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&root).unwrap();
        let shown = mount_to(root.clone(), move || View::from(draw()));
        Self {
            root,
            shown: Some(shown),
        }
    }

    fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    fn find(&self, selector: &str) -> HtmlElement {
        let found = self.root.query_selector(selector).unwrap();
        found
            .unwrap_or_else(|| panic!("no {selector}"))
            .unchecked_into()
    }

    /// Elements and texts, without the marks of parts.
    fn html(&self) -> String {
        self.root.inner_html().replace("<!---->", "")
    }
}

/// Until effects have run.
async fn settled() {
    after(20).await;
}

fn has_focus(element: &HtmlElement) -> bool {
    document().active_element().as_ref() == Some(element)
}

#[wasm_bindgen_test]
async fn values_follow_what_they_read() {
    let on = RwSignal::new(false);
    let stage = Stage::new(move || {
        el("p")
            .class("a")
            .class_if("b", move || on.get())
            .class_if("c", true)
            .style("width", move || if on.get() { "10px" } else { "5px" })
            .attr("title", move || on.get().then_some("now"))
            .flag("hidden", false)
            .child(live(move || if on.get() { "yes" } else { "no" }))
    });
    let element = stage.find("p");
    assert_eq!(stage.html(), r#"<p class="a c" style="width: 5px;">no</p>"#);
    on.set(true);
    settled().await;
    assert_eq!(element.class_name(), "a c b");
    assert_eq!(element.style().get_property_value("width").unwrap(), "10px");
    assert_eq!(element.title(), "now");
    assert_eq!(stage.text(), "yes");
    on.set(false);
    settled().await;
    assert_eq!(stage.html(), r#"<p class="a c" style="width: 5px;">no</p>"#);
}

#[wasm_bindgen_test]
async fn what_is_redrawn_in_its_shape_keeps_element_and_focus() {
    let count = RwSignal::new(0);
    let clicked = RwSignal::new(Vec::new());
    let stage = Stage::new(move || {
        el("div").child(live(move || {
            let now = count.get();
            let press = button()
                .attr("data-n", now.to_string())
                .click(move || clicked.update(|all| all.push(now)))
                .child(format!("press {now}"));
            // Another shape from 2 on.
            if now < 2 {
                group().child("a").child(press).dom()
            } else {
                press.class("other").dom()
            }
        }))
    });
    let first = stage.find("button");
    first.focus().unwrap();
    count.set(1);
    settled().await;
    assert!(has_focus(&first), "a redraw in place keeps the focus");
    assert_eq!(stage.text(), "apress 1");
    first.click();
    assert_eq!(clicked.get_untracked(), [1], "one listener, the newest");
    count.set(2);
    settled().await;
    assert_eq!(stage.text(), "press 2");
    assert!(!first.is_connected());
    first.click();
    assert_eq!(clicked.get_untracked(), [1], "what is gone does not listen");
}

#[wasm_bindgen_test]
async fn items_that_stay_keep_their_elements() {
    let items = RwSignal::new(vec!["a", "b", "c"]);
    let made = RwSignal::new(0);
    let stage = Stage::new(move || {
        el("ul")
            .child("[")
            .child(list(
                move || items.get(),
                move |item| {
                    made.update_untracked(|made| *made += 1);
                    let more = RwSignal::new(item);
                    button().attr("id", item).child(live(move || more.get()))
                },
            ))
            .child("]")
    });
    let b = stage.find("#b");
    b.focus().unwrap();
    let all = [
        vec!["x", "a", "b", "c"],
        vec!["b", "c", "y"],
        vec!["z", "y", "b"],
        vec!["b"],
        vec!["d", "d", "b", "e"],
        vec!["e", "b"],
    ];
    for now in all {
        items.set(now.clone());
        settled().await;
        assert_eq!(stage.text(), format!("[{}]", now.concat()));
        assert_eq!(stage.find("#b"), b, "{now:?}");
    }
    assert_eq!(made.get_untracked(), 3 + 6, "only new items are drawn");
    items.set(vec!["b", "f"]);
    settled().await;
    b.focus().unwrap();
    items.set(vec!["g", "b"]);
    settled().await;
    assert!(
        has_focus(&b),
        "an item is not moved for what comes and goes beside it"
    );
    items.set(Vec::new());
    settled().await;
    assert_eq!(stage.text(), "[]");
}

#[wasm_bindgen_test]
async fn nothing_is_left_after_unmounting() {
    let held = Rc::new(());
    for _ in 0..200 {
        let (a, b, c, d) = (
            Rc::clone(&held),
            Rc::clone(&held),
            Rc::clone(&held),
            Rc::clone(&held),
        );
        let mut stage = Stage::new(move || {
            let panel = Ref::<HtmlElement>::new();
            let open = RwSignal::new(true);
            el("section")
                .node_ref(panel)
                .attr("title", move || Rc::strong_count(&a).to_string())
                .click(move || drop(Rc::clone(&b)))
                .child(live(move || {
                    let c = Rc::clone(&c);
                    open.get().then(|| {
                        button()
                            .click(move || open.set(Rc::strong_count(&c) == 0))
                            .child(list(|| vec![1, 2], |n| el("i").child(n.to_string())))
                    })
                }))
                .child(live(move || Rc::strong_count(&d).to_string()))
        });
        // Half of them change before they go.
        if Rc::strong_count(&held) % 2 == 0 {
            stage.find("button").click();
            after(0).await;
        }
        drop(stage.shown.take());
        assert!(!stage.root.has_child_nodes());
        stage.root.remove();
    }
    settled().await;
    assert_eq!(Rc::strong_count(&held), 1, "closures are dropped");
}

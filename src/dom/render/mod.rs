//! Draws what is described, and redraws it in place.

use crate::dom::element::{Handler, Parts, Place, Source, Value};
pub mod list;

use crate::dom::node_ref::Ref;
use crate::dom::{Dom, Kind};
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::{document, IsDisposed, Owner, RenderEffect, StoredValue};
use list::MountedList;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

/// What was drawn, with what keeps it alive: dropping it ends its effects and listeners and leaves its nodes where they are.
pub enum Mounted {
    Text(Node, Cow<'static, str>),
    Element(Box<MountedElement>),
    Many(Vec<Mounted>),
    Live(MountedLive),
    List(MountedList),
}

/// An element that was drawn.
pub struct MountedElement {
    element: Element,
    tag: &'static str,
    values: Vec<MountedValue>,
    listeners: Vec<MountedListener>,
    node_ref: Option<Ref<Element>>,
    children: Vec<Mounted>,
}

struct MountedValue {
    place: Place,
    name: &'static str,
    now: Now,
}

enum Now {
    Still(Value),
    // Held, for it ends with being dropped.
    Live(#[allow(dead_code)] RenderEffect<()>),
}

struct MountedListener {
    event: &'static str,
    act: Rc<RefCell<Handler>>,
    _listener: EventListener,
}

/// A part that follows what it reads. It lies before its marker.
pub struct MountedLive {
    marker: Node,
    content: Rc<RefCell<Mounted>>,
    _effect: RenderEffect<()>,
}

/// Runs `work` now, and again whenever what it read has changed, until the effect is dropped or what it was made in is gone: then the
/// memos that it reads are gone, too, though its turn may still come. Compiled once.
pub fn follow(mut work: Box<dyn FnMut()>) -> RenderEffect<()> {
    let here = StoredValue::new(());
    RenderEffect::new(move |_| {
        if !here.is_disposed() {
            work();
        }
    })
}

/// The empty node that says where a part ends that may grow and shrink.
pub fn marker(parent: &Node, before: Option<&Node>) -> Node {
    let marker: Node = document().create_comment("").unchecked_into();
    insert(parent, &marker, before);
    marker
}

/// Puts a node in its place. The browser refuses only what cannot be here: a parent inside of its child, a foreign `before`.
pub fn insert(parent: &Node, node: &Node, before: Option<&Node>) {
    let _ = parent.insert_before(node, before);
}

fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

impl Mounted {
    /// The first node, if there is any.
    pub fn first(&self) -> Option<Node> {
        match self {
            Self::Text(node, _) => Some(node.clone()),
            Self::Element(it) => Some(it.element.clone().into()),
            Self::Many(pieces) => pieces.iter().find_map(Self::first),
            Self::Live(it) => Some(it.content.borrow().first().unwrap_or(it.marker.clone())),
            Self::List(it) => Some(it.first()),
        }
    }

    /// The last node, if there is any.
    pub fn last(&self) -> Option<Node> {
        match self {
            Self::Many(pieces) => pieces.iter().rev().find_map(Self::last),
            Self::Live(it) => Some(it.marker.clone()),
            Self::List(it) => Some(it.marker.clone()),
            Self::Text(..) | Self::Element(_) => self.first(),
        }
    }

    /// Takes it off the page. The nodes go before the listeners: a browser may still tell of a focus that is lost thereby.
    pub fn remove(self) {
        match &self {
            Self::Text(node, _) => remove(node),
            Self::Element(it) => remove(&it.element),
            Self::Many(_) | Self::Live(_) | Self::List(_) => {
                let (Some(first), Some(last)) = (self.first(), self.last()) else {
                    return;
                };
                for node in span(first, &last) {
                    remove(&node);
                }
            }
        }
    }

    /// Puts its nodes elsewhere.
    pub fn place(&self, parent: &Node, before: Option<&Node>) {
        if let (Some(first), Some(last)) = (self.first(), self.last()) {
            for node in span(first, &last) {
                insert(parent, &node, before);
            }
        }
    }
}

/// The nodes from the first to the last.
fn span(first: Node, last: &Node) -> Vec<Node> {
    let mut nodes = vec![first];
    while let Some(node) = nodes.last().filter(|node| *node != last) {
        let Some(next) = node.next_sibling() else {
            break;
        };
        nodes.push(next);
    }
    nodes
}

/// Draws a piece into `parent`, before `before` or at the end.
pub fn build(piece: Dom, parent: &Node, before: Option<&Node>) -> Mounted {
    match piece.0 {
        Kind::Text(text) => {
            let node: Node = document().create_text_node(&text).unchecked_into();
            insert(parent, &node, before);
            Mounted::Text(node, text)
        }
        Kind::Many(pieces) => Mounted::Many(
            pieces
                .into_iter()
                .map(|piece| build(piece, parent, before))
                .collect(),
        ),
        Kind::Element(parts) => build_element(*parts, parent, before),
        Kind::Live(draw) => {
            let marker = marker(parent, before);
            let content = Rc::new(RefCell::new(Mounted::Many(Vec::new())));
            Mounted::Live(follow_content(draw, marker, content))
        }
        Kind::List(each) => Mounted::List(MountedList::new(each, parent, before)),
    }
}

/// Draws the content before the marker, in place of what is there, and again whenever what it read has changed.
fn follow_content(
    mut draw: Box<dyn FnMut() -> Dom>,
    marker: Node,
    content: Rc<RefCell<Mounted>>,
) -> MountedLive {
    let work = {
        let (marker, content) = (marker.clone(), Rc::clone(&content));
        move || {
            let piece = draw();
            // Off the page it is about to end.
            if let (Some(parent), Ok(mut content)) =
                (marker.parent_node(), content.try_borrow_mut())
            {
                patch(&mut content, piece, &parent, Some(&marker));
            }
        }
    };
    MountedLive {
        _effect: follow(Box::new(work)),
        marker,
        content,
    }
}

fn build_element(parts: Parts, parent: &Node, before: Option<&Node>) -> Mounted {
    const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
    let document = document();
    let made = if parts.is_svg {
        document.create_element_ns(SVG, parts.tag)
    } else {
        document.create_element(parts.tag)
    };
    // Refused for a name that cannot be one; those in use are all constants.
    let Ok(element) = made else {
        return Mounted::Many(Vec::new());
    };
    let values = parts
        .values
        .into_iter()
        .map(|(place, name, source)| MountedValue {
            place,
            name,
            now: show(&element, place, name, source, None),
        })
        .collect();
    let listeners = parts
        .listeners
        .into_iter()
        .map(|(event, act)| listen(&element, event, act))
        .collect();
    let children = parts
        .children
        .into_iter()
        .map(|piece| build(piece, &element, None))
        .collect();
    insert(parent, &element, before);
    if let Some(node_ref) = &parts.node_ref {
        node_ref.fill(&element);
    }
    Mounted::Element(Box::new(MountedElement {
        element,
        tag: parts.tag,
        values,
        listeners,
        node_ref: parts.node_ref,
        children,
    }))
}

/// Shows a value, and keeps showing it. `known` is what is shown already.
fn show(
    element: &Element,
    place: Place,
    name: &'static str,
    source: Source,
    known: Option<&Value>,
) -> Now {
    match source {
        Source::Still(value) => {
            if known != Some(&value) && (known.is_some() || value.is_some()) {
                write(element, place, name, value.as_deref());
            }
            Now::Still(value)
        }
        Source::Live(say) => {
            let (element, mut shown) = (element.clone(), None);
            Now::Live(follow(Box::new(move || {
                let value = say();
                if shown.as_ref() != Some(&value) {
                    write(&element, place, name, value.as_deref());
                    shown = Some(value);
                }
            })))
        }
    }
}

/// Writes a value to its place. The browser refuses none that is written here.
fn write(element: &Element, place: Place, name: &str, value: Option<&str>) {
    match (place, value) {
        (Place::Attribute, Some(value)) => drop(element.set_attribute(name, value)),
        (Place::Attribute, None) => drop(element.remove_attribute(name)),
        (Place::Class, Some(_)) => drop(element.class_list().add_1(name)),
        (Place::Class, None) => drop(element.class_list().remove_1(name)),
        (Place::Style, value) => {
            let style = element.unchecked_ref::<HtmlElement>().style();
            let _ = style.set_property(name, value.unwrap_or_default());
        }
    }
}

/// Acts on an event, with the owner that is at work now.
fn listen(element: &Element, event: &'static str, act: Handler) -> MountedListener {
    let act = Rc::new(RefCell::new(act));
    let now = Rc::clone(&act);
    let owner = Owner::current();
    // The default of the event classes is "passive", which cannot keep the page from scrolling.
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(element, event, options, move |event| {
        let act = Rc::clone(&now.borrow());
        match &owner {
            Some(owner) => owner.with(|| act(event.clone())),
            None => act(event.clone()),
        }
    });
    MountedListener {
        event,
        act,
        _listener: listener,
    }
}

/// Redraws what stands before `before` (or at the end of `parent`) as the piece says. What has the same shape stays.
pub fn patch(old: &mut Mounted, piece: Dom, parent: &Node, before: Option<&Node>) {
    let piece = match (&mut *old, piece.0) {
        (Mounted::Text(node, now), Kind::Text(text)) => {
            if *now != text {
                node.set_node_value(Some(&text));
                *now = text;
            }
            return;
        }
        (Mounted::Element(it), Kind::Element(parts)) if it.fits(&parts) => {
            return it.redraw(*parts);
        }
        (Mounted::Many(pieces), Kind::Many(new)) => return patch_all(pieces, new, parent, before),
        (Mounted::Live(it), Kind::Live(draw)) => {
            *it = follow_content(draw, it.marker.clone(), Rc::clone(&it.content));
            return;
        }
        (_, kind) => Dom(kind),
    };
    // The new one first, so that a scrolled parent does not shrink in between.
    let first = old.first();
    let new = build(piece, parent, first.as_ref().or(before));
    std::mem::replace(old, new).remove();
}

fn patch_all(old: &mut Vec<Mounted>, new: Vec<Dom>, parent: &Node, before: Option<&Node>) {
    if new.len() < old.len() {
        old.drain(new.len()..).for_each(Mounted::remove);
    }
    for (at, piece) in new.into_iter().enumerate() {
        let next = old.get(at + 1..).unwrap_or_default();
        let next = next.iter().find_map(Mounted::first);
        let next = next.as_ref().or(before);
        match old.get_mut(at) {
            Some(old) => patch(old, piece, parent, next),
            None => old.push(build(piece, parent, next)),
        }
    }
}

impl MountedElement {
    /// Whether the element can become what is described: the same tag with the same names.
    fn fits(&self, parts: &Parts) -> bool {
        self.tag == parts.tag
            && self.values.len() == parts.values.len()
            && self.listeners.len() == parts.listeners.len()
            && self.node_ref.is_some() == parts.node_ref.is_some()
            && self
                .values
                .iter()
                .zip(&parts.values)
                .all(|(old, new)| (old.place, old.name) == (new.0, new.1))
            && self
                .listeners
                .iter()
                .zip(&parts.listeners)
                .all(|(old, new)| old.event == new.0)
    }

    fn redraw(&mut self, parts: Parts) {
        // Another attribute `class` takes the single classes with it.
        let mut classes_gone = false;
        for (old, (place, name, source)) in self.values.iter_mut().zip(parts.values) {
            let known = match &old.now {
                Now::Still(value) if !(classes_gone && place == Place::Class) => value.clone(),
                // Gone, or shown by an effect that ends here: written again in any case.
                _ => Some(Cow::Borrowed("\0")),
            };
            let is_class = place == Place::Attribute && name == "class";
            let now = show(&self.element, place, name, source, Some(&known));
            classes_gone |= is_class && !matches!(&now, Now::Still(value) if *value == known);
            old.now = now;
        }
        for (old, (_, act)) in self.listeners.iter().zip(parts.listeners) {
            old.act.replace(act);
        }
        if let Some(node_ref) = &parts.node_ref {
            node_ref.fill(&self.element);
        }
        self.node_ref = parts.node_ref;
        patch_all(&mut self.children, parts.children, &self.element, None);
    }
}

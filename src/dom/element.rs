//! The description of an element.

use crate::dom::{Dom, Kind, Ref};
use std::borrow::Cow;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Event;

/// What an element does at an event.
pub type Handler = Rc<dyn Fn(Event)>;

/// The value of an attribute; `None`: it is not there.
pub type Value = Option<Cow<'static, str>>;

/// Where a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An attribute.
    Attribute,
    /// A class that is there or not, beside those of the attribute.
    Class,
    /// A property of the element's own style. Not the attribute: a Content Security Policy may forbid that.
    Style,
}

/// A value that stays, or one that follows what it reads.
pub enum Source {
    Still(Value),
    Live(Box<dyn Fn() -> Value>),
}

/// An element's description.
pub struct Parts {
    pub tag: &'static str,
    pub is_svg: bool,
    pub values: Vec<(Place, &'static str, Source)>,
    pub listeners: Vec<(&'static str, Handler)>,
    pub node_ref: Option<Ref<web_sys::Element>>,
    pub children: Vec<Dom>,
}

/// An element that is being described. A box, so that each step hands on one word.
pub struct El(Box<Parts>);

/// An HTML element.
pub fn el(tag: &'static str) -> El {
    element(tag, false)
}

/// An SVG element.
pub fn svg(tag: &'static str) -> El {
    element(tag, true)
}

/// A button that does what its listener does and submits nothing.
#[inline(never)]
pub fn button() -> El {
    el("button").attr("type", "button")
}

#[inline(never)]
fn element(tag: &'static str, is_svg: bool) -> El {
    El(Box::new(Parts {
        tag,
        is_svg,
        values: Vec::new(),
        listeners: Vec::new(),
        node_ref: None,
        children: Vec::new(),
    }))
}

// What is not generic below is kept out of line on purpose: these are called from everywhere.
impl El {
    #[inline(never)]
    fn put(mut self, place: Place, name: &'static str, source: Source) -> Self {
        self.0.values.push((place, name, source));
        self
    }

    #[inline(never)]
    fn put_text(self, place: Place, name: &'static str, text: &'static str) -> Self {
        self.put(place, name, Source::Still(Some(Cow::Borrowed(text))))
    }

    #[inline(never)]
    fn push(mut self, piece: Dom) -> Self {
        self.0.children.push(piece);
        self
    }

    #[inline(never)]
    fn listen(mut self, event: &'static str, act: Handler) -> Self {
        self.0.listeners.push((event, act));
        self
    }

    /// Sets an attribute: to a text, to a text or nothing, or to what a closure says, for as long as the element is there.
    pub fn attr<How>(self, name: &'static str, value: impl Text<How>) -> Self {
        value.put(self, Place::Attribute, name)
    }

    /// Sets an attribute that is there (empty) or not.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        self.attr(name, on.then_some(""))
    }

    /// Sets the attribute `class`.
    pub fn class<How>(self, names: impl Text<How>) -> Self {
        self.attr("class", names)
    }

    /// Adds a class under a condition: a `bool`, or a closure that follows what it reads.
    pub fn class_if<How>(self, name: &'static str, on: impl Condition<How>) -> Self {
        self.put(Place::Class, name, on.source())
    }

    /// Sets a property of the element's style, as [`El::attr`] sets attributes.
    pub fn style<How>(self, property: &'static str, value: impl Text<How>) -> Self {
        value.put(self, Place::Style, property)
    }

    /// Acts on clicks.
    pub fn click(self, act: impl Fn() + 'static) -> Self {
        self.listen("click", Rc::new(move |_| act()))
    }

    /// Acts on an event; `E` is the browser's class of it.
    pub fn on<E: JsCast>(self, event: &'static str, act: impl Fn(E) + 'static) -> Self {
        self.listen(event, Rc::new(move |event| act(event.unchecked_into())))
    }

    /// Hands the element to `node_ref` once it is drawn.
    pub fn node_ref<T: JsCast>(mut self, node_ref: Ref<T>) -> Self {
        self.0.node_ref = Some(node_ref.of_any());
        self
    }

    /// Adds a piece at the end.
    pub fn child(self, piece: impl Into<Dom>) -> Self {
        self.push(piece.into())
    }

    /// As a piece of the page.
    pub fn dom(self) -> Dom {
        Dom(Kind::Element(self.0))
    }
}

/// Marks the ways of giving a value that stays.
pub struct Still;

/// Marks the ways of giving a value that follows what it reads.
pub struct Following;

/// What an attribute or a style can be set to.
pub trait Text<How> {
    #[doc(hidden)]
    fn put(self, element: El, place: Place, name: &'static str) -> El;
}

/// A text, or none.
pub trait Words {
    #[doc(hidden)]
    fn value(self) -> Value;
}

impl Words for &'static str {
    fn value(self) -> Value {
        Some(Cow::Borrowed(self))
    }
}

impl Words for String {
    fn value(self) -> Value {
        Some(Cow::Owned(self))
    }
}

impl<T: Words> Words for Option<T> {
    fn value(self) -> Value {
        self.and_then(T::value)
    }
}

impl Text<Still> for &'static str {
    fn put(self, element: El, place: Place, name: &'static str) -> El {
        element.put_text(place, name, self)
    }
}

impl Text<Still> for String {
    fn put(self, element: El, place: Place, name: &'static str) -> El {
        element.put(place, name, Source::Still(self.value()))
    }
}

impl<T: Words> Text<Still> for Option<T> {
    fn put(self, element: El, place: Place, name: &'static str) -> El {
        element.put(place, name, Source::Still(self.value()))
    }
}

impl<T: Words, F: Fn() -> T + 'static> Text<Following> for F {
    fn put(self, element: El, place: Place, name: &'static str) -> El {
        let source = Source::Live(Box::new(move || self().value()));
        element.put(place, name, source)
    }
}

/// A `bool`, or a closure that says one.
pub trait Condition<How> {
    #[doc(hidden)]
    fn source(self) -> Source;
}

impl Condition<Still> for bool {
    fn source(self) -> Source {
        Source::Still(self.then_some(Cow::Borrowed("")))
    }
}

impl<F: Fn() -> bool + 'static> Condition<Following> for F {
    fn source(self) -> Source {
        Source::Live(Box::new(move || self().then_some(Cow::Borrowed(""))))
    }
}

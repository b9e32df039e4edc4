//! Pieces of the page, described in plain values and drawn by one renderer.
//!
//! A [`Dom`] says what is to be seen: [`el`] builds an element, [`group`] puts pieces side by side, [`live`] is a part that follows
//! what it reads, [`list`] one whose items keep their elements. leptos draws such things too, but compiles its renderer anew for the
//! type of every view, and that was half of the download. Here a view is data, and what draws it is compiled once. Signals, memos,
//! owners, contexts and mounting stay leptos'; to it a `Dom` is one view among others.

mod element;
mod node_ref;
mod render;
mod view;

pub use element::{button, el, svg, El};
pub use node_ref::Ref;
pub use render::list::list;
pub use view::{Shown, View};

use std::borrow::Cow;

/// A piece of the page, or nothing.
pub struct Dom(Kind);

/// What a piece is.
enum Kind {
    /// A text. Never read as HTML.
    Text(Cow<'static, str>),
    /// An element with all that is in it.
    Element(Box<element::Parts>),
    /// Pieces side by side.
    Many(Vec<Dom>),
    /// Drawn again whenever what it read has changed.
    Live(Box<dyn FnMut() -> Dom>),
    /// A list whose items keep their elements.
    List(Box<dyn Fn() -> Vec<render::list::Item>>),
}

/// A part of the page that follows what it reads. What is drawn again in the same shape keeps its elements, and the focus in them.
pub fn live<D: Into<Dom>>(mut draw: impl FnMut() -> D + 'static) -> Dom {
    Dom(Kind::Live(Box::new(move || draw().into())))
}

/// Pieces side by side; begins without any.
pub fn group() -> Group {
    Group(Vec::new())
}

/// Pieces side by side.
pub struct Group(Vec<Dom>);

impl Group {
    /// Adds a piece.
    pub fn child(mut self, piece: impl Into<Dom>) -> Self {
        self.0.push(piece.into());
        self
    }

    /// As a piece.
    pub fn dom(self) -> Dom {
        Dom(Kind::Many(self.0))
    }
}

impl From<Group> for Dom {
    fn from(group: Group) -> Self {
        group.dom()
    }
}

impl From<El> for Dom {
    fn from(element: El) -> Self {
        element.dom()
    }
}

impl From<&'static str> for Dom {
    fn from(text: &'static str) -> Self {
        Self(Kind::Text(Cow::Borrowed(text)))
    }
}

impl From<String> for Dom {
    fn from(text: String) -> Self {
        Self(Kind::Text(Cow::Owned(text)))
    }
}

impl From<Vec<Dom>> for Dom {
    fn from(pieces: Vec<Dom>) -> Self {
        Self(Kind::Many(pieces))
    }
}

impl<T: Into<Dom>> From<Option<T>> for Dom {
    fn from(piece: Option<T>) -> Self {
        piece.map_or(Self(Kind::Many(Vec::new())), Into::into)
    }
}

impl<T: Into<Dom>> FromIterator<T> for Dom {
    fn from_iter<I: IntoIterator<Item = T>>(pieces: I) -> Self {
        Self(Kind::Many(pieces.into_iter().map(Into::into).collect()))
    }
}

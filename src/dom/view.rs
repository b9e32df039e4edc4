//! A [`Dom`] as a view of leptos: what its components return and its `mount_to` shows.

use crate::dom::render::{build, patch, Mounted};
use crate::dom::Dom;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::attr::Attribute;
use leptos::prelude::{document, AddAnyAttr, Mountable, Render, RenderHtml};
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::{Position, PositionState};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// A [`Dom`] for leptos, which wants its views `Send`.
pub struct View(SendWrapper<Dom>);

impl<T: Into<Dom>> From<T> for View {
    fn from(piece: T) -> Self {
        Self(SendWrapper::new(piece.into()))
    }
}

/// What was drawn of a [`View`].
pub struct Shown(Option<Mounted>);

impl Render for View {
    type State = Shown;

    fn build(self) -> Shown {
        // It has no place yet; `mount` takes it from here.
        let aside = document().create_document_fragment();
        Shown(Some(build(self.0.take(), &aside, None)))
    }

    fn rebuild(self, state: &mut Shown) {
        if let Some(mounted) = &mut state.0 {
            let last = mounted.last();
            if let (Some(last), Some(parent)) = (&last, last.as_ref().and_then(Node::parent_node)) {
                let next = last.next_sibling();
                patch(mounted, self.0.take(), &parent, next.as_ref());
            }
        }
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        if let Some(mounted) = self.0.take() {
            mounted.remove();
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        if let Some(mounted) = &self.0 {
            mounted.place(parent, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let first = self.0.as_ref().and_then(Mounted::first);
        let parent = first.as_ref().and_then(Node::parent_node);
        match parent.and_then(|parent| parent.dyn_into::<Element>().ok()) {
            Some(parent) => child.try_mount(&parent, first.as_ref()),
            None => false,
        }
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}

impl AddAnyAttr for View {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for View {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// Nothing: the viewer draws in browsers only.
    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    /// There is no page from a server to take over, so it is drawn.
    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Shown {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

//! Elements that were drawn, for what needs to measure, scroll or focus them.

use crate::live::RwSignal;
use send_wrapper::SendWrapper;
use std::marker::PhantomData;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Holds an element of class `T` once it is drawn.
pub struct Ref<T> {
    slot: RwSignal<Option<SendWrapper<Element>>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ref<T> {}

fn read(slot: RwSignal<Option<SendWrapper<Element>>>) -> Option<Element> {
    slot.try_get_untracked().flatten().map(SendWrapper::take)
}

impl<T> Default for Ref<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Ref<T> {
    /// Holds nothing yet. Belongs to the present owner.
    pub fn new() -> Self {
        Self {
            slot: RwSignal::new(None),
            of: PhantomData,
        }
    }
}

impl<T: JsCast> Ref<T> {
    /// The element, if it is drawn. Tracked.
    pub fn get(&self) -> Option<T> {
        self.slot.track();
        self.get_untracked()
    }

    /// The element, if it is drawn and its owner is still there. Not tracked.
    pub fn get_untracked(&self) -> Option<T> {
        read(self.slot).map(JsCast::unchecked_into)
    }

    /// Depends on the element without looking at it.
    pub fn track(&self) {
        self.slot.track();
    }

    pub(super) fn of_any(self) -> Ref<Element> {
        Ref {
            slot: self.slot,
            of: PhantomData,
        }
    }
}

impl Ref<Element> {
    pub(super) fn fill(&self, element: &Element) {
        self.slot.set(Some(SendWrapper::new(element.clone())));
    }
}

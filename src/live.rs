//! Covers over leptos' generic pieces. Every type and every closure given to those is compiled anew, which makes most of the
//! page's code; what passes through here is erased first, and leptos is compiled once.

use leptos::prelude::{Effect, Get, GetUntracked, IsDisposed, Read, ReadUntracked, Track, Write};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// A value of any type that knows its equals.
#[derive(Clone)]
struct Held {
    value: Arc<dyn Any + Send + Sync>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

fn same<T: PartialEq + 'static>(a: &dyn Any, b: &dyn Any) -> bool {
    match (a.downcast_ref::<T>(), b.downcast_ref::<T>()) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

type Inner = leptos::prelude::Memo<Held>;

fn remember(work: Box<dyn Fn() -> Held + Send + Sync>) -> Inner {
    Inner::new(move |_| work())
}

fn tracked(inner: Inner) -> Arc<dyn Any + Send + Sync> {
    inner.get().value
}

fn untracked(inner: Inner) -> Arc<dyn Any + Send + Sync> {
    inner.get_untracked().value
}

/// leptos' `Memo`.
pub struct Memo<T> {
    inner: Inner,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// A value that is worked out again when what it read has changed, and that tells its readers only if it came out different.
    pub fn new(work: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let work = move || Held {
            value: Arc::new(work()),
            same: same::<T>,
        };
        Self {
            inner: remember(Box::new(work)),
            of: PhantomData,
        }
    }

    /// Looks at the value. Tracked.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(as_is(&*tracked(self.inner)))
    }

    /// Looks at the value. Not tracked.
    pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(as_is(&*untracked(self.inner)))
    }

    /// Depends on the value without looking at it.
    pub fn track(&self) {
        self.inner.track();
    }
}

impl<T: PartialEq + Clone + Send + Sync + 'static> Memo<T> {
    /// The value. Tracked.
    pub fn get(&self) -> T {
        as_is::<T>(&*tracked(self.inner)).clone()
    }

    /// The value. Not tracked.
    pub fn get_untracked(&self) -> T {
        as_is::<T>(&*untracked(self.inner)).clone()
    }

    /// The value, unless what it belongs to is gone. Not tracked.
    pub fn try_get_untracked(&self) -> Option<T> {
        self.inner
            .try_get_untracked()
            .map(|held| as_is::<T>(&*held.value).clone())
    }
}

fn as_is<T: 'static>(value: &dyn Any) -> &T {
    // `Memo::new` is the only maker of the value, and it makes a `T`.
    let Some(value) = value.downcast_ref() else {
        unreachable!()
    };
    value
}

/// Runs `work` after the page was drawn, and again whenever what it read has changed.
pub fn effect(work: impl FnMut() + 'static) {
    run(Box::new(work));
}

fn run(mut work: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| work());
}

/// The content of a signal.
type Slot = leptos::prelude::RwSignal<Box<dyn Any + Send + Sync>>;

/// Looks at the content, if its owner is still there. A function, so that leptos' many layers are compiled once.
fn look(slot: Slot, tracked: bool, seen: &mut dyn FnMut(&dyn Any)) {
    let read = if tracked {
        slot.try_read()
    } else {
        slot.try_read_untracked()
    };
    if let Some(content) = read {
        seen(&**content);
    }
}

/// Changes the content and tells its readers.
fn change(slot: Slot, change: &mut dyn FnMut(&mut dyn Any)) {
    if let Some(mut content) = slot.try_write() {
        change(&mut **content);
    }
}

fn fresh(content: Box<dyn Any + Send + Sync>) -> Slot {
    Slot::new(content)
}

#[cold]
fn gone() -> ! {
    panic!("a signal was read after its owner was gone")
}

/// leptos' `RwSignal`.
pub struct RwSignal<T> {
    slot: Slot,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal that belongs to the present owner.
    pub fn new(value: T) -> Self {
        Self {
            slot: fresh(Box::new(value)),
            of: PhantomData,
        }
    }

    fn seen<R>(&self, tracked: bool, see: impl FnOnce(&T) -> R) -> Option<R> {
        let (mut see, mut out) = (Some(see), None);
        look(self.slot, tracked, &mut |content| {
            out = see.take().map(|see| see(as_is(content)))
        });
        out
    }

    /// Looks at the value. Tracked.
    pub fn with<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        self.seen(true, see).unwrap_or_else(|| gone())
    }

    /// Looks at the value. Not tracked.
    pub fn with_untracked<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        self.seen(false, see).unwrap_or_else(|| gone())
    }

    /// Looks at the value, unless its owner is gone. Not tracked.
    pub fn try_with_untracked<R>(&self, see: impl FnOnce(&T) -> R) -> Option<R> {
        self.seen(false, see)
    }

    /// Depends on the value without looking at it.
    pub fn track(&self) {
        self.slot.track();
    }

    /// Whether its owner is gone.
    pub fn is_disposed(&self) -> bool {
        self.slot.is_disposed()
    }

    /// Changes the value, unless its owner is gone.
    pub fn try_update<R>(&self, with: impl FnOnce(&mut T) -> R) -> Option<R> {
        let (mut with, mut out) = (Some(with), None);
        change(self.slot, &mut |content| {
            if let (Some(content), Some(with)) = (content.downcast_mut(), with.take()) {
                out = Some(with(content));
            }
        });
        out
    }

    /// Changes the value, if its owner is still there.
    pub fn update(&self, with: impl FnOnce(&mut T)) {
        self.try_update(with);
    }

    /// Puts another value in place, if its owner is still there.
    pub fn set(&self, value: T) {
        change(self.slot, &mut {
            let mut value = Some(value);
            move |content: &mut dyn Any| {
                if let (Some(content), Some(value)) = (content.downcast_mut(), value.take()) {
                    *content = value;
                }
            }
        });
    }
}

impl<T: Clone + Send + Sync + 'static> RwSignal<T> {
    /// The value. Tracked.
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value. Not tracked.
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }

    /// The value, unless its owner is gone. Not tracked.
    pub fn try_get_untracked(&self) -> Option<T> {
        self.seen(false, T::clone)
    }
}

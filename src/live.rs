//! Covers over leptos' generic pieces. Every type and every closure given to those is compiled anew, which makes most of the
//! page's code; what passes through here is erased first, and leptos is compiled once.

use leptos::prelude::{AnyView, Effect, For, ForProps, Get, GetUntracked, IntoAny, Track};
use std::any::Any;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
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

/// A part of the page that follows what it reads.
pub fn live<V: IntoAny>(mut draw: impl FnMut() -> V + Send + 'static) -> AnyView {
    erased(Box::new(move || draw().into_any()))
}

fn erased(draw: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    draw.into_any()
}

/// What draws one item of a list.
type Drawn = (u64, Box<dyn FnOnce() -> AnyView + Send>);

/// A list whose items keep their elements (and the focus in them) as long as they stay equal.
pub fn list<T: Hash + Send + 'static>(
    items: impl Fn() -> Vec<T> + Send + 'static,
    draw: impl Fn(T) -> AnyView + Clone + Send + 'static,
) -> AnyView {
    let each = move || {
        let one = |item: T| {
            let mut hasher = DefaultHasher::new();
            item.hash(&mut hasher);
            let draw = draw.clone();
            let drawn: Drawn = (hasher.finish(), Box::new(move || draw(item)));
            drawn
        };
        items().into_iter().map(one).collect::<Vec<_>>()
    };
    keyed(Box::new(each))
}

fn keyed(each: Box<dyn Fn() -> Vec<Drawn> + Send>) -> AnyView {
    For(ForProps::builder()
        .each(each)
        .key(|(key, _): &Drawn| *key)
        .children(|(_, draw): Drawn| draw())
        .build())
    .into_any()
}

//! Lists whose items keep their elements, and the focus in them, as long as they stay equal.

use crate::dom::render::{build, follow, marker, Mounted};
use crate::dom::{Dom, Kind};
use leptos::prelude::{document, Owner, RenderEffect};
use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use web_sys::Node;

/// What tells an item from the others, and what draws it.
pub type Item = (u64, Box<dyn FnOnce() -> Dom>);

/// A list whose items keep their elements as long as they stay equal.
pub fn list<T: Hash + 'static, D: Into<Dom>>(
    items: impl Fn() -> Vec<T> + 'static,
    draw: impl Fn(T) -> D + Clone + 'static,
) -> Dom {
    let each = move || {
        let one = |item: T| {
            let mut hasher = DefaultHasher::new();
            item.hash(&mut hasher);
            let draw = draw.clone();
            let drawn: Item = (hasher.finish(), Box::new(move || draw(item).into()));
            drawn
        };
        items().into_iter().map(one).collect()
    };
    Dom(Kind::List(Box::new(each)))
}

/// An item that was drawn. What it made belongs to an owner of its own, which goes with it.
struct MountedItem {
    key: u64,
    mounted: Mounted,
    owner: Owner,
}

/// A list that was drawn. It lies before its marker.
pub struct MountedList {
    pub marker: Node,
    items: Rc<RefCell<Vec<MountedItem>>>,
    _effect: RenderEffect<()>,
}

impl MountedList {
    /// Draws a list into `parent`, before `before` or at the end.
    pub fn new(each: Box<dyn Fn() -> Vec<Item>>, parent: &Node, before: Option<&Node>) -> Self {
        let marker = marker(parent, before);
        let items = Rc::new(RefCell::new(Vec::new()));
        // Items outlive a run of the effect, so they cannot belong to it.
        let owner = Owner::current().unwrap_or_default();
        let work = {
            let (marker, items) = (marker.clone(), Rc::clone(&items));
            move || {
                let new = each();
                if let (Some(parent), Ok(mut items)) =
                    (marker.parent_node(), items.try_borrow_mut())
                {
                    update(&mut items, new, &owner, &parent, &marker);
                }
            }
        };
        Self {
            _effect: follow(Box::new(work)),
            marker,
            items,
        }
    }

    /// The first node.
    pub fn first(&self) -> Node {
        let items = self.items.borrow();
        let first = items.iter().find_map(|item| item.mounted.first());
        first.unwrap_or_else(|| self.marker.clone())
    }
}

fn update(
    items: &mut Vec<MountedItem>,
    new: Vec<Item>,
    owner: &Owner,
    parent: &Node,
    marker: &Node,
) {
    let mut old: Vec<Option<MountedItem>> = items.drain(..).map(Some).collect();
    // Items mostly keep their order, so the next one is looked for where the last one was found.
    let mut hint = 0;
    let kept: Vec<Result<MountedItem, Item>> = new
        .into_iter()
        .map(|(key, draw)| {
            let is_it = |at: &usize| matches!(old.get(*at), Some(Some(item)) if item.key == key);
            let found = (hint..old.len()).chain(0..hint).find(is_it);
            hint = found.map_or(hint, |at| at + 1);
            match found.and_then(|at| old.get_mut(at)?.take()) {
                Some(item) => Ok(item),
                None => Err((key, draw)),
            }
        })
        .collect();
    // What is gone leaves first: what stays must not be moved for its sake, or it would lose the focus.
    for item in old.into_iter().flatten() {
        item.mounted.remove();
        item.owner.cleanup();
    }
    items.extend(kept.into_iter().map(|item| {
        item.unwrap_or_else(|(key, draw)| {
            let owner = owner.with(Owner::new);
            let aside = document().create_document_fragment();
            let mounted = owner.with(|| build(draw(), &aside, None));
            MountedItem {
                key,
                mounted,
                owner,
            }
        })
    }));
    // From the end: what stands already before the one that follows it stays where it is.
    let mut next = marker.clone();
    for item in items.iter().rev() {
        let Some(last) = item.mounted.last() else {
            continue;
        };
        if last.next_sibling().as_ref() != Some(&next) {
            item.mounted.place(parent, Some(&next));
        }
        next = item.mounted.first().unwrap_or(last);
    }
}

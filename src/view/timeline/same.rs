//! What is worked out once and shared.

use std::ops::Deref;
use std::sync::Arc;

/// What is worked out once. Compared by identity: readers hear of it only when it was worked out anew.
pub struct Same<T>(Arc<T>);

impl<T> Same<T> {
    /// Keeps it.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Same<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

//! Putting a viewer into a page.

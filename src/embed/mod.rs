//! Putting a viewer into a page: into any element ([`mount`]), as the custom element ([`element`]), or as the page itself ([`page`]).

pub mod element;
pub mod link;
pub mod mount;
pub mod page;
pub mod panic;

pub use mount::{mount, Handle, MountError, Options};

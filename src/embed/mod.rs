//! Putting a viewer into a page: into any element ([`mount`]), or as the page itself ([`page`]).

pub mod link;
pub mod mount;
pub mod page;
pub mod panic;

pub use mount::{mount, Handle, MountError, Options};

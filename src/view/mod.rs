//! The viewer's components, one folder or file a region.
//!
//! [`app`] is the frame. Regions read the state ([`crate::viewer::Viewer`]) and the answers of the analysis from context,
//! and hold only what concerns their own looks. Texts of a trace reach the page as text nodes only.

mod actions;
mod answers;
mod compare;
mod details;
mod executions;
mod find;
mod findings;
mod frame;
mod output;
mod palette;
mod parts;
pub mod regions;
mod shell;
mod summary;
mod take;
mod tasks;
mod timeline;
mod trust;

pub use shell::{App, OwnsPage};

/// All style sheets of `style/`, one text: adopted into the viewer's shadow root. `build.rs` writes it.
pub const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

/// Traces to try out; in context where some are at hand (the project's own page has them, a host page does not).
#[derive(Clone)]
pub struct Samples {
    /// Title and description of each.
    pub titles: Vec<[String; 2]>,
    /// Opens one by its index.
    pub open: send_wrapper::SendWrapper<std::rc::Rc<dyn Fn(u32)>>,
}

/// Saves what is open as one HTML file; in context where the page around the viewer can do that.
#[derive(Clone)]
pub struct Save(pub send_wrapper::SendWrapper<std::rc::Rc<dyn Fn()>>);

//! What is open around the regions.

use crate::view::answers::Answers;
use leptos::html;
use leptos::prelude::*;

/// What the regions share with what is around them. Get it with `expect_context::<Frame>()`.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Everything of the viewer stands in it.
    pub root: NodeRef<html::Div>,
    /// The list of keys is open.
    pub help: RwSignal<bool>,
    /// The list of executions is open, where there is no room for it beside the rest.
    pub executions: RwSignal<bool>,
    /// Task Details lies over the page, where there is no room for it beside the rest. Asked for by a person, hence not
    /// derived from the selection: a link into a trace may select something too.
    pub details: RwSignal<bool>,
    /// Bumped to ask for the file picker.
    pub pick: RwSignal<u32>,
    /// What is taken along is chosen and previewed.
    pub take: RwSignal<bool>,
    /// What the analysis says about the execution shown.
    pub answers: Answers,
}

//! What a CrewAI trace is ([`model`]), how each form of it is read ([`import`]), and what it says ([`analysis`]).
//!
//! Pure Rust, no browser type: the same code runs in the viewer's worker, in the native report command and in the tests.
//! Dependencies go one way only: `analysis -> model <- import`.

pub mod analysis;
pub mod import;
pub mod model;
mod order;

//! What a CrewAI trace is ([`model`]), how each form of it is read ([`import`]), and what it says ([`analysis`]).
//!
//! Pure Rust, no browser type: the same code runs in the viewer's worker, in the native report command and in the tests.
//! Dependencies go one way only: `analysis -> model <- import`. [`evidence`] stands beside the model: `import` notes it, `analysis` asks it.

// Functions that every byte or every attribute passes are compiled for speed where the compiler lets us (`cargo xtask dist` sets `speed`): the
// rest is compiled for size, and these few cost little of it.
#![cfg_attr(speed, feature(optimize_attribute))]

pub mod analysis;
pub mod evidence;
pub mod import;
pub mod model;
mod order;
mod table;

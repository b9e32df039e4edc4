//! The ground that reading a trace and telling about it stand on: what a CrewAI trace is ([`model`]), what is noted of its texts ([`evidence`]),
//! JSON with true places ([`json`]), and how texts read ([`text`]).
//!
//! Pure Rust, no browser type: the same code runs in the page, in its worker, in the command and in the tests.

pub mod evidence;
pub mod json;
pub mod model;
pub mod order;
pub mod slices;
pub mod text;

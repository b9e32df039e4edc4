//! Pieces that several regions share.

pub mod copy;
pub mod form;
pub mod format;
pub mod icon;
pub mod json_tree;
pub mod long_text;
pub mod markdown;
pub mod name;
pub mod record;
pub mod rich;
pub mod scroll;
pub mod status;
pub mod text;
pub mod time;

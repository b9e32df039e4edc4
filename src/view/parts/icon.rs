//! Small drawings. Inline, so that nothing is fetched and the colour follows the text.

use leptos::prelude::*;

/// The outline of each icon on a 16 × 16 grid.
mod path {
    pub const CHECK: &str = "M3 8.5 6.5 12 13 4.5";
    pub const CROSS: &str = "M4 4l8 8M12 4l-8 8";
    pub const RUNNING: &str = "M8 2.5a5.5 5.5 0 1 1-5.5 5.5M8 5v3l2 1.5";
    pub const QUESTION: &str = "M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.8-1.1 1.6M8 12.6v.1";
    pub const OPEN: &str = "M2 12.5v-9h4l1.5 2H14v7zM2 12.5l1.8-4.5h12L14 12.5";
    pub const FOLDER: &str = "M2 12.5v-9h4l1.5 2H14v7z";
    pub const SUN: &str = "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1";
    pub const MOON: &str = "M13 9.8A5.6 5.6 0 0 1 6.2 3 5.6 5.6 0 1 0 13 9.8z";
    pub const AUTO: &str =
        "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 2.2v11.6M8 5h4.6M8 8h5.6M8 11h4.6";
    pub const COPY: &str = "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3";
    pub const DOWNLOAD: &str = "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11";
    pub const RIGHT: &str = "M6 3.5 10.5 8 6 12.5";
    pub const LEFT: &str = "M10 3.5 5.5 8 10 12.5";
    pub const SEARCH: &str = "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14";
    pub const UP: &str = "M8 13V3M3.8 7 8 2.8 12.2 7";
    pub const NOTE: &str = "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 7.2v3.6M8 5v.1";
    pub const WARNING: &str = "M8 2.2 14.2 13.2H1.8zM8 6.4v3.2M8 11.4v.1";
    pub const FIT: &str = "M2 3v10M14 3v10M4.5 8h7M6.5 6l-2 2 2 2M9.5 6l2 2-2 2";
    pub const PLUS: &str = "M8 3v10M3 8h10";
    pub const MINUS: &str = "M3 8h10";
    pub const FOLD_ALL: &str = "M3 3.5h10M4 12l4-4 4 4";
    pub const UNFOLD_ALL: &str = "M3 12.5h10M4 4l4 4 4-4";
    pub const SORT_UP: &str = "M4.5 9.5 8 6l3.5 3.5";
    pub const SORT_DOWN: &str = "M4.5 6.5 8 10l3.5-3.5";
}

/// Names of the icons.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Check,
    Cross,
    Running,
    Question,
    Open,
    Folder,
    Sun,
    Moon,
    Auto,
    Copy,
    Download,
    Right,
    Left,
    Search,
    Up,
    Note,
    Warning,
    Fit,
    Plus,
    Minus,
    FoldAll,
    UnfoldAll,
    SortUp,
    SortDown,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Check => path::CHECK,
            Self::Cross => path::CROSS,
            Self::Running => path::RUNNING,
            Self::Question => path::QUESTION,
            Self::Open => path::OPEN,
            Self::Folder => path::FOLDER,
            Self::Sun => path::SUN,
            Self::Moon => path::MOON,
            Self::Auto => path::AUTO,
            Self::Copy => path::COPY,
            Self::Download => path::DOWNLOAD,
            Self::Right => path::RIGHT,
            Self::Left => path::LEFT,
            Self::Search => path::SEARCH,
            Self::Up => path::UP,
            Self::Note => path::NOTE,
            Self::Warning => path::WARNING,
            Self::Fit => path::FIT,
            Self::Plus => path::PLUS,
            Self::Minus => path::MINUS,
            Self::FoldAll => path::FOLD_ALL,
            Self::UnfoldAll => path::UNFOLD_ALL,
            Self::SortUp => path::SORT_UP,
            Self::SortDown => path::SORT_DOWN,
        }
    }

    /// The drawing; hidden from screen readers, since a word always stands beside it or labels its button.
    pub fn draw(self) -> impl IntoView {
        let path = self.path();
        view! {
            <svg class="cs-icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d=path />
            </svg>
        }
    }
}

//! Small drawings. Inline, so that nothing is fetched and the colour follows the text.

use leptos::prelude::*;

/// A drawing, by what it shows or stands for.
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
    /// The outline on a 16 × 16 grid.
    fn path(self) -> &'static str {
        match self {
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Running => "M8 2.5a5.5 5.5 0 1 1-5.5 5.5M8 5v3l2 1.5",
            Self::Question => "M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.8-1.1 1.6M8 12.6v.1",
            Self::Open => "M2 12.5v-9h4l1.5 2H14v7zM2 12.5l1.8-4.5h12L14 12.5",
            Self::Folder => "M2 12.5v-9h4l1.5 2H14v7z",
            Self::Sun => concat!(
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
                "M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4",
                "M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1"
            ),
            Self::Moon => "M13 9.8A5.6 5.6 0 0 1 6.2 3 5.6 5.6 0 1 0 13 9.8z",
            Self::Auto => concat!(
                "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2z",
                "M8 2.2v11.6M8 5h4.6M8 8h5.6M8 11h4.6"
            ),
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Download => "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
            Self::Right => "M6 3.5 10.5 8 6 12.5",
            Self::Left => "M10 3.5 5.5 8 10 12.5",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14",
            Self::Up => "M8 13V3M3.8 7 8 2.8 12.2 7",
            Self::Note => "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 7.2v3.6M8 5v.1",
            Self::Warning => "M8 2.2 14.2 13.2H1.8zM8 6.4v3.2M8 11.4v.1",
            Self::Fit => "M2 3v10M14 3v10M4.5 8h7M6.5 6l-2 2 2 2M9.5 6l2 2-2 2",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Minus => "M3 8h10",
            Self::FoldAll => "M3 3.5h10M4 12l4-4 4 4",
            Self::UnfoldAll => "M3 12.5h10M4 4l4 4 4-4",
            Self::SortUp => "M4.5 9.5 8 6l3.5 3.5",
            Self::SortDown => "M4.5 6.5 8 10l3.5-3.5",
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

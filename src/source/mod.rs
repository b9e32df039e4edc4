//! Where bytes come from: files, drops, pastes, URLs. Everything ends as an [`Input`] that the worker reads.

mod texts;

pub use texts::{TextError, Texts};

/// One thing to open.
#[derive(Clone, Debug)]
pub enum Input {
    /// Bytes in the browser: a file, a dropped file, pasted text.
    Blob {
        /// File name (with its folder, for a dropped folder) or what it is.
        name: String,
        /// The bytes.
        blob: web_sys::Blob,
    },
    /// An absolute URL, fetched by the worker.
    Url {
        /// The last part of its path.
        name: String,
        /// The URL.
        url: String,
    },
}

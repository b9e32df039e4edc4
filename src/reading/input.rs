//! What can be opened: files, drops, pastes, URLs. Everything ends as an [`Input`] that the reader reads.

use wasm_bindgen::JsValue;
use web_sys::{Blob, File, FileList};

/// One thing to open.
#[derive(Clone, Debug)]
pub enum Input {
    /// Bytes in the browser: a file, a dropped file, pasted text.
    Blob {
        /// File name (with its folder, for a dropped folder) or what it is.
        name: String,
        /// The bytes.
        blob: Blob,
    },
    /// An absolute URL, fetched by the worker.
    Url {
        /// The last part of its path.
        name: String,
        /// The URL.
        url: String,
    },
}

impl Input {
    /// A file under its own name.
    pub fn file(file: File) -> Self {
        let name = file.name();
        Self::Blob {
            name,
            blob: file.into(),
        }
    }

    /// A text under a name that says what it is. Errors when the browser refuses so long a text.
    pub fn text(name: &str, text: &str) -> Result<Self, JsValue> {
        let blob = Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into()))?;
        Ok(Self::Blob {
            name: name.to_owned(),
            blob,
        })
    }

    /// A URL, relative ones against `base`. Errors with the browser's words when it is none.
    pub fn url(url: &str, base: &str) -> Result<Self, JsValue> {
        let url = web_sys::Url::new_with_base(url, base)?;
        let path = url.pathname();
        let last = path.rsplit('/').find(|part| !part.is_empty());
        let name = match last {
            Some(last) => {
                js_sys::decode_uri_component(last).map_or_else(|_| last.to_owned(), String::from)
            }
            None => url.host(),
        };
        Ok(Self::Url {
            name,
            url: url.href(),
        })
    }

    /// Its name for a person.
    pub fn name(&self) -> &str {
        match self {
            Self::Blob { name, .. } | Self::Url { name, .. } => name,
        }
    }
}

/// The files of a file picker (`<input type="file">`).
pub fn picked(files: &FileList) -> Vec<Input> {
    (0..files.length())
        .filter_map(|at| files.get(at))
        .map(Input::file)
        .collect()
}

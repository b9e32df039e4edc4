//! What a drop or a paste holds: files, whole folders, text.

use crate::reading::explain::explain;
use crate::reading::Input;
use crate::reading::LoadError;
use crate::wording::errors as words;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// Files in a dropped folder at most, and files and folders looked at: beyond that somebody dropped their home folder.
const FILES: usize = 2000;
const LOOKED_AT: usize = 20_000;

/// What was dropped, to be awaited after the event: the browser empties the event's data when its handler returns.
#[derive(Debug)]
pub struct Dropped {
    entries: Vec<FileSystemEntry>,
    files: Vec<Input>,
}

impl Dropped {
    /// Takes everything out of the event's data.
    pub fn new(data: &DataTransfer, text_name: &str) -> Self {
        let items = data.items();
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|at| items.get(at))
            .filter(|item| item.kind() == "file")
            .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
            .collect();
        let mut files: Vec<Input> = data
            .files()
            .as_ref()
            .map(crate::reading::picked)
            .unwrap_or_default();
        if files.is_empty() && entries.is_empty() {
            let text = data.get_data("text/plain").unwrap_or_default();
            if !text.trim().is_empty() {
                files.extend(Input::text(text_name, &text).ok());
            }
        }
        Self { entries, files }
    }

    /// Whether there is anything to open.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.files.is_empty()
    }

    /// The files, those of folders included, in the order of their paths. Errors when there are none, or too many.
    pub async fn inputs(self) -> Result<Vec<Input>, LoadError> {
        let found = self.found().await?;
        if found.is_empty() {
            return Err(explain(&[], &[]));
        }
        Ok(found)
    }

    async fn found(self) -> Result<Vec<Input>, LoadError> {
        if !self.entries.iter().any(FileSystemEntry::is_directory) {
            // Some sources of a drop (another browser window, a synthetic event) have files and no entries.
            return Ok(self.files);
        }
        let mut found = Vec::new();
        let mut open = self.entries;
        let mut looked_at = 0;
        while let Some(entry) = open.pop() {
            looked_at += 1;
            if found.len() >= FILES || looked_at > LOOKED_AT {
                return Err(too_many());
            }
            if entry.is_directory() {
                open.extend(children(entry.unchecked_ref()).await);
            } else if let Some(input) = file(entry.unchecked_ref()).await {
                found.push(input);
            }
        }
        found.sort_by(|one, other| one.name().cmp(other.name()));
        Ok(found)
    }
}

fn too_many() -> LoadError {
    LoadError {
        title: words::TOO_MANY.into(),
        detail: words::too_many(FILES),
        hint: words::TOO_MANY_HINT.into(),
    }
}

/// What lies in a folder, without what the system hides there. A folder that cannot be read is an empty one.
async fn children(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    // A reader gives out some at a time (Chromium: 100) and an empty list at the end.
    loop {
        let listed = Promise::new(&mut |resolve, reject| {
            if let Err(error) =
                reader.read_entries_with_callback_and_callback(&resolve, reject.unchecked_ref())
            {
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            }
        });
        let some: Array = match JsFuture::from(listed).await {
            Ok(some) => some.unchecked_into(),
            Err(_) => break,
        };
        if some.length() == 0 || all.len() > LOOKED_AT {
            break;
        }
        all.extend(
            some.iter()
                .map(|entry| entry.unchecked_into::<FileSystemEntry>()),
        );
    }
    all.retain(|entry| !entry.name().starts_with('.'));
    all
}

/// The file of an entry, named by its path from the dropped folder on.
async fn file(entry: &FileSystemFileEntry) -> Option<Input> {
    let path = entry.full_path();
    let opened = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, reject.unchecked_ref());
    });
    let file: web_sys::File = JsFuture::from(opened).await.ok()?.unchecked_into();
    Some(Input::Blob {
        name: path.trim_start_matches('/').to_owned(),
        blob: file.into(),
    })
}

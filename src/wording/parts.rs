//! Words of the pieces that all regions share: values, statuses, times, texts in their forms.

use crate::wording::{fill, Noun};

// --- statuses ---
/// Says how a derived status came about, on hover.
pub const DERIVED: &str = "Concluded from other records; the trace does not record it here.";
pub const NO_END: &str = "Started, and no end is in the trace.";
pub const NO_STATUS: &str = "The trace does not record how this ended.";

// --- times ---
pub const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
pub const READ_AS_UTC: &str = " (no time zone recorded, read as UTC)";
pub const SHOWN_LOCAL: &str = " (shown in local time)";
pub const UTC_ASSUMED: &str = " (UTC assumed)";

/// The time of day on the day before.
pub fn yesterday(clock: &str) -> String {
    fill("yesterday {0}", &[clock])
}

// --- copying ---
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";
pub const REFUSED: &str = "Not allowed here";
pub const NOT_COPIED: &str = "Not copied: the browser does not allow it here";
pub const PART_SHOWN: &str = "the part of this that is shown";
pub const THIS: &str = "this";

/// What a button copies, for screen readers.
pub fn copy_of(what: &str) -> String {
    fill("Copy {0}", &[what])
}

// --- texts ---
pub const YES: &str = "yes";
pub const NO: &str = "no";
pub const HIDDEN_LEFT_OUT: &str = "… (the rest holds more hidden characters than can be shown)";

/// Of a character that cannot be seen, by its number.
pub fn unseen(code: &str) -> String {
    fill("{0}, a character that cannot be seen", &[code])
}

/// Below a value that the producer of the trace had cut.
pub fn cut_from(size: &str) -> String {
    fill("The producer cut this value; it was {0} long.", &[size])
}

/// A task without any name, by its number.
pub fn unnamed_task(number: &str) -> String {
    fill("Unnamed task {0}", &[number])
}

// --- Markdown ---
pub const DONE: &str = "done";
pub const TOO_LONG: &str = "… too long to render; the text form shows all of it.";
pub const DEAD_LINK: &str = "Only web and mail links can be followed.";
pub const IMAGES_NOT_LOADED: &str = "Images are not loaded: a request would tell their \
 server that this trace was read.";

/// In place of an image; `label` is what its writer called it, and may be empty.
pub fn image(label: &str) -> String {
    if label.is_empty() {
        "Image not loaded: ".to_owned()
    } else {
        fill("Image “{0}” not loaded: ", &[label])
    }
}

// --- JSON ---
pub const KEYS_OF: Noun = "key|keys";
pub const ITEMS_OF: Noun = "item|items";
pub const CUT: &str = " … ";
pub const SHOW_ALL: &str = "show all";

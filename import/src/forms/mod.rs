//! The forms in which a run can lie before us: one table, a row a form, and one file a form for what it takes to read it.
//!
//! [`read`](read::read) gives every record to a row, by its place and its content, never by a file's name. The rows also say what a form is called, what
//! people are told of it (`docs/formats.md` is written from here, the start page is held against it), and which files the fuzzer begins with.

mod batch;
pub mod checkpoint;
mod jaeger;
mod langfuse;
mod langsmith;
pub mod log;
mod mlflow;
mod otlp;
mod phoenix;
mod pyotel;
mod read;
pub mod saved_report;
mod table;
mod zipkin;

pub use read::read;
pub use table::FORMS;

use crate::builder::Builder;
use crate::framing::paths::RecordPath;
use crewscope_trace::json::Object;
use crewscope_trace::model::Place;
use crewscope_trace::text::RecordPlace;

/// A row of the table.
#[derive(Debug)]
pub struct Form {
    /// Its name in reports and notes.
    pub name: &'static str,
    /// What people are told; several lines where one reader opens what people know by several names.
    pub lines: &'static [Line],
    /// Which files of `tests/traces` the fuzzer begins with: the beginning of a file's name or of a word in it, or a folder.
    pub seeds: &'static [&'static str],
    /// How a record that stands alone is known, and what reads it. Asked in the order of the table.
    ways: &'static [Way],
    /// Places inside a document whose records are this form's without asking.
    places: &'static [(RecordPath, Read)],
    /// Reads what is left of a document whose records were handed on one by one.
    shell: Option<Shell>,
}

/// What people are told about a form.
#[derive(Debug)]
pub struct Line {
    /// What it is.
    pub what: &'static str,
    /// What writes it.
    pub from: &'static str,
    /// What it does not hold.
    pub lacks: &'static str,
    /// How the sentence on the start page names it.
    pub word: &'static str,
}

/// How a record is known.
#[derive(Debug)]
struct Way {
    /// Where it may stand.
    stands: Stands,
    /// Whether a record is one. Asks for keys that no form before it has.
    is: fn(&Object<'_>) -> bool,
    /// Reads it.
    read: Read,
}

/// Where a record may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// In a line, in the list of a store's answer, or as what is left of a cut file.
    Anywhere,
    /// As a line or document of its own only.
    AsRoot,
}

/// Reads a record of the root with the given ordinal. `false`: it is none of the form after all.
type Read = fn(&mut Builder, u64, &Object<'_>, &RecordPlace<'_>) -> bool;

/// Reads what is left of the root with the given ordinal, at its place.
type Shell = fn(&mut Builder, u64, Place, &Object<'_>);

/// Whether a record has all of these keys.
fn has_all(object: &Object<'_>, keys: &[&str]) -> bool {
    keys.iter().all(|key| object.has(key))
}

/// Whether a record has one of these keys.
fn has_any(object: &Object<'_>, keys: &[&str]) -> bool {
    keys.iter().any(|key| object.has(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_belongs_to_one_row_which_reads_its_document_too() {
        let places = || {
            FORMS
                .iter()
                .flat_map(|form| form.places)
                .map(|(path, _)| path)
        };
        for path in places() {
            assert_eq!(
                places().filter(|other| *other == path).count(),
                1,
                "{path:?}"
            );
        }
        for form in FORMS {
            assert_eq!(
                form.places.is_empty(),
                form.shell.is_none(),
                "{}",
                form.name
            );
            assert!(
                !form.lines.is_empty() && !form.seeds.is_empty(),
                "{}",
                form.name
            );
        }
    }
}

//! Sentences for a person when a source cannot be read: what happened, where, and what would work.

use super::LoadError;
use crate::wording::errors as words;
use crewscope_trace::model::{Place, Warning, WarningKind};
use crewscope_wire::pieces::PieceError;
use crewscope_wire::store;
use crewscope_wire::trouble::{Breakdown, Outcome, Trouble, Unread};
use std::cmp::Reverse;

/// What the first bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Empty,
    Html,
    Json,
    Text,
    /// A known form that holds the trace inside: its name, and how to get at it.
    Packed(&'static str, &'static str),
    Binary,
}

/// Why nothing was recognised in what was opened.
pub fn explain(outcomes: &[Outcome], warnings: &[Warning]) -> LoadError {
    match outcomes {
        [] => error(words::NO_FILE, words::NO_FILE_WHY, words::NO_FILE_HINT),
        [only] => explain_one(only, warnings),
        several => explain_several(several, warnings),
    }
}

/// Why nothing was recognised, from what the reader says of it.
pub fn explain_unread(unread: &Unread) -> LoadError {
    explain(&unread.sources, &unread.warnings)
}

/// The warning that keeps one source's trouble visible while others were read.
pub fn warning_of(outcome: &Outcome, source: u32) -> Option<Warning> {
    let trouble = outcome.trouble.as_ref()?;
    let told = of_trouble(outcome, trouble);
    Some(Warning {
        kind: if outcome.bytes == 0 {
            WarningKind::UnreadableRecord
        } else {
            WarningKind::TruncatedSource
        },
        message: format!("{} {}", told.detail, told.hint),
        count: 1,
        places: vec![Place {
            source,
            offset: outcome.bytes,
        }],
    })
}

/// Why the reader cannot go on, behind "The reader stopped at an error of its own".
pub fn of_breakdown(breakdown: &Breakdown) -> String {
    match breakdown {
        Breakdown::Panic(why) => why.clone(),
        Breakdown::Crash => words::READER_CRASHED.to_owned(),
        Breakdown::Piece(error) => of_piece(error),
    }
}

/// Why a piece of the model cannot be taken in, behind the same words.
pub fn of_piece(error: &PieceError) -> String {
    match error {
        PieceError::Broken(why) => words::damaged(why),
        PieceError::Unexpected => words::OUT_OF_TURN.to_owned(),
    }
}

fn explain_several(outcomes: &[Outcome], warnings: &[Warning]) -> LoadError {
    const NAMED: usize = 3;
    let mut details: Vec<String> = outcomes
        .iter()
        .take(NAMED)
        .map(|outcome| explain_one(outcome, &[]).detail)
        .collect();
    if let Some(more) = outcomes.len().checked_sub(NAMED).filter(|&more| more > 0) {
        details.push(words::the_others(more));
    }
    let said = said_of(warnings);
    error(
        &words::no_trace_in(outcomes.len()),
        &[&details.join(" "), said.as_str()].concat(),
        words::FORMS,
    )
}

fn explain_one(outcome: &Outcome, warnings: &[Warning]) -> LoadError {
    let name = &outcome.name;
    if let Some(trouble) = &outcome.trouble {
        // A connection that broke late is beside the point if what came is no trace anyway.
        if outcome.bytes == 0 || matches!(trouble, Trouble::Status(_) | Trouble::Gzip(_)) {
            return of_trouble(outcome, trouble);
        }
    }
    let from = outcome.url.as_deref().unwrap_or(name);
    let said = said_of(warnings);
    match looks(&outcome.head) {
        Looks::Empty => error(
            words::EMPTY_FILE,
            &words::holds_nothing(from, outcome.bytes == 0),
            words::EMPTY_FILE_HINT,
        ),
        Looks::Html if outcome.url.is_some() => error(
            words::WEB_PAGE,
            &words::html_answered(from),
            match store::store_of(from) {
                Some(_) => words::WEB_PAGE_OF_STORE,
                None => words::WEB_PAGE_HINT,
            },
        ),
        Looks::Html => error(
            words::WEB_PAGE,
            &words::html_file(name),
            words::HTML_FILE_HINT,
        ),
        Looks::Packed(what, how) => error(words::PACKED, &words::is_packed(name, what), how),
        Looks::Binary => error(words::BINARY, &words::is_binary(name), words::FORMS),
        Looks::Json if holds_nothing(warnings).is_some() => error(
            words::NOTHING_OF_RUN,
            &sentence(holds_nothing(warnings).unwrap_or_default()),
            words::FORMS,
        ),
        Looks::Json => error(
            words::NO_TRACE_IN_JSON,
            &words::unknown_json(name, &said),
            words::FORMS,
        ),
        Looks::Text => error(
            words::NO_TRACE_IN_TEXT,
            &words::unknown_text(name, &said),
            words::FORMS,
        ),
    }
}

fn of_trouble(outcome: &Outcome, trouble: &Trouble) -> LoadError {
    let name = &outcome.name;
    let from = outcome.url.as_deref().unwrap_or(name);
    let read = &size(outcome.bytes);
    match trouble {
        Trouble::Status(status) => {
            let hint = match status {
                401 | 403 => &words::sign_in(&save(from, true)),
                404 | 410 if store::store_of(from).is_some() => words::CHECK_ID,
                404 | 410 => words::CHECK_ADDRESS,
                429 | 500..=599 => words::TRY_LATER,
                _ => words::DOWNLOAD_IT,
            };
            {
                let number = status.to_string();
                error(
                    &words::status_title(&number),
                    &words::status_answered(from, &number, words::status_means(*status)),
                    hint,
                )
            }
        }
        Trouble::Address => error(
            words::NO_ADDRESS,
            &words::no_address(from),
            words::CHECK_ADDRESS,
        ),
        Trouble::Network => error(
            words::NO_ANSWER,
            &words::no_answer(from),
            &words::no_answer_hint(&save(from, false), allow(store::store_of(from))),
        ),
        Trouble::OnDisk => error(words::ON_DISK, &words::on_disk(from), words::ON_DISK_HINT),
        Trouble::NoContent => unreadable(from, words::NO_CONTENT),
        Trouble::NoBody => unreadable(from, words::NO_BODY),
        Trouble::BrokeOff(why) if outcome.bytes == 0 => unreadable(from, why),
        Trouble::BrokeOff(why) => error(
            words::BROKE_OFF,
            &words::broke_off(from, read, why),
            words::BROKE_OFF_HINT,
        ),
        Trouble::Gzip(why) => error(words::GZIP, &words::gzip(from, read, why), words::GZIP_HINT),
    }
}

fn unreadable(from: &str, why: &str) -> LoadError {
    error(
        words::UNREADABLE,
        &words::unreadable(from, why),
        words::UNREADABLE_HINT,
    )
}

/// A file of crewai's own that holds nothing of the run: what import says of it.
fn holds_nothing(warnings: &[Warning]) -> Option<&str> {
    let warning = warnings
        .iter()
        .find(|warning| warning.kind == WarningKind::NothingOfRun)?;
    Some(&warning.message)
}

/// What the importer had to say, at most its two most frequent remarks.
fn said_of(warnings: &[Warning]) -> String {
    let mut most: Vec<&Warning> = warnings.iter().collect();
    most.sort_by_key(|warning| Reverse(warning.count));
    most.iter().take(2).fold(String::new(), |said, warning| {
        format!("{said} {}", sentence(&warning.message))
    })
}

/// What would make a store answer a page of another site; ends with a space if there is something.
fn allow(store: Option<store::Store>) -> &'static str {
    match store {
        Some(store::Store::Phoenix) => words::ALLOW_PHOENIX,
        Some(store::Store::Traces) => words::ALLOW_TRACES,
        Some(store::Store::Grafana) => words::ALLOW_GRAFANA,
        None => "",
    }
}

/// The command that saves an answer, to be opened as a file.
fn save(url: &str, key: bool) -> String {
    let header = if key {
        "-H 'Authorization: Bearer KEY' "
    } else {
        ""
    };
    // What is no character of an address has no business in a command.
    let url: String = url
        .chars()
        .filter(|c| c.is_ascii_graphic() && *c != '\'')
        .collect();
    format!("curl {header}-o trace.json '{url}'")
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    let end = if text.ends_with(['.', '!', '?']) || text.is_empty() {
        ""
    } else {
        "."
    };
    format!("{text}{end}")
}

fn error(title: &str, detail: &str, hint: &str) -> LoadError {
    LoadError {
        title: title.into(),
        detail: detail.into(),
        hint: hint.into(),
    }
}

fn looks(head: &[u8]) -> Looks {
    let known: [(&[u8], &str, &str); 8] = [
        (b"PK\x03\x04", words::ZIP, words::UNPACK),
        (b"\x28\xb5\x2f\xfd", words::ZSTD, words::ZSTD_HINT),
        (b"BZh", words::BZIP2, words::BZIP2_HINT),
        (b"\xfd7zXZ\0", words::XZ, words::XZ_HINT),
        (b"\x04\x22\x4d\x18", words::LZ4, words::LZ4_HINT),
        (b"SQLite format 3\0", words::SQLITE, words::SQLITE_HINT),
        (b"PAR1", words::PARQUET, words::PARQUET_HINT),
        (b"%PDF", words::A_PDF, words::FORMS),
    ];
    if let Some((_, what, how)) = known.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Looks::Packed(what, how);
    }
    // The Collector's file exporter (exporter/fileexporter of opentelemetry-collector-contrib): a length, then a packed message.
    if head.get(4..8) == Some(b"\x28\xb5\x2f\xfd") {
        return Looks::Packed(words::COLLECTOR, words::COLLECTOR_HINT);
    }
    let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if utf16 {
        return Looks::Packed(words::UTF16, words::UTF16_HINT);
    }
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    match text.first() {
        None => Looks::Empty,
        Some(b'<') if is_html(text) => Looks::Html,
        Some(b'{' | b'[') => Looks::Json,
        _ if head
            .iter()
            .any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)) =>
        {
            Looks::Binary
        }
        _ => Looks::Text,
    }
}

fn is_html(text: &[u8]) -> bool {
    let lower = text
        .get(..text.len().min(256))
        .unwrap_or_default()
        .to_ascii_lowercase();
    [
        b"<!doctype html".as_slice(),
        b"<html",
        b"<head",
        b"<body",
        b"<script",
        b"<title",
    ]
    .iter()
    .any(|tag| lower.windows(tag.len()).any(|window| window == *tag))
}

/// A number of bytes for a person.
fn size(bytes: u64) -> String {
    let tenths = |number: u64, unit: &str| format!("{}.{}{unit}", number / 10, number % 10);
    match bytes {
        1 => words::ONE_BYTE.to_owned(),
        bytes if bytes < 10_000 => bytes.to_string() + words::BYTES,
        bytes if bytes < 10_000_000 => tenths((bytes + 50) / 100, words::KB),
        bytes => tenths(bytes.saturating_add(50_000) / 100_000, words::MB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &[u8]) -> Outcome {
        Outcome {
            name: name.into(),
            bytes: content.len() as u64,
            head: content.to_vec(),
            ..Outcome::default()
        }
    }

    fn fetched(trouble: Option<Trouble>, content: &[u8]) -> Outcome {
        Outcome {
            url: Some("https://ci.example/run.jsonl".into()),
            trouble,
            ..file("run.jsonl", content)
        }
    }

    #[test]
    fn a_command_holds_nothing_but_the_address() {
        assert_eq!(
            save("http://h/a'; rm -rf '", false),
            "curl -o trace.json 'http://h/a;rm-rf'"
        );
        assert!(save("http://h/a", true).contains("Authorization"));
    }

    #[test]
    fn content_decides_and_not_the_name() {
        assert_eq!(looks(b""), Looks::Empty);
        assert_eq!(looks(b"\xef\xbb\xbf \n\t"), Looks::Empty);
        assert_eq!(looks(b"\n<!DOCTYPE HTML><html>"), Looks::Html);
        assert_eq!(looks(b"<?xml version='1.0'?><a/>"), Looks::Text);
        assert_eq!(looks(b" [1"), Looks::Json);
        assert_eq!(looks(b"hello \x1b[31mred"), Looks::Text);
        assert_eq!(looks(b"\x0a\x12\x00\x01"), Looks::Binary);
        assert!(matches!(
            looks(b"\0\0\x01\0\x28\xb5\x2f\xfd\0"),
            Looks::Packed(_, how) if how.contains("nativeCompression")
        ));
        assert!(matches!(
            looks(b"PK\x03\x04abc"),
            Looks::Packed("a ZIP archive", _)
        ));
    }

    #[test]
    fn each_failure_names_the_place_and_what_would_work() {
        let cases = [
            (
                fetched(Some(Trouble::Status(404)), b""),
                "HTTP status 404 (not found)",
                "?src=",
            ),
            (fetched(Some(Trouble::Network), b""), "CORS", "Download"),
            (fetched(Some(Trouble::Address), b""), "no address", "?src="),
            (
                fetched(Some(Trouble::OnDisk), b""),
                "from disk",
                "Drop the file",
            ),
            (
                fetched(None, b"<html><body>Sign in"),
                "HTML page",
                "raw file",
            ),
            (file("a.json", b""), "0 bytes", "still going"),
            (file("a.json", b"\x00\x01\x02"), "binary", "OTLP"),
            (file("a.json", b"{}"), "a.json holds JSON", "OTLP"),
            (
                Outcome {
                    trouble: Some(Trouble::Gzip("junk".into())),
                    ..file("a.gz", b"")
                },
                "gzip data of a.gz",
                "gzip -dc",
            ),
        ];
        for (outcome, detail, hint) in cases {
            let told = explain(&[outcome], &[]);
            assert!(told.detail.contains(detail), "{told:?}");
            assert!(told.hint.contains(hint), "{told:?}");
            assert!(!told.title.is_empty());
        }
    }

    #[test]
    fn the_importers_remarks_are_passed_on() {
        let warning = Warning {
            kind: WarningKind::UnknownRecord,
            message: "an object with the keys \"a\", \"b\"".into(),
            count: 2,
            places: vec![],
        };
        assert!(explain(&[file("a.json", b"{}")], &[warning])
            .detail
            .ends_with("an object with the keys \"a\", \"b\"."));
    }

    #[test]
    fn a_file_without_the_run_says_what_to_open() {
        let warning = Warning {
            kind: WarningKind::NothingOfRun,
            message: "open the spans".into(),
            count: 1,
            places: vec![],
        };
        let told = explain(&[file("last_run.json", b"{}")], &[warning]);
        assert_eq!(told.detail, "open the spans.");
        assert!(!told.title.contains("No trace"));
    }

    #[test]
    fn several_files_are_told_apart() {
        let told = explain(
            &[
                file("a", b"{}"),
                file("b", b""),
                file("c", b"x"),
                file("d", b"y"),
            ],
            &[],
        );
        assert!(
            told.title.contains('4')
                && told.detail.contains("a holds JSON")
                && told.detail.contains("other 1"),
            "{told:?}"
        );
    }

    #[test]
    fn one_bad_source_among_good_ones_is_a_warning_with_its_place() {
        let warning = warning_of(
            &Outcome {
                trouble: Some(Trouble::Gzip("cut".into())),
                ..file("a.gz", b"{\"x\":1}")
            },
            3,
        )
        .expect("a warning");
        assert_eq!(
            (warning.kind, warning.places),
            (
                WarningKind::TruncatedSource,
                vec![Place {
                    source: 3,
                    offset: 7
                }]
            )
        );
        assert_eq!(warning_of(&file("a", b"{}"), 0), None);
    }
}

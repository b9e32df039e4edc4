//! Sentences for a person when a source cannot be read: what happened, where, and what would work.

use super::store;
use crate::state::LoadError;
use crate::wording::errors as words;
use crewscope_trace::model::{Place, Warning, WarningKind};

/// Bytes of a source's start that are kept to say what it looks like.
pub const HEAD: usize = 512;

/// What kept a source from being read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server answered with this HTTP status.
    Status(u16),
    /// The address is no URL.
    Address,
    /// No answer that this page may read: offline, no such host, or refused by CORS.
    Network,
    /// The page lies on disk, where a browser lets it fetch nothing.
    OnDisk,
    /// Reading broke off. The browser's words.
    BrokeOff(String),
    /// The compressed data is broken, ends early, or is followed by something else. The browser's words.
    Gzip(String),
}

/// What became of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// Where it was fetched from, if it was.
    pub url: Option<String>,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// The first bytes, at most [`HEAD`].
    pub head: Vec<u8>,
    /// What went wrong on the way.
    pub trouble: Option<Trouble>,
}

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
pub fn explain(reports: &[Report], warnings: &[Warning]) -> LoadError {
    match reports {
        [] => error(words::NO_FILE, words::NO_FILE_WHY, words::NO_FILE_HINT),
        [only] => explain_one(only, warnings),
        several => explain_several(several, warnings),
    }
}

/// The warning that keeps one source's trouble visible while others were read.
pub fn warning_of(report: &Report, source: u32) -> Option<Warning> {
    let trouble = report.trouble.as_ref()?;
    let told = of_trouble(report, trouble);
    Some(Warning {
        kind: if report.bytes == 0 {
            WarningKind::UnreadableRecord
        } else {
            WarningKind::TruncatedSource
        },
        message: format!("{} {}", told.detail, told.hint),
        count: 1,
        places: vec![Place {
            source,
            offset: report.bytes,
        }],
    })
}

fn explain_several(reports: &[Report], warnings: &[Warning]) -> LoadError {
    const NAMED: usize = 3;
    let mut details: Vec<String> = reports
        .iter()
        .take(NAMED)
        .map(|report| explain_one(report, &[]).detail)
        .collect();
    if let Some(more) = reports.len().checked_sub(NAMED).filter(|&more| more > 0) {
        details.push(words::the_others(more));
    }
    let said = said_of(warnings);
    error(
        &words::no_trace_in(reports.len()),
        &[&details.join(" "), said.as_str()].concat(),
        words::FORMS,
    )
}

fn explain_one(report: &Report, warnings: &[Warning]) -> LoadError {
    let name = &report.name;
    if let Some(trouble) = &report.trouble {
        // A connection that broke late is beside the point if what came is no trace anyway.
        if report.bytes == 0 || matches!(trouble, Trouble::Status(_) | Trouble::Gzip(_)) {
            return of_trouble(report, trouble);
        }
    }
    let from = report.url.as_deref().unwrap_or(name);
    let said = said_of(warnings);
    match looks(&report.head) {
        Looks::Empty => error(
            words::EMPTY_FILE,
            &words::holds_nothing(from, report.bytes == 0),
            words::EMPTY_FILE_HINT,
        ),
        Looks::Html if report.url.is_some() => error(
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

fn of_trouble(report: &Report, trouble: &Trouble) -> LoadError {
    let name = &report.name;
    let from = report.url.as_deref().unwrap_or(name);
    let read = &size(report.bytes);
    match trouble {
        Trouble::Status(status) => {
            let hint = match status {
                401 | 403 => &words::sign_in(&store::save(from, true)),
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
            &words::no_answer_hint(
                &store::save(from, false),
                store::allow(store::store_of(from)),
            ),
        ),
        Trouble::OnDisk => error(words::ON_DISK, &words::on_disk(from), words::ON_DISK_HINT),
        Trouble::BrokeOff(why) if report.bytes == 0 => error(
            words::UNREADABLE,
            &words::unreadable(from, why),
            words::UNREADABLE_HINT,
        ),
        Trouble::BrokeOff(why) => error(
            words::BROKE_OFF,
            &words::broke_off(from, read, why),
            words::BROKE_OFF_HINT,
        ),
        Trouble::Gzip(why) => error(words::GZIP, &words::gzip(from, read, why), words::GZIP_HINT),
    }
}

/// What the importer had to say, at most its two most frequent remarks.
/// A file of crewai's own that holds nothing of the run: what import says of it.
fn holds_nothing(warnings: &[Warning]) -> Option<&str> {
    let warning = warnings
        .iter()
        .find(|warning| warning.kind == WarningKind::NothingOfRun)?;
    Some(&warning.message)
}

fn said_of(warnings: &[Warning]) -> String {
    let mut most: Vec<&Warning> = warnings.iter().collect();
    // Twice the most frequent of what is left. `sort` would be compiled anew for this: 4 KB to download.
    let mut next = || {
        let at = (0..most.len())
            .rev()
            .max_by_key(|&at| most.get(at).map(|warning| warning.count))?;
        Some(most.remove(at))
    };
    [next(), next()]
        .iter()
        .flatten()
        .fold(String::new(), |said, warning| {
            format!("{said} {}", sentence(&warning.message))
        })
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

    fn file(name: &str, content: &[u8]) -> Report {
        Report {
            name: name.into(),
            bytes: content.len() as u64,
            head: content.to_vec(),
            ..Report::default()
        }
    }

    fn fetched(trouble: Option<Trouble>, content: &[u8]) -> Report {
        Report {
            url: Some("https://ci.example/run.jsonl".into()),
            trouble,
            ..file("run.jsonl", content)
        }
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
                Report {
                    trouble: Some(Trouble::Gzip("junk".into())),
                    ..file("a.gz", b"")
                },
                "gzip data of a.gz",
                "gzip -dc",
            ),
        ];
        for (report, detail, hint) in cases {
            let told = explain(&[report], &[]);
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
            &Report {
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

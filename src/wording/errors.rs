//! Why something could not be opened, read or shown, and what would work. Of each: a title, what happened, and a hint.

use crate::wording::common::forms;
use crate::wording::fill;

/// What can be opened, where something else was.
pub const FORMS: &str = concat!("It opens what CrewAI leaves behind: ", forms!());

// --- names of what has no name ---
pub const DROPPED: &str = "dropped text";
pub const PASTED: &str = "pasted text";

// --- sizes ---
pub const ONE_BYTE: &str = "1 byte";
pub const BYTES: &str = " bytes";
pub const KB: &str = " KB";
pub const MB: &str = " MB";

// --- nothing to read ---
pub const NO_FILE: &str = "Nothing to open";
pub const NO_FILE_WHY: &str = "The drop or the selection holds no file.";
pub const NO_FILE_HINT: &str = "Choose a trace file, or drop one here.";
pub const EMPTY_FILE: &str = "The file is empty";
pub const EMPTY_FILE_HINT: &str =
    "If the run is still going, its trace may be written at the end: open it again later.";
pub const TOO_MANY: &str = "Too many files";
pub const TOO_MANY_HINT: &str =
    "Drop the folder that holds the traces of the runs to look at, or the files themselves.";

/// Of a file without content.
pub fn holds_nothing(name: &str, no_bytes: bool) -> String {
    let what = if no_bytes {
        " holds 0 bytes."
    } else {
        " holds only white space."
    };
    fill("{0}{1}", &[name, what])
}

/// Of a folder.
pub fn too_many(files: usize) -> String {
    fill(
        "The dropped folder holds more than {0} files.",
        &[&files.to_string()],
    )
}

// --- not allowed ---
pub const NOT_ALLOWED: &str = "This address may not be opened here";
pub const NOT_ALLOWED_HINT: &str =
    "The page around the viewer decides which addresses may be opened.";

/// Of an address that the page around the viewer refuses, in that page's words.
pub fn not_allowed(why: &str) -> String {
    fill("{0}.", &[why.trim_end_matches('.')])
}

// --- no trace in it ---
pub const WEB_PAGE: &str = "This is a web page, not a trace";
pub const WEB_PAGE_HINT: &str = "It may be a sign-in page or a page about the file: use the link to the raw file, or download it and open it here.";
pub const WEB_PAGE_OF_STORE: &str = "The store wants a sign-in, or this is a page of its own: save the trace there as JSON and open the file here.";
pub const HTML_FILE_HINT: &str = "Save the raw trace file instead of the page that shows it.";
pub const PACKED: &str = "The file is packed";
pub const BINARY: &str = "This is no text file";
pub const NOTHING_OF_RUN: &str = "This file says nothing of the run";
pub const NO_TRACE_IN_JSON: &str = "No trace in this JSON";
pub const NO_TRACE_IN_TEXT: &str = "No trace in this text";

/// What a server answered with.
pub fn html_answered(from: &str) -> String {
    fill("The server answered {0} with an HTML page.", &[from])
}

/// Of a file that is a web page.
pub fn html_file(name: &str) -> String {
    fill("{0} holds HTML.", &[name])
}

/// Of a file that holds its trace inside (`what`: how it is packed).
pub fn is_packed(name: &str, what: &str) -> String {
    fill("{0} is {1}.", &[name, what])
}

/// Of a file that is no text.
pub fn is_binary(name: &str) -> String {
    fill("{0} holds binary data.", &[name])
}

/// Of JSON without a trace; `said` is what the importer had to say, with a space before it.
pub fn unknown_json(name: &str, said: &str) -> String {
    fill(
        "{0} holds JSON, but no form of trace that crewscope knows.{1}",
        &[name, said],
    )
}

/// Of another text without a trace.
pub fn unknown_text(name: &str, said: &str) -> String {
    fill(
        "{0} holds text, but no form of trace that crewscope knows.{1}",
        &[name, said],
    )
}

/// Of several files.
pub fn no_trace_in(files: usize) -> String {
    fill("No trace in these {0} files", &[&files.to_string()])
}

/// Files of those that are not named.
pub fn the_others(more: usize) -> String {
    fill("The other {0} are no traces either.", &[&more.to_string()])
}

// --- how a file is packed, and how to get at what is inside ---
pub const UNPACK: &str = "Unpack it and open the files inside.";
pub const ZIP: &str = "a ZIP archive";
pub const ZSTD: &str = "compressed with Zstandard";
pub const ZSTD_HINT: &str = "Unpack it (zstd -d) and open the result; gzip opens as it is.";
pub const BZIP2: &str = "compressed with bzip2";
pub const BZIP2_HINT: &str = "Unpack it (bunzip2) and open the result; gzip opens as it is.";
pub const XZ: &str = "compressed with xz";
pub const XZ_HINT: &str = "Unpack it (unxz) and open the result; gzip opens as it is.";
pub const LZ4: &str = "compressed with LZ4";
pub const LZ4_HINT: &str = "Unpack it (lz4 -d) and open the result; gzip opens as it is.";
pub const SQLITE: &str = "an SQLite database";
pub const SQLITE_HINT: &str = "Export the trace from it as JSON.";
pub const PARQUET: &str = "a Parquet file";
pub const PARQUET_HINT: &str = "Export it as JSON Lines.";
pub const A_PDF: &str = "a PDF document";
pub const COLLECTOR: &str =
    "written by the OpenTelemetry Collector with compression: zstd, each message by itself";
pub const COLLECTOR_HINT: &str = "No tool unpacks that: turn the compression off, or its feature gate exporter.file.nativeCompression on and use zstd -d.";
pub const UTF16: &str = "text in UTF-16";
pub const UTF16_HINT: &str = "Save it as UTF-8 and open that.";

// --- servers ---
pub const CHECK_ID: &str =
    "Check the id in the address after ?src=; the store may not keep the trace any more.";
pub const CHECK_ADDRESS: &str = "Check the address after ?src=.";
pub const TRY_LATER: &str = "Try again later, or download the file and open it here.";
pub const DOWNLOAD_IT: &str = "Download the file and open it here.";
pub const NO_ADDRESS: &str = "No such address";
pub const NO_ANSWER: &str = "No answer";
pub const ON_DISK: &str = "A page on disk cannot fetch";
pub const ON_DISK_HINT: &str = "Drop the file onto this page, or choose it with Open.";

/// What a status of HTTP means, behind its number.
pub fn status_means(status: u16) -> &'static str {
    match status {
        401 => " (sign-in needed)",
        403 => " (forbidden)",
        404 => " (not found)",
        410 => " (gone)",
        429 => " (too many requests)",
        500..=599 => " (the server failed)",
        _ => "",
    }
}

/// A status of HTTP as a title.
pub fn status_title(status: &str) -> String {
    fill("HTTP {0}", &[status])
}

/// What a server answered.
pub fn status_answered(from: &str, status: &str, means: &str) -> String {
    fill(
        "The server answered {0} with HTTP status {1}{2}.",
        &[from, status, means],
    )
}

/// Where a sign-in is needed; `command` saves the file.
pub fn sign_in(command: &str) -> String {
    fill("This page sends no cookies and no keys to other sites. Sign in there and download the file, or save it with a key ({0}), then open it here.", &[command])
}

/// Of what is no address.
pub fn no_address(from: &str) -> String {
    fill("{0} is no address that a browser can fetch.", &[from])
}

/// Of a server that did not answer.
pub fn no_answer(from: &str) -> String {
    fill(
        "The server at {0} did not answer or does not allow this page to read it (CORS).",
        &[from],
    )
}

/// What to do then; `command` saves the file, `allow` is what the store needs.
pub fn no_answer_hint(command: &str, allow: &str) -> String {
    fill("Download the file ({0}) and open it here, or let the server send Access-Control-Allow-Origin. {1}", &[command, allow])
}

/// Of an address on a page that was opened from disk.
pub fn on_disk(from: &str) -> String {
    fill("This page was opened from disk, and browsers let such a page read no other file by its address ({0}).", &[from])
}

// --- what makes stores answer a page of another site ---
pub const ALLOW_PHOENIX: &str =
    "Start Phoenix with PHOENIX_ALLOWED_ORIGINS set to the address of this site. ";
pub const ALLOW_TRACES: &str = "Jaeger 2 has cors: allowed_origins: under http: of jaeger_query in its configuration; Tempo needs a proxy that adds the header. ";
pub const ALLOW_GRAFANA: &str = "Grafana answers its own pages only. ";

// --- reading ---
pub const UNREADABLE: &str = "The file cannot be read";
pub const UNREADABLE_HINT: &str = "If it was changed, moved or deleted meanwhile, open it again.";
pub const BROKE_OFF: &str = "Reading broke off";
pub const BROKE_OFF_HINT: &str = "Open it again to read the rest.";
pub const GZIP: &str = "The compressed data is broken";
pub const GZIP_HINT: &str = "Unpack it (gzip -dc) and open the result, or copy the file again.";
pub const NO_CONTENT: &str = "no content came along";
pub const NO_BODY: &str = "the answer has no body";

/// Of a file, with the browser's own words.
pub fn unreadable(from: &str, words: &str) -> String {
    fill("The browser could not read {0} ({1}).", &[from, words])
}

/// Of what was read in part.
pub fn broke_off(from: &str, read: &str, words: &str) -> String {
    fill(
        "{0} broke off after {1} ({2}); everything before that is shown.",
        &[from, read, words],
    )
}

/// Of gzip that does not unpack.
pub fn gzip(from: &str, read: &str, words: &str) -> String {
    fill("The gzip data of {0} is broken, incomplete or followed by something else after {1} of content ({2}); everything before that was read.", &[from, read, words])
}

// --- texts of an open trace ---
pub const TEXT_MISSING: &str = "This text has not been read yet.";
pub const FILE_CHANGED: &str = "the file was changed";

/// Of a text that is not read whole.
pub fn text_too_long(megabytes: u64) -> String {
    fill(
        "This text is too long to show whole ({0} MB).",
        &[&megabytes.to_string()],
    )
}

/// Of a text that is gone.
pub fn text_unreadable(why: &str) -> String {
    fill("The browser cannot read this text any more ({0}). If the file was changed or moved, open it again.", &[why])
}

// --- price files ---
pub const PRICES_TOO_LARGE: &str = "This file is too large for a table of prices.";
pub const PRICES_UNREADABLE: &str = "The browser cannot read this file.";

/// Of an address of prices.
pub fn prices_not_fetched(url: &str) -> String {
    fill("The price file could not be fetched: {0}", &[url])
}

// --- the program itself ---
pub const NO_START: &str = "The reader did not start";
pub const NO_START_HINT: &str = "Reload the page. If it is embedded, its Content Security Policy must allow this worker (worker-src).";
pub const OTHER_VERSION: &str = "The reader is of another version";
pub const OTHER_VERSION_WHY: &str =
    "The page and the program that reads files were not published together.";
pub const OTHER_VERSION_HINT: &str =
    "Reload the page. Whoever hosts it has to replace all files of crewscope at once.";
pub const BROKE_DOWN: &str = "Reading broke down";
pub const BROKE_DOWN_HINT: &str =
    "What was read until then is kept. Please report this with the file's producer and version.";
pub const OUT_OF_MEMORY: &str = "it ran out of memory, or crashed";
pub const READER_CRASHED: &str = "the reader ran out of memory or crashed";
pub const NO_SCRIPT: &str = "its script did not load";
pub const MESSAGE_LOST: &str = "a message did not arrive whole";
pub const OUT_OF_TURN: &str = "a part of the model arrived out of turn";
pub const NO_DOCUMENT: &str = "the element has no document";
pub const NO_VIEW: &str = "the view did not start";
pub const PANIC: &str = "crewscope stopped at an error of its own";
pub const PANIC_HINT: &str =
    "Your file is untouched. Reload the page to go on, and please report this message:";

/// Of the reader, with the browser's own words.
pub fn no_start(words: &str) -> String {
    fill(
        "The browser refused to start the worker that reads files ({0}).",
        &[words],
    )
}

/// Of the reader, with its own words.
pub fn broke_down(words: &str) -> String {
    fill("The reader stopped at an error of its own: {0}.", &[words])
}

/// Of a piece of the model.
pub fn damaged(why: &str) -> String {
    fill("a part of the model arrived damaged ({0})", &[why])
}

/// Of a viewer that cannot be put into a page.
pub fn not_shown(why: &str) -> String {
    fill("crewscope cannot be shown here: {0}", &[why])
}

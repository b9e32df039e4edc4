//! `report`: what a trace says, as JSON.
//!
//! All files together make one trace, as in the viewer; each may be gzip or protobuf. Memory holds the model and one chunk: texts are read from
//! the file again when the report wants them. Exits with 1 if a file cannot be read, with 2 if no trace was found in any.

use crewscope_analysis::findings::{self, Thresholds};
use crewscope_analysis::{report, Prices};
use crewscope_import::{sniff, Importer, Sniffed};
use crewscope_trace::model::TextRef;
use crewscope_trace::text::decode_text;
use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::ExitCode;

/// Bytes handed to the importer at a time.
const CHUNK: usize = 1 << 20;

/// Where the texts of a source are read from.
enum Content {
    /// The file itself.
    Plain(File),
    /// What a gzip or protobuf file held.
    Unpacked(Vec<u8>),
}

impl Content {
    fn text(&mut self, text: TextRef) -> Option<String> {
        let len = usize::try_from(text.len).ok()?;
        match self {
            Self::Plain(file) => {
                let mut bytes = vec![0; len];
                file.seek(SeekFrom::Start(text.offset)).ok()?;
                file.read_exact(&mut bytes).ok()?;
                Some(decode_text(text.form, &bytes))
            }
            Self::Unpacked(bytes) => {
                let start = usize::try_from(text.offset).ok()?;
                Some(decode_text(
                    text.form,
                    bytes.get(start..start.checked_add(len)?)?,
                ))
            }
        }
    }
}

/// How the command is used.
pub const USAGE: &str = "report [--prices PRICES] [--thresholds NAME=VALUE,…] FILE…";

/// Prints the report of files. Ends with 1 if a file cannot be read, with 2 if no trace was found in any.
pub fn run(mut files: Vec<String>) -> ExitCode {
    let mut prices = Prices::bundled();
    let mut thresholds = Thresholds::default();
    while files.len() > 1 && files[0].starts_with("--") {
        let value = files.drain(..2).collect::<Vec<_>>();
        let made = match value[0].as_str() {
            "--prices" => own_prices(&prices, &value[1]).map(|own| prices = own),
            "--thresholds" => match Thresholds::parse(&value[1]) {
                (set, unknown) if unknown.is_empty() => {
                    thresholds = set;
                    Ok(())
                }
                (_, unknown) => Err(format!("no such threshold: {}", unknown.join(" ")).into()),
            },
            _ => Err("unknown option".into()),
        };
        if let Err(error) = made {
            eprintln!("{} {}: {error}", value[0], value[1]);
            return ExitCode::from(1);
        }
    }
    if files.is_empty() {
        eprintln!("usage: crewscope-cli {USAGE}");
        return ExitCode::from(1);
    }
    let mut importer = Importer::new();
    let mut contents = Vec::new();
    for file in &files {
        match read(&mut importer, file) {
            Ok(content) => contents.push(content),
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::from(1);
            }
        }
    }
    let (trace, evidence) = importer.finish_noted();
    let found = findings::find(&trace, &evidence, &thresholds);
    let report = report::report(&trace, &found, &prices, &mut |text| {
        contents.get_mut(text.source as usize)?.text(text)
    });
    let printed = serde_json::to_string_pretty(&report).map_err(io::Error::from);
    match printed.and_then(|json| writeln!(io::stdout(), "{json}")) {
        Ok(()) if trace.executions.is_empty() => ExitCode::from(2),
        Ok(()) => ExitCode::SUCCESS,
        // A closed pipe (`| head`) is no fault.
        Err(_) => ExitCode::SUCCESS,
    }
}

fn own_prices(prices: &Prices, file: &str) -> Result<Prices, Box<dyn Error>> {
    Ok(prices.with_overrides(&std::fs::read_to_string(file)?)?)
}

fn read(importer: &mut Importer, name: &str) -> io::Result<Content> {
    let mut file = File::open(name)?;
    let mut head = Vec::new();
    (&file).take(CHUNK as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    importer.begin_source(name.rsplit('/').next().unwrap_or(name));
    let content = if head.starts_with(&[0x1F, 0x8B]) {
        let mut bytes = Vec::new();
        // What was unpacked before a fault is kept.
        if let Err(error) = flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes) {
            eprintln!(
                "{name}: {error}; the first {} bytes were readable",
                bytes.len()
            );
        }
        unpacked(importer, &bytes[..], &bytes)?.unwrap_or(Content::Unpacked(bytes))
    } else {
        match unpacked(importer, &mut file, &head)? {
            Some(content) => content,
            None => Content::Plain(file),
        }
    };
    importer.end_source();
    Ok(content)
}

/// Imports bytes as they are, or what they hold if they are protobuf: then that is returned.
fn unpacked(
    importer: &mut Importer,
    mut bytes: impl Read,
    head: &[u8],
) -> io::Result<Option<Content>> {
    let mut unpacker = match sniff(head, true) {
        Sniffed::Protobuf(unpacker) => Some(unpacker),
        Sniffed::Other | Sniffed::Unclear => None,
    };
    let mut chunk = vec![0; CHUNK];
    let mut json = Vec::new();
    loop {
        let len = bytes.read(&mut chunk)?;
        let from = json.len();
        match &mut unpacker {
            Some(unpacker) if len == 0 => unpacker.finish(&mut json),
            Some(unpacker) => unpacker.push(&chunk[..len], &mut json),
            None => importer.push(&chunk[..len]),
        }
        importer.push(&json[from..]);
        if len == 0 {
            return Ok(unpacker.map(|_| Content::Unpacked(json)));
        }
    }
}

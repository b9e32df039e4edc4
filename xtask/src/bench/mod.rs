//! `cargo xtask bench`: makes its inputs, opens them in the built page in headless Chromium, and prints how that went beside the browser's own
//! ways of reading the same files, measured in the same run. Single figures vary by half from run to run: the ratios count.

mod check;
mod inputs;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist;
use crate::error::{Error, Result};
use crate::process::{heading, output, run, say};
use crate::project::Project;
use crate::system::{self, Browser};
use crate::tools::Tools;
use inputs::{Maker, Shape};

/// What it is compared with.
const SPEEDSCOPE: &str = "speedscope@1.25.0";

/// How often each of two pages opens a file: medians of five.
const RUNS_OF_A_PAIR: u32 = 5;

/// Disk space that is left alone (bytes).
const RESERVE: u64 = 4 << 30;

/// An input.
#[derive(Clone, Copy, Debug)]
struct Input {
    name: &'static str,
    shape: Shape,
    megabytes: u64,
    runs: u32,
    baselines: &'static [&'static str],
}

const ALL: &[&str] = &["parse", "json", "fetch", "byob", "stream", "slices"];
const READS: &[&str] = &["parse", "byob", "slices"];

const fn input(
    name: &'static str,
    shape: Shape,
    megabytes: u64,
    runs: u32,
    baselines: &'static [&'static str],
) -> Input {
    Input {
        name,
        shape,
        megabytes,
        runs,
        baselines,
    }
}

/// Every time.
const USUAL: &[Input] = &[
    input("payload 1 MB", Shape::Payload, 1, 3, ALL),
    input("payload 10 MB", Shape::Payload, 10, 3, ALL),
    input("payload 100 MB", Shape::Payload, 100, 3, ALL),
    input("payload 500 MB", Shape::Payload, 500, 3, ALL),
    input("dense 100 MB", Shape::Dense, 100, 3, ALL),
    input("1,000,000 spans", Shape::Wide, 1, 1, ALL),
];

/// With `--huge`.
const HUGE: &[Input] = &[
    input("payload 1 GB", Shape::Payload, 1000, 1, READS),
    input("payload 2.5 GB", Shape::Payload, 2500, 1, READS),
    input("payload 5 GB", Shape::Payload, 5000, 1, READS),
];

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The inputs of 1 GB and more as well.
    huge: bool,
    /// Only inputs whose name holds this.
    only: Option<String>,
    /// Count instructions and check the models, and open nothing.
    instructions: bool,
    /// Write the inputs to this folder, and do nothing else.
    make: Option<PathBuf>,
    /// Open each input in this built page and in ours, in turn, and do nothing else.
    against: Option<PathBuf>,
}

impl Options {
    /// Reads the options of the command line.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--huge" => options.huge = true,
                "--instructions" => options.instructions = true,
                "--only" | "--make" | "--against" => {
                    let value = arguments.next();
                    let value =
                        value.ok_or_else(|| Error::Usage(format!("{argument} needs a value")))?;
                    match *argument {
                        "--only" => options.only = Some((*value).to_owned()),
                        "--against" => options.against = Some(PathBuf::from(*value)),
                        _ => options.make = Some(PathBuf::from(*value)),
                    }
                }
                other => return Err(Error::Usage(format!("`{other}` is no option of bench"))),
            }
        }
        Ok(options)
    }

    fn inputs(&self) -> Vec<Input> {
        let huge = if self.huge { HUGE } else { &[] };
        let wanted = |input: &&Input| {
            let only = self.only.as_ref();
            only.is_none_or(|only| input.name.contains(only.as_str()))
        };
        USUAL.iter().chain(huge).filter(wanted).copied().collect()
    }
}

/// Runs the benchmark.
pub fn bench(project: &Project, options: &Options) -> Result<()> {
    if let Some(folder) = &options.make {
        fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        for input in options.inputs() {
            let path = folder.join(format!("{}.json", input.name.replace([' ', ','], "-")));
            let bytes = input.megabytes * 1_000_000;
            let spans = Maker::new(input.shape)
                .write(&path, bytes, None)
                .map_err(Error::io("write", &path))?;
            say(&format!("{}: {spans} spans", path.display()));
        }
        return Ok(());
    }
    let folder = project.root.join("target/bench");
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    if let Some(before) = &options.against {
        return compare(project, &folder, before, &options.inputs());
    }
    heading("the same model however it is read, and instructions");
    check::check(project, &folder)?;
    if options.instructions {
        return Ok(());
    }
    let tools = Tools::ensure(project)?;
    let browser = system::ensure_browser()?;
    if !project.site().join("index.html").is_file() {
        dist::build(project, &tools)?;
    }
    let speedscope = speedscope(&folder);
    let results = folder.join("results.jsonl");
    let _ = fs::remove_file(&results);
    for input in options.inputs() {
        heading(input.name);
        measure(
            project,
            &browser,
            &folder,
            &results,
            &input,
            speedscope.as_deref(),
        )?;
    }
    heading("results");
    run(Command::new("node")
        .arg(project.root.join("xtask/js/bench/table.mjs"))
        .arg(&results))
}

/// Opens inputs in another built page and in ours, in turn.
fn compare(project: &Project, folder: &Path, before: &Path, inputs: &[Input]) -> Result<()> {
    let browser = system::ensure_browser()?;
    let path = folder.join("input.json");
    for input in inputs {
        Maker::new(input.shape)
            .write(&path, input.megabytes * 1_000_000, None)
            .map_err(Error::io("write", &path))?;
        let job = format!(
            "{{\"name\":\"{}\",\"path\":\"{}\",\"runs\":{RUNS_OF_A_PAIR},\"sites\":{{\"before\":\"{}\",\"now\":\"{}\"}}}}",
            input.name,
            path.display(),
            before.display(),
            project.site().display()
        );
        let done = run(Command::new("node")
            .current_dir(&project.root)
            .arg("xtask/js/bench/pair.mjs")
            .arg(job)
            .env("CHROME", &browser.program));
        let _ = fs::remove_file(&path);
        done?;
    }
    Ok(())
}

/// Makes an input, measures it, deletes it.
fn measure(
    project: &Project,
    browser: &Browser,
    folder: &Path,
    results: &Path,
    input: &Input,
    speedscope: Option<&Path>,
) -> Result<()> {
    let bytes = input.megabytes * 1_000_000;
    // A wide trace has as many spans as it is to have, and so about 700 MB.
    let needed = bytes.max(1 << 30) * 2;
    match free(folder) {
        Some(free) if free < needed + RESERVE => {
            say(&format!(
                "bench: skipped, {} GB are free",
                free / 1_000_000_000
            ));
            return Ok(());
        }
        _ => {}
    }
    let path = folder.join("input.json");
    // speedscope's tab crashes above that.
    let peer = speedscope
        .filter(|_| input.shape == Shape::Payload && (10..=100).contains(&input.megabytes));
    let chrome = peer.map(|_| folder.join("input.trace.json"));
    let spans = Maker::new(input.shape)
        .write(&path, bytes, chrome.as_deref())
        .map_err(Error::io("write", &path))?;
    say(&format!("bench: {spans} spans"));
    let job = job(input, &path, chrome.as_deref(), peer);
    let found = output(
        Command::new("node")
            .current_dir(&project.root)
            .arg("xtask/js/bench/run.mjs")
            .arg(job)
            .env("CHROME", &browser.program),
    );
    let _ = fs::remove_file(&path);
    if let Some(chrome) = chrome {
        let _ = fs::remove_file(chrome);
    }
    let found = found?;
    say(found.trim_end());
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(results)
        .map_err(Error::io("open", results))?;
    file.write_all(found.as_bytes())
        .map_err(Error::io("write", results))
}

/// What the script is to do, as JSON. Paths of this machine hold nothing that JSON would have to escape, or the script says so.
fn job(input: &Input, path: &Path, chrome: Option<&Path>, speedscope: Option<&Path>) -> String {
    let baselines: Vec<String> = input
        .baselines
        .iter()
        .map(|way| format!("\"{way}\""))
        .collect();
    let mut job = format!(
        "{{\"name\":\"{}\",\"path\":\"{}\",\"runs\":{},\"zoom\":{},\"end\":{},\"many\":{},\"check\":{},\"baselines\":[{}]",
        input.name,
        path.display(),
        input.runs,
        input.shape != Shape::Payload,
        input.shape == Shape::Payload,
        if input.name == "payload 10 MB" { 20 } else { 0 },
        input.megabytes <= 10 && input.shape == Shape::Payload,
        baselines.join(",")
    );
    if let (Some(chrome), Some(speedscope)) = (chrome, speedscope) {
        job.push_str(&format!(
            ",\"speedscope\":\"{}\",\"chrome\":\"{}\"",
            speedscope.display(),
            chrome.display()
        ));
    }
    job.push('}');
    job
}

/// speedscope in a folder of its own; without a registry the comparison is left out.
fn speedscope(folder: &Path) -> Option<PathBuf> {
    let folder = folder.join("speedscope");
    if !folder.join("node_modules/speedscope").is_dir() {
        let _ = fs::create_dir_all(&folder);
        let installed = run(Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefix",
            ])
            .arg(&folder)
            .arg(SPEEDSCOPE));
        if let Err(error) = installed {
            say(&format!("bench: without speedscope ({error})"));
            return None;
        }
    }
    Some(folder)
}

/// Free bytes where the inputs are written, where `df` can say it.
fn free(folder: &Path) -> Option<u64> {
    let found = output(Command::new("df").args(["-Pk"]).arg(folder)).ok()?;
    let kilobytes: u64 = found
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_choose_inputs() {
        let names = |arguments: &[&str]| {
            let options = Options::parse(arguments).expect("options");
            options
                .inputs()
                .iter()
                .map(|input| input.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&[]).len(), USUAL.len());
        assert_eq!(names(&["--huge"]).len(), USUAL.len() + HUGE.len());
        assert_eq!(
            names(&["--huge", "--only", "GB"]),
            ["payload 1 GB", "payload 2.5 GB", "payload 5 GB"]
        );
        assert!(Options::parse(&["--what"]).is_err() && Options::parse(&["--only"]).is_err());
    }
}

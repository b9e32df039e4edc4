//! `cargo xtask fuzz [--seconds N] [--jobs N] [NAME…]`: runs the fuzz targets, the one of all forms once for each form, and says how many inputs each tried.
//!
//! The targets are instrumented by the compiler and linked with libFuzzer; both need no nightly compiler when no sanitizer is
//! asked for, and none is: our crates hold no `unsafe`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::{heading, run, say, start_error};
use crate::project::Project;
use crate::tools;

/// The longest input tried (bytes): larger ones only cost runs.
const LONGEST: usize = 64 << 10;
/// A single input that takes longer (seconds) is a defect.
const TIMEOUT: u32 = 10;
/// A target that needs more memory (MiB) is a defect.
const MEMORY: u32 = 2048;

/// What to run.
#[derive(Debug)]
pub struct Options {
    seconds: u64,
    jobs: usize,
    names: Vec<String>,
}

impl Options {
    /// Reads the command line.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self {
            seconds: 60,
            jobs: 1,
            names: Vec::new(),
        };
        let mut words = arguments.iter();
        while let Some(&word) = words.next() {
            let mut number = || {
                words
                    .next()
                    .and_then(|text| text.parse::<u64>().ok())
                    .filter(|&number| number > 0)
                    .ok_or_else(|| Error::Usage(format!("{word} needs a number above 0")))
            };
            match word {
                "--seconds" => options.seconds = number()?,
                "--jobs" => options.jobs = usize::try_from(number()?).unwrap_or(usize::MAX),
                _ if word.starts_with('-') => {
                    return Err(Error::Usage(format!("unknown option {word}")));
                }
                name => options.names.push(name.to_owned()),
            }
        }
        Ok(options)
    }
}

/// A target that is running.
struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

/// Builds the targets, gives them their seeds and runs them; fails if one of them found something.
pub fn fuzz(project: &Project, options: &Options) -> Result<()> {
    let folder = project.root.join("fuzz");
    let cargo_fuzz = tools::ensure_fuzz(project)?;
    heading("fuzz: build");
    run(Command::new(&cargo_fuzz)
        .args(["build", "--sanitizer", "none", "--fuzz-dir", "."])
        .current_dir(&folder)
        // Coverage instrumentation is called unstable by the compiler; the fuzz targets are no part of what is shipped.
        .env("RUSTC_BOOTSTRAP", "1"))?;
    run(Command::new("cargo")
        .args(["run", "--quiet", "--release", "--example", "seeds", "--"])
        .args(["../tests/traces", "corpus"])
        .current_dir(&folder))?;
    let names = names(&folder, &options.names)?;
    heading(&format!(
        "fuzz: {} corpora, {} seconds each, {} at a time",
        names.len(),
        options.seconds,
        options.jobs
    ));
    let mut waiting = names.into_iter();
    let mut running: Vec<Running> = Vec::new();
    let mut broken = Vec::new();
    let mut total = 0;
    loop {
        while running.len() < options.jobs {
            let Some(name) = waiting.next() else { break };
            running.push(start(&folder, name, options.seconds)?);
        }
        if running.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(200));
        let mut at = 0;
        while at < running.len() {
            let Ok(Some(status)) = running[at].child.try_wait() else {
                at += 1;
                continue;
            };
            let done = running.swap_remove(at);
            let log = fs::read_to_string(&done.log).unwrap_or_default();
            let runs = executions(&log);
            total += runs;
            if status.success() && runs > 0 {
                let covered = covered(&log);
                say(&format!(
                    "{}: {runs} executions, {covered} places of the program reached, clean",
                    done.name
                ));
            } else {
                say(&format!(
                    "{}: FAILED after {runs} executions, see {}",
                    done.name,
                    done.log.display()
                ));
                broken.push(done.name);
            }
        }
    }
    say(&format!("{total} executions in all"));
    if broken.is_empty() {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "found something: {} (inputs in fuzz/artifacts)",
        broken.join(", ")
    )))
}

/// The corpora that were named, or all: one a form of trace, and one a target that reads something else.
fn names(folder: &Path, asked: &[String]) -> Result<Vec<String>> {
    let folder = folder.join("corpus");
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Error::io("read", &folder))? {
        let path = entry.map_err(Error::io("read", &folder))?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            all.push(name.to_owned());
        }
    }
    all.sort();
    if let Some(unknown) = asked.iter().find(|name| !all.contains(name)) {
        return Err(Error::Usage(format!(
            "nothing to fuzz by the name `{unknown}`; there are {}",
            all.join(", ")
        )));
    }
    Ok(if asked.is_empty() {
        all
    } else {
        asked.to_vec()
    })
}

/// The target that reads a corpus: the one of its name, else the one of all forms.
fn target(folder: &Path, corpus: &str) -> String {
    let own = folder
        .join("fuzz_targets")
        .join(corpus)
        .with_extension("rs");
    let name = if own.is_file() { corpus } else { "forms" };
    name.to_owned()
}

fn start(folder: &Path, name: String, seconds: u64) -> Result<Running> {
    let artifacts = folder.join("artifacts").join(&name);
    fs::create_dir_all(&artifacts).map_err(Error::io("create", &artifacts))?;
    let log = artifacts.join("log.txt");
    let out = fs::File::create(&log).map_err(Error::io("create", &log))?;
    let program = program(folder, &target(folder, &name))?;
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .arg(format!("corpus/{name}"))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={TIMEOUT}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-artifact_prefix=artifacts/{name}/"))
        .arg("-print_final_stats=1")
        .stdout(Stdio::null())
        .stderr(out);
    let child = command
        .spawn()
        .map_err(|error| start_error(&command, error))?;
    Ok(Running { name, child, log })
}

/// Where cargo-fuzz put a target: in a folder that is named after the machine's own triple.
fn program(folder: &Path, name: &str) -> Result<PathBuf> {
    let target = folder.join("target");
    for entry in fs::read_dir(&target).map_err(Error::io("read", &target))? {
        let path = entry
            .map_err(Error::io("read", &target))?
            .path()
            .join("release")
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if path.is_file() {
            return Ok(path);
        }
    }
    Err(Error::Refused(format!("{name} was not built")))
}

/// The number that libFuzzer prints when it ends.
fn executions(log: &str) -> u64 {
    log.lines()
        .rev()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

/// How many places of the program (edges of its flow) the inputs reached together.
fn covered(log: &str) -> u64 {
    log.lines()
        .rev()
        .find_map(|line| line.split_once(" cov: "))
        .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_statistics_are_read() {
        let options = Options::parse(&["--seconds", "5", "otlp", "--jobs", "2"]).unwrap();
        assert_eq!(
            (options.seconds, options.jobs, options.names),
            (5, 2, vec!["otlp".to_owned()])
        );
        assert!(
            Options::parse(&["--seconds"]).is_err() && Options::parse(&["--jobs", "0"]).is_err()
        );
        assert_eq!(
            executions("Done\nstat::number_of_executed_units: 42\nstat::x: 1\n"),
            42
        );
        assert_eq!(
            covered("#9 NEW    cov: 7 ft: 8\n#12\tDONE   cov: 4711 ft: 9 corp: 3/4b\nDone\n"),
            4711
        );
    }
}

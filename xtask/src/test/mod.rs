//! `cargo xtask test`: what a person runs, and with `--all` everything that CI checks.

mod stages;
mod tally;
mod times;

use std::cell::RefCell;
use std::process::Command;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::process::{heading, run_heard, say};
use crate::project::Project;
use crate::tools::{Coming, Tools};
use stages::{Stage, STAGES};
use tally::Tally;
use times::Times;

/// What the user may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Options {
    /// Prints the stages with the time that each took last.
    List,
    /// Runs stages, by their places in [`STAGES`], of end-to-end tests only some files where any are named.
    Run {
        /// In the order of the table.
        stages: Vec<usize>,
        /// Tests that repeat something very often do so as often as CI wants it.
        thorough: bool,
        /// Names of test files, or parts of them; none: all.
        files: Vec<String>,
    },
}

impl Options {
    /// Reads `[--all | --list | STAGE…] [-- FILE…]`.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut parts = arguments.splitn(2, |argument| *argument == "--");
        let chosen = parts.next().unwrap_or_default();
        let files: Vec<String> = parts
            .next()
            .unwrap_or_default()
            .iter()
            .map(|file| (*file).to_owned())
            .collect();
        let all = 0..STAGES.len();
        let stages = match chosen {
            ["--list"] => return Ok(Self::List),
            ["--all"] => all.collect(),
            [] => all.filter(|at| STAGES[*at].daily).collect(),
            names => {
                let known = |name: &&str| STAGES.iter().any(|stage| stage.name == *name);
                if let Some(unknown) = names.iter().find(|name| !known(name)) {
                    return Err(Error::Usage(format!(
                        "there is no stage `{unknown}`; `cargo xtask test --list` lists them\nusage: cargo xtask test [--all | --list | STAGE...] [-- FILE...]"
                    )));
                }
                all.filter(|at| names.contains(&STAGES[*at].name)).collect()
            }
        };
        Ok(Self::Run {
            stages,
            thorough: chosen == ["--all"],
            files,
        })
    }
}

/// What stages share.
pub struct Context<'a> {
    project: &'a Project,
    /// Installed in the background: stages that need them wait.
    coming: RefCell<Coming>,
    files: &'a [String],
    thorough: bool,
    /// Of the stage that runs.
    tally: RefCell<Tally>,
}

impl Context<'_> {
    /// Runs a program and counts the tests that it reports.
    fn run(&self, command: &mut Command) -> Result<()> {
        run_heard(command, |line| self.tally.borrow_mut().add(line))
    }

    fn tools(&self) -> Result<Tools> {
        self.coming.borrow_mut().ready()
    }
}

/// Runs stages, or lists them.
pub fn test(project: &Project, options: &Options) -> Result<()> {
    let mut times = Times::read(project);
    match options {
        Options::List => {
            list(&times);
            Ok(())
        }
        Options::Run {
            stages,
            thorough,
            files,
        } => {
            let context = Context {
                project,
                coming: RefCell::new(begin(project)?),
                files,
                thorough: *thorough,
                tally: RefCell::default(),
            };
            run(&context, stages, &mut times)
        }
    }
}

fn list(times: &Times) {
    for Stage {
        name, what, daily, ..
    } in STAGES
    {
        let time = times
            .of(name)
            .map_or("-".to_owned(), |seconds| format!("{seconds} s"));
        let when = if daily { "" } else { "   (--all only)" };
        say(&format!("{name:<12} {time:>7}   {what}{when}"));
    }
}

/// Begins the set-up, which goes on in the background.
fn begin(project: &Project) -> Result<Coming> {
    heading("set-up");
    Tools::begin(project)
}

/// Runs every stage, even after one has failed: one run then shows all there is to repair.
fn run(context: &Context, stages: &[usize], times: &mut Times) -> Result<()> {
    let begun = Instant::now();
    let mut failed = Vec::new();
    let mut lines = Vec::new();
    for stage in stages.iter().filter_map(|at| STAGES.get(*at)) {
        heading(&format!("{}: {}", stage.name, stage.what));
        let started = Instant::now();
        let result = (stage.run)(context);
        let seconds = started.elapsed().as_secs();
        let verdict = match result {
            Ok(()) => {
                // A time of some files only says nothing of the stage.
                if context.files.is_empty() {
                    times.note(stage.name, seconds);
                }
                "passed"
            }
            Err(error) => {
                say(&format!("FAILED {}: {error}", stage.name));
                failed.push(stage.name);
                "FAILED"
            }
        };
        let tally = context.tally.take();
        lines.push(format!(
            "{:<12} {seconds:>5} s   {verdict}{tally}",
            stage.name
        ));
    }
    times.write(context.project)?;
    heading("result");
    for line in &lines {
        say(line);
    }
    let total = begun.elapsed().as_secs();
    if failed.is_empty() {
        say(&format!(
            "all {} stages passed in {} min {} s",
            lines.len(),
            total / 60,
            total % 60
        ));
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{} of {} stages failed: {}",
        failed.len(),
        lines.len(),
        failed.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::{Options, STAGES};

    fn chosen(arguments: &[&str]) -> Option<(Vec<&'static str>, Vec<String>)> {
        match Options::parse(arguments).ok()? {
            Options::List => None,
            Options::Run { stages, files, .. } => {
                Some((stages.iter().map(|at| STAGES[*at].name).collect(), files))
            }
        }
    }

    #[test]
    fn stages_are_chosen() {
        let (all, _) = chosen(&["--all"]).unwrap();
        assert_eq!(all.len(), STAGES.len());
        let (daily, files) = chosen(&[]).unwrap();
        assert!(files.is_empty() && daily.len() < all.len());
        for name in ["format", "lints", "native", "wasm", "dist", "readme", "e2e"] {
            assert!(daily.contains(&name), "{name}");
        }
        // In the order of the table, whatever the order of the words.
        let (some, files) = chosen(&["e2e", "format", "--", "live", "page"]).unwrap();
        assert_eq!(some, ["format", "e2e"]);
        assert_eq!(files, ["live", "page"]);
        assert_eq!(Options::parse(&["--list"]).ok(), Some(Options::List));
        assert!(Options::parse(&["nothing"]).is_err());
    }
}

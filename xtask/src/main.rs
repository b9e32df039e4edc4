//! The project's commands: `cargo xtask serve | test | dist | examples | fuzz | supply | reproduce | recorder | pack`.
//!
//! Each begins with the same set-up ([`tools::Tools::ensure`]), which installs what a fresh machine lacks and costs next to nothing
//! after that.

mod bench;
mod dist;
mod element;
mod error;
mod examples;
mod fuzz;
mod pack;
mod phoenix;
mod prebuilt;
mod process;
mod project;
mod python;
mod recorder;
mod reproduce;
mod serve;
mod size;
mod supply;
mod system;
mod test;
mod toolchain;
mod tools;

use std::env;
use std::process::ExitCode;

use error::{Error, Result};
use project::Project;

const USAGE: &str = "usage: cargo xtask <command>

  serve [--port N]   build the page, serve it on http://127.0.0.1:8080/ and rebuild it when a file changes
  test [--all | --list | STAGE...] [-- FILE...]
                     what to run before a change is pushed: format, lints, native tests, tests in a browser, what is published and its budgets, the
                     README in a bare clone, end-to-end tests; --all adds what CI checks beside (Firefox, trace stores, real crewai, documentation,
                     examples); --list lists the stages and how long they took; FILE names end-to-end tests
  dist               write dist/site (for any static host), dist/crewscope.html (one file, opens by double click), dist/element (the
                     custom element as an npm package) and the recorder's wheel
  pack               put what dist wrote into dist/release, as a release offers it, with checksums
  bench [--huge] [--only NAME] [--instructions] [--make FOLDER] [--against FOLDER]
                     open large traces in the built page and compare with the browser's own ways of reading them; --huge up to 5 GB;
                     --against: with another built page, in turn, medians of five
  examples           install, build and run examples/ (portals, a notebook, a job of GitHub Actions) with what dist has built
  fuzz [--seconds N] [--jobs N] [NAME...]
                     feed every importer broken input (60 seconds each) and say how many inputs were tried
  supply [--deny]    what we build on: licences, versions, sources, no unsafe code; with --deny also known weaknesses (cargo deny)
  reproduce          build dist here and once more from nothing elsewhere, and compare every byte
  recorder [--all] [--overhead] [VERSION...]
                     test the recorder with real versions of crewai (or measure what it costs), and every command of the documentation

The first run on a machine installs compilers and tools, which takes some minutes; later runs start at once.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Chooses the command.
fn dispatch(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["serve", options @ ..] => {
            serve::serve(&Project::locate()?, serve::Options::parse(options)?)
        }
        ["test", options @ ..] => test::test(&Project::locate()?, &test::Options::parse(options)?),
        ["dist"] => dist::dist(&Project::locate()?),
        ["pack"] => pack::pack(&Project::locate()?),
        ["bench", options @ ..] => {
            bench::bench(&Project::locate()?, &bench::Options::parse(options)?)
        }
        ["examples"] => examples::examples(&Project::locate()?),
        ["fuzz", options @ ..] => fuzz::fuzz(&Project::locate()?, &fuzz::Options::parse(options)?),
        ["recorder", options @ ..] => {
            recorder::recorder(&Project::locate()?, &recorder::Options::parse(options)?)
        }
        ["reproduce"] => reproduce::reproduce(&Project::locate()?),
        ["supply", options @ ..] => supply::supply(&Project::locate()?, options),
        // Not for people: `serve` starts it to print the addresses once the server answers.
        ["announce", port] => serve::announce(serve::parse_port(port)?),
        [] | ["help" | "--help" | "-h"] => {
            process::say(USAGE);
            Ok(())
        }
        _ => Err(Error::Usage(format!(
            "`{}` is not understood\n\n{USAGE}",
            arguments.join(" ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::USAGE;
    use std::fs;
    use std::path::Path;

    /// The workflows cannot run here: what they call has to be what this program knows, and nothing else may build.
    #[test]
    fn workflows_call_known_commands() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows");
        let mut commands = 0;
        for entry in fs::read_dir(folder).expect("the workflows") {
            let text = fs::read_to_string(entry.expect("an entry").path()).expect("a text");
            for line in text
                .lines()
                .map(str::trim)
                .filter_map(|line| line.strip_prefix("- run: "))
            {
                let command = line.strip_prefix("cargo xtask ").unwrap_or_default();
                let command = command.split(' ').next().unwrap_or_default();
                assert!(!command.is_empty(), "`{line}` is no command of xtask");
                assert!(USAGE.contains(&format!("\n  {command} ")), "{line}");
                commands += 1;
            }
        }
        assert!(commands >= 4);
    }
}

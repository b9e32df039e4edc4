//! The project's commands: `cargo xtask serve | test | dist | fuzz | recorder`.
//!
//! Each begins with the same set-up ([`tools::Tools::ensure`]), which installs what a fresh machine lacks and costs next to nothing
//! after that.

mod dist;
mod element;
mod error;
mod fuzz;
mod phoenix;
mod process;
mod project;
mod python;
mod recorder;
mod serve;
mod single;
mod size;
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
  test               everything CI checks: format, lints, native tests, browser tests, size budget, end-to-end tests
  dist               write dist/site (for any static host), dist/crewscope.html (one file, opens by double click), dist/element (the
                     custom element as an npm package) and the recorder's wheel
  fuzz [--seconds N] [--jobs N] [TARGET...]
                     feed every importer broken input (60 seconds each) and say how many inputs were tried
  recorder [--all] [--overhead] [VERSION...]
                     test the recorder with real versions of crewai (or measure what it costs), and every command of the documentation

The first run on a machine installs compilers and tools, which takes 5 to 15 minutes; later runs start at once.";

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
        ["test"] => test::test(&Project::locate()?),
        ["dist"] => dist::dist(&Project::locate()?),
        ["fuzz", options @ ..] => fuzz::fuzz(&Project::locate()?, &fuzz::Options::parse(options)?),
        ["recorder", options @ ..] => {
            recorder::recorder(&Project::locate()?, &recorder::Options::parse(options)?)
        }
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

//! `cargo xtask supply [--deny]`: what we build on, checked. Licences, versions and sources need no network and take a second; known
//! weaknesses need `cargo deny` and its database.

use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{heading, run, say, succeeds};
use crate::project::Project;
use crate::tools;

/// Checks, and with `--deny` has `cargo deny` check, too.
pub fn supply(project: &Project, arguments: &[&str]) -> Result<()> {
    match arguments {
        [] => check(project),
        ["--deny"] => {
            check(project)?;
            deny(project)
        }
        _ => Err(Error::Usage("supply takes --deny or nothing".into())),
    }
}

/// Holds crates and npm packages against `deny.toml`: `xtask/js/supply.mjs` has the rules.
pub fn check(project: &Project) -> Result<()> {
    run(Command::new("node")
        .arg(project.root.join("xtask/js/supply.mjs"))
        .arg(&project.root))
}

/// `cargo deny check`. Its database of weaknesses lies on GitHub: where that cannot be reached, it is said, and the rest is checked; in CI
/// that is a failure.
fn deny(project: &Project) -> Result<()> {
    let program = tools::ensure_deny(project)?;
    heading("cargo deny: licences, bans, sources");
    // Our own check counts versions of the lock file that cargo deny does not see: to it, what is said of them is said in vain.
    let in_vain = ["-A", "unnecessary-skip", "-A", "unmatched-skip"];
    run(ask(project, &program)
        .arg("check")
        .args(in_vain)
        .args(["licenses", "bans", "sources"]))?;
    heading("cargo deny: known weaknesses");
    if succeeds(ask(project, &program).args(["fetch", "db"])) {
        return run(ask(project, &program).args(["check", "advisories"]));
    }
    if std::env::var_os("CI").is_some() {
        return Err(Error::Refused(
            "known weaknesses were not checked: their database cannot be reached".into(),
        ));
    }
    say("NOT CHECKED: the database of weaknesses (github.com/rustsec/advisory-db) cannot be reached from here");
    Ok(())
}

fn ask(project: &Project, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&project.root).arg("--locked");
    command
}

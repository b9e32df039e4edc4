//! The tests against a real Phoenix server: installs it once, sends it the OTLP files of all dialects, and lets the native tests read what it answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{run, say, succeeds};
use crate::project::Project;

/// Versions of Python that Phoenix supports, as a condition in Python.
const PYTHON: &str =
    "import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 15))";

/// Runs the tests; where Phoenix cannot be had, one line says so and nothing fails.
pub fn test(project: &Project) -> Result<()> {
    let folder = project.root.join("tests/phoenix");
    let Some(python) = install(project, &folder.join("requirements.txt"))? else {
        return Ok(());
    };
    let answers = project.root.join("target/phoenix-answers");
    run(Command::new(&python)
        .current_dir(&project.root)
        .arg(folder.join("answers.py"))
        .arg(project.root.join("tests/traces"))
        .arg(&answers))?;
    run(Command::new("cargo")
        .current_dir(&project.root)
        .args([
            "test",
            "--locked",
            "-p",
            "crewscope-trace",
            "--test",
            "expected",
        ])
        .args(["--", "--ignored", "phoenix"])
        .env("CREWSCOPE_PHOENIX", &answers))
}

/// The Python of an environment that holds Phoenix, in the user's cache folder.
fn install(project: &Project, requirements: &Path) -> Result<Option<PathBuf>> {
    let wanted = fs::read_to_string(requirements).map_err(Error::io("read", requirements))?;
    let name: String = wanted.lines().next().unwrap_or_default().replace("==", "-");
    let folder = project.cache.join(name);
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = programs.join(format!("python{}", std::env::consts::EXE_SUFFIX));
    // Written last: an installation that was cut short is not taken for a whole one.
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(python));
    }
    let Some(system) = ["python3", "python"]
        .into_iter()
        .find(|program| succeeds(Command::new(program).args(["-c", PYTHON])))
    else {
        say("skipped: no Python 3.10 to 3.14 with venv here, so no Phoenix to test against");
        return Ok(None);
    };
    say(&format!(
        "set-up: installing Phoenix into {} (about 2 minutes, once on this machine)",
        folder.display()
    ));
    let made = succeeds(
        Command::new(system)
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    );
    let installed = made
        && succeeds(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(requirements),
        );
    if !installed {
        say("skipped: Phoenix cannot be installed here (no network?), so there is none to test against");
        return Ok(None);
    }
    fs::write(&stamp, wanted).map_err(Error::io("write", &stamp))?;
    Ok(Some(python))
}

//! The tests against a real Phoenix server: installs it once, sends it the OTLP files of all dialects, and lets the native tests read what it answers.

use std::fs;
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::run;
use crate::project::Project;
use crate::python;

/// Runs the tests; where Phoenix cannot be had, one line says so and nothing fails.
pub fn test(project: &Project) -> Result<()> {
    let folder = project.root.join("tests/phoenix");
    let requirements = folder.join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).map_err(Error::io("read", &requirements))?;
    let name: String = wanted.lines().next().unwrap_or_default().replace("==", "-");
    // The versions of Python that Phoenix supports.
    let versions = [(3, 10), (3, 15)];
    let Some(environment) = python::by_pip(project, &name, &wanted, versions, "about 2 minutes")?
    else {
        return Ok(());
    };
    let answers = project.root.join("target/phoenix-answers");
    run(Command::new(environment.python())
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
            "crewscope-cli",
            "--test",
            "expected",
        ])
        .args(["--", "--ignored", "phoenix"])
        .env("CREWSCOPE_PHOENIX", &answers))
}

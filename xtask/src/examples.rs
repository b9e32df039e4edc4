//! `cargo xtask examples`: what the end-to-end tests of `examples/` open. Installs and builds the portals, runs the notebook, and runs the
//! job of GitHub Actions. `dist` must have been built before.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{heading, run, say};
use crate::project::Project;
use crate::python::{self, Environment};
use crate::recorder;
use crate::tools;

/// What runs the notebook, beside crewai and the recorder.
const NOTEBOOK: &str = "nbconvert==7.17.2\nipykernel==7.4.0\n";

/// Builds and runs all of them.
pub fn examples(project: &Project) -> Result<()> {
    portals(project)?;
    let work = project.root.join("target/examples");
    fs::create_dir_all(&work).map_err(Error::io("create", &work))?;
    let Some(python) = environment(project)? else {
        say("skipped: the notebook and the job of GitHub Actions");
        return Ok(());
    };
    notebook(project, &python, &work.join("jupyter"))?;
    job(project, &python, &work)
}

/// The portals of all frameworks, by what their lock file names.
fn portals(project: &Project) -> Result<()> {
    heading("examples: portals");
    let folder = project.root.join("examples");
    if !project.root.join("dist/element/package.json").is_file() {
        return Err(Error::Missing(
            "the examples use dist/element: run `cargo xtask dist` first".into(),
        ));
    }
    tools::ensure_npm(
        &folder,
        "node_modules/.bin/vite",
        "Vite, webpack, React, Vue and Svelte; about 30 seconds",
    )?;
    run(Command::new(tools::npm())
        .current_dir(&folder)
        .args(["run", "build", "--silent"]))
}

/// Runs the notebook from its first cell to its last, and keeps it as a page.
fn notebook(project: &Project, python: &Environment, folder: &Path) -> Result<()> {
    heading("examples: notebook");
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let trace = project.root.join("tests/traces/sample.jsonl");
    fs::copy(&trace, folder.join("run.jsonl")).map_err(Error::io("copy", &trace))?;
    let name = "crewscope.ipynb";
    let source = project.root.join("examples/jupyter").join(name);
    fs::copy(&source, folder.join(name)).map_err(Error::io("copy", &source))?;
    run(Command::new(python.python())
        .current_dir(folder)
        .args([
            "-m",
            "nbconvert",
            "--log-level=ERROR",
            "--execute",
            "--to",
            "html",
            name,
        ])
        // The kernel of this environment, whatever others the user has.
        .env("JUPYTER_PREFER_ENV_PATH", "1"))
}

/// Runs the job: of a crew that works, and of one that fails.
fn job(project: &Project, python: &Environment, work: &Path) -> Result<()> {
    heading("examples: job of GitHub Actions");
    let Some(wheel) = recorder::wheel(project)? else {
        return Ok(());
    };
    for (name, more) in [("job", None), ("job-failed", Some("fail"))] {
        run(Command::new(python.python())
            .arg("-B")
            .arg(project.root.join("tests/examples/job.py"))
            .args([&project.root, &work.join(name), &wheel])
            .args(more))?;
    }
    Ok(())
}

/// Python with crewai, Jupyter's kernel and today's recorder.
fn environment(project: &Project) -> Result<Option<Environment>> {
    let Some(tools) = python::tools(project)? else {
        return Ok(None);
    };
    let Some(wheel) = recorder::wheel(project)? else {
        return Ok(None);
    };
    let wanted = format!("{}{NOTEBOOK}", recorder::current(project));
    let found = python::by_uv(project, &tools, "examples", &wanted, recorder::PYTHON)?;
    let Some(environment) = found else {
        return Ok(None);
    };
    run(python::uv(project, &tools)
        .args([
            "pip",
            "install",
            "--quiet",
            "--offline",
            "--no-deps",
            "--reinstall",
            "--python",
        ])
        .arg(environment.python())
        .arg(&wheel))?;
    Ok(Some(environment))
}

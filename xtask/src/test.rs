//! `cargo xtask test`: everything that CI checks, in the order in which it fails soonest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist;
use crate::error::{Error, Result};
use crate::examples;
use crate::phoenix;
use crate::process::{heading, run, say};
use crate::project::Project;
use crate::recorder;
use crate::supply;
use crate::system::{self, Browser};
use crate::toolchain::{self, TARGET};
use crate::tools::Tools;

/// Seconds for one program of browser tests; the runner's own 20 are too few for a busy machine.
const BROWSER_TEST_SECONDS: &str = "300";

/// A stage's name and what it does.
type Stage<'a> = (&'a str, Box<dyn Fn() -> Result<()> + 'a>);

/// Runs every stage, even after one has failed: one run then shows all there is to repair.
pub fn test(project: &Project) -> Result<()> {
    heading("set-up");
    toolchain::ensure_lints()?;
    let tools = Tools::ensure(project)?;
    let browser = system::ensure_browser()?;
    let firefox = system::ensure_firefox()?;
    system::try_nginx();
    let stages: [Stage; 11] = [
        (
            "format: cargo fmt",
            Box::new(|| native(project, &["fmt", "--all", "--check"])),
        ),
        (
            "lints: cargo clippy",
            Box::new(|| {
                native(
                    project,
                    &[
                        "clippy",
                        "--workspace",
                        "--all-targets",
                        "--locked",
                        "--",
                        "-D",
                        "warnings",
                    ],
                )
            }),
        ),
        (
            "supply chain: licences, versions, sources",
            Box::new(|| supply::check(project)),
        ),
        (
            "native tests: cargo test",
            Box::new(|| native(project, &["test", "--workspace", "--locked"])),
        ),
        (
            "trace stores: what a real Phoenix answers",
            Box::new(|| phoenix::test(project)),
        ),
        (
            "browser tests: cargo test for wasm in headless Chromium",
            Box::new(|| in_browser(project, &tools, &browser)),
        ),
        (
            "distribution and size budget",
            Box::new(|| dist::build(project, &tools)),
        ),
        (
            "recorder and documentation: real versions of crewai, every command",
            Box::new(|| recorder::recorder(project, &recorder::Options::lean())),
        ),
        (
            "examples: portals, notebook, job",
            Box::new(|| examples::examples(project)),
        ),
        (
            "end-to-end tests: node --test tests/e2e, in Chromium",
            Box::new(|| end_to_end(project, &[("CHROME", &browser.program)])),
        ),
        (
            "end-to-end tests: node --test tests/e2e, in Firefox",
            Box::new(|| {
                end_to_end(
                    project,
                    &[("BROWSER", Path::new("firefox")), ("FIREFOX", &firefox)],
                )
            }),
        ),
    ];
    let mut failed = Vec::new();
    for (name, stage) in &stages {
        heading(name);
        if let Err(error) = stage() {
            say(&format!("FAILED {name}: {error}"));
            failed.push(*name);
        }
    }
    heading("result");
    if failed.is_empty() {
        say("all stages passed");
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{} of {} stages failed: {}",
        failed.len(),
        stages.len(),
        failed.join("; ")
    )))
}

/// `cargo` with the machine's own compiler.
fn native(project: &Project, arguments: &[&str]) -> Result<()> {
    run(Command::new("cargo")
        .current_dir(&project.root)
        .args(arguments))
}

/// Tests of the browser program, inside a browser.
fn in_browser(project: &Project, tools: &Tools, browser: &Browser) -> Result<()> {
    let mut cargo = tools.cargo(project)?;
    cargo
        .args(["test", "--locked", "--target", TARGET])
        // No documentation tests: each would start a browser of its own.
        .args(["--package", "crewscope", "--lib", "--tests"])
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS)
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    run(&mut cargo)
}

/// Tests of the built page as a user's browser sees it.
fn end_to_end(project: &Project, browser: &[(&str, &Path)]) -> Result<()> {
    let folder = project.root.join("tests/e2e");
    let files = test_files(&folder)?;
    if files.is_empty() {
        say("no end-to-end tests yet (tests/e2e/*.test.mjs)");
        return Ok(());
    }
    // One file at a time: two browsers on two cores slow each other into time-outs.
    run(Command::new("node")
        .current_dir(&project.root)
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files)
        .envs(browser.iter().copied()))
}

/// The test files of a folder, in order of name. Named one by one, because Node.js versions differ in what a folder means.
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let path = entry.map_err(Error::io("read", folder))?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

//! `cargo xtask dist`: the page for static hosts in `dist/site` with its size table, the single file, the npm package, and the recorder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::element;
use crate::error::{Error, Result};
use crate::process::{heading, run, say};
use crate::project::Project;
use crate::recorder;
use crate::size;
use crate::tools::Tools;

/// Sets up, builds and measures.
pub fn dist(project: &Project) -> Result<()> {
    build(project, &Tools::ensure(project)?)
}

/// Builds and measures with tools that are there. A page above its budget is refused, but only after all is built.
pub fn build(project: &Project, tools: &Tools) -> Result<()> {
    heading("dist/site");
    site(project, tools)?;
    heading("dist/site/embed.html, in place of index.html and boot.js");
    let site = project.site();
    size::show(
        project,
        &size::needed_by(project, &site, size::Entry::Frame)?,
    )?;
    heading("dist/crewscope.html");
    let single = project.single_file();
    fs::copy(site.join("crewscope.html"), &single).map_err(Error::io("write", &single))?;
    size::show(project, &[single])?;
    heading("dist/element");
    element::build(project, tools)?;
    heading("dist/site, all that the page needs");
    offline(project, &site)?;
    let verdict = size::check(project, &site);
    heading("dist/site-hashed");
    hash_names(project)?;
    offline(project, &project.root.join("dist/site-hashed"))?;
    heading("dist/recorder");
    recorder::wheel(project)?;
    verdict
}

/// Has Trunk build the release page, made small: Trunk's hook (`xtask/js/assemble.mjs`) does the steps that every build of the page has.
fn site(project: &Project, tools: &Tools) -> Result<()> {
    say("dist: building the release page (1 to 4 minutes the first time, about 1 minute after a change)");
    run(tools
        .trunk(project)?
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            without_paths(project),
        )
        .env("CREWSCOPE_OPTIMIZE", "1")
        .args(["build", "--release", "--locked", "--dist", "dist/site"]))
}

/// Beside the flags of `.cargo/config.toml`: a panic says where it happened, and no path of this machine comes into the program with that.
fn without_paths(project: &Project) -> String {
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let places = [(Some(project.root.clone()), "crewscope"), (cargo, "cargo")];
    let remap = |(place, name): (Option<PathBuf>, &str)| {
        Some(format!("--remap-path-prefix={}={name}", place?.display()))
    };
    places
        .into_iter()
        .filter_map(remap)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Writes the page once more, with the hash of each file's content in its name, for hosts that let browsers keep files for ever.
fn hash_names(project: &Project) -> Result<()> {
    run(Command::new("node")
        .arg(project.root.join("xtask/js/hash-names.mjs"))
        .arg(project.site())
        .arg(project.root.join("dist/site-hashed")))
}

/// Makes a built page installable and able to work without a network. The service worker names the hashes of all files, so this comes last.
fn offline(project: &Project, site: &Path) -> Result<()> {
    run(Command::new("node")
        .arg(project.root.join("xtask/js/offline.mjs"))
        .arg(site)
        .arg(project.root.join("web/app")))
}

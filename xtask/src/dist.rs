//! `cargo xtask dist`: the page for static hosts in `dist/site` with its size table, the single file, the npm package, and the recorder.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::element;
use crate::error::{Error, Result};
use crate::process::{heading, run, say};
use crate::project::Project;
use crate::recorder;
use crate::size;
use crate::toolchain::Std;
use crate::tools::Tools;

/// Beside the flags of `.cargo/config.toml`: panics keep their messages, but name no line of the source (10 KB less to download, and no
/// path of this machine in it), and `{:?}` writes nothing (3 KB; only panics use it). What every byte passes is compiled for speed all the same
/// (`trace/src/lib.rs`). Not stable; both compilers used here have them.
const SMALLER: &str = "-Zlocation-detail=none -Zfmt-debug=none --cfg speed";

/// The second part of the program, which the page fetches when it works: `xtask/js/split.mjs` says how.
pub const LATER: &str = "crewscope_later.wasm";

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
        .trunk(project, Std::Small)?
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", SMALLER)
        .env("CREWSCOPE_OPTIMIZE", "1")
        .args(["build", "--release", "--locked", "--dist", "dist/site"]))
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

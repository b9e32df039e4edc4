//! `cargo xtask dist`: the page for static hosts in `dist/site` with its size table, the single file, the npm package, and the recorder.

use std::path::Path;
use std::process::Command;

use crate::element;
use crate::error::Result;
use crate::process::{heading, run, say};
use crate::project::Project;
use crate::recorder;
use crate::single;
use crate::size;
use crate::tools::Tools;

/// Beside the flags of `.cargo/config.toml`: panics keep their messages, but name no line of the source (10 KB less to download, and no
/// path of this machine in it), and `{:?}` writes nothing (3 KB; only panics use it). What every byte passes is compiled for speed all the same
/// (`trace/src/lib.rs`). Not stable; both compilers used here have them.
const SMALLER: &str = "-Zlocation-detail=none -Zfmt-debug=none --cfg speed";

/// Scripts of the site that are shortened in place.
const SCRIPTS: [&str; 20] = [
    "crewscope.js",
    "boot.js",
    "embed.js",
    "guard.js",
    "crew-scope.js",
    "define.js",
    "ends.js",
    "export.js",
    "follow.js",
    "inputs.js",
    "manifest.js",
    "mask.js",
    "note.js",
    "offline.js",
    "program.js",
    "samples.js",
    "serve.js",
    "tail.js",
    "version.js",
    "worker.js",
];

/// The second part of the program, which the page fetches when it works: `xtask/js/split.mjs` says how.
pub const LATER: &str = "crewscope_later.wasm";

/// Whether the functions keep their names when the wasm is made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Needed by what goes through the program afterwards.
    Kept,
    /// Not downloaded.
    Dropped,
}

/// What the frame loads in place of `index.html` and `boot.js`.
const FRAME: [&str; 10] = [
    "embed.html",
    "embed.js",
    "guard.js",
    "crew-scope.js",
    "ends.js",
    "inputs.js",
    "note.js",
    "program.js",
    "tail.js",
    "version.js",
];

/// Sets up, builds and measures.
pub fn dist(project: &Project) -> Result<()> {
    build(project, &Tools::ensure(project)?)
}

/// Builds and measures with tools that are there. A page above its budget is refused, but only after all is built.
pub fn build(project: &Project, tools: &Tools) -> Result<()> {
    heading("dist/site");
    site(project, tools)?;
    heading("dist/site/embed.html, in place of index.html and boot.js");
    let frame = FRAME.map(|name| project.site().join(name));
    size::show(project, &frame)?;
    heading("dist/crewscope.html");
    single::build(project, tools)?;
    size::show(project, &[project.single_file()])?;
    heading("dist/element");
    element::build(project, tools)?;
    heading("dist/site, all that the page needs");
    offline(project, &project.site())?;
    let verdict = size::check(project, &project.site());
    heading("dist/site-hashed");
    hash_names(project)?;
    offline(project, &project.root.join("dist/site-hashed"))?;
    heading("dist/recorder");
    recorder::wheel(project)?;
    verdict
}

/// Has Trunk build the release page. It runs `wasm-bindgen` and `wasm-opt` from the tools.
fn site(project: &Project, tools: &Tools) -> Result<()> {
    say("dist: building the release page (1 to 4 minutes the first time, about 1 minute after a change)");
    run(tools
        .trunk(project)?
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", SMALLER)
        .args(["build", "--release", "--locked"]))?;
    let site = project.site();
    let [glue, wasm, later] =
        ["crewscope.js", "crewscope_bg.wasm", LATER].map(|name| site.join(name));
    shrink(project, tools, &glue, &wasm, Names::Kept)?;
    run(tools
        .program(project, "node")?
        .arg(project.root.join("xtask/js/split.mjs"))
        .args([&glue, &wasm, &later])
        .arg(project.root.join("xtask/js/later.txt")))?;
    for script in SCRIPTS {
        minify(project, tools, &site.join(script), &["--format=esm"])?;
    }
    Ok(())
}

/// Makes what wasm-bindgen wrote smaller, in place: shorter names in glue and wasm, then `wasm-opt`. Without hashes in the names that
/// both share, and without what only they kept, there are 10 KB less to download. The flat form lets it see more: 2 KB. Large functions
/// stay apart even where they have one caller (`-ocimfs`): in smaller ones the same patterns come back, 1 KB.
pub fn shrink(
    project: &Project,
    tools: &Tools,
    glue: &Path,
    wasm: &Path,
    names: Names,
) -> Result<()> {
    run(Command::new("node")
        .arg(project.root.join("xtask/js/shorten.mjs"))
        .args([glue, wasm]))?;
    run(tools
        .program(project, "wasm-opt")?
        .args(["--flatten", "--rereloop", "-Os", "-Os", "-ocimfs", "50"])
        .args(["--low-memory-unused", "--reorder-functions-by-name"])
        .args((names == Names::Kept).then_some("-g"))
        .arg(wasm)
        .arg("-o")
        .arg(wasm))
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

/// Shortens a script in place. Names that others import stay.
pub fn minify(project: &Project, tools: &Tools, script: &Path, more: &[&str]) -> Result<()> {
    run(tools
        .program(project, "esbuild")?
        .args(["--minify", "--log-level=warning", "--allow-overwrite"])
        .args(more)
        .arg(format!("--outfile={}", script.display()))
        .arg(script))
}

//! `cargo xtask dist`: the page for static hosts in `dist/site` with its size table, and the single file.

use crate::error::Result;
use crate::process::{heading, run, say};
use crate::project::Project;
use crate::single;
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
    let verdict = size::check(project, &project.site());
    heading("dist/crewscope.html");
    single::build(project, tools)?;
    size::show(project, &project.single_file())?;
    verdict
}

/// Has Trunk build the release page. It runs `wasm-bindgen` and `wasm-opt` from the tools.
fn site(project: &Project, tools: &Tools) -> Result<()> {
    say("dist: building the release page (1 to 4 minutes the first time, about 1 minute after a change)");
    run(tools
        .trunk(project)?
        .args(["build", "--release", "--locked"]))
}

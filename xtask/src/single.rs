//! `dist/crewscope.html`: the whole viewer in one file that works by double click.
//!
//! A hosted page never opens from `file://`, where browsers refuse modules, fetch and workers from files. So the wasm that
//! Trunk's build left is bound once more as a plain script, and everything goes into one page.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::dist::{minify, shrink, Names};
use crate::error::{Error, Result};
use crate::process::{run, say};
use crate::project::Project;
use crate::toolchain::TARGET;
use crate::tools::Tools;

/// Writes the file; `dist/site` must have been built before.
pub fn build(project: &Project, tools: &Tools) -> Result<()> {
    say("dist: binding the same wasm for one file (about 10 seconds)");
    let work = project.wasm_target().join("single");
    fs::create_dir_all(&work).map_err(Error::io("create", &work))?;
    let compiled = project
        .wasm_target()
        .join(TARGET)
        .join("release/crewscope.wasm");
    let wasm = work.join("crewscope_bg.wasm");
    run(tools
        .program(project, "wasm-bindgen")?
        .args([
            "--target",
            "no-modules",
            "--no-typescript",
            "--out-name",
            "crewscope",
            "--out-dir",
        ])
        .arg(&work)
        .arg(&compiled))?;
    let glue = work.join("crewscope.js");
    shrink(project, tools, &glue, &wasm, Names::Dropped)?;
    minify(project, tools, &glue, &[])?;
    // Its imports come along: a page from the disk loads no module.
    let boot = work.join("boot.js");
    run(tools
        .program(project, "esbuild")?
        .args([
            "--bundle",
            "--minify",
            "--format=iife",
            "--log-level=warning",
        ])
        .arg(format!("--outfile={}", boot.display()))
        .arg(project.root.join("web/boot-single.js")))?;
    let web = |name: &str| project.root.join("web").join(name);
    let inputs: [&Path; 8] = [
        &web("single.html"),
        &web("page.css"),
        &glue,
        &boot,
        &wasm,
        &project.single_file(),
        &web("samples.js"),
        &project.root.join("tests/traces"),
    ];
    run(Command::new("node")
        .arg(project.root.join("xtask/js/single-file.mjs"))
        .args(inputs))
}

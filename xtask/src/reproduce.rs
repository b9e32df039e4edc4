//! `cargo xtask reproduce`: builds `dist` here and a second time from nothing, in a copy of the sources at another place, and compares every byte.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::dist;
use crate::error::{Error, Result};
use crate::process::{heading, output, run, say};
use crate::project::{Project, WASM_TARGET};

/// Builds twice and compares. The copy goes when both are the same, and stays for a look when they are not.
pub fn reproduce(project: &Project) -> Result<()> {
    heading("reproduce: the first build");
    dist::dist(project)?;
    // A path of another length: what of it got into the files would move all that follows.
    let copy =
        std::env::temp_dir().join(format!("crewscope-{}/a/second/build", std::process::id()));
    heading(&format!(
        "reproduce: the second build, in {}",
        copy.display()
    ));
    copy_sources(project, &copy)?;
    run(Command::new("cargo")
        .current_dir(&copy)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove(WASM_TARGET)
        .args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "xtask",
            "--",
            "dist",
        ]))?;
    heading("reproduce: both compared");
    run(Command::new("node")
        .arg(project.root.join("xtask/js/same.mjs"))
        .args([project.root.join("dist"), copy.join("dist")]))?;
    let whole = copy.ancestors().nth(3).unwrap_or(&copy);
    fs::remove_dir_all(whole).map_err(Error::io("remove", whole))?;
    say("reproduce: two builds, the same bytes");
    Ok(())
}

/// What git knows of, and what is new; nothing that was built.
fn copy_sources(project: &Project, to: &Path) -> Result<()> {
    let list = output(Command::new("git").current_dir(&project.root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    for name in list.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (project.root.join(name), to.join(name));
        // Deleted and not committed yet.
        if !from.exists() {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        }
        fs::copy(&from, &to).map_err(Error::io("write", &to))?;
    }
    Ok(())
}

//! `cargo xtask pack`: what a release offers for download, from a built `dist`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::element::NOTICES;
use crate::error::{Error, Result};
use crate::process::{heading, output, run, say};
use crate::project::Project;

/// Writes `dist/release`: the single file, the site and the npm package as archives, the recorder's wheel, and their checksums.
pub fn pack(project: &Project) -> Result<()> {
    heading("dist/release");
    let dist = project.root.join("dist");
    let release = dist.join("release");
    if release.is_dir() {
        fs::remove_dir_all(&release).map_err(Error::io("remove", &release))?;
    }
    fs::create_dir_all(&release).map_err(Error::io("create", &release))?;
    let single = project.single_file();
    if !single.is_file() {
        return Err(Error::Refused(
            "nothing is built: run `cargo xtask dist` first".into(),
        ));
    }
    copy(&single, &release)?;
    copy(&dist.join("element").join(NOTICES), &release)?;
    run(Command::new("tar")
        .arg("-czf")
        .arg(release.join("crewscope-site.tar.gz"))
        .arg("-C")
        .args([project.site().as_path(), Path::new(".")]))?;
    run(Command::new("npm")
        .current_dir(dist.join("element"))
        .args(["pack", "--silent", "--pack-destination"])
        .arg(&release))?;
    let wheels = dist.join("recorder");
    let mut found = false;
    for entry in fs::read_dir(&wheels).map_err(Error::io("read", &wheels))? {
        copy(&entry.map_err(Error::io("read", &wheels))?.path(), &release)?;
        found = true;
    }
    if !found {
        return Err(Error::Refused(
            "the recorder's wheel is not built (Python 3.10 or newer is needed)".into(),
        ));
    }
    let sums = output(
        Command::new("node")
            .arg(project.root.join("xtask/js/checksums.mjs"))
            .arg(&release),
    )?;
    say(sums.trim_end());
    Ok(())
}

fn copy(file: &Path, folder: &Path) -> Result<()> {
    let to = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, &to)
        .map(drop)
        .map_err(Error::io("write", &to))
}

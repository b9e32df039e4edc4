//! That speed changes no result: the model is the same for every size of chunk, and instructions are counted, which are the same every time.

use std::path::Path;
use std::process::Command;

use super::inputs::{Maker, Shape};
use crate::error::{Error, Result};
use crate::process::{output, run, say};
use crate::project::Project;
use crate::system;

/// Sizes of chunks (bytes): less than a block of the framer, odd ones, what browsers give, all at once.
const CHUNKS: [&str; 6] = ["61", "1000", "65536", "65537", "2097152", "99999999"];

/// Reads a small input of each shape natively.
pub fn check(project: &Project, folder: &Path) -> Result<()> {
    run(Command::new("cargo").current_dir(&project.root).args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "crewscope-cli",
        "--example",
        "measure",
    ]))?;
    let measure = project.root.join("target/release/examples/measure");
    for (name, shape) in [("payload", Shape::Payload), ("dense", Shape::Dense)] {
        // Kept: whoever changes the reader may want to run `measure` on it by hand.
        let path = folder.join(format!("check-{name}.json"));
        let spans = Maker::new(shape)
            .write(&path, 10_000_000, None)
            .map_err(Error::io("write", &path))?;
        let mut models = Vec::new();
        for chunk in CHUNKS {
            let told = output(Command::new(&measure).args(["--chunk", chunk]).arg(&path))?;
            let model = told
                .trim()
                .rsplit(' ')
                .next()
                .unwrap_or_default()
                .to_owned();
            models.push(model);
        }
        models.dedup();
        if models.len() != 1 {
            return Err(Error::Refused(format!(
                "{name}: the model depends on the size of chunks ({})",
                models.join(", ")
            )));
        }
        let instructions = instructions(&measure, &path);
        say(&format!(
            "{name} 10 MB, {spans} spans: model {} for chunks of {} bytes; {}",
            models.concat(),
            CHUNKS.join(", "),
            instructions.unwrap_or_else(|| "no valgrind, instructions not counted".into())
        ));
    }
    Ok(())
}

/// Instructions that reading takes, in all and in the framer, as `valgrind` counts them.
fn instructions(measure: &Path, path: &Path) -> Option<String> {
    system::on_path("valgrind")?;
    let counted = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(measure)
        .arg("--no-hash")
        .arg(path)
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&counted.stderr).into_owned();
    let (_, count) = told.rsplit_once("Collected :")?;
    let count = count.split_whitespace().next()?;
    Some(format!("{count} instructions"))
}

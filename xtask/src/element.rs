//! `dist/element`: the custom element as an npm package that needs no bundler; `dist/site` must have been built before.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::run;
use crate::project::Project;
use crate::size;
use crate::tools::Tools;

/// Scripts of the package. What they import is bundled, except the others of them and the glue of the two programs.
const SCRIPTS: [&str; 5] = [
    "crew-scope.js",
    "define.js",
    "worker.js",
    "manifest.js",
    "export.js",
];

/// Files that are copied as they are: from `web/package`, and from what was built.
const OWN: [&str; 3] = ["crew-scope.d.ts", "README.md", "package.json"];
const BUILT: [&str; 4] = [
    "crewscope.js",
    "crewscope_bg.wasm",
    "crewscope-reader.js",
    "crewscope-reader_bg.wasm",
];

/// Our own licences, and the notices of what is linked into the program.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];
pub const NOTICES: &str = "THIRD-PARTY.txt";

/// The single file, under a name by which bundlers leave it as it is.
const TEMPLATE: &str = "crewscope-html.txt";

/// Writes the package, and the single file beside the scripts that save a page with it.
pub fn build(project: &Project, tools: &Tools) -> Result<()> {
    let scripts = project.root.join("web/element");
    let package = project.root.join("web/package");
    let to = project.root.join("dist/element");
    check_version(&scripts.join("version.js"), "version = '{}'")?;
    check_version(&package.join("package.json"), "\"version\": \"{}\"")?;
    if to.is_dir() {
        fs::remove_dir_all(&to).map_err(Error::io("remove", &to))?;
    }
    fs::create_dir_all(&to).map_err(Error::io("create", &to))?;
    for script in SCRIPTS {
        run(tools
            .program(project, "esbuild")?
            .args([
                "--bundle",
                "--minify",
                "--format=esm",
                "--log-level=warning",
                "--external:./crewscope.js",
                "--external:./crewscope-reader.js",
                "--external:./crew-scope.js",
                "--external:./export.js",
                "--external:./manifest.js",
            ])
            .arg(format!("--outfile={}", to.join(script).display()))
            .arg(scripts.join(script)))?;
    }
    for name in OWN {
        copy(&package.join(name), &to.join(name))?;
    }
    for name in BUILT {
        copy(&project.site().join(name), &to.join(name))?;
    }
    for name in LICENCES {
        copy(&project.root.join(name), &to.join(name))?;
    }
    run(Command::new("node")
        .arg(project.root.join("xtask/js/notices.mjs"))
        .args([&project.root, &to.join(NOTICES)]))?;
    copy(&project.single_file(), &to.join(TEMPLATE))?;
    let sized = SCRIPTS.into_iter().chain(BUILT).chain([TEMPLATE]);
    let sized: Vec<_> = sized.map(|name| to.join(name)).collect();
    size::show(project, &sized)
}

/// The package, its script and the crate say one version. `line` is how the file says it.
fn check_version(path: &Path, line: &str) -> Result<()> {
    let line = line.replace("{}", env!("CARGO_PKG_VERSION"));
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    if text.contains(&line) {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{} must say {line}",
        path.display()
    )))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map_err(Error::io("copy", from))?;
    Ok(())
}

//! `cargo xtask recorder`: the Python package that writes traces, held against real versions of crewai and a scripted model server; and
//! its wheel, which `dist` builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{heading, output, run, say};
use crate::project::Project;
use crate::python::{self, Environment};

/// Versions of Python that crewai supports (from, before).
pub const PYTHON: [(u32, u32); 2] = [(3, 10), (3, 14)];

/// The current version of crewai, which writes spans.
const CURRENT: &str = "1.15.30";

/// Versions that people still run, newest first. Their packages are pinned in `recorder/tests/requirements`.
const VERSIONS: [&str; 7] = [
    CURRENT, "1.15.22", "1.15.12", "1.14.7", "1.9.3", "1.6.1", "0.203.2",
];

/// What `test` runs in brief beside the current one: the last line of versions without spans.
const OLDER: &str = "1.14.7";

/// What the user may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    versions: Vec<String>,
    /// Versions of which only some scenarios run.
    brief: Vec<String>,
    overhead: bool,
}

impl Options {
    /// The versions that `test` runs.
    pub fn lean() -> Self {
        Self {
            versions: vec![CURRENT.into(), OLDER.into()],
            brief: vec![OLDER.into()],
            overhead: false,
        }
    }

    /// Reads `[--all] [--overhead] [VERSION…]`.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut versions = Vec::new();
        let mut overhead = false;
        for &argument in arguments {
            match argument {
                "--all" => versions.extend(VERSIONS.map(String::from)),
                "--overhead" => overhead = true,
                version if version.starts_with(|letter: char| letter.is_ascii_digit()) => {
                    versions.push(version.into());
                }
                _ => {
                    return Err(Error::Usage(
                        "usage: cargo xtask recorder [--all] [--overhead] [CREWAI_VERSION...]"
                            .into(),
                    ))
                }
            }
        }
        if versions.is_empty() {
            return Ok(Self {
                overhead,
                ..Self::lean()
            });
        }
        Ok(Self {
            versions,
            brief: Vec::new(),
            overhead,
        })
    }
}

/// Tests the recorder, or measures it. Where Python or crewai cannot be had, one line says so and nothing fails.
pub fn recorder(project: &Project, options: &Options) -> Result<()> {
    let Some(tools) = python::tools(project)? else {
        return Ok(());
    };
    let mut environments = Vec::new();
    for version in &options.versions {
        match crewai(project, &tools, version)? {
            Some(environment) => environments.push((version, environment)),
            None => say(&format!(
                "skipped: the recorder is not tested with crewai {version}"
            )),
        }
    }
    let Some((_, first)) = environments.first() else {
        return Ok(());
    };
    let tests = project.root.join("recorder/tests");
    if options.overhead {
        for (_, environment) in &environments {
            run(Command::new(environment.python()).arg(tests.join("overhead.py")))?;
        }
        return Ok(());
    }
    heading("recorder: unit tests");
    run(Command::new(first.python()).current_dir(&tests).args([
        "-B",
        "-m",
        "unittest",
        "discover",
        "--pattern",
        "test_*.py",
    ]))?;
    heading("recorder: versions of crewai by scenarios");
    let command = command(project)?;
    let mut matrix = Command::new(first.python());
    matrix
        .args([Path::new("-B"), &tests.join("matrix.py"), &command])
        .arg(work(project).join("matrix"));
    for (version, environment) in &environments {
        matrix.arg(format!("{version}={}", environment.python().display()));
    }
    for version in &options.brief {
        matrix.args(["--brief", version]);
    }
    run(&mut matrix)?;
    heading("documentation: every command, and the quick start in a fresh environment");
    let wheel = wheel(project)?;
    let Some(wheel) = wheel else { return Ok(()) };
    run(Command::new(first.python())
        .arg("-B")
        .arg(project.root.join("tests/docs/run.py"))
        .args([&project.root, &work(project).join("docs"), &wheel, &command])
        .arg(first.python())
        .env("CREWSCOPE_UV", tools.program("uv")))
}

/// Builds the wheel with the viewer inside, if there is one; `None` if Python or the network is missing, and why was said.
pub fn wheel(project: &Project) -> Result<Option<PathBuf>> {
    let Some(tools) = python::tools(project)? else {
        return Ok(None);
    };
    let package = project.root.join("recorder");
    let inside = package.join("src/crewscope_recorder/crewscope.html");
    let viewer = project.single_file();
    if viewer.is_file() {
        fs::copy(&viewer, &inside).map_err(Error::io("write", &inside))?;
    } else {
        say("recorder: dist/crewscope.html is not built, so this wheel has no viewer inside");
        let _ = fs::remove_file(&inside);
    }
    let out = project.root.join("dist/recorder");
    if out.is_dir() {
        fs::remove_dir_all(&out).map_err(Error::io("remove", &out))?;
    }
    // It prints the path to standard error, which is shown only if it fails.
    output(
        Command::new(tools.program("hatchling"))
            .current_dir(&package)
            .args(["build", "-t", "wheel", "-d"])
            .arg(&out)
            // The same bytes from the same sources.
            .env("SOURCE_DATE_EPOCH", "1767225600"),
    )?;
    let wheel = fs::read_dir(&out)
        .map_err(Error::io("read", &out))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| Error::Refused("no wheel was built".into()))?;
    say(&format!("recorder: {}", wheel.display()));
    Ok(Some(wheel))
}

/// What the current version of crewai needs, as pip reads it.
pub fn current(project: &Project) -> String {
    requirements(project, CURRENT)
}

/// The environment of a version of crewai. One that is not pinned is taken as it comes.
fn crewai(project: &Project, tools: &Environment, version: &str) -> Result<Option<Environment>> {
    python::by_uv(
        project,
        tools,
        &format!("crewai-{version}"),
        &requirements(project, version),
        PYTHON,
    )
}

/// The pinned packages of a version of crewai; of one that is not pinned, only itself.
fn requirements(project: &Project, version: &str) -> String {
    let pinned = project
        .root
        .join(format!("recorder/tests/requirements/crewai-{version}.txt"));
    fs::read_to_string(pinned).unwrap_or_else(|_| format!("crewai=={version}\n"))
}

/// The native command, as `cargo test` has built it.
pub fn command(project: &Project) -> Result<PathBuf> {
    run(Command::new("cargo").current_dir(&project.root).args([
        "build",
        "--quiet",
        "--locked",
        "-p",
        "crewscope-cli",
    ]))?;
    Ok(project
        .target()
        .join("debug")
        .join(format!("crewscope-cli{}", std::env::consts::EXE_SUFFIX)))
}

/// Where the tests work.
fn work(project: &Project) -> PathBuf {
    project.root.join("target/recorder")
}

#[cfg(test)]
mod tests {
    use super::{Options, VERSIONS};

    #[test]
    fn options_are_read() {
        let versions = |arguments: &[&str]| {
            Options::parse(arguments)
                .map(|options| options.versions)
                .ok()
        };
        assert_eq!(versions(&[]), Some(Options::lean().versions));
        assert_eq!(
            versions(&["--all"]),
            Some(VERSIONS.map(String::from).to_vec())
        );
        assert_eq!(versions(&["1.10.1"]), Some(vec!["1.10.1".into()]));
        assert_eq!(versions(&["--fast"]), None);
    }
}

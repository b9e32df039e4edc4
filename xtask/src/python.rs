//! Python for tests: environments in the user's cache folder, one for each set of packages, installed once on a machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{say, succeeds};
use crate::project::Project;

/// Installs packages in seconds where pip takes minutes; builds the recorder's wheel.
const TOOLS: &str = "uv==0.13.8\nhatchling==1.27.0\n";

/// An environment of Python.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its folder.
    pub folder: PathBuf,
}

impl Environment {
    /// The Python inside.
    pub fn python(&self) -> PathBuf {
        self.program("python")
    }

    /// A program inside.
    pub fn program(&self, name: &str) -> PathBuf {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder
            .join(programs)
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// The first Python of the system whose version lies in `versions` (from, before) and that can make environments.
pub fn system(versions: [(u32, u32); 2]) -> Option<&'static str> {
    let [from, before] = versions;
    let condition = format!(
        "import sys, venv, ensurepip; sys.exit(not {from:?} <= sys.version_info[:2] < {before:?})"
    );
    [
        "python3",
        "python",
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.10",
    ]
    .into_iter()
    .find(|program| succeeds(Command::new(program).args(["-c", &condition])))
}

/// The environment `name` of the cache with what a requirements text names, by pip. `None`: it cannot be had here, and why was said.
pub fn by_pip(
    project: &Project,
    name: &str,
    wanted: &str,
    versions: [(u32, u32); 2],
    usually: &str,
) -> Result<Option<Environment>> {
    ensure(
        project,
        name,
        wanted,
        versions,
        usually,
        |environment, requirements| {
            succeeds(
                Command::new(environment.python())
                    .args(["-m", "pip", "install", "--quiet", "--requirement"])
                    .arg(requirements),
            )
        },
    )
}

/// uv and hatchling.
pub fn tools(project: &Project) -> Result<Option<Environment>> {
    by_pip(
        project,
        "python-tools",
        TOOLS,
        [(3, 10), (3, 15)],
        "a few seconds",
    )
}

/// The same as [`by_pip`], by uv: a gigabyte of crewai takes seconds, and versions share what they have in common.
pub fn by_uv(
    project: &Project,
    tools: &Environment,
    name: &str,
    wanted: &str,
    versions: [(u32, u32); 2],
) -> Result<Option<Environment>> {
    ensure(
        project,
        name,
        wanted,
        versions,
        "about 20 seconds",
        |environment, requirements| {
            succeeds(
                uv(project, tools)
                    .args(["pip", "install", "--quiet", "--python"])
                    .arg(environment.python())
                    .arg("--requirement")
                    .arg(requirements),
            )
        },
    )
}

/// uv with its cache beside ours, so that files are linked and not copied.
pub fn uv(project: &Project, tools: &Environment) -> Command {
    let mut command = Command::new(tools.program("uv"));
    command
        .env("UV_CACHE_DIR", project.cache.join("uv"))
        // Certificates as the system has them: a company's network may bring its own.
        .env("UV_NATIVE_TLS", "1")
        .env("UV_SYSTEM_CERTS", "1");
    command
}

fn ensure(
    project: &Project,
    name: &str,
    wanted: &str,
    versions: [(u32, u32); 2],
    usually: &str,
    install: impl Fn(&Environment, &Path) -> bool,
) -> Result<Option<Environment>> {
    let environment = Environment {
        folder: project.cache.join(name),
    };
    // Written last: an installation that was cut short is not taken for a whole one.
    let stamp = environment.folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(environment));
    }
    let [(major, from), (_, before)] = versions;
    let Some(system) = system(versions) else {
        say(&format!(
            "skipped: no Python {major}.{from} to {major}.{} with venv here, which {name} needs",
            before - 1
        ));
        return Ok(None);
    };
    say(&format!(
        "set-up: installing {name} into {} ({usually}, once on this machine)",
        environment.folder.display()
    ));
    let made = succeeds(
        Command::new(system)
            .args(["-m", "venv", "--clear"])
            .arg(&environment.folder),
    );
    let requirements = environment.folder.join("requirements.txt");
    if made {
        fs::write(&requirements, wanted).map_err(Error::io("write", &requirements))?;
    }
    if !made || !install(&environment, &requirements) {
        say(&format!(
            "skipped: {name} cannot be installed here (no network?)"
        ));
        return Ok(None);
    }
    fs::write(&stamp, wanted).map_err(Error::io("write", &stamp))?;
    Ok(Some(environment))
}

//! Programs that build the page: cargo-installed ones in the user's cache (a folder per version, shared by all
//! clones), npm ones in this clone's `node_modules`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{output, run, run_keeping_stderr, say};
use crate::project::Project;
use crate::system;
use crate::toolchain::Toolchain;

/// The last version that Rust 1.88 and newer compile; 0.22 wants 1.96.1.
const TRUNK: &str = "0.21.14";

/// Drives the compiler and libFuzzer.
const CARGO_FUZZ: &str = "0.13.2";

/// Knows licences by their texts, and the database of weaknesses.
const CARGO_DENY: &str = "0.20.2";

/// Everything that a wasm build needs, ready to use.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The compiler for wasm.
    pub toolchain: Toolchain,
    /// Folders that go before the rest of `PATH`. `node_modules/.bin` leads: Debian's own `wasm-opt` (108) breaks
    /// the module without a word.
    pub first: Vec<PathBuf>,
}

impl Tools {
    /// Installs what is missing or of another version. A second run takes well under a second.
    pub fn ensure(project: &Project) -> Result<Self> {
        say("set-up: looking for the compiler and the tools (the first run on a machine installs them: 5 to 15 minutes)");
        system::ensure_node()?;
        let toolchain = Toolchain::ensure(project)?;
        say(&format!(
            "set-up: wasm is compiled by {}",
            toolchain.describe()
        ));
        ensure_npm(
            &project.root,
            "node_modules/.bin/wasm-opt",
            "wasm-opt, the browser driver of the tests; about 10 seconds",
        )?;
        // The tool and the crate must be of equal versions.
        let wasm_bindgen = project.locked_version("wasm-bindgen")?;
        let installs = [
            Install {
                package: "trunk",
                version: TRUNK,
                programs: &["trunk"],
                usually: "about 5 minutes",
            },
            Install {
                package: "wasm-bindgen-cli",
                version: &wasm_bindgen,
                programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
                usually: "about 3 minutes",
            },
        ];
        let mut first = vec![project.root.join("node_modules/.bin")];
        for install in &installs {
            install.ensure(project)?;
            first.push(install.root(project).join("bin"));
        }
        remove_build_folder(project)?;
        Ok(Self { toolchain, first })
    }

    /// A `cargo` command that compiles wasm.
    pub fn cargo(&self, project: &Project) -> Result<Command> {
        self.toolchain.cargo(project, &self.first)
    }

    /// Any other program that works on wasm or compiles it through a child; `name` is looked up among the tools.
    pub fn program(&self, project: &Project, name: &str) -> Result<Command> {
        let mut command = Command::new(self.path_of(name));
        command.current_dir(&project.root);
        self.toolchain.apply(project, &mut command, &self.first)?;
        Ok(command)
    }

    /// Where a tool is; only its name when it is not among them, to be found on `PATH`.
    fn path_of(&self, name: &str) -> PathBuf {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.first
            .iter()
            .map(|folder| folder.join(&file))
            .find(|path| path.is_file())
            .unwrap_or_else(|| name.into())
    }

    /// Trunk, with what every call of it gets. It takes all programs from `PATH`, where their versions match, and asks the
    /// network for nothing but sources of crates that are not there yet.
    pub fn trunk(&self, project: &Project) -> Result<Command> {
        let mut command = self.program(project, "trunk")?;
        // NO_COLOR=1, a widespread habit, is no boolean to Trunk, which then refuses to start.
        command.env_remove("NO_COLOR").arg("--skip-version-check");
        Ok(command)
    }
}

/// Installs `cargo-fuzz` when it is missing; returns the program.
pub fn ensure_fuzz(project: &Project) -> Result<PathBuf> {
    ensure_one(project, "cargo-fuzz", CARGO_FUZZ, "about 1 minute")
}

/// Installs `cargo-deny` when it is missing; returns the program.
pub fn ensure_deny(project: &Project) -> Result<PathBuf> {
    ensure_one(project, "cargo-deny", CARGO_DENY, "5 to 10 minutes")
}

/// Installs a program that only its own command needs.
fn ensure_one(project: &Project, package: &str, version: &str, usually: &str) -> Result<PathBuf> {
    let install = Install {
        package,
        version,
        programs: &[package],
        usually,
    };
    install.ensure(project)?;
    remove_build_folder(project)?;
    Ok(install
        .root(project)
        .join("bin")
        .join(format!("{package}{}", std::env::consts::EXE_SUFFIX)))
}

/// A program from crates.io and where it goes.
struct Install<'a> {
    package: &'a str,
    version: &'a str,
    programs: &'a [&'a str],
    usually: &'a str,
}

impl Install<'_> {
    /// `~/.cache/crewscope/tools/<package>-<version>`.
    fn root(&self, project: &Project) -> PathBuf {
        project
            .cache
            .join("tools")
            .join(format!("{}-{}", self.package, self.version))
    }

    /// Whether all its programs are there and say the right version.
    fn is_there(&self, project: &Project) -> bool {
        self.programs.iter().all(|program| {
            let path = self
                .root(project)
                .join("bin")
                .join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
            path.is_file()
                && output(Command::new(&path).arg("--version"))
                    .is_ok_and(|text| text.split_whitespace().any(|word| word == self.version))
        })
    }

    /// Installs it when it is missing. Its own lock file first: these are the versions that its authors tested.
    fn ensure(&self, project: &Project) -> Result<()> {
        if self.is_there(project) {
            return Ok(());
        }
        say(&format!(
            "set-up: compiling {} {} into {} ({}, once on this machine)",
            self.package,
            self.version,
            self.root(project).display(),
            self.usually
        ));
        let mut locked = self.command(project, true);
        let (installed, messages) = run_keeping_stderr(&mut locked)?;
        if installed {
            return Ok(());
        }
        if !messages.contains("failed to select a version") {
            return Err(Error::Failed {
                command: crate::process::shown(&locked),
                code: None,
            });
        }
        say(&format!(
            "set-up: the registry lacks a version that {}'s lock file names; taking the nearest that its manifest allows",
            self.package
        ));
        run(&mut self.command(project, false))
    }

    /// `cargo install` with the native compiler.
    fn command(&self, project: &Project, locked: bool) -> Command {
        let mut command = Command::new("cargo");
        command
            // Outside the clone: its .cargo/config.toml is not meant for these.
            .current_dir(&project.cache)
            .env("CARGO_TARGET_DIR", build_folder(project))
            .args([
                "install",
                self.package,
                "--version",
                self.version,
                "--force",
                "--root",
            ])
            .arg(self.root(project));
        if locked {
            command.arg("--locked");
        }
        command
    }
}

/// One build folder for all installs, so that what they share is compiled once.
fn build_folder(project: &Project) -> PathBuf {
    project.cache.join("build")
}

/// Half a gigabyte that nothing needs once the tools are installed.
fn remove_build_folder(project: &Project) -> Result<()> {
    let folder = build_folder(project);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))?;
    }
    Ok(())
}

/// Runs `npm ci` in a folder when its `node_modules` does not hold what its `package-lock.json` says, or not `program`.
pub fn ensure_npm(folder: &Path, program: &str, what: &str) -> Result<()> {
    let lock_path = folder.join("package-lock.json");
    let lock = fs::read(&lock_path).map_err(Error::io("read", &lock_path))?;
    // A copy of the lock file, written last: an install that was cut short is not taken for a whole one.
    let stamp = folder.join("node_modules/.installed-lock.json");
    if folder.join(program).exists() && fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(&format!("set-up: npm ci ({what})"));
    run(Command::new(npm()).current_dir(folder).args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    fs::write(&stamp, lock).map_err(Error::io("write", &stamp))
}

/// npm is a script file on Windows, and has to be named as one.
pub fn npm() -> &'static Path {
    Path::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

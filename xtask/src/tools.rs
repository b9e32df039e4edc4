//! Programs that build the page: cargo-installed ones in the user's cache (a folder per version, shared by all
//! clones), npm ones in this clone's `node_modules`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::prebuilt;
use crate::process::{output, run, say, shown, start_error};
use crate::project::Project;
use crate::system;
use crate::toolchain::Toolchain;

/// The last version that Rust 1.88 and newer compile; 0.22 wants 1.96.1.
const TRUNK: &str = "0.21.14";

/// Drives the compiler and libFuzzer.
const CARGO_FUZZ: &str = "0.13.2";

/// Knows licences by their texts, and the database of weaknesses.
const CARGO_DENY: &str = "0.20.2";

/// In place of what a release is built with: tools that run for seconds need not be fast, and compile in a third of the time
/// (Trunk on two cores: 300 s as it comes, 104 s so).
const CHEAP: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// How often a long installation says that it goes on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Everything that a wasm build needs, ready to use.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The compiler for wasm.
    pub toolchain: Toolchain,
    /// Folders that go before the rest of `PATH`. `node_modules/.bin` leads: Debian's own `wasm-opt` (108) breaks
    /// the module without a word.
    pub first: Vec<PathBuf>,
}

/// Tools that are being installed while other work goes on.
pub struct Coming {
    tools: Tools,
    installing: Option<JoinHandle<Result<()>>>,
    /// Why they cannot be had.
    failed: Option<String>,
}

impl Coming {
    /// Waits until all are there.
    pub fn ready(&mut self) -> Result<Tools> {
        if let Some(installing) = self.installing.take() {
            self.failed = match installing.join() {
                Ok(result) => result.err().map(|error| error.to_string()),
                Err(_) => Some("the installation of tools broke down".into()),
            };
        }
        match &self.failed {
            Some(why) => Err(Error::Refused(why.clone())),
            None => Ok(self.tools.clone()),
        }
    }
}

impl Tools {
    /// Installs what is missing or of another version, and waits for it. A second run takes well under a second.
    pub fn ensure(project: &Project) -> Result<Self> {
        Self::begin(project)?.ready()
    }

    /// Installs what is missing or of another version; what takes minutes goes on in the background.
    pub fn begin(project: &Project) -> Result<Coming> {
        say("set-up: looking for the compiler and the tools");
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
                package: "wasm-bindgen-cli",
                version: wasm_bindgen,
                programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
                usually: "about 1 minute",
            },
            Install {
                package: "trunk",
                version: TRUNK.into(),
                programs: &["trunk"],
                usually: "2 to 3 minutes, or seconds where its release can be downloaded",
            },
        ];
        let mut first = vec![project.root.join("node_modules/.bin")];
        first.extend(installs.iter().map(|install| install.programs_at(project)));
        let missing: Vec<_> = installs
            .into_iter()
            .filter(|install| !install.is_there(project))
            .collect();
        let installing = (!missing.is_empty()).then(|| {
            let project = project.clone();
            thread::spawn(move || install_all(&project, &missing))
        });
        Ok(Coming {
            tools: Self { toolchain, first },
            installing,
            failed: None,
        })
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
fn ensure_one(
    project: &Project,
    package: &'static str,
    version: &str,
    usually: &'static str,
) -> Result<PathBuf> {
    let install = Install {
        package,
        version: version.into(),
        programs: &[],
        usually,
    };
    let program = install
        .programs_at(project)
        .join(format!("{package}{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        install_all(project, &[install])?;
    }
    Ok(program)
}

/// Installs programs one after another: what they share is then compiled once.
fn install_all(project: &Project, installs: &[Install]) -> Result<()> {
    for install in installs {
        install.run(project)?;
    }
    // Half a gigabyte that nothing needs any more.
    let folder = build_folder(project);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))?;
    }
    Ok(())
}

/// A program from crates.io and where it goes.
struct Install {
    package: &'static str,
    version: String,
    programs: &'static [&'static str],
    usually: &'static str,
}

impl Install {
    /// `~/.cache/crewscope/tools/<package>-<version>`.
    fn root(&self, project: &Project) -> PathBuf {
        project
            .cache
            .join("tools")
            .join(format!("{}-{}", self.package, self.version))
    }

    fn programs_at(&self, project: &Project) -> PathBuf {
        self.root(project).join("bin")
    }

    /// Whether all its programs are there and say the right version.
    fn is_there(&self, project: &Project) -> bool {
        self.programs.iter().all(|program| {
            let path = self
                .programs_at(project)
                .join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
            path.is_file()
                && output(Command::new(&path).arg("--version"))
                    .is_ok_and(|text| text.split_whitespace().any(|word| word == self.version))
        })
    }

    /// Takes it from its release, or compiles it.
    fn run(&self, project: &Project) -> Result<()> {
        let started = Instant::now();
        let name = format!("{} {}", self.package, self.version);
        say(&format!(
            "set-up: installing {name} into {} ({}, once on this machine)",
            self.root(project).display(),
            self.usually
        ));
        let fetched = prebuilt::release(self.package, &self.version).is_some_and(|release| {
            prebuilt::install(project, &release, &self.programs_at(project))
                && self.is_there(project)
        });
        if !fetched {
            self.compile(project)?;
        }
        let how = if fetched { "downloaded" } else { "compiled" };
        say(&format!(
            "set-up: {name} is {how} ({} s)",
            started.elapsed().as_secs()
        ));
        Ok(())
    }

    /// Its own lock file first: these are the versions that its authors tested.
    fn compile(&self, project: &Project) -> Result<()> {
        fs::create_dir_all(&project.cache).map_err(Error::io("create", &project.cache))?;
        let mut locked = self.command(project, true);
        let messages = match watched(&mut locked, self.package)? {
            None => return Ok(()),
            Some(messages) => messages,
        };
        if !messages.contains("failed to select a version") {
            say(messages.trim_end());
            return Err(Error::Failed {
                command: shown(&locked),
                code: None,
            });
        }
        say(&format!(
            "set-up: the registry lacks a version that {}'s lock file names; taking the nearest that its manifest allows",
            self.package
        ));
        let mut free = self.command(project, false);
        match watched(&mut free, self.package)? {
            None => Ok(()),
            Some(messages) => {
                say(messages.trim_end());
                Err(Error::Failed {
                    command: shown(&free),
                    code: None,
                })
            }
        }
    }

    /// `cargo install` with the native compiler.
    fn command(&self, project: &Project, locked: bool) -> Command {
        let mut command = Command::new("cargo");
        command
            // Outside the clone: its .cargo/config.toml is not meant for these.
            .current_dir(&project.cache)
            .env("CARGO_TARGET_DIR", build_folder(project))
            .envs(CHEAP)
            .args([
                "install",
                self.package,
                "--version",
                &self.version,
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

/// Runs a compilation and says now and then how far it is; what it wrote to standard error, if it failed.
fn watched(command: &mut Command, package: &str) -> Result<Option<String>> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| start_error(command, source))?;
    let mut messages = String::new();
    let (mut crates, mut said) = (0, Instant::now());
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(|line| line.ok()) {
            crates += usize::from(line.trim_start().starts_with("Compiling "));
            messages.push_str(&line);
            messages.push('\n');
            if said.elapsed() > SIGN_OF_LIFE {
                said = Instant::now();
                say(&format!("set-up: {package}: {crates} crates are compiled"));
            }
        }
    }
    let status = child
        .wait()
        .map_err(|source| start_error(command, source))?;
    Ok((!status.success()).then_some(messages))
}

/// One build folder for all installs, so that what they share is compiled once.
fn build_folder(project: &Project) -> PathBuf {
    project.cache.join("build")
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

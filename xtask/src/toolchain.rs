//! The compiler for WebAssembly: rustup's where it has the target, else Debian's newer one.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::{output, run, say, succeeds, succeeds_within};
use crate::project::Project;
use crate::system;

/// The compile target of the page.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian 12 carries these for its browsers: rustc and cargo 1.96, the sources of `std`, and a linker for wasm.
const DEBIAN_PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
];

/// What those packages bring; all four are needed.
const DEBIAN_FILES: [&str; 4] = [
    "/usr/bin/rustc",
    "/usr/bin/cargo",
    "/usr/bin/rust-lld",
    "/usr/lib/rustlib/src/rust/library/std/Cargo.toml",
];

/// The oldest compiler that the workspace accepts (`rust-version` in `Cargo.toml`), as its minor version.
const OLDEST_MINOR: u32 = 88;

/// Set to `rustup` or `debian` to decide by hand, for example to test the other road.
const OVERRIDE: &str = "CREWSCOPE_WASM_TOOLCHAIN";

/// How WebAssembly is compiled on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The machine's own toolchain, which has the target.
    Native,
    /// Debian's packages, which have no ready-made `std`: it is always built from their sources.
    Debian,
}

impl Toolchain {
    /// Finds or installs a compiler for wasm. What was decided is kept in the cache, so that a refused
    /// download is not tried again at every run; that it still holds is checked every time (some milliseconds).
    pub fn ensure(project: &Project) -> Result<Self> {
        let memory = project.cache.join("wasm-toolchain");
        let chosen = match env::var(OVERRIDE).as_deref() {
            Ok("rustup") => {
                if !has_target() && !add_target() {
                    return Err(Error::Missing(format!(
                        "{OVERRIDE}=rustup, but `rustup target add {TARGET}` failed"
                    )));
                }
                return Ok(Self::Native);
            }
            Ok("debian") => return ensure_debian().map(|()| Self::Debian),
            Ok(other) if !other.is_empty() => {
                return Err(Error::Usage(format!(
                    "{OVERRIDE} is `{other}`; it may be `rustup` or `debian`"
                )));
            }
            _ if has_target() => Self::Native,
            _ if remembered(&memory) == Some(Self::Debian) && debian_is_there() => {
                return Ok(Self::Debian)
            }
            _ if add_target() => Self::Native,
            _ => {
                ensure_debian()?;
                Self::Debian
            }
        };
        remember(project, &memory, chosen)?;
        Ok(chosen)
    }

    /// Whether `cargo build` for the target works without more ado.
    pub fn has_target(self) -> bool {
        self != Self::Debian
    }

    /// One line for the user.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Native => "the machine's own Rust toolchain",
            Self::Debian => {
                "Debian's rustc with std built from source (rustup has no wasm target here)"
            }
        }
    }

    /// Prepares a command that compiles wasm, itself or through a child. `first` goes before all else on `PATH`.
    pub fn apply(self, project: &Project, command: &mut Command, first: &[PathBuf]) -> Result<()> {
        let mut folders = first.to_vec();
        command.env("CARGO_TARGET_DIR", project.wasm_target());
        if self == Self::Debian {
            folders.push("/usr/bin".into());
            // It has no ready-made `std` for wasm.
            command
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "rust-lld");
            // Left by rustup's own cargo, which started this program; they would lead back to its compiler.
            for name in ["CARGO", "RUSTC", "RUSTDOC", "LD_LIBRARY_PATH"] {
                command.env_remove(name);
            }
        }
        command.env("PATH", with_path(&folders)?);
        Ok(())
    }

    /// A `cargo` command for wasm.
    pub fn cargo(self, project: &Project, first: &[PathBuf]) -> Result<Command> {
        let mut command = Command::new(match self {
            Self::Native => "cargo",
            Self::Debian => "/usr/bin/cargo",
        });
        command.current_dir(&project.root);
        self.apply(project, &mut command, first)?;
        Ok(command)
    }
}

/// Makes sure that the native toolchain can lint and format, which a minimal rustup install cannot.
pub fn ensure_lints() -> Result<()> {
    for (probe, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if succeeds(Command::new("cargo").args([probe, "--version"])) {
            continue;
        }
        say(&format!(
            "set-up: adding {component} to the Rust toolchain (a few seconds, once)"
        ));
        run(Command::new("rustup").args(["component", "add", component]))
            .map_err(|_| Error::Missing(format!("missing on this machine: cargo {probe}")))?;
    }
    Ok(())
}

/// `PATH` with some folders before the rest.
pub fn with_path(first: &[PathBuf]) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    env::join_paths(first.iter().cloned().chain(env::split_paths(&old)))
        .map_err(|error| Error::Refused(format!("PATH cannot be extended: {error}")))
}

/// Whether the machine's own compiler has `std` for wasm on disk, whoever put it there.
fn has_target() -> bool {
    in_sysroot(&format!("{TARGET}/lib"))
}

/// Whether the machine's own compiler came with a file or folder.
fn in_sysroot(path: &str) -> bool {
    output(Command::new("rustc").args(["--print", "sysroot"])).is_ok_and(|sysroot| {
        Path::new(sysroot.trim())
            .join("lib/rustlib")
            .join(path)
            .exists()
    })
}

/// Asks rustup for the target. A network that swallows packets must not hang the command for ever.
fn add_target() -> bool {
    if system::on_path("rustup").is_none() {
        return false;
    }
    say("set-up: asking rustup for the wasm target (10 seconds; where downloads are blocked it gives up within 3 minutes)");
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", TARGET])
        // A refusal is one of the two ordinary outcomes, not worth a page of its reasons.
        .stderr(Stdio::null());
    succeeds_within(&mut rustup, Duration::from_secs(180)) && has_target()
}

/// Installs Debian's compiler unless it is there.
fn ensure_debian() -> Result<()> {
    if debian_is_there() {
        return Ok(());
    }
    say("set-up: rustup cannot bring the wasm target; Debian's compiler and the sources of std are taken instead");
    system::install(
        &DEBIAN_PACKAGES,
        "about 2 minutes",
        &format!("a Rust compiler with the {TARGET} target (`rustup target add {TARGET}`)"),
    )?;
    if debian_is_there() {
        return Ok(());
    }
    Err(Error::Missing(format!(
        "this Debian's {} do not bring rustc 1.{OLDEST_MINOR} or newer; make `rustup target add {TARGET}` work instead",
        DEBIAN_PACKAGES.join(", ")
    )))
}

/// Whether Debian's compiler is complete and new enough (Debian's ordinary rustc is not).
fn debian_is_there() -> bool {
    DEBIAN_FILES.iter().all(|file| Path::new(file).is_file())
        && output(Command::new(DEBIAN_FILES[0]).arg("--version"))
            .is_ok_and(|text| minor_version(&text) >= Some(OLDEST_MINOR))
}

/// The minor version in `rustc 1.96.0 (…)`.
fn minor_version(text: &str) -> Option<u32> {
    text.split(' ').nth(1)?.split('.').nth(1)?.parse().ok()
}

/// What an earlier run decided.
fn remembered(memory: &Path) -> Option<Toolchain> {
    match fs::read_to_string(memory).ok()?.trim() {
        "native" => Some(Toolchain::Native),
        "debian" => Some(Toolchain::Debian),
        _ => None,
    }
}

/// Keeps the decision for the next run.
fn remember(project: &Project, memory: &Path, chosen: Toolchain) -> Result<()> {
    if remembered(memory) == Some(chosen) {
        return Ok(());
    }
    let text = match chosen {
        Toolchain::Native => "native\n",
        Toolchain::Debian => "debian\n",
    };
    fs::create_dir_all(&project.cache).map_err(Error::io("create", &project.cache))?;
    fs::write(memory, text).map_err(Error::io("write", memory))
}

#[cfg(test)]
mod tests {
    use super::minor_version;

    #[test]
    fn minor_version_of_distribution_and_rustup_compilers() {
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n"),
            Some(96)
        );
        assert_eq!(minor_version("rustc 1.63.0\n"), Some(63));
        assert_eq!(minor_version("no compiler"), None);
    }
}

//! What the operating system has to bring: found, or installed with apt where that is allowed (root on Debian).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
use crate::process::{output, run, say};

/// Where Chromium-like browsers live, best first.
const BROWSERS: [&str; 5] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Where Firefox lives; Debian's own is the extended support release.
const FIREFOXES: [&str; 3] = [
    "/usr/bin/firefox-esr",
    "/usr/bin/firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
];

/// The browser that the tests drive.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Chromium or Chrome.
    pub program: PathBuf,
    /// The driver of the same version.
    pub driver: PathBuf,
}

/// Finds the first program of that name on `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// Makes sure that Node.js and npm are there: `wasm-opt`, the size table and the end-to-end tests run on them.
pub fn ensure_node() -> Result<()> {
    let wanted: Vec<&str> = [("node", "nodejs"), ("npm", "npm")]
        .into_iter()
        .filter(|(program, _)| on_path(program).is_none())
        .map(|(_, package)| package)
        .collect();
    if !wanted.is_empty() {
        install(
            &wanted,
            "about 2 minutes",
            "install Node.js 20 or newer with npm (https://nodejs.org)",
        )?;
    }
    let version = output(Command::new("node").arg("--version"))?;
    let major: u32 = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    if major < 18 {
        return Err(Error::Missing(format!(
            "Node.js 18 or newer is needed, found {}: https://nodejs.org",
            version.trim()
        )));
    }
    Ok(())
}

/// Makes sure that a browser, its driver and a font are there; only the tests need them.
pub fn ensure_browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        if !is_debian() || has_font() {
            return Ok(browser);
        }
    }
    install(
        &["chromium", "chromium-driver", "fonts-dejavu-core"],
        "about 1 minute",
        "install Chromium (or Chrome) and the chromedriver of the same version, or name them in CHROME and CHROMEDRIVER",
    )?;
    find_browser().ok_or_else(|| Error::Missing("no Chromium was found after installing it".into()))
}

/// Makes sure that Firefox is there; the end-to-end tests run in it, too.
pub fn ensure_firefox() -> Result<PathBuf> {
    if let Some(program) = find_firefox() {
        return Ok(program);
    }
    install(
        &["firefox-esr"],
        "about 1 minute",
        "install Firefox, or name it in FIREFOX",
    )?;
    find_firefox().ok_or_else(|| Error::Missing("no Firefox was found after installing it".into()))
}

/// nginx for the tests of hosting; where it cannot be installed those tests skip and say so.
pub fn try_nginx() {
    if Path::new("/usr/sbin/nginx").is_file() || on_path("nginx").is_some() {
        return;
    }
    if let Err(error) = install(&["nginx-light"], "about 10 seconds", "install nginx") {
        say(&format!("set-up: {error} (the tests of hosting skip it)"));
    }
}

fn find_firefox() -> Option<PathBuf> {
    env::var_os("FIREFOX")
        .map(PathBuf::from)
        .into_iter()
        .chain(FIREFOXES.iter().map(PathBuf::from))
        .find(|path| path.is_file())
}

/// A browser and its driver, named by the user or in the usual places.
fn find_browser() -> Option<Browser> {
    let named = |variable: &str| {
        env::var_os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_file())
    };
    let program = named("CHROME").or_else(|| {
        BROWSERS
            .iter()
            .map(PathBuf::from)
            .find(|path| path.is_file())
    })?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    Some(Browser { program, driver })
}

/// Without any font Chromium draws no glyph, and screenshots show empty boxes.
fn has_font() -> bool {
    Path::new("/usr/share/fonts/truetype").is_dir()
        || Path::new("/usr/share/fonts/opentype").is_dir()
}

/// Installs Debian packages, or says in one line what is missing where that is not this program's to do.
pub fn install(packages: &[&str], usually: &str, otherwise: &str) -> Result<()> {
    if !is_debian() || !is_root() {
        let hint = if is_debian() {
            format!("sudo apt-get install {}", packages.join(" "))
        } else {
            otherwise.to_owned()
        };
        return Err(Error::Missing(format!("missing on this machine: {hint}")));
    }
    static UPDATED: AtomicBool = AtomicBool::new(false);
    if !UPDATED.swap(true, Ordering::Relaxed) {
        say("set-up: reading Debian's package lists (about 10 seconds)");
        run(apt().args(["-q", "update"]))?;
    }
    say(&format!(
        "set-up: installing {} with apt ({usually}, once)",
        packages.join(", ")
    ));
    run(apt()
        .args(["-q", "-y", "install", "--no-install-recommends"])
        .args(packages))
}

/// apt-get that asks nothing.
fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Whether this is Debian or one of its children, by what the system says of itself.
pub fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| {
        text.lines().any(|line| {
            let Some((key, value)) = line.split_once('=') else {
                return false;
            };
            matches!(key, "ID" | "ID_LIKE")
                && value
                    .trim_matches('"')
                    .split(' ')
                    .any(|name| name == "debian")
        })
    }) && on_path("apt-get").is_some()
}

/// Whether this process may install packages.
fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

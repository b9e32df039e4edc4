//! Tools as their authors publish them, ready to run: fetched where their releases can be reached, and believed by their checksum only.

use std::env::consts::{ARCH, EXE_SUFFIX, OS};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{output, say, succeeds};
use crate::project::Project;

/// A release for one kind of machine.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// As [`ARCH`] and [`OS`] name the machine.
    machine: (&'static str, &'static str),
    /// The archive with the program in it.
    url: &'static str,
    /// Of the archive.
    sha256: &'static str,
}

/// Trunk 0.21.14. For wasm-bindgen there is none: its version follows the crate, and each would want checksums of its own.
const TRUNK: [Release; 5] = [
    Release {
        machine: ("x86_64", "linux"),
        url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-x86_64-unknown-linux-musl.tar.gz",
        sha256: "a67f4054b249fe9acc5fabc25de1aebf19783aca3ad6ff64bf34d7da44d0ea20",
    },
    Release {
        machine: ("aarch64", "linux"),
        url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-aarch64-unknown-linux-musl.tar.gz",
        sha256: "e8e2a2bb423ce6702ab9f4f02f8c9ae99d790f0301f7634e986b2dd8706019cc",
    },
    Release {
        machine: ("x86_64", "macos"),
        url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-x86_64-apple-darwin.tar.gz",
        sha256: "f1ba0e3bbe24e0ae219c6d22c33e24e2825c1608dd27c2556e323495110f1a95",
    },
    Release {
        machine: ("aarch64", "macos"),
        url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-aarch64-apple-darwin.tar.gz",
        sha256: "764e299dd50d89442a4e96a236349f57961984b701e74d3dbdb39cd1c9f5101e",
    },
    Release {
        machine: ("x86_64", "windows"),
        url: "https://github.com/trunk-rs/trunk/releases/download/v0.21.14/trunk-x86_64-pc-windows-msvc.zip",
        sha256: "cd6ac15b9daff0365e5695036791ef2ce3c63f61c014f5a8c532363266e4569c",
    },
];

/// What is published of a tool for this machine.
pub fn release(package: &str, version: &str) -> Option<Release> {
    let list = match (package, version) {
        ("trunk", "0.21.14") => TRUNK,
        _ => return None,
    };
    list.into_iter()
        .find(|release| release.machine == (ARCH, OS))
}

/// Unpacks a release into `folder`. Whatever goes wrong is said in a line: the tool is then compiled.
pub fn install(project: &Project, release: &Release, folder: &Path) -> bool {
    match fetch(project, release, folder) {
        Ok(()) => true,
        Err(error) => {
            say(&format!("set-up: not taken from its release ({error})"));
            false
        }
    }
}

fn fetch(project: &Project, release: &Release, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let archive = folder.join("release");
    let fetched = succeeds(
        Command::new(format!("curl{EXE_SUFFIX}"))
            .args(["--fail", "--silent", "--location"])
            .args(["--connect-timeout", "10", "--max-time", "180", "--output"])
            .arg(&archive)
            .arg(release.url),
    );
    if !fetched {
        return Err(Error::Missing(format!("{} cannot be reached", release.url)));
    }
    let found = output(
        Command::new("node")
            .arg(project.root.join("xtask/js/sha256.mjs"))
            .arg(&archive),
    )?;
    let result = if found.trim() == release.sha256 {
        // That of Windows knows zip, too.
        output(
            Command::new("tar")
                .arg("-xf")
                .arg(&archive)
                .arg("-C")
                .arg(folder),
        )
        .map(drop)
    } else {
        Err(Error::Refused(format!(
            "{} has another SHA-256 than expected: {}",
            release.url,
            found.trim()
        )))
    };
    fs::remove_file(&archive).map_err(Error::io("remove", &archive))?;
    result
}

#[cfg(test)]
mod tests {
    use super::{install, Release, TRUNK};
    use crate::process::{output, succeeds};
    use crate::project::Project;
    use std::fs;
    use std::process::Command;

    /// A release on the disk, of which a test says the checksum.
    fn packed(name: &str) -> (std::path::PathBuf, &'static str) {
        let folder = std::env::temp_dir().join(format!("crewscope-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("from")).unwrap();
        fs::write(folder.join("from/tool"), "a program").unwrap();
        assert!(succeeds(
            Command::new("tar")
                .arg("-czf")
                .arg(folder.join("tool.tar.gz"))
                .arg("-C")
                .arg(folder.join("from"))
                .arg("tool")
        ));
        let url = format!("file://{}", folder.join("tool.tar.gz").display());
        (folder, url.leak())
    }

    #[test]
    fn a_release_is_believed_by_its_checksum() {
        let project = Project::locate().unwrap();
        let (folder, url) = packed("release");
        let sum = output(
            Command::new("node")
                .arg(project.root.join("xtask/js/sha256.mjs"))
                .arg(folder.join("tool.tar.gz")),
        )
        .unwrap();
        let release = |sha256| Release {
            machine: ("", ""),
            url,
            sha256,
        };
        let wrong = folder.join("wrong");
        assert!(!install(&project, &release(TRUNK[0].sha256), &wrong));
        assert_eq!(
            fs::read_dir(&wrong).unwrap().count(),
            0,
            "nothing of it stays"
        );
        let right = folder.join("right");
        assert!(install(
            &project,
            &release(sum.trim().to_owned().leak()),
            &right
        ));
        assert_eq!(fs::read_to_string(right.join("tool")).unwrap(), "a program");
        assert!(!install(
            &project,
            &Release {
                url: "file:///nowhere/x.tar.gz",
                ..TRUNK[0]
            },
            &folder.join("nowhere")
        ));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn checksums_are_whole_and_different() {
        let mut all: Vec<_> = TRUNK.map(|release| release.sha256).into();
        assert!(all
            .iter()
            .all(|sum| sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())));
        all.dedup();
        assert_eq!(all.len(), TRUNK.len());
    }
}

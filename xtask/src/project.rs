//! Where things are: the project's own folders, and the user's cache folder that all clones share.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Names another build folder for wasm: a clone that is made for a test takes what this one has compiled.
pub const WASM_TARGET: &str = "CREWSCOPE_WASM_TARGET";

/// Folders of this clone and of the user's cache.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder that holds the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// `~/.cache/crewscope`, or below `XDG_CACHE_HOME` where that is set.
    pub cache: PathBuf,
}

impl Project {
    /// Finds this clone and the user's cache folder.
    pub fn locate() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().unwrap_or(manifest).to_path_buf();
        if !root.join("Cargo.toml").is_file() {
            return Err(Error::Refused(format!(
                "the project was at {} when this command was built and is not there any more; run `cargo clean -p xtask` once",
                root.display()
            )));
        }
        Ok(Self {
            root,
            cache: cache_folder()?.join("crewscope"),
        })
    }

    /// The hosted page, as `dist` writes it.
    pub fn site(&self) -> PathBuf {
        self.root.join("dist/site")
    }

    /// The single self-contained file, as `dist` writes it.
    pub fn single_file(&self) -> PathBuf {
        self.root.join("dist/crewscope.html")
    }

    /// Build folder of the wasm compiler: its own, or each compiler would rebuild what the other built.
    pub fn wasm_target(&self) -> PathBuf {
        let folder = env::var_os(WASM_TARGET).unwrap_or_else(|| "target-wasm".into());
        self.root.join(folder)
    }

    /// Where the machine's own compiler builds.
    pub fn target(&self) -> PathBuf {
        let folder = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.root.join(folder)
    }

    /// The version that `Cargo.lock` holds for a dependency.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        locked_version(&lock, package)
            .map(str::to_owned)
            .ok_or_else(|| Error::Refused(format!("{} does not name {package}", path.display())))
    }
}

/// `XDG_CACHE_HOME`, else the place that the operating system has for it.
fn cache_folder() -> Result<PathBuf> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .ok_or_else(|| Error::Missing("set HOME or XDG_CACHE_HOME to an absolute path".into()))
}

/// Reads one package's version out of the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| line.strip_prefix("name = ").map(unquoted) == Some(package))?;
    lines.next()?.strip_prefix("version = ").map(unquoted)
}

/// A TOML string without its quotes.
fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn version_comes_from_the_named_package() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"a\"\nversion = \"2.3.4\"\n";
        assert_eq!(locked_version(lock, "a"), Some("2.3.4"));
        assert_eq!(locked_version(lock, "c"), None);
    }
}

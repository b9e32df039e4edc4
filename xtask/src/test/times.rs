//! How long each stage took when it last passed.

use std::collections::BTreeMap;
use std::fs;

use crate::error::{Error, Result};
use crate::project::Project;

const FILE: &str = "target/test-times.txt";

/// Seconds by the name of the stage.
#[derive(Debug, Default)]
pub struct Times(BTreeMap<String, u64>);

impl Times {
    /// What earlier runs in this clone took.
    pub fn read(project: &Project) -> Self {
        let text = fs::read_to_string(project.root.join(FILE)).unwrap_or_default();
        let line = |line: &str| {
            let (name, seconds) = line.split_once(' ')?;
            Some((name.to_owned(), seconds.parse().ok()?))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// Seconds that a stage took.
    pub fn of(&self, stage: &str) -> Option<u64> {
        self.0.get(stage).copied()
    }

    /// Keeps how long a stage took.
    pub fn note(&mut self, stage: &str, seconds: u64) {
        self.0.insert(stage.to_owned(), seconds);
    }

    /// Keeps all of them for `--list`.
    pub fn write(&self, project: &Project) -> Result<()> {
        let path = project.root.join(FILE);
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(name, seconds)| format!("{name} {seconds}\n"))
            .collect();
        fs::create_dir_all(project.root.join("target"))
            .and_then(|()| fs::write(&path, lines.concat()))
            .map_err(Error::io("write", &path))
    }
}

//! The size table of a built page, and the budget it is held against (`tests/size-budget.toml`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::{output, say};
use crate::project::Project;

/// Where a visitor comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// `index.html`.
    Page,
    /// `boot-reader.js`, which the page starts.
    Reader,
    /// `embed.html`; its program is that of the page.
    Frame,
}

/// Limits for a brotli total, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    /// Where the page should stay.
    goal: u64,
    /// Above it the build fails.
    limit: u64,
}

/// One file's sizes, in bytes.
struct Row {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Prints the tables for `site` and refuses a program above its limit.
pub fn check(project: &Project, site: &Path) -> Result<()> {
    let path = project.root.join("tests/size-budget.toml");
    let budget = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let mut verdicts = Vec::new();
    for (entry, name) in [(Entry::Page, "page"), (Entry::Reader, "reader")] {
        let budget = Budget::parse(&budget, name).ok_or_else(|| {
            Error::Refused(format!(
                "{} must hold `{name}_goal = BYTES` and `{name}_limit = BYTES`",
                path.display()
            ))
        })?;
        let rows = measure(project, &needed_by(project, site, entry)?)?;
        table(&rows);
        let total = rows.iter().map(|row| row.brotli).sum();
        verdicts.push(verdict(name, budget, total));
    }
    for said in verdicts {
        say(&said?);
    }
    Ok(())
}

/// Prints the sizes of files that the budget does not count.
pub fn show(project: &Project, files: &[PathBuf]) -> Result<()> {
    table(&measure(project, files)?);
    Ok(())
}

impl Budget {
    /// Reads the two lines `NAME_goal = …` and `NAME_limit = …`.
    fn parse(text: &str, name: &str) -> Option<Self> {
        let value = |kind: &str| {
            let key = format!("{name}_{kind}");
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(known, _)| known.trim() == key)
                .and_then(|(_, number)| number.trim().replace('_', "").parse().ok())
        };
        Some(Self {
            goal: value("goal")?,
            limit: value("limit")?,
        })
    }
}

/// What a visitor downloads, found by following the imports; traces to try and the like come only on demand.
pub fn needed_by(project: &Project, site: &Path, entry: Entry) -> Result<Vec<PathBuf>> {
    let mut list = Command::new("node");
    list.arg(project.root.join("xtask/js/imports.mjs"))
        .arg(site)
        .args(match entry {
            Entry::Page => None,
            Entry::Reader => Some("--reader"),
            Entry::Frame => Some("--frame"),
        });
    Ok(output(&mut list)?
        .lines()
        .map(|name| site.join(name))
        .collect())
}

/// Has Node.js compress the files: it brings brotli, so nothing has to be compiled for it.
fn measure(project: &Project, files: &[PathBuf]) -> Result<Vec<Row>> {
    let script = project.root.join("xtask/js/measure.mjs");
    let printed = output(Command::new("node").arg(&script).args(files))?;
    let rows: Option<Vec<Row>> = files
        .iter()
        .zip(printed.lines())
        .map(|(file, line)| {
            let mut numbers = line.split(' ').map(|number| number.parse().ok());
            Some(Row {
                name: file.file_name()?.to_string_lossy().into_owned(),
                raw: numbers.next()??,
                gzip: numbers.next()??,
                brotli: numbers.next()??,
            })
        })
        .collect();
    match rows {
        Some(rows) if rows.len() == files.len() => Ok(rows),
        _ => Err(Error::Refused(format!(
            "{} did not print three numbers for each file",
            script.display()
        ))),
    }
}

/// Prints sizes in columns.
fn table(rows: &[Row]) {
    say(&format!(
        "\n{:<24}{:>12}{:>12}{:>12}",
        "file", "raw", "gzip", "brotli"
    ));
    for row in rows {
        say(&format!(
            "{:<24}{:>12}{:>12}{:>12}",
            row.name, row.raw, row.gzip, row.brotli
        ));
    }
}

/// The total beside the budget, in words; above the limit it is an error.
fn verdict(name: &str, budget: Budget, total: u64) -> Result<String> {
    let Budget { goal, limit } = budget;
    let sum = format!(
        "everything the {name} needs: {} brotli (goal {}, limit {})",
        kilobytes(total),
        kilobytes(goal),
        kilobytes(limit)
    );
    if total > limit {
        return Err(Error::Refused(format!("{sum}: above the limit")));
    }
    Ok(if total > goal {
        format!("{sum}: above the goal")
    } else {
        sum
    })
}

/// Bytes as KB of 1000 bytes, one digit after the point, rounded up: what is shown as the limit is not above it.
fn kilobytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{kilobytes, verdict, Budget};

    #[test]
    fn budget_is_read_beside_comments() {
        let text = "# the page_goal = none\n\npage_goal = 200_000\npage_limit = 300_000\n";
        assert_eq!(
            Budget::parse(text, "page"),
            Some(Budget {
                goal: 200_000,
                limit: 300_000
            })
        );
        assert_eq!(Budget::parse(text, "reader"), None);
    }

    #[test]
    fn only_above_the_limit_is_refused() {
        let budget = Budget {
            goal: 200,
            limit: 300,
        };
        assert!(verdict("page", budget, 300).is_ok());
        assert!(verdict("page", budget, 301).is_err());
        assert_eq!(kilobytes(300_001), "300.1 KB");
    }
}

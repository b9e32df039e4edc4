//! The one error type of the commands: what went wrong, where, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Result of every fallible step.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a command of the project stopped.
#[derive(Debug)]
pub enum Error {
    /// The command line was not understood; the text says how.
    Usage(String),
    /// A file or folder could not be read, written or removed.
    Io {
        /// What was being done, as a verb: "read", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A program could not be started at all.
    Start {
        /// The program's name as it was called.
        program: String,
        /// The system's answer.
        source: io::Error,
    },
    /// A program ran and reported failure.
    Failed {
        /// The command line that was run.
        command: String,
        /// Its exit code, when it was not ended by a signal.
        code: Option<i32>,
    },
    /// Something the machine lacks and the command may not install by itself; the text is the one line to follow.
    Missing(String),
    /// A result that is not acceptable, for example a page above its size budget.
    Refused(String),
}

impl Error {
    /// Wraps an [`io::Error`] with what was being done and where.
    pub fn io(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Missing(text) | Self::Refused(text) => f.write_str(text),
            Self::Io {
                action,
                path,
                source,
            } => write!(f, "cannot {action} {}: {source}", path.display()),
            Self::Start { program, source } => write!(f, "cannot start `{program}`: {source}"),
            Self::Failed {
                command,
                code: Some(code),
            } => write!(f, "`{command}` ended with exit code {code}"),
            Self::Failed {
                command,
                code: None,
            } => write!(f, "`{command}` was ended by a signal"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Start { source, .. } => Some(source),
            _ => None,
        }
    }
}

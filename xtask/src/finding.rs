//! What a check has to say about one line.

use std::fmt;

/// Whether a finding stops the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// A rule is broken.
    Error,
    /// Worth a second look.
    Note,
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The file, from the root of the repository.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// Whether it stops the build.
    pub(crate) level: Level,
    /// What is wrong, and what to do.
    pub(crate) what: String,
}

impl Finding {
    /// A broken rule.
    pub(crate) fn error(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, level: Level::Error, what: what.into() }
    }

    /// Something worth a second look.
    pub(crate) fn note(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, level: Level::Note, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.level {
            Level::Error => "",
            Level::Note => "note: ",
        };
        write!(f, "{}:{}: {mark}{}", self.path, self.line, self.what)
    }
}

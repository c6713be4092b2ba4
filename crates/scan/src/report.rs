//! What came of a scan.

use std::time::Duration;

use engine::FilePath;
use serde::Serialize;

/// The report of one scan; paths are on one line, see [`FilePath`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScanReport {
    /// Files of sound that lie there.
    pub file_count: u64,
    /// Files that were not known before.
    pub new_count: u64,
    /// Files that have changed since they were read.
    pub changed_count: u64,
    /// New files whose sound was known under a path that is gone.
    pub moved_count: u64,
    /// Files that are as they were.
    pub unchanged_count: u64,
    /// Files that are no longer there.
    pub gone_count: u64,
    /// Files whose words and cover were looked at, or were found to have neither.
    pub booklet_count: u64,
    /// Those of them that have words.
    pub words_count: u64,
    /// Those of them that have a cover that could be looked at.
    pub cover_count: u64,
    /// Sounds that were analysed.
    pub analysed_count: u64,
    /// Files whose sound had been analysed before, under whatever name and tags.
    pub recognised_count: u64,
    /// How long the sounds play that were analysed. *Unit*: seconds.
    pub analysed_seconds: f64,
    /// How long reading tags took. *Unit*: seconds.
    pub reading_seconds: f64,
    /// How long looking at words and covers took. *Unit*: seconds.
    pub booklet_seconds: f64,
    /// How long analysing took. *Unit*: seconds.
    pub listening_seconds: f64,
    /// Files that could not be read or analysed.
    pub failures: Vec<FileFailure>,
    /// What was left out on purpose, with the reason.
    pub left_out: Vec<FileFailure>,
    /// Files that hold the same recording, two or more each.
    pub duplicates: Vec<Vec<String>>,
}

/// A file and why it could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFailure {
    /// Which file.
    pub path: String,
    /// In words.
    pub why: String,
    /// Whether an earlier scan found it out, and the file has not changed since.
    pub is_known: bool,
}

impl ScanReport {
    /// Whether every file was read and analysed.
    pub const fn is_whole(&self) -> bool {
        self.failures.is_empty()
    }

    pub(crate) fn leave_out(&mut self, path: &FilePath, why: String) -> &FileFailure {
        self.left_out.push(FileFailure { path: path.to_string(), why, is_known: false });
        self.left_out.last().expect("one was pushed above")
    }

    pub(crate) fn fail(&mut self, path: &FilePath, why: &str, is_known: bool) -> &FileFailure {
        self.failures.push(FileFailure { path: path.to_string(), why: why.to_owned(), is_known });
        self.failures.last().expect("one was pushed above")
    }
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScanProgress {
    /// What is being done.
    pub phase: Phase,
    /// Files that are done.
    pub done_count: u64,
    /// Files in all.
    pub file_count: u64,
    /// How long the sounds play that were analysed so far. *Unit*: seconds.
    pub analysed_seconds: f64,
    /// Since the phase began.
    pub elapsed: Duration,
}

/// What a scan does one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading tags: afterwards the files are tracks.
    Reading,
    /// Looking at words and covers.
    Looking,
    /// Analysing sound.
    Listening,
}

/// What a scan tells on its way.
#[derive(Clone, Copy, Debug)]
pub enum ScanNews<'a> {
    /// How far it is.
    Progress(ScanProgress),
    /// A file that could not be read or analysed.
    Failed(&'a FileFailure),
    /// Something that was left out on purpose.
    LeftOut(&'a FileFailure),
}

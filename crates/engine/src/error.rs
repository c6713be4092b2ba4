//! What can go wrong in the engine, split by who can act: the environment, the data, or the caller.
//!
//! It does not say what is wrong with one row of an import: that is [`Rejection`], which drops the row and nothing
//! else.

use std::path::PathBuf;
use std::sync::Arc;

use crate::ingest::Rejection;

/// Why the engine could not do what it was asked for; the text says the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    // The environment.
    /// A file or directory could not be used.
    #[error("cannot {action} {}: {source}; check that the path exists, is writable and has room", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process writes to the same data directory.
    #[error(
        "{} is in use by another Segue process; stop that process, or choose another data directory",
        path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// There is nothing to read.
    #[error("there is no database at {}; import something first, or check the data directory", path.display())]
    NotFound {
        /// Where it would be.
        path: PathBuf,
    },
    /// The file is a database, but of another program.
    #[error("{} is not a Segue database; choose another data directory", path.display())]
    ForeignDatabase {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a later version of this program.
    #[error(
        "{} has format {found} and this program knows formats up to {known}; \
         upgrade Segue, or restore a backup that was made before the upgrade",
        path.display()
    )]
    NewerDatabase {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// The database must be upgraded before it can be read.
    #[error(
        "{} has format {found} and this program reads format {known}; \
         open it once for writing, for example with `segue serve`, to upgrade it",
        path.display()
    )]
    OlderDatabase {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The format that this program reads.
        known: i64,
    },
    /// The file system cannot hold a database that several connections share.
    #[error(
        "{} is on a file system that cannot hold a write-ahead log, as many network file systems; \
         choose a data directory on a local disk",
        path.display()
    )]
    NoWriteAheadLog {
        /// The file.
        path: PathBuf,
    },
    /// Upgrading the database failed.
    #[error(
        "cannot upgrade the database: {source}; nothing was changed, restore the backup or report the problem"
    )]
    Migration {
        /// What the database said.
        source: sqlx::migrate::MigrateError,
    },
    /// The database refused.
    #[error("cannot {action}: {source}; run `segue doctor`")]
    Database {
        /// What was tried.
        action: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// An earlier write failed, so nothing more is written and nothing more is acknowledged.
    ///
    /// The process must end: what the disk holds is known again only after a restart.
    #[error(
        "the store has stopped after a failed write ({cause}); free or repair the disk, then restart Segue"
    )]
    Poisoned {
        /// The failure that stopped it.
        cause: Arc<EngineError>,
    },
    /// The thread that writes is gone, which no caller can bring about.
    #[error("the store's writer stopped unexpectedly; restart Segue, and report what its log says")]
    WriterGone,
    /// The store was closed.
    #[error("the store is closed; open it again")]
    Closed,
    /// A computation broke; that is a fault of this program.
    #[error("{what} broke; please report this with the log of this run")]
    Broke {
        /// What was being done.
        what: &'static str,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {source}; without them no secret can be made")]
    Random {
        /// What the system said.
        source: getrandom::Error,
    },

    // The data.
    /// A stored row cannot be understood; somebody edited the database, or the disk is failing.
    #[error(
        "row {row} of table `{table}` cannot be read ({reason}); run `segue doctor`, then restore a backup"
    )]
    BrokenRow {
        /// The table.
        table: &'static str,
        /// The row's number: the event's `seq`, or the id of the thing.
        row: i64,
        /// What is wrong with it.
        reason: Box<str>,
    },
    /// A file of a snapshot is not what its manifest says, or holds what no model can be.
    #[error("{file} of the snapshot is broken ({problem}); run `segue train` to make a new one")]
    BrokenSnapshot {
        /// The file.
        file: Box<str>,
        /// What is wrong with it.
        problem: String,
    },
    /// Numbers that were to be learnt from, or were learnt, make no sense.
    #[error("cannot learn: {0}")]
    Learn(#[from] learn::LearnError),
    /// There is nothing to learn from.
    #[error("nothing has been logged yet; import some history first, for example with `segue import`")]
    NothingToLearn,
    /// One thing that was to be stored is not acceptable.
    #[error(transparent)]
    Rejected(#[from] Rejection),

    /// An import cannot be begun, or one of its files cannot be read.
    #[error(transparent)]
    Import(#[from] crate::import::ImportError),

    // The caller.
    /// A write was tried on an engine that was opened for reading.
    #[error("the store is open for reading only; open it for writing")]
    ReadOnly,
    /// One batch asked for more than the store takes at once.
    #[error("a batch of {row_count} rows is too large; commit after at most {row_count_max}")]
    BatchTooLarge {
        /// What was asked for.
        row_count: usize,
        /// What is possible.
        row_count_max: usize,
    },
    /// An experiment is declared wrongly, or is not in the log.
    #[error(transparent)]
    Experiment(#[from] crate::experiment::ExperimentError),
    /// An account cannot be made or changed like this.
    #[error(transparent)]
    Account(#[from] crate::account::AccountError),
}

impl EngineError {
    /// Turns what the database said into an error that names what was tried.
    pub(crate) fn database(action: &'static str) -> impl Fn(sqlx::Error) -> Self + Copy {
        move |source| Self::Database { action, source }
    }

    /// A row that does not mean anything.
    pub(crate) fn broken_row(table: &'static str, row: i64, reason: impl std::fmt::Display) -> Self {
        Self::BrokenRow { table, row, reason: reason.to_string().into() }
    }
}

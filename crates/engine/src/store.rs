//! The ground state: the event log, the catalogue's rows, playlists and accounts.
//!
//! [`Store`] is the seam: small enough that a PostgreSQL implementation can stand beside [`SqliteStore`].
//! It keeps rows and hands them back.
//! It does not decide which descriptions mean the same track ([`crate::catalogue`]) nor whether an event is
//! acceptable ([`crate::ingest`]).
//!
//! What it promises: when an [`Acknowledgement`] resolves to receipts, the batch is on disk; a batch is stored
//! wholly or not at all, and batches in the order in which they were queued; an event key is stored once, however
//! often it comes; after a failed write nothing more is acknowledged, ever.

mod analyses;
mod batch;
mod catalogue_rows;
mod data_directory;
mod event_log;
mod file;
mod integrity;
mod options;
mod poison;
mod sqlite;

use std::fmt::Debug;

use futures::future::BoxFuture;
use music::TrackId;

pub use analyses::{AnalysisStore, Heard, StoredAnalysis, StoredBooklet};
pub use batch::{AccountChange, Acknowledgement, Batch, CatalogueChange, Receipt, Reservation, TrackRow};
pub use catalogue_rows::CatalogueRows;
pub(crate) use data_directory::DataDirectory;
pub use event_log::{Scan, ScanOf, Seq, StoredEvent};
pub use file::{AudioHash, FileChange, FilePath, FileProblem, FileRecord, TaggedFile};
pub use integrity::Integrity;
pub use options::{Durability, StoreOptions};
pub use poison::Poison;
pub use sqlite::SqliteStore;

use crate::account::{Account, Token, TokenHash};
use crate::error::EngineError;

/// Keeps the ground state.
pub trait Store: Debug + Send + Sync {
    /// Waits for room for `row_count` rows (changes and events together) in the queue to the writer.
    ///
    /// Two steps instead of one, so that a caller who is dropped while it waits has not handed anything over yet.
    ///
    /// # Errors
    /// [`EngineError::Poisoned`], [`EngineError::ReadOnly`], [`EngineError::Closed`], or
    /// [`EngineError::BatchTooLarge`] above [`Batch::ROW_COUNT_MAX`].
    fn reserve(&self, row_count: usize) -> BoxFuture<'_, Result<Reservation, EngineError>>;

    /// Stores `batch` and returns one receipt per event, in order, when it is on disk.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve), and [`EngineError::Poisoned`] where writing fails.
    fn append(&self, batch: Batch) -> BoxFuture<'_, Result<Vec<Receipt>, EngineError>> {
        Box::pin(async move { self.reserve(batch.row_count()).await?.append(batch).await })
    }

    /// One page of the log in the order of `seq`; shorter than `scan.limit` only at the end.
    ///
    /// # Errors
    /// [`EngineError::BrokenRow`] that names the `seq` of a row that cannot be read.
    fn events(&self, scan: Scan) -> BoxFuture<'_, Result<Vec<StoredEvent>, EngineError>>;

    /// The `seq` of the latest event; [`Seq::START`] in an empty log.
    ///
    /// # Errors
    /// Where the database refuses.
    fn latest(&self) -> BoxFuture<'_, Result<Seq, EngineError>>;

    /// Everything but the log and the accounts, as one consistent state.
    ///
    /// # Errors
    /// [`EngineError::BrokenRow`] where a row is missing, out of range or names something that is not there.
    fn catalogue(&self) -> BoxFuture<'_, Result<CatalogueRows, EngineError>>;

    /// All files of sound, in the order of their paths.
    ///
    /// # Errors
    /// Where the database refuses or a row is broken.
    fn files(&self) -> BoxFuture<'_, Result<Vec<FileRecord>, EngineError>>;

    /// The files that hold these tracks with what they say about themselves, in the order of their paths.
    ///
    /// # Errors
    /// Where the database refuses or a row is broken.
    fn files_of(&self, tracks: Vec<TrackId>) -> BoxFuture<'_, Result<Vec<TaggedFile>, EngineError>>;

    /// The account with this name.
    ///
    /// # Errors
    /// Where the database refuses or the row is broken.
    fn account(&self, name: Box<str>) -> BoxFuture<'_, Result<Option<Account>, EngineError>>;

    /// All accounts by name.
    ///
    /// # Errors
    /// Where the database refuses or a row is broken.
    fn accounts(&self) -> BoxFuture<'_, Result<Vec<Account>, EngineError>>;

    /// The token with this hash.
    ///
    /// # Errors
    /// Where the database refuses or the row is broken.
    fn token(&self, hash: TokenHash) -> BoxFuture<'_, Result<Option<Token>, EngineError>>;

    /// The tokens of an account, oldest first.
    ///
    /// # Errors
    /// Where the database refuses or a row is broken.
    fn tokens(&self, account: Box<str>) -> BoxFuture<'_, Result<Vec<Token>, EngineError>>;

    /// Looks at everything: the file's structure, and whether each row can be read and names things that exist.
    ///
    /// *Complexity*: reads the whole store.
    ///
    /// # Errors
    /// Where the database refuses; what is wrong with the data stands in the report.
    fn check(&self) -> BoxFuture<'_, Result<Integrity, EngineError>>;

    /// Whether writing has failed; wait on it to end the process.
    fn poison(&self) -> &Poison;

    /// Writes what is queued, closes the files and gives the data directory free.
    ///
    /// # Errors
    /// [`EngineError::Poisoned`] where a write had failed.
    fn close(&self) -> BoxFuture<'_, Result<(), EngineError>>;
}

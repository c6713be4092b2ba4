//! The store in one SQLite file.
//!
//! One writer, a thread with the only connection that may write; a few connections that only read.
//! The file is in WAL mode, so readers never wait for the writer, nor it for them.
//!
//! | what | where |
//! |---|---|
//! | opening, formats, upgrades | [`open`] |
//! | group commit, checkpoints, failure | [`writer`] |
//! | one transaction | [`transaction`], made of [`insert`] |
//! | reading | [`read_events`], [`read_catalogue`], [`read_files`], [`read_accounts`] |
//! | `segue doctor` | [`check`] |

mod check;
mod insert;
mod open;
mod read_accounts;
mod read_catalogue;
mod read_events;
mod read_files;
mod row;
mod transaction;
mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;

use futures::future::BoxFuture;
use music::TrackId;
use sqlx::SqlitePool;

use self::open::Tuning;
use self::writer::WriterHandle;
use super::data_directory::DataDirectory;
use super::{
    CatalogueRows, FileRecord, Integrity, Poison, Reservation, Scan, Seq, Store, StoreOptions, StoredEvent,
    TaggedFile,
};
use crate::account::{Account, Token, TokenHash};
use crate::error::EngineError;

/// The store in one SQLite file in a data directory.
#[derive(Debug)]
pub struct SqliteStore {
    directory: DataDirectory,
    readers: SqlitePool,
    /// None where the store is open for reading only.
    writer: Option<WriterHandle>,
    poison: Poison,
}

impl SqliteStore {
    /// Opens the store in `directory` for reading and writing; makes it where there is none, upgrades it where it is
    /// older.
    ///
    /// # Errors
    /// [`EngineError::Locked`] where another process writes there, [`EngineError::NewerDatabase`] and
    /// [`EngineError::ForeignDatabase`] where the file is not for this program, [`EngineError::Io`].
    pub async fn open(directory: &Path, options: StoreOptions) -> Result<Self, EngineError> {
        Self::open_tuned(directory, Tuning::of(options)).await
    }

    /// Refuses a `directory` without a store; makes nothing.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub(crate) fn require(directory: &Path) -> Result<(), EngineError> {
        let path = DataDirectory::new(directory).database();
        if path.exists() { Ok(()) } else { Err(EngineError::NotFound { path }) }
    }

    /// Opens the store in `directory` for reading, also while another process writes to it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] where there is none, and as [`open`](Self::open).
    pub async fn open_read_only(directory: &Path) -> Result<Self, EngineError> {
        let directory = DataDirectory::new(directory);
        open::require_current(&directory.database()).await?;
        let readers = open::readers(&directory.database());
        Ok(Self { directory, readers, writer: None, poison: Poison::default() })
    }

    async fn open_tuned(directory: &Path, tuning: Tuning) -> Result<Self, EngineError> {
        let directory = DataDirectory::new(directory);
        let lock = directory.lock()?;
        directory.touch_database()?;
        if let Some(exposure) = directory.exposure() {
            tracing::warn!("{exposure}");
        }
        open::prepare(&directory.database()).await?;
        directory.touch_write_ahead_log()?;
        let connection = open::writer(&directory.database(), tuning).await?;
        let readers = open::readers(&directory.database());
        let poison = Poison::default();
        let writer = WriterHandle::start(connection, lock, poison.clone()).await?;
        Ok(Self { directory, readers, writer: Some(writer), poison })
    }
}

impl Store for SqliteStore {
    fn reserve(&self, row_count: usize) -> BoxFuture<'_, Result<Reservation, EngineError>> {
        Box::pin(async move { self.writer.as_ref().ok_or(EngineError::ReadOnly)?.reserve(row_count).await })
    }

    fn events(&self, scan: Scan) -> BoxFuture<'_, Result<Vec<StoredEvent>, EngineError>> {
        Box::pin(read_events::page(&self.readers, scan))
    }

    fn latest(&self) -> BoxFuture<'_, Result<Seq, EngineError>> {
        Box::pin(read_events::latest(&self.readers))
    }

    fn catalogue(&self) -> BoxFuture<'_, Result<CatalogueRows, EngineError>> {
        Box::pin(read_catalogue::read(&self.readers))
    }

    fn files(&self) -> BoxFuture<'_, Result<Vec<FileRecord>, EngineError>> {
        Box::pin(read_files::files(&self.readers))
    }

    fn files_of(&self, tracks: Vec<TrackId>) -> BoxFuture<'_, Result<Vec<TaggedFile>, EngineError>> {
        Box::pin(read_files::of(&self.readers, tracks))
    }

    fn account(&self, name: Box<str>) -> BoxFuture<'_, Result<Option<Account>, EngineError>> {
        Box::pin(read_accounts::account(&self.readers, name))
    }

    fn accounts(&self) -> BoxFuture<'_, Result<Vec<Account>, EngineError>> {
        Box::pin(read_accounts::accounts(&self.readers))
    }

    fn token(&self, hash: TokenHash) -> BoxFuture<'_, Result<Option<Token>, EngineError>> {
        Box::pin(read_accounts::token(&self.readers, hash))
    }

    fn tokens(&self, account: Box<str>) -> BoxFuture<'_, Result<Vec<Token>, EngineError>> {
        Box::pin(read_accounts::tokens(&self.readers, account))
    }

    fn check(&self) -> BoxFuture<'_, Result<Integrity, EngineError>> {
        Box::pin(check::check(&self.readers, &self.directory))
    }

    fn poison(&self) -> &Poison {
        &self.poison
    }

    fn close(&self) -> BoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move {
            // Readers first: the last connection to close is then the writer's, which tidies the WAL file away.
            self.readers.close().await;
            if let Some(writer) = &self.writer {
                writer.close().await;
            }
            self.poison.refusal()
        })
    }
}

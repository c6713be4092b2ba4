//! Opening the file: which database is it, in which format, and with which settings is it used?

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::error::EngineError;
use crate::store::{Durability, StoreOptions};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// "SEGU", as the first migration writes it into the file's header.
const APPLICATION_ID: i64 = 0x5345_4755;

/// Connections that read. Scans are cheap on memory and bound by the processor, so a few are enough.
const READER_COUNT_MAX: u32 = 4;

/// Page cache of the writer: the keys of some three million events stay in memory.
const WRITER_CACHE_KIB: i32 = 64 * 1024;

/// Page cache of each reader.
const READER_CACHE_KIB: i32 = 16 * 1024;

/// The WAL file is cut back to this size after a checkpoint has emptied it.
const WAL_SIZE_MAX_BYTES: u32 = 64 * 1024 * 1024;

/// Distinct statements of the writer: a dozen tables in four sizes, and some more.
const STATEMENT_COUNT_MAX: usize = 128;

/// How a writer's connection is set up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tuning {
    pub(super) durability: Durability,
    /// Makes the file refuse to grow, for the tests of what happens then.
    pub(super) page_count_max: Option<u32>,
}

impl Tuning {
    pub(super) const fn of(options: StoreOptions) -> Self {
        Self { durability: options.durability, page_count_max: None }
    }
}

/// Makes the database, or brings it to the current format.
///
/// Through a connection of its own, which leaves no WAL file behind: the directory entry of the one that the writer
/// uses must be on disk before the first event, and SQLite does not look whether its own sync of the directory failed.
pub(super) async fn prepare(path: &Path) -> Result<(), EngineError> {
    // Looked at before it is opened for writing: another program's database must not be touched.
    let format = inspect(path).await?;
    if let Some(format) = format {
        refuse_newer(path, format)?;
    }
    if format == Some(known()) {
        return Ok(());
    }
    let options = base(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.map_err(EngineError::database("make the database"))?;
    MIGRATIONS.run(&mut connection).await.map_err(|source| EngineError::Migration { source })?;
    connection.close().await.map_err(EngineError::database("make the database"))
}

/// The one connection that writes, to a database that has been prepared.
pub(super) async fn writer(path: &Path, tuning: Tuning) -> Result<SqliteConnection, EngineError> {
    let synchronous = match tuning.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Off => SqliteSynchronous::Off,
    };
    let mut options = base(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        // SQLite ignores what goes wrong in its own checkpoints; the writer makes them and looks.
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", WAL_SIZE_MAX_BYTES.to_string())
        .pragma("cache_size", (-WRITER_CACHE_KIB).to_string())
        // Ids are handed out by one writer and checked by `segue doctor`; a lookup per row would slow imports.
        .foreign_keys(false)
        .statement_cache_capacity(STATEMENT_COUNT_MAX);
    if let Some(page_count_max) = tuning.page_count_max {
        options = options.pragma("max_page_count", page_count_max.to_string());
    }
    let mut connection = options.connect().await.map_err(EngineError::database("open the database"))?;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut connection)
        .await
        .map_err(EngineError::database("read the journal mode"))?;
    if mode != "wal" {
        return Err(EngineError::NoWriteAheadLog { path: path.to_owned() });
    }
    Ok(connection)
}

/// Connections that read; none is opened before it is needed.
pub(super) fn readers(path: &Path) -> SqlitePool {
    let options = base(path)
        .read_only(true)
        .pragma("cache_size", (-READER_CACHE_KIB).to_string())
        .row_buffer_size(1024);
    SqlitePoolOptions::new().max_connections(READER_COUNT_MAX).connect_lazy_with(options)
}

/// Makes sure that there is a database of the format that this program reads.
pub(super) async fn require_current(path: &Path) -> Result<(), EngineError> {
    if !path.is_file() {
        return Err(EngineError::NotFound { path: path.to_owned() });
    }
    match inspect(path).await? {
        None => Err(EngineError::NotFound { path: path.to_owned() }),
        Some(found) if found < known() => {
            Err(EngineError::OlderDatabase { path: path.to_owned(), found, known: known() })
        }
        Some(found) => refuse_newer(path, found),
    }
}

fn base(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging()
        .pragma("temp_store", "memory")
}

/// The newest format that this program knows.
fn known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().expect("there is at least one migration")
}

fn refuse_newer(path: &Path, found: i64) -> Result<(), EngineError> {
    let known = known();
    if found > known {
        return Err(EngineError::NewerDatabase { path: path.to_owned(), found, known });
    }
    Ok(())
}

/// The format of the database at `path`; none where nothing has been put into it yet.
async fn inspect(path: &Path) -> Result<Option<i64>, EngineError> {
    let foreign = || EngineError::ForeignDatabase { path: path.to_owned() };
    let failed = |source: sqlx::Error| match &source {
        // SQLITE_NOTADB
        sqlx::Error::Database(error) if error.code().as_deref() == Some("26") => foreign(),
        _ => EngineError::Database { action: "look at the database", source },
    };
    let mut connection = base(path).read_only(true).connect().await.map_err(failed)?;
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await.map_err(failed)?;
    // A process that died while it made the database leaves at most the table that lists the migrations.
    let table_count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlx_migrations'",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(failed)?;
    let format = match (application, table_count) {
        (APPLICATION_ID, _) => sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?,
        (0, 0) => None,
        _ => return Err(foreign()),
    };
    connection.close().await.map_err(failed)?;
    Ok(format)
}

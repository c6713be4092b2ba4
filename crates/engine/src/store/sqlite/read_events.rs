//! Reading the log, page by page.

use futures::TryStreamExt;
use music::{Context, Event, EventKey, ListenerId, UnixMillis};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::row::Reader;
use crate::error::EngineError;
use crate::store::{Scan, ScanOf, Seq, StoredEvent};

const ALL: &str = "SELECT seq, key, listener, at, prompt, context FROM event \
                   WHERE seq > ? ORDER BY seq LIMIT ?";
const OF_LISTENER: &str = "SELECT seq, key, listener, at, prompt, context FROM event \
                           WHERE seq > ? AND listener = ? ORDER BY seq LIMIT ?";
const OF_PLAYLIST: &str = "SELECT seq, key, listener, at, prompt, context FROM event \
                           WHERE seq > ? AND playlist = ? ORDER BY seq LIMIT ?";

/// One page of the log.
pub(super) async fn page(readers: &SqlitePool, scan: Scan) -> Result<Vec<StoredEvent>, EngineError> {
    let mut events = Vec::new();
    // Row by row, so that this thread decodes while the connection's thread reads on.
    each(readers, scan, |row| {
        events.push(event(&row)?);
        Ok(())
    })
    .await?;
    Ok(events)
}

/// Hands every row of one page to `put`, not looked at yet; `seq` is in the first column.
pub(super) async fn each(
    readers: &SqlitePool,
    scan: Scan,
    mut put: impl FnMut(SqliteRow) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let after = scan.after.get();
    let query = match scan.of {
        ScanOf::All => sqlx::query(ALL).bind(after),
        ScanOf::Listener(listener) => sqlx::query(OF_LISTENER).bind(after).bind(i64::from(listener.get())),
        ScanOf::Playlist(playlist) => sqlx::query(OF_PLAYLIST).bind(after).bind(i64::from(playlist.get())),
    };
    let mut rows = query.bind(i64::from(scan.limit)).fetch(readers);
    while let Some(row) = rows.try_next().await.map_err(EngineError::database("read events"))? {
        put(row)?;
    }
    Ok(())
}

/// The event in a row.
pub(super) fn event(row: &SqliteRow) -> Result<StoredEvent, EngineError> {
    let row = Reader::new("event", row, 0)?;
    let key: [u8; 16] = row.get::<&[u8]>(1)?.try_into().map_err(|_| row.broken("a key has 16 bytes"))?;
    let context = match row.get::<Option<&str>>(5)? {
        None => Context::default(),
        Some(_) => row.json(5)?,
    };
    Ok(StoredEvent {
        seq: Seq::new(row.number()),
        event: Event {
            key: EventKey::from_bytes(key),
            listener: ListenerId::new(row.number_of(2)?),
            at: UnixMillis::new(row.get(3)?),
            prompt: row.json(4)?,
            context,
        },
    })
}

/// The place of the latest event.
pub(super) async fn latest(readers: &SqlitePool) -> Result<Seq, EngineError> {
    let latest: Option<i64> = sqlx::query_scalar("SELECT max(seq) FROM event")
        .fetch_one(readers)
        .await
        .map_err(EngineError::database("read the latest event"))?;
    Ok(latest.map_or(Seq::START, Seq::new))
}

/// The highest place that was ever given, also to events that have been erased since.
pub(super) async fn highest_given(connection: &mut SqliteConnection) -> Result<Seq, EngineError> {
    let row = sqlx::query("SELECT seq FROM sqlite_sequence WHERE name = 'event'")
        .fetch_optional(connection)
        .await
        .map_err(EngineError::database("read the end of the log"))?;
    let highest = row.map(|row| row.try_get(0)).transpose();
    Ok(highest.map_err(EngineError::database("read the end of the log"))?.map_or(Seq::START, Seq::new))
}

//! One transaction: the rows of a group of batches, all of them or none.

use std::sync::{Arc, LazyLock};

use music::event::Target;
use music::{Context, Event, PlaylistId, Prompt};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Connection, Row, SqliteConnection};

use super::insert::{Insert, SIZES};
use crate::error::EngineError;
use crate::store::{AccountChange, Batch, CatalogueChange, FileChange, Receipt, Seq};

mod accounts;
mod catalogue;
mod files;

/// A batch in the form in which it is bound; made on the caller's thread, so that the writer only writes.
pub(super) struct Encoded {
    changes: Vec<CatalogueChange>,
    accounts: Vec<AccountChange>,
    files: Vec<FileChange>,
    events: Vec<EventRow>,
}

struct EventRow {
    key: [u8; 16],
    listener: u32,
    at: i64,
    playlist: Option<u32>,
    prompt: Arc<str>,
    context: Option<Arc<str>>,
}

impl Encoded {
    /// Turns events into rows.
    pub(super) fn new(batch: Batch) -> Result<Self, EngineError> {
        let mut buffer = Vec::with_capacity(256);
        let events =
            batch.events.iter().map(|event| EventRow::new(event, &mut buffer)).collect::<Result<_, _>>();
        let source =
            |error| EngineError::Database { action: "encode an event", source: sqlx::Error::Encode(error) };
        let Batch { changes, accounts, files, .. } = batch;
        Ok(Self { changes, accounts, files, events: events.map_err(source)? })
    }

    /// Changes, files and events together.
    pub(super) const fn row_count(&self) -> usize {
        self.changes.len() + self.accounts.len() + self.files.len() + self.events.len()
    }
}

impl EventRow {
    fn new(event: &Event, buffer: &mut Vec<u8>) -> Result<Self, sqlx::error::BoxDynError> {
        let mut json = |value: &dyn Fn(&mut Vec<u8>) -> serde_json::Result<()>| {
            buffer.clear();
            value(buffer)?;
            Ok::<Arc<str>, sqlx::error::BoxDynError>(std::str::from_utf8(buffer)?.into())
        };
        let prompt = json(&|buffer| serde_json::to_writer(buffer, &event.prompt))?;
        let unknown = event.context == Context::default();
        let context =
            if unknown { None } else { Some(json(&|buffer| serde_json::to_writer(buffer, &event.context))?) };
        Ok(Self {
            key: *event.key.as_bytes(),
            listener: event.listener.get(),
            at: event.at.get(),
            playlist: edited_playlist(&event.prompt).map(PlaylistId::get),
            prompt,
            context,
        })
    }
}

/// The playlist whose history the prompt is a step of.
fn edited_playlist(prompt: &Prompt) -> Option<PlaylistId> {
    match (prompt, prompt.target()) {
        (
            Prompt::PlaylistCreated { .. } | Prompt::PlaylistEdited { .. },
            Some(Target::Playlist(playlist)),
        ) => Some(playlist),
        _ => None,
    }
}

/// Writes all `batches` in one transaction and says what became of each event, once the disk has it.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    batches: &[&Encoded],
    next_seq: &mut i64,
) -> Result<Vec<Vec<Receipt>>, EngineError> {
    if batches.iter().all(|batch| batch.row_count() == 0) {
        return Ok(vec![Vec::new(); batches.len()]);
    }
    let failed = |action| EngineError::database(action);
    let mut transaction =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("begin a transaction"))?;
    let changes: Vec<&CatalogueChange> = batches.iter().flat_map(|batch| &batch.changes).collect();
    catalogue::write(&mut transaction, &changes).await.map_err(failed("write the catalogue"))?;
    for change in batches.iter().flat_map(|batch| &batch.accounts) {
        accounts::write(&mut transaction, change).await.map_err(failed("write an account"))?;
    }
    for change in batches.iter().flat_map(|batch| &batch.files) {
        files::write(&mut transaction, change).await.map_err(failed("write a file"))?;
    }
    let events: Vec<&EventRow> = batches.iter().flat_map(|batch| &batch.events).collect();
    let mut receipts = Vec::with_capacity(events.len());
    let mut rest = events.as_slice();
    while !rest.is_empty() {
        let chunk = Insert::chunk(rest);
        write_events(&mut transaction, chunk, next_seq, &mut receipts)
            .await
            .map_err(failed("write events"))?;
        rest = &rest[chunk.len()..];
    }
    transaction.commit().await.map_err(failed("commit to disk"))?;
    let mut receipts = receipts.into_iter();
    Ok(batches.iter().map(|batch| receipts.by_ref().take(batch.events.len()).collect()).collect())
}

static EVENT: LazyLock<Insert> = LazyLock::new(|| {
    Insert::new(
        "event (seq, key, listener, at, playlist, prompt, context)",
        7,
        "ON CONFLICT (key) DO NOTHING",
    )
});

/// Inserts one chunk of events.
///
/// Places are handed out before it is known which events are new, so an event that was known leaves a gap; a chunk of
/// known events alone leaves none.
async fn write_events(
    connection: &mut SqliteConnection,
    chunk: &[&EventRow],
    next_seq: &mut i64,
    receipts: &mut Vec<Receipt>,
) -> Result<(), sqlx::Error> {
    let first = *next_seq;
    let numbered: SmallVec<[(i64, &EventRow); 256]> = (first..).zip(chunk.iter().copied()).collect();
    let stored_count = EVENT
        .run_chunk(connection, &numbered, |arguments: &mut SqliteArguments, (seq, event)| {
            arguments.add(*seq)?;
            arguments.add(event.key.as_slice())?;
            arguments.add(i64::from(event.listener))?;
            arguments.add(event.at)?;
            arguments.add(event.playlist.map(i64::from))?;
            arguments.add(Arc::clone(&event.prompt))?;
            arguments.add(event.context.clone())
        })
        .await?;
    let stored = |seq| Receipt::Stored { seq: Seq::new(seq) };
    if stored_count == chunk.len() as u64 {
        *next_seq = first + chunk.len() as i64;
        receipts.extend((first..*next_seq).map(stored));
        return Ok(());
    }
    let found = places(connection, chunk).await?;
    for (seq, event) in numbered {
        let place = *found.get(event.key.as_slice()).ok_or(sqlx::Error::RowNotFound)?;
        let is_new = place == seq;
        *next_seq = if is_new { seq + 1 } else { *next_seq };
        receipts.push(if is_new { stored(seq) } else { Receipt::Known { seq: Seq::new(place) } });
    }
    Ok(())
}

static PLACES: LazyLock<[String; SIZES.len()]> = LazyLock::new(|| {
    SIZES.map(|size| {
        let keys = vec!["?"; size].join(", ");
        format!("SELECT key, seq FROM event WHERE key IN ({keys})")
    })
});

/// Where the events of a chunk stand in the log, by key.
async fn places(
    connection: &mut SqliteConnection,
    chunk: &[&EventRow],
) -> Result<FxHashMap<Vec<u8>, i64>, sqlx::Error> {
    let size =
        SIZES.into_iter().position(|size| size == chunk.len()).expect("a chunk has one of these sizes");
    let mut query = sqlx::query(PLACES[size].as_str());
    for event in chunk {
        query = query.bind(event.key.as_slice());
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

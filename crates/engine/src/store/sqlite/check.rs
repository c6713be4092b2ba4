//! Looking at everything, for `segue doctor`.

use music::Id;
use music::event::Target;
use sqlx::{Row, SqlitePool};

use super::{read_accounts, read_catalogue, read_events};
use crate::error::EngineError;
use crate::store::data_directory::DataDirectory;
use crate::store::{CatalogueRows, Integrity, Scan, Seq, StoredEvent};

/// Checks rights, structure, rows and references.
pub(super) async fn check(readers: &SqlitePool, directory: &DataDirectory) -> Result<Integrity, EngineError> {
    let mut report = Integrity::default();
    if let Some(exposure) = directory.exposure() {
        report.found(exposure);
    }
    structure(readers, &mut report).await?;
    let rows = match read_catalogue::read(readers).await {
        Ok(rows) => rows,
        Err(error @ EngineError::BrokenRow { .. }) => {
            report.found(error);
            CatalogueRows::default()
        }
        Err(error) => return Err(error),
    };
    report.track_count = rows.tracks.len() as u64;
    report.artist_count = rows.artists.len() as u64;
    report.release_count = rows.releases.len() as u64;
    report.listener_count = rows.listeners.len() as u64;
    report.playlist_count = rows.playlists.len() as u64;
    match read_accounts::accounts(readers).await {
        Ok(accounts) => report.account_count = accounts.len() as u64,
        Err(error) => report.found(error),
    }
    events(readers, &rows, &mut report).await?;
    Ok(report)
}

/// What SQLite itself finds.
async fn structure(readers: &SqlitePool, report: &mut Integrity) -> Result<(), EngineError> {
    let failed = || EngineError::database("check the database");
    let findings: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(readers).await.map_err(failed())?;
    for finding in findings.into_iter().filter(|finding| finding != "ok") {
        report.found(finding);
    }
    let orphans = sqlx::query("PRAGMA foreign_key_check").fetch_all(readers).await.map_err(failed())?;
    for orphan in orphans {
        let (table, parent): (String, String) =
            (orphan.try_get(0).map_err(failed())?, orphan.try_get(2).map_err(failed())?);
        let row = orphan.try_get::<Option<i64>, _>(1).map_err(failed())?.unwrap_or(-1);
        report.found(format_args!("row {row} of table `{table}` names a {parent} that is not there"));
    }
    Ok(())
}

/// Reads the whole log, also past rows that cannot be read.
async fn events(
    readers: &SqlitePool,
    rows: &CatalogueRows,
    report: &mut Integrity,
) -> Result<(), EngineError> {
    let mut scan = Scan::all();
    loop {
        let mut last = None;
        read_events::each(readers, scan, |row| {
            last = Some(row.try_get(0).map_err(EngineError::database("read events"))?);
            match read_events::event(&row) {
                Ok(stored) => {
                    report.event_count += 1;
                    references(&stored, rows, report);
                }
                Err(error) => report.found(error),
            }
            Ok(())
        })
        .await?;
        let Some(last) = last else { return Ok(()) };
        scan = scan.after(Seq::new(last));
    }
}

/// Whether what an event is about exists.
fn references(stored: &StoredEvent, rows: &CatalogueRows, report: &mut Integrity) {
    let exists = match stored.event.prompt.target() {
        None => true,
        Some(Target::Track(id)) => id.row() < rows.tracks.len(),
        Some(Target::Artist(id)) => id.row() < rows.artists.len(),
        Some(Target::Release(id)) => id.row() < rows.releases.len(),
        Some(Target::Playlist(id)) => id.row() < rows.playlists.len(),
    };
    if !exists {
        report.found(format_args!("event {} is about something that is not there", stored.seq));
    }
}

//! One import from its request to its report.

use std::sync::Arc;

use music::surface::PlaylistKind;
use tokio::sync::mpsc;

use super::error::ImportError;
use super::format::ImportFormat;
use super::formats::{MPD_SPACE, Plan};
use super::input::source_files;
use super::limits::CHUNK_QUEUE_LEN;
use super::reading::read_files;
use super::recorder::{Defaults, Recorder};
use super::report::ImportReport;
use super::request::{ImportOptions, ImportRequest, UtcOffset};
use super::sink::{ByteCount, Sink};
use super::table::Lookups;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::Rejection;

/// The listener whose history it is where nobody says whose.
pub const DEFAULT_LISTENER: &str = "me";

/// The longest name of an id space, in characters.
const SPACE_LEN_MAX: usize = 100;

/// Names of id spaces that mean something already.
const SPACES_TAKEN: [&str; 7] = ["path", "mbid", "spotify", "isrc", "client", "title", "playlist link"];

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// The file that is being taken in.
    pub file: Arc<str>,
    /// Bytes read so far of all files, as they lie on the disk.
    pub bytes_read: u64,
    /// Bytes of all files.
    pub bytes_total: u64,
    /// Lines, elements and rows read so far.
    pub row_count: u64,
}

/// Imports files: reads them on a thread of its own, takes what they say into the engine, and counts.
///
/// Rows that cannot be taken are dropped and counted, and files that break are reported with the place; nothing else
/// is lost.
/// Importing the same again stores nothing new.
/// `progress` is told after each chunk of a few thousand rows; when this returns, everything that the report calls stored
/// is on disk.
///
/// *Memory*: bounded whatever the size of the files, apart from what the catalogue itself gains; see
/// [`limits`](super::limits).
///
/// # Errors
/// [`EngineError::Import`] for a request that means nothing (a path that does not exist, a column without an id space),
/// before anything is stored; and where the store fails, as [`Engine::intake`].
pub async fn import(
    engine: &Engine,
    request: ImportRequest,
    progress: &mut (dyn FnMut(ImportProgress) + Send),
) -> Result<ImportReport, EngineError> {
    let ImportRequest { format, paths, options } = request;
    let defaults = check(format, &options, engine)?;
    let now = engine.clock().now();
    let bytes = ByteCount::default();
    let counted = bytes.clone();
    let (queue, mut chunks) = mpsc::channel(CHUNK_QUEUE_LEN);
    let (found, files_found) = tokio::sync::oneshot::channel();
    let reading = tokio::task::spawn_blocking(move || {
        let files = source_files(format, &paths)?;
        let lookups = Lookups::load(format, &options)?;
        // Nobody listens any more where the import was given up; the first chunk will tell.
        let _ = found.send(files.iter().map(|file| file.len).sum::<u64>());
        let plan = Plan { format, options, lookups };
        let mut sink = Sink::new(queue, now);
        read_files(&files, &plan, &counted, &mut sink)?;
        Ok::<ImportReport, ImportError>(sink.into_report())
    });
    // Where the files are not even found, the reading thread ends, and says why below.
    let bytes_total = files_found.await.unwrap_or(0);
    let mut recorder = Recorder::new(engine, defaults);
    while let Some(chunk) = chunks.recv().await {
        let (file, row_count) = (Arc::clone(&chunk.file), chunk.row_count);
        recorder.take(chunk).await?;
        let bytes_read = bytes.get().min(bytes_total);
        progress(ImportProgress { file, bytes_read, bytes_total, row_count });
        // Chunks may come faster than they are taken; whoever gives up is heard here.
        tokio::task::yield_now().await;
    }
    let crashed = |_| ImportError::Crashed { file: format.name().into() };
    let mut report = reading.await.map_err(crashed)??;
    report.merge(recorder.finish().await?);
    Ok(report)
}

/// Refuses a request that means nothing, and says who and when is meant where a file does not.
fn check(format: ImportFormat, options: &ImportOptions, engine: &Engine) -> Result<Defaults, EngineError> {
    let table = &options.table;
    let wants_columns = !table.mappings.is_empty()
        || !table.lookups.is_empty()
        || table.delimiter.is_some()
        || table.header.is_some();
    if wants_columns && !format.is_table() {
        return Err(ImportError::NoColumns { format }.into());
    }
    let space = options.space.as_deref();
    if let Some(space) = space {
        let is_name = space == space.trim() && !space.is_empty() && !space.chars().any(char::is_control);
        if !is_name || SPACES_TAKEN.contains(&space) || space.chars().count() > SPACE_LEN_MAX {
            return Err(ImportError::SpaceTaken { space: space.into() }.into());
        }
    }
    let now = engine.clock().now();
    let as_of = options.as_of.unwrap_or(now);
    if as_of.get() < 0 || as_of.since(now) > 0 {
        let rejection = if as_of.get() < 0 {
            Rejection::BeforeEpoch { at: as_of }
        } else {
            Rejection::InFuture { at: as_of, now }
        };
        return Err(rejection.into());
    }
    let listener = options.listener.as_deref().unwrap_or(DEFAULT_LISTENER);
    if listener.trim().is_empty() {
        return Err(Rejection::Missing { what: "listener name" }.into());
    }
    // A data set's playlists are no single person's, and must not become the taste of one.
    let space = space.or((format == ImportFormat::Mpd).then_some(MPD_SPACE));
    let data_set =
        space.filter(|_| options.listener.is_none() && (format.is_table() || format == ImportFormat::Mpd));
    Ok(Defaults {
        listener: listener.into(),
        playlist_owner: data_set.map_or_else(|| listener.into(), |space| format!("{space} playlists").into()),
        playlist_kind: if data_set.is_some() { PlaylistKind::Shared } else { PlaylistKind::Own },
        as_of,
        utc_offset_minutes: options.utc_offset.map(UtcOffset::minutes),
    })
}

//! What the files of tracks say and show beyond the catalogue: their tags, and the covers in them.
//!
//! Which files hold a track stands in the store; a cover is read out of its file in a process of its own when it is asked
//! for, and kept by whoever asked.

use std::path::PathBuf;
use std::sync::Arc;

use engine::{FilePath, Store};
use music::TrackId;
use rustc_hash::FxHashMap;
use scan::tags::{Art, Picture, Tags};
use scan::worker::{Limits, Worker, WorkerCommand};
use tokio::sync::Mutex;

use crate::error::Problem;

/// What reading one cover may take: a block of tags may be 300 MB, and nobody waits longer for a picture.
const LIMITS: Limits = Limits { memory_mib: 1_024, processor_seconds: 10, wall_seconds: 15 };

/// Reads covers, one after the other.
#[derive(Debug)]
pub(crate) struct Files {
    worker: Option<Arc<Mutex<Worker>>>,
}

/// A file of a track, and its cover without the picture.
#[derive(Clone, Debug)]
pub(crate) struct CoverFile {
    pub(crate) path: FilePath,
    pub(crate) art: Art,
}

impl Files {
    /// A reader whose processes start by `command`; without one, no covers are shown.
    pub(crate) fn new(command: Option<WorkerCommand>) -> Self {
        Self { worker: command.map(|command| Arc::new(Mutex::new(Worker::new(command, LIMITS)))) }
    }

    /// The tags of the files that hold `track`, with these files.
    pub(crate) async fn tags(store: &dyn Store, track: TrackId) -> Result<Vec<(FilePath, Tags)>, Problem> {
        let files = store.files_of(vec![track]).await?;
        Ok(files.into_iter().map(|file| (file.path, read(&file.tags))).collect())
    }

    /// Those of `tracks` that have a cover, each with the first of its files that has one.
    pub(crate) async fn covers(
        &self,
        store: &dyn Store,
        tracks: Vec<TrackId>,
    ) -> Result<FxHashMap<TrackId, CoverFile>, Problem> {
        let mut covers = FxHashMap::default();
        if self.worker.is_none() || tracks.is_empty() {
            return Ok(covers);
        }
        for file in store.files_of(tracks).await? {
            let Some(art) = read(&file.tags).front().cloned() else { continue };
            covers.entry(file.track).or_insert(CoverFile { path: file.path, art });
        }
        Ok(covers)
    }

    /// The cover in this file; none where it is no longer there.
    pub(crate) async fn picture(&self, path: PathBuf) -> Result<Option<Picture>, Problem> {
        let Some(worker) = &self.worker else { return Ok(None) };
        // Whoever gives up waiting leaves the queue; what has begun is ended by its limits.
        let mut worker = Arc::clone(worker).lock_owned().await;
        let picture = tokio::task::spawn_blocking(move || worker.picture(&path)).await;
        picture.map_err(|_| Problem::internal())?.or_else(|failure| {
            tracing::warn!(%failure, "a cover cannot be read");
            if failure.is_of_the_file() { Ok(None) } else { Err(Problem::internal()) }
        })
    }
}

/// The tags in their stored form; those of a row that cannot be read are none.
fn read(json: &str) -> Tags {
    serde_json::from_str(json).unwrap_or_else(|error| {
        tracing::warn!(%error, "tags of a file cannot be read; the next scan of the changed file writes them anew");
        Tags::default()
    })
}

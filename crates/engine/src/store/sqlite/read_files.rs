//! Reading what is known about files.

use futures::TryStreamExt;
use music::TrackId;
use music::analysis::FeaturesVersion;
use sqlx::SqlitePool;

use super::row::Reader;
use crate::error::EngineError;
use crate::store::{AudioHash, FilePath, FileProblem, FileRecord, TaggedFile};

/// All files in the order of their paths.
pub(super) async fn files(readers: &SqlitePool) -> Result<Vec<FileRecord>, EngineError> {
    let failed = || EngineError::database("read the files");
    let text =
        "SELECT id, path, size, modified, track, audio, problem, problem_version FROM file ORDER BY path";
    let mut rows = sqlx::query(text).fetch(readers);
    let mut files = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(failed())? {
        files.push(record(&Reader::new("file", &row, 0)?)?);
    }
    Ok(files)
}

fn record(row: &Reader<'_>) -> Result<FileRecord, EngineError> {
    let audio = row.get::<Option<&[u8]>>(5)?;
    let audio = audio.map(|bytes| {
        bytes.try_into().map(AudioHash::new).map_err(|_| row.broken("its hash has the wrong length"))
    });
    let version = row.optional_number(7)?.map_or(FeaturesVersion(0), FeaturesVersion);
    let problem = row.get::<Option<&str>>(6)?.map(|text| FileProblem { text: text.into(), version });
    Ok(FileRecord {
        path: FilePath::from_bytes(row.get::<&[u8]>(1)?.into()),
        size: row.number_of(2)?,
        modified_ns: row.get(3)?,
        track: row.optional_number(4)?.map(TrackId::new),
        audio: audio.transpose()?,
        problem,
    })
}

/// The files of these tracks with their tags.
pub(super) async fn of(readers: &SqlitePool, tracks: Vec<TrackId>) -> Result<Vec<TaggedFile>, EngineError> {
    let failed = || EngineError::database("read the tags of files");
    let numbers: Vec<u32> = tracks.into_iter().map(TrackId::get).collect();
    let numbers = serde_json::to_string(&numbers).expect("numbers have a JSON form");
    let text = "SELECT id, track, path, tags FROM file \
        WHERE track IN (SELECT value FROM json_each(?)) ORDER BY path";
    let mut rows = sqlx::query(text).bind(numbers).fetch(readers);
    let mut files = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(failed())? {
        let row = Reader::new("file", &row, 0)?;
        files.push(TaggedFile {
            track: TrackId::new(row.number_of(1)?),
            path: FilePath::from_bytes(row.get::<&[u8]>(2)?.into()),
            tags: row.get::<&str>(3)?.into(),
        });
    }
    Ok(files)
}

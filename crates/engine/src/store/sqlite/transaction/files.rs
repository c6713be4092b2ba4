//! Writing what has become known about files.

use sqlx::SqliteConnection;

use crate::store::{FileChange, FileProblem, FileRecord};

/// Writes one change.
pub(super) async fn write(connection: &mut SqliteConnection, change: &FileChange) -> Result<(), sqlx::Error> {
    match change {
        FileChange::Put { record, tags } => put(connection, record, tags).await,
        FileChange::Heard { path, audio, problem } => {
            let (text, version) = parts(problem.as_ref());
            sqlx::query("UPDATE file SET audio = ?, problem = ?, problem_version = ? WHERE path = ?")
                .bind(audio.as_ref().map(|audio| audio.as_bytes().as_slice()))
                .bind(text)
                .bind(version)
                .bind(path.as_bytes())
                .execute(connection)
                .await
                .map(drop)
        }
        FileChange::Removed { path } => {
            let query = sqlx::query("DELETE FROM file WHERE path = ?").bind(path.as_bytes());
            query.execute(connection).await.map(drop)
        }
    }
}

async fn put(connection: &mut SqliteConnection, record: &FileRecord, tags: &str) -> Result<(), sqlx::Error> {
    let (text, version) = parts(record.problem.as_ref());
    sqlx::query(
        "INSERT INTO file (path, size, modified, track, audio, problem, problem_version, tags) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET \
         size = excluded.size, modified = excluded.modified, track = excluded.track, audio = excluded.audio, \
         problem = excluded.problem, problem_version = excluded.problem_version, tags = excluded.tags",
    )
    .bind(record.path.as_bytes())
    .bind(i64::try_from(record.size).unwrap_or(i64::MAX))
    .bind(record.modified_ns)
    .bind(record.track.map(|track| i64::from(track.get())))
    .bind(record.audio.as_ref().map(|audio| audio.as_bytes().as_slice()))
    .bind(text)
    .bind(version)
    .bind(tags)
    .execute(connection)
    .await
    .map(drop)
}

fn parts(problem: Option<&FileProblem>) -> (Option<&str>, Option<i64>) {
    (problem.map(|problem| &*problem.text), problem.map(|problem| i64::from(problem.version.0)))
}

//! What the words and covers of files are like, by the path of the file: a table beside the analyses.
//!
//! It goes with the path and not with the sound, since tags may change while the sound stays.

use futures::TryStreamExt;
use music::booklet::{Booklet, BookletVersion, Cover, Words};
use rustc_hash::FxHashMap;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::AnalysisStore;
use crate::error::EngineError;
use crate::store::FilePath;

/// Kept apart from the analyses' format: a program that knows nothing of it reads the rest as before.
pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS booklet (\
     path BLOB PRIMARY KEY, modified INTEGER NOT NULL, version INTEGER NOT NULL, words BLOB, cover BLOB) STRICT";

/// The bytes of a word: its hash, little end first, and its count.
const TERM_BYTES: usize = 5;

/// The booklet of one file, as the file was when it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredBooklet {
    /// Which file.
    pub path: FilePath,
    /// When it was changed last. *Unit*: nanoseconds since 1970.
    pub modified_ns: i64,
    /// What lies in it.
    pub booklet: Booklet,
}

impl AnalysisStore {
    /// Which files have a booklet: when each was changed last before it was read, and by which recipe.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn booklet_versions(&self) -> Result<FxHashMap<FilePath, (i64, BookletVersion)>, EngineError> {
        let mut versions = FxHashMap::default();
        self.each_booklet("SELECT path, modified, version FROM booklet", |row| {
            versions.insert(path(row)?, (row.try_get(1)?, BookletVersion(row.try_get(2)?)));
            Ok(())
        })
        .await?;
        Ok(versions)
    }

    /// All booklets by file. Parts that cannot be read count as not there.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn booklets(&self) -> Result<FxHashMap<FilePath, Booklet>, EngineError> {
        let mut booklets = FxHashMap::default();
        self.each_booklet("SELECT path, version, words, cover FROM booklet", |row| {
            let version = BookletVersion(row.try_get(1)?);
            let words = row.try_get::<Option<&[u8]>, _>(2)?.and_then(words);
            let cover = row.try_get::<Option<&[u8]>, _>(3)?.and_then(cover);
            booklets.insert(path(row)?, Booklet { version, words, cover });
            Ok(())
        })
        .await?;
        Ok(booklets)
    }

    /// Stores booklets in one transaction, each in place of an older one of the same file.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn put_booklets(&self, booklets: &[StoredBooklet]) -> Result<(), EngineError> {
        let failed = || EngineError::database("store what words and covers are like");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        for stored in booklets {
            let Booklet { version, words, cover } = &stored.booklet;
            sqlx::query(
                "INSERT INTO booklet (path, modified, version, words, cover) VALUES (?, ?, ?, ?, ?) \
                 ON CONFLICT (path) DO UPDATE SET modified = excluded.modified, version = excluded.version, \
                 words = excluded.words, cover = excluded.cover",
            )
            .bind(stored.path.as_bytes())
            .bind(stored.modified_ns)
            .bind(i64::from(version.0))
            .bind(words.as_ref().map(bytes_of_words))
            .bind(cover.as_ref().map(bytes_of_cover))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// Forgets the booklets of files that are no longer there.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn remove_booklets(&self, paths: &[FilePath]) -> Result<(), EngineError> {
        let failed = || EngineError::database("forget what words and covers were like");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        for path in paths {
            let query = sqlx::query("DELETE FROM booklet WHERE path = ?").bind(path.as_bytes());
            query.execute(&mut *transaction).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// A file that an older program made, and that is only read, has no such table.
    async fn each_booklet(
        &self,
        text: &'static str,
        put: impl FnMut(&SqliteRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), EngineError> {
        let failed = || EngineError::database("read what words and covers are like");
        let table = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'booklet'";
        let mut tables = sqlx::query(table).fetch(&self.pool);
        let is_there = tables.try_next().await.map_err(failed())?.is_some();
        drop(tables);
        if is_there { self.each(text, put).await } else { Ok(()) }
    }
}

fn path(row: &SqliteRow) -> Result<FilePath, sqlx::Error> {
    Ok(FilePath::from_bytes(row.try_get::<&[u8], _>(0)?.into()))
}

fn bytes_of_words(words: &Words) -> Vec<u8> {
    words.terms().iter().flat_map(|(term, count)| term.to_le_bytes().into_iter().chain([*count])).collect()
}

fn words(bytes: &[u8]) -> Option<Words> {
    let (terms, rest) = bytes.as_chunks::<TERM_BYTES>();
    let term = |&[a, b, c, d, count]: &[u8; TERM_BYTES]| (u32::from_le_bytes([a, b, c, d]), count);
    Words::new(terms.iter().map(term).collect()).ok().filter(|_| rest.is_empty())
}

fn bytes_of_cover(cover: &Cover) -> Vec<u8> {
    cover.values().iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn cover(bytes: &[u8]) -> Option<Cover> {
    let values: Vec<f32> = bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect();
    Cover::try_from(values).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn stored(name: &str, version: u16, count: u8) -> StoredBooklet {
        let words = Words::new(vec![(7, count), (u32::MAX, 1)]).ok();
        let cover = Cover::new([f32::from(count); music::booklet::COVER_LEN]).ok();
        let booklet = Booklet { version: BookletVersion(version), words, cover };
        StoredBooklet { path: FilePath::of(Path::new(name)), modified_ns: 5, booklet }
    }

    #[tokio::test]
    async fn a_booklet_is_found_by_its_file_replaced_and_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let store = AnalysisStore::open(directory.path()).await.unwrap();
        let empty = Booklet { version: BookletVersion(1), words: None, cover: None };
        let bare = StoredBooklet { booklet: empty.clone(), ..stored("/c", 1, 1) };
        store.put_booklets(&[stored("/a", 1, 1), stored("/b", 1, 2), bare]).await.unwrap();
        store.put_booklets(&[StoredBooklet { modified_ns: 6, ..stored("/a", 2, 9) }]).await.unwrap();
        let path = |name: &str| FilePath::of(Path::new(name));
        let versions = store.booklet_versions().await.unwrap();
        assert_eq!((versions[&path("/a")], versions[&path("/b")].0), ((6, BookletVersion(2)), 5));
        let booklets = store.booklets().await.unwrap();
        assert_eq!(booklets[&path("/a")], stored("/a", 2, 9).booklet);
        assert_eq!(booklets[&path("/c")], empty);
        store.remove_booklets(&[path("/a"), path("/never")]).await.unwrap();
        assert_eq!(store.booklets().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_file_from_before_there_were_booklets_is_read_and_gets_room_for_them() {
        let directory = tempfile::tempdir().unwrap();
        let store = AnalysisStore::open(directory.path()).await.unwrap();
        sqlx::query("DROP TABLE booklet").execute(&store.pool).await.unwrap();
        store.close().await;
        let old = AnalysisStore::open_read_only(directory.path()).await.unwrap();
        assert!(old.booklets().await.unwrap().is_empty() && old.booklet_versions().await.unwrap().is_empty());
        old.close().await;
        let new = AnalysisStore::open(directory.path()).await.unwrap();
        new.put_booklets(&[stored("/a", 1, 1)]).await.unwrap();
        assert_eq!(new.booklets().await.unwrap().len(), 1);
    }

    #[test]
    fn bytes_that_are_no_booklet_count_as_none() {
        assert_eq!((words(&[]), words(&[1, 2, 3]), words(&[1, 0, 0, 0, 0])), (None, None, None));
        assert_eq!((cover(&[0; 12]), cover(&[0xFF; 240])), (None, None));
    }
}

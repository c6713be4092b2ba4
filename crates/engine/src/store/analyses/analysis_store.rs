//! The database of analyses.

use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use futures::TryStreamExt;
use music::analysis::{DESCRIPTOR_LEN, Descriptor, FeaturesVersion, TrackAnalysis};
use rustc_hash::FxHashMap;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqlitePool};

use super::booklets;
use super::heard::{Heard, StoredAnalysis};
use crate::error::EngineError;
use crate::store::{AudioHash, DataDirectory};

/// The format of the file; another one is thrown away and made anew.
const FORMAT: i64 = 1;

/// A whole analysis is no larger than this when it is unpacked.
const DETAIL_SIZE_MAX_BYTES: u64 = 256 << 20;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS analysis (\
     audio BLOB PRIMARY KEY, version INTEGER NOT NULL, sound TEXT NOT NULL, descriptor BLOB, \
     fingerprint BLOB NOT NULL, detail BLOB NOT NULL) STRICT";

/// The analyses of one data directory.
#[derive(Debug)]
pub struct AnalysisStore {
    pub(super) pool: SqlitePool,
}

impl AnalysisStore {
    /// Opens the analyses in `directory` for reading and writing; makes them where there are none.
    ///
    /// A file that cannot be used is thrown away: everything in it can be made again.
    ///
    /// # Errors
    /// [`EngineError::Database`] where no file can be made.
    pub async fn open(directory: &Path) -> Result<Self, EngineError> {
        let directory = DataDirectory::new(directory);
        directory.touch_analyses()?;
        match Self::prepare(&directory.analyses()).await {
            Ok(store) => Ok(store),
            Err(error) => {
                tracing::warn!(%error, "the analyses cannot be read and are made anew by the next scan");
                directory.remove_analyses()?;
                directory.touch_analyses()?;
                Self::prepare(&directory.analyses()).await
            }
        }
    }

    /// Opens the analyses in `directory` for reading; none where there are none, or none that this program reads.
    pub async fn open_read_only(directory: &Path) -> Option<Self> {
        let path = DataDirectory::new(directory).analyses();
        if !path.is_file() {
            return None;
        }
        let store = Self { pool: pool(&path, true) };
        match store.format().await {
            Ok(FORMAT) => Some(store),
            _ => None,
        }
    }

    async fn prepare(path: &Path) -> Result<Self, EngineError> {
        let failed = || EngineError::database("open the analyses");
        let store = Self { pool: pool(path, false) };
        match store.format().await? {
            0 | FORMAT => {}
            _ => {
                sqlx::query("DROP TABLE IF EXISTS analysis").execute(&store.pool).await.map_err(failed())?;
            }
        }
        for schema in [SCHEMA, booklets::SCHEMA] {
            sqlx::query(schema).execute(&store.pool).await.map_err(failed())?;
        }
        sqlx::query("PRAGMA user_version = 1").execute(&store.pool).await.map_err(failed())?;
        Ok(store)
    }

    async fn format(&self) -> Result<i64, EngineError> {
        let query = sqlx::query_scalar("PRAGMA user_version").fetch_one(&self.pool);
        query.await.map_err(EngineError::database("read the analyses"))
    }

    /// Which sounds have been analysed, and by which recipe.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn versions(&self) -> Result<FxHashMap<AudioHash, FeaturesVersion>, EngineError> {
        let mut versions = FxHashMap::default();
        self.each("SELECT audio, version FROM analysis", |row| {
            versions.insert(audio(row)?, FeaturesVersion(row.try_get::<u16, _>(1)?));
            Ok(())
        })
        .await?;
        Ok(versions)
    }

    /// What requests read of all analyses. Rows that cannot be read count as not analysed.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn heard(&self) -> Result<FxHashMap<AudioHash, Heard>, EngineError> {
        let mut heard = FxHashMap::default();
        self.each("SELECT audio, version, sound, descriptor FROM analysis", |row| {
            let Ok(sound) = serde_json::from_str(row.try_get(2)?) else { return Ok(()) };
            let version = FeaturesVersion(row.try_get::<u16, _>(1)?);
            let descriptor = row.try_get::<Option<&[u8]>, _>(3)?.and_then(|bytes| descriptor(version, bytes));
            heard.insert(audio(row)?, Heard { sound, descriptor });
            Ok(())
        })
        .await?;
        Ok(heard)
    }

    /// The fingerprints of all sounds that have one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn fingerprints(&self) -> Result<Vec<(AudioHash, Vec<u32>)>, EngineError> {
        let mut fingerprints = Vec::new();
        self.each("SELECT audio, fingerprint FROM analysis ORDER BY audio", |row| {
            let words = row.try_get::<&[u8], _>(1)?.as_chunks().0.iter().copied().map(u32::from_le_bytes);
            fingerprints.push((audio(row)?, words.collect::<Vec<u32>>()));
            Ok(())
        })
        .await?;
        fingerprints.retain(|(_, words)| !words.is_empty());
        Ok(fingerprints)
    }

    /// The whole analysis of one sound.
    ///
    /// # Errors
    /// Where the database refuses; a row that cannot be read counts as not analysed.
    pub async fn analysis(&self, audio: AudioHash) -> Result<Option<TrackAnalysis>, EngineError> {
        let query = sqlx::query_scalar::<_, Vec<u8>>("SELECT detail FROM analysis WHERE audio = ?")
            .bind(audio.as_bytes().as_slice())
            .fetch_optional(&self.pool);
        let packed = query.await.map_err(EngineError::database("read an analysis"))?;
        Ok(packed.and_then(|packed| {
            let unpacked = ZlibDecoder::new(packed.as_slice()).take(DETAIL_SIZE_MAX_BYTES);
            serde_json::from_reader(std::io::BufReader::new(unpacked)).ok()
        }))
    }

    /// Stores analyses in one transaction, each in place of an older one of the same sound.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn put(&self, analyses: &[StoredAnalysis]) -> Result<(), EngineError> {
        let failed = || EngineError::database("store analyses");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        for stored in analyses {
            let analysis = &stored.analysis;
            let descriptor = analysis.descriptor().ok().map(|descriptor| bytes_of(descriptor.values()));
            let words: Vec<u8> = stored.fingerprint.iter().flat_map(|word| word.to_le_bytes()).collect();
            sqlx::query(
                "INSERT INTO analysis (audio, version, sound, descriptor, fingerprint, detail) \
                 VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (audio) DO UPDATE SET version = excluded.version, \
                 sound = excluded.sound, descriptor = excluded.descriptor, fingerprint = excluded.fingerprint, \
                 detail = excluded.detail",
            )
            .bind(stored.audio.as_bytes().as_slice())
            .bind(i64::from(analysis.features_version.0))
            .bind(serde_json::to_string(&analysis.track.sound()).expect("a sound has a JSON form"))
            .bind(descriptor)
            .bind(words)
            .bind(packed(analysis))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(super) async fn each(
        &self,
        text: &'static str,
        mut put: impl FnMut(&SqliteRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), EngineError> {
        let failed = || EngineError::database("read the analyses");
        let mut rows = sqlx::query(text).fetch(&self.pool);
        while let Some(row) = rows.try_next().await.map_err(failed())? {
            put(&row).map_err(failed())?;
        }
        Ok(())
    }
}

/// The connections: what was written last may be lost with the power, and is then made again.
fn pool(path: &Path, is_read_only: bool) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(is_read_only)
        .busy_timeout(std::time::Duration::from_secs(5));
    let options = if is_read_only {
        options
    } else {
        options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal)
    };
    SqlitePoolOptions::new().max_connections(2).connect_lazy_with(options)
}

fn audio(row: &SqliteRow) -> Result<AudioHash, sqlx::Error> {
    let bytes = row.try_get::<&[u8], _>(0)?;
    bytes.try_into().map(AudioHash::new).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn packed(analysis: &TrackAnalysis) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let json = serde_json::to_vec(analysis).expect("an analysis has a JSON form");
    encoder.write_all(&json).and_then(|()| encoder.finish()).expect("memory takes what is written")
}

fn bytes_of(values: &[f32; DESCRIPTOR_LEN]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn descriptor(version: FeaturesVersion, bytes: &[u8]) -> Option<Descriptor> {
    let values: Vec<f32> = bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect();
    Descriptor::new(version, values.try_into().ok()?).ok()
}

//! The second pass: words and covers become booklets.
//!
//! A pass of its own, so that a picture that breaks its worker costs the booklet of one file and never its tags.

use std::path::PathBuf;

use engine::{AnalysisStore, EngineError, FilePath, FileRecord, StoredBooklet};
use music::Booklet;
use rustc_hash::FxHashSet;
use tokio::time::Instant;

use super::{Rhythm, Scan, ScanError};
use crate::booklet::BOOKLET_VERSION;
use crate::report::Phase;
use crate::worker::{Answer, Job};

/// Booklets that are stored together.
const BATCH_LEN: usize = 200;
/// Jobs that wait for each worker: in the order of paths, so that the tracks of a release, which share a picture, mostly
/// come to a worker one after the other.
const JOBS_PER_WORKER: usize = 4;

/// What is kept of a file whose words and cover broke the worker: it is not tried again before it changes.
const NOTHING: Booklet = Booklet { version: BOOKLET_VERSION, words: None, cover: None };

impl Scan<'_> {
    /// Looks at the words and covers of all files below `roots` that have changed since, or were looked at by an older
    /// recipe; and forgets those of files that are gone.
    pub(super) async fn look(&mut self, roots: &[PathBuf]) -> Result<(), ScanError> {
        let start = Instant::now();
        let files = open_files(self.analyses, self.engine.store().files().await?, roots).await?;
        let mut ready = Vec::new();
        let mut rhythm = Rhythm::new(BATCH_LEN);
        let (mut next, mut done_count) = (0, 0);
        loop {
            while next < files.len() && self.pool.waiting_count() < JOBS_PER_WORKER * self.worker_count {
                self.pool.ask(next as u64, Job::booklet(&files[next].path.to_path()));
                next += 1;
            }
            let Some((ticket, answer)) = self.pool.answer().await else { break };
            let FileRecord { path, modified_ns, .. } = &files[ticket as usize];
            let booklet = match answer {
                Ok(Answer::Booklet(booklet)) => Some(*booklet),
                Ok(Answer::Refused(why)) => {
                    let what = "its words and cover are looked at by the next scan";
                    self.fail(path, &format!("{what}: {why}"), false);
                    None
                }
                Ok(_) => Some(self.spoilt(path, "the worker answered something else; please report it")),
                Err(failure) if failure.is_of_the_file() => Some(self.spoilt(path, &failure.to_string())),
                Err(failure) => return Err(ScanError::Worker(failure)),
            };
            if let Some(booklet) = booklet {
                self.report.booklet_count += 1;
                self.report.words_count += u64::from(booklet.words.is_some());
                self.report.cover_count += u64::from(booklet.cover.is_some());
                ready.push(StoredBooklet { path: path.clone(), modified_ns: *modified_ns, booklet });
            }
            done_count += 1;
            if rhythm.is_due(ready.len()) {
                self.analyses.put_booklets(&std::mem::take(&mut ready)).await?;
            }
            self.progress(Phase::Looking, done_count, files.len(), start.elapsed());
        }
        self.analyses.put_booklets(&ready).await?;
        self.report.booklet_seconds = start.elapsed().as_secs_f64();
        Ok(())
    }

    fn spoilt(&mut self, path: &FilePath, why: &str) -> Booklet {
        self.fail(path, &format!("its words and cover are left out, the track is not: {why}"), false);
        NOTHING
    }
}

/// The files to look at, in the order of their paths.
async fn open_files(
    analyses: &AnalysisStore,
    files: Vec<FileRecord>,
    roots: &[PathBuf],
) -> Result<Vec<FileRecord>, EngineError> {
    let known = analyses.booklet_versions().await?;
    let there: FxHashSet<&FilePath> = files.iter().map(|file| &file.path).collect();
    let gone: Vec<FilePath> = known.keys().filter(|path| !there.contains(path)).cloned().collect();
    analyses.remove_booklets(&gone).await?;
    let is_open = |file: &FileRecord| {
        let is_known = known.get(&file.path).is_some_and(|&(modified_ns, version)| {
            modified_ns == file.modified_ns && version >= BOOKLET_VERSION
        });
        let path = file.path.to_path();
        file.track.is_some() && !is_known && roots.iter().any(|root| path.starts_with(root))
    };
    Ok(files.into_iter().filter(is_open).collect())
}

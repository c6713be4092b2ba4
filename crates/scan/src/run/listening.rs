//! The third pass: sound becomes analyses.

use std::collections::VecDeque;
use std::path::PathBuf;

use engine::{AudioHash, EngineError, FileChange, FilePath, FileProblem, FileRecord, StoredAnalysis};
use music::analysis::FeaturesVersion;
use rustc_hash::FxHashMap;
use tokio::time::Instant;

use super::{Rhythm, Scan, ScanError};
use crate::report::Phase;
use crate::worker::{Answer, Job, Listened};

/// Analyses that are stored together; each is the work of seconds.
const BATCH_LEN: usize = 8;

/// What is being done with files whose sound is not known or not analysed.
struct Listening {
    files: Vec<FileRecord>,
    /// Files whose turn has not come.
    todo: VecDeque<usize>,
    /// Sounds that are being analysed, with the other files that hold them.
    under_way: FxHashMap<AudioHash, Vec<usize>>,
    versions: FxHashMap<AudioHash, FeaturesVersion>,
    analyses: Vec<StoredAnalysis>,
    changes: Vec<FileChange>,
    rhythm: Rhythm,
    done_count: usize,
}

impl Scan<'_> {
    /// Analyses the sound of all files below `roots` that has no analysis by the present recipe.
    pub(super) async fn listen(&mut self, roots: &[PathBuf]) -> Result<(), ScanError> {
        let start = Instant::now();
        let mut work = self.work(roots).await?;
        let file_count = work.files.len();
        loop {
            // One job waits for each worker: the next file is chosen late, and its sound is read while it is in memory.
            while self.pool.waiting_count() < 2 * self.worker_count
                && let Some(index) = work.todo.pop_front()
            {
                self.begin(&mut work, index);
            }
            let Some((ticket, answer)) = self.pool.answer().await else { break };
            let index = ticket as usize;
            match answer {
                Ok(Answer::Identified(audio)) => self.identified(&mut work, index, audio),
                Ok(Answer::Listened(listened)) => self.listened(&mut work, index, *listened),
                Ok(Answer::Refused(why)) => self.refused(&mut work, index, &why),
                Ok(
                    Answer::Read(_)
                    | Answer::Booklet(_)
                    | Answer::ModelRefused(_)
                    | Answer::Separating(_)
                    | Answer::Separated(_),
                ) => {
                    self.refused(&mut work, index, "the worker answered something else");
                }
                Err(failure) if failure.is_of_the_file() => {
                    self.refused(&mut work, index, &failure.to_string());
                }
                Err(failure) => return Err(ScanError::Worker(failure)),
            }
            if work.rhythm.is_due(work.analyses.len().max(work.changes.len() / BATCH_LEN)) {
                self.store_heard(&mut work).await?;
            }
            self.progress(Phase::Listening, work.done_count, file_count, start.elapsed());
        }
        self.store_heard(&mut work).await?;
        self.report.listening_seconds = start.elapsed().as_secs_f64();
        if self.report.analysed_count > 0 {
            self.find_duplicates().await?;
        }
        Ok(())
    }

    async fn work(&self, roots: &[PathBuf]) -> Result<Listening, ScanError> {
        let versions = self.analyses.versions().await?;
        let is_current = |audio: AudioHash| versions.get(&audio).is_some_and(|&known| known >= self.version);
        let is_open = |file: &FileRecord| {
            let path = file.path.to_path();
            file.track.is_some()
                && file.problem.is_none()
                && !file.audio.is_some_and(is_current)
                && roots.iter().any(|root| path.starts_with(root))
        };
        let files: Vec<FileRecord> = self.engine.store().files().await?.into_iter().filter(is_open).collect();
        Ok(Listening {
            todo: (0..files.len()).collect(),
            files,
            under_way: FxHashMap::default(),
            versions,
            analyses: Vec::new(),
            changes: Vec::new(),
            rhythm: Rhythm::new(BATCH_LEN),
            done_count: 0,
        })
    }

    fn begin(&mut self, work: &mut Listening, index: usize) {
        match work.files[index].audio {
            Some(audio) => self.identified(work, index, audio),
            None => self.pool.ask(index as u64, Job::identify(&work.files[index].path.to_path())),
        }
    }

    /// Now that it is known which sound it is: was it analysed before, is it being analysed, or is it new?
    fn identified(&mut self, work: &mut Listening, index: usize, audio: AudioHash) {
        work.files[index].audio = Some(audio);
        if work.versions.get(&audio).is_some_and(|&known| known >= self.version) {
            self.report.recognised_count += 1;
            work.finish(index, None);
        } else if let Some(others) = work.under_way.get_mut(&audio) {
            others.push(index);
        } else {
            work.under_way.insert(audio, Vec::new());
            self.pool.ask(index as u64, Job::listen(&work.files[index].path.to_path()));
        }
    }

    fn listened(&mut self, work: &mut Listening, index: usize, listened: Listened) {
        let Some(audio) = work.files[index].audio else { return };
        self.report.analysed_count += 1;
        self.report.analysed_seconds += listened.analysis.duration.0;
        work.versions.insert(audio, listened.analysis.features_version);
        let Listened { analysis, fingerprint, .. } = listened;
        work.analyses.push(StoredAnalysis { audio, analysis, fingerprint });
        work.finish(index, None);
        for other in work.under_way.remove(&audio).unwrap_or_default() {
            self.report.recognised_count += 1;
            work.finish(other, None);
        }
    }

    fn refused(&mut self, work: &mut Listening, index: usize, why: &str) {
        let audio = work.files[index].audio;
        let others = audio.and_then(|audio| work.under_way.remove(&audio)).unwrap_or_default();
        for index in std::iter::once(index).chain(others) {
            self.fail(&work.files[index].path, why, false);
            work.finish(index, Some(FileProblem { text: why.into(), version: self.version }));
        }
    }

    /// Stores analyses first: a file that names a sound without one is analysed again, never taken for analysed.
    async fn store_heard(&mut self, work: &mut Listening) -> Result<(), ScanError> {
        if !work.analyses.is_empty() {
            self.analyses.put(&std::mem::take(&mut work.analyses)).await?;
        }
        if !work.changes.is_empty() {
            let mut intake = self.engine.intake().await?;
            for change in work.changes.drain(..) {
                intake.file(change).map_err(EngineError::from)?;
            }
            intake.commit().await?;
        }
        Ok(())
    }

    /// Which files hold the same recording, by their sound itself or by how it sounds.
    async fn find_duplicates(&mut self) -> Result<(), ScanError> {
        let mut paths: FxHashMap<AudioHash, Vec<FilePath>> = FxHashMap::default();
        for file in self.engine.store().files().await? {
            if let Some(audio) = file.audio {
                paths.entry(audio).or_default().push(file.path);
            }
        }
        let known = self.analyses.fingerprints().await?.into_iter();
        let (sounds, prints): (Vec<AudioHash>, Vec<audio::Fingerprint>) = known
            .filter(|(audio, _)| paths.contains_key(audio))
            .map(|(audio, words)| (audio, audio::Fingerprint::from_words(words)))
            .unzip();
        let groups = tokio::task::spawn_blocking(move || audio::duplicates(&prints)).await;
        let groups = groups.map_err(|_| EngineError::Broke { what: "comparing fingerprints" })?;
        let mut same: Vec<Vec<FilePath>> = Vec::new();
        for group in groups {
            let files = group.into_iter().filter_map(|index| paths.remove(&sounds[index]));
            same.push(files.flatten().collect());
        }
        same.extend(paths.into_values().filter(|files| files.len() > 1));
        let mut named: Vec<Vec<String>> = same
            .into_iter()
            .map(|mut files| {
                files.sort();
                files.iter().map(ToString::to_string).collect()
            })
            .collect();
        named.sort();
        self.report.duplicates = named;
        Ok(())
    }
}

impl Listening {
    fn finish(&mut self, index: usize, problem: Option<FileProblem>) {
        let FileRecord { path, audio, .. } = self.files[index].clone();
        self.changes.push(FileChange::Heard { path, audio, problem });
        self.done_count += 1;
    }
}

//! The first pass: tags become tracks.

use engine::{AudioHash, EngineError, FileChange, FileProblem, FileRecord, Intake};
use music::{ExternalId, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::time::Instant;

use super::plan::Plan;
use super::{Rhythm, Scan, ScanError};
use crate::describe::{Described, describe};
use crate::report::Phase;
use crate::tags::Tags;
use crate::walk::Found;
use crate::worker::{Answer, Failure, Job};

/// Files that are stored together.
const BATCH_LEN: usize = 200;
/// Jobs that wait for each worker, so that none is ever idle and answers come in about the order of the files.
const JOBS_PER_WORKER: usize = 4;

/// A file that was read and is to be stored.
struct ReadFile {
    found: Found,
    outcome: Result<Tags, String>,
    /// Its sound and the file that held it before, where it was moved.
    moved: Option<(AudioHash, FileRecord)>,
}

/// What is known about files that were there before, to recognise them under other names.
struct Before<'p> {
    /// Files that are gone and whose sound is known, by their size.
    gone: FxHashMap<u64, Vec<&'p FileRecord>>,
    /// Tracks of files that are still there.
    others: FxHashSet<TrackId>,
}

impl<'p> Before<'p> {
    fn new(plan: &'p Plan) -> Self {
        let mut gone: FxHashMap<u64, Vec<&FileRecord>> = FxHashMap::default();
        for record in plan.gone.iter().filter(|record| record.audio.is_some()) {
            gone.entry(record.size).or_default().push(record);
        }
        Self { gone, others: plan.others.values().filter_map(|record| record.track).collect() }
    }

    /// The file that was `found` under another name, now that its sound is known.
    fn of(&self, found: &Found, audio: AudioHash) -> Option<FileRecord> {
        let same = |record: &&&FileRecord| record.audio == Some(audio);
        self.gone.get(&found.size)?.iter().find(same).map(|record| (*record).clone())
    }
}

impl Scan<'_> {
    /// Reads the tags of all files that are new or have changed, and stores what they say.
    pub(super) async fn read(&mut self, plan: &Plan) -> Result<(), ScanError> {
        let start = Instant::now();
        let before = Before::new(plan);
        let (mut waiting, mut ready) = (FxHashMap::default(), Vec::new());
        let mut rhythm = Rhythm::new(BATCH_LEN);
        let (mut next, mut done_count) = (0, 0);
        loop {
            while next < plan.to_read.len() && self.pool.waiting_count() < JOBS_PER_WORKER * self.worker_count
            {
                self.pool.ask(next as u64, Job::read(&plan.to_read[next].0.path.to_path()));
                next += 1;
            }
            let Some((ticket, answer)) = self.pool.answer().await else { break };
            let (found, _) = &plan.to_read[ticket as usize];
            match answer {
                Ok(Answer::Read(read)) if before.gone.contains_key(&found.size) => {
                    waiting.insert(ticket, read.tags);
                    self.pool.ask(ticket, Job::identify(&found.path.to_path()));
                    continue;
                }
                Ok(Answer::Identified(audio)) => {
                    let tags = waiting.remove(&ticket).unwrap_or_default();
                    let moved = before.of(found, audio).map(|record| (audio, record));
                    ready.push(ReadFile { found: found.clone(), outcome: Ok(tags), moved });
                }
                other => {
                    let outcome = tags_of(other)?;
                    ready.push(ReadFile { found: found.clone(), outcome, moved: None });
                }
            }
            done_count += 1;
            if rhythm.is_due(ready.len()) {
                self.store_read(plan, &before, std::mem::take(&mut ready)).await?;
            }
            self.progress(Phase::Reading, done_count, plan.to_read.len(), start.elapsed());
        }
        self.store_read(plan, &before, ready).await?;
        self.forget_gone(plan).await?;
        self.report.reading_seconds = start.elapsed().as_secs_f64();
        Ok(())
    }

    async fn store_read(
        &mut self,
        plan: &Plan,
        before: &Before<'_>,
        files: Vec<ReadFile>,
    ) -> Result<(), ScanError> {
        if files.is_empty() {
            return Ok(());
        }
        let mut intake = self.engine.intake().await?;
        if intake.library().listeners().is_empty() {
            // Whose music it is: what is recommended needs somebody to be recommended to.
            intake.listener(engine::import::DEFAULT_LISTENER).map_err(EngineError::from)?;
        }
        let was_known: FxHashSet<_> =
            plan.to_read.iter().filter(|(_, known)| *known).map(|(found, _)| &found.path).collect();
        for file in files {
            match (was_known.contains(&file.found.path), &file.moved) {
                (true, _) => self.report.changed_count += 1,
                (false, Some(_)) => self.report.moved_count += 1,
                (false, None) => self.report.new_count += 1,
            }
            self.take_in(&mut intake, before, file)?;
        }
        intake.commit().await?;
        Ok(())
    }

    fn take_in(&mut self, intake: &mut Intake, before: &Before<'_>, file: ReadFile) -> Result<(), ScanError> {
        let ReadFile { found, outcome, moved } = file;
        let (tags, track) = match outcome {
            Ok(tags) => {
                let track = track_of(intake, before, &found, &tags, moved.as_ref());
                (tags, track)
            }
            Err(why) => (Tags::default(), Err(why)),
        };
        let (track, problem) = match track {
            Ok(track) => (Some(track), None),
            Err(why) => {
                self.fail(&found.path, &why, false);
                (None, Some(FileProblem { text: why.into(), version: self.version }))
            }
        };
        let record = FileRecord {
            path: found.path,
            size: found.size,
            modified_ns: found.modified_ns,
            track,
            audio: moved.map(|(audio, _)| audio),
            problem,
        };
        let tags = serde_json::to_string(&tags).expect("tags have a JSON form");
        intake.file(FileChange::Put { record, tags: tags.into() }).map_err(EngineError::from)?;
        Ok(())
    }

    /// Takes files that are no longer there out of the store; their tracks and analyses stay.
    async fn forget_gone(&mut self, plan: &Plan) -> Result<(), ScanError> {
        for records in plan.gone.chunks(1_000) {
            let mut intake = self.engine.intake().await?;
            for record in records {
                let path = record.path.clone();
                intake.file(FileChange::Removed { path }).map_err(EngineError::from)?;
            }
            intake.commit().await?;
        }
        Ok(())
    }
}

/// The tags out of an answer, or why there are none.
fn tags_of(answer: Result<Answer, Failure>) -> Result<Result<Tags, String>, ScanError> {
    match answer {
        Ok(Answer::Read(read)) => Ok(Ok(read.tags)),
        Ok(Answer::Refused(why)) => Ok(Err(why)),
        Ok(_) => Ok(Err("the worker answered something else; please report it".to_owned())),
        Err(failure) if failure.is_of_the_file() => Ok(Err(failure.to_string())),
        Err(failure) => Err(ScanError::Worker(failure)),
    }
}

/// The track that a file holds: what its tags say; where they say nothing, what it was under its former name.
fn track_of(
    intake: &mut Intake,
    before: &Before<'_>,
    found: &Found,
    tags: &Tags,
    moved: Option<&(AudioHash, FileRecord)>,
) -> Result<TrackId, String> {
    let Described { mut track, is_guessed } = describe(tags, &found.relative);
    if is_guessed {
        if let Some(former) = moved.and_then(|(_, record)| record.track) {
            return Ok(former);
        }
        // Two folders of music may each have a `01.mp3`: the second is named by its whole path.
        let is_path = |id: &ExternalId| matches!(id, ExternalId::Path(_));
        let same =
            track.external.iter().find(|id| is_path(id)).and_then(|id| intake.library().track_with(id));
        if same.is_some_and(|same| before.others.contains(&same)) {
            track.external.retain(|id| !is_path(id));
            track.external.push(crate::describe::path_id(&found.path.to_path()));
        }
    }
    intake.track(&track).map_err(|rejection| format!("its tags are not acceptable: {rejection}"))
}

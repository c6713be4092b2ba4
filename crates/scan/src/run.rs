//! One scan: which files changed, what do they say, how do they sound.
//!
//! Three passes: tags of all files first, so that they are tracks within minutes; then words and covers; then the sound of
//! all that was not analysed yet.
//! Everything is stored in small batches: a scan that is killed goes on where it was when it is started again.

mod listening;
mod looking;
mod plan;
mod reading;

use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use engine::{AnalysisStore, Engine, EngineError, FilePath};
use music::analysis::FeaturesVersion;
use tokio::time::Instant;

use self::plan::Plan;
use crate::report::{FileFailure, Phase, ScanNews, ScanProgress, ScanReport};
use crate::walk::{Walked, walk};
use crate::worker::{Failure, Limits, Pool, WorkerCommand};

/// What a scan is asked to do.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Try files again that could not be read before, although they have not changed.
    pub retry: bool,
    /// Read tags only; a later scan analyses the sound.
    pub tags_only: bool,
    /// How worker processes are started.
    pub worker: WorkerCommand,
    /// What each may use.
    pub limits: Limits,
    /// How many there are; none for one a core.
    pub worker_count: Option<NonZero<usize>>,
}

/// Why a scan ended before its end; what it had stored stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// A path that was asked for cannot be read.
    #[error("cannot read {path}: {source}; check the path and the rights on it")]
    Path {
        /// The path.
        path: FilePath,
        /// What the system said.
        source: io::Error,
    },
    /// No worker process can be started.
    #[error("{0}")]
    Worker(Failure),
    /// No threads can be started.
    #[error("cannot start threads: {0}")]
    Threads(io::Error),
    /// The store refuses.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Looks at all files below the paths of `request`, and tells `news` on the way.
///
/// # Errors
/// [`ScanError`]; a file that cannot be read is no error but a line in the report.
pub async fn scan(
    engine: &Engine,
    request: &ScanRequest,
    news: &mut (dyn FnMut(ScanNews<'_>) + Send),
) -> Result<ScanReport, ScanError> {
    let paths = request.paths.clone();
    let walked = tokio::task::spawn_blocking(move || walk(&paths)).await;
    let walked = walked.map_err(|_| EngineError::Broke { what: "looking for files" })?;
    let walked = walked.map_err(|(path, source)| ScanError::Path { path, source })?;
    let mut scan = Scan::new(engine, request, news)?;
    scan.tell_of(&walked);
    let plan = Plan::new(walked, engine.store().files().await?, request.retry, audio::FEATURES_VERSION);
    scan.count(&plan);
    scan.read(&plan).await?;
    scan.look(&plan.roots).await?;
    if !request.tags_only {
        scan.listen(&plan.roots).await?;
    }
    engine.refresh_heard().await?;
    Ok(scan.report)
}

/// A scan on its way.
struct Scan<'a> {
    engine: &'a Engine,
    analyses: &'a AnalysisStore,
    pool: Pool,
    worker_count: usize,
    version: FeaturesVersion,
    report: ScanReport,
    news: &'a mut (dyn FnMut(ScanNews<'_>) + Send),
}

impl<'a> Scan<'a> {
    fn new(
        engine: &'a Engine,
        request: &ScanRequest,
        news: &'a mut (dyn FnMut(ScanNews<'_>) + Send),
    ) -> Result<Self, ScanError> {
        let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let worker_count = request.worker_count.map_or_else(cores, NonZero::get);
        Ok(Self {
            engine,
            analyses: engine.analyses().ok_or(EngineError::ReadOnly)?,
            pool: Pool::new(&request.worker, request.limits, worker_count).map_err(ScanError::Threads)?,
            worker_count,
            version: audio::FEATURES_VERSION,
            report: ScanReport::default(),
            news,
        })
    }

    fn tell_of(&mut self, walked: &Walked) {
        for (path, why) in &walked.left_out {
            (self.news)(ScanNews::LeftOut(self.report.leave_out(path, why.clone())));
        }
        for (path, why) in &walked.unreadable {
            self.fail(path, why, false);
        }
    }

    fn count(&mut self, plan: &Plan) {
        self.report.file_count = plan.file_count as u64;
        self.report.unchanged_count = plan.unchanged_count as u64;
        self.report.gone_count = plan.gone.len() as u64;
        for (path, why) in &plan.known_failures {
            self.fail(path, why, true);
        }
    }

    fn fail(&mut self, path: &FilePath, why: &str, is_known: bool) {
        let failure: &FileFailure = self.report.fail(path, why, is_known);
        (self.news)(ScanNews::Failed(failure));
    }

    fn progress(&mut self, phase: Phase, done_count: usize, file_count: usize, elapsed: Duration) {
        (self.news)(ScanNews::Progress(ScanProgress {
            phase,
            done_count: done_count as u64,
            file_count: file_count as u64,
            analysed_seconds: self.report.analysed_seconds,
            elapsed,
        }));
    }
}

/// Says when what has gathered is to be stored.
struct Rhythm {
    since: Instant,
    count_max: usize,
}

impl Rhythm {
    /// The longest that something waits to be stored while others come in.
    const WAIT_MAX: Duration = Duration::from_secs(2);

    fn new(count_max: usize) -> Self {
        Self { since: Instant::now(), count_max }
    }

    /// Whether `count` things that wait are to be stored now.
    fn is_due(&mut self, count: usize) -> bool {
        let is_due = count >= self.count_max || (count > 0 && self.since.elapsed() > Self::WAIT_MAX);
        if is_due {
            self.since = Instant::now();
        }
        is_due
    }
}

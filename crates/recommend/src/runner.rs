//! Who runs the sources: threads, a clock and a deadline come from outside.

use std::fmt;

use crate::candidate::Candidate;
use crate::source::SourceError;

/// One source, ready to run on any thread.
pub type Job = Box<dyn FnOnce() -> Result<Vec<Candidate>, SourceError> + Send>;

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// It answered in time.
    Done(Vec<Candidate>),
    /// It said that it cannot answer.
    Failed(SourceError),
    /// It broke.
    Panicked,
    /// It had not answered when the deadline passed, or is still busy with an earlier request.
    Late,
}

/// What became of one job.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took; 0 where nobody measured.
    pub milliseconds: f32,
}

/// Runs the sources of one request.
///
/// Returns one report per job, in the order of the jobs.
/// It must not wait for a job beyond its deadline, and a job that panics must not take anything else down.
pub trait Runner: Send + Sync + fmt::Debug {
    /// Runs the jobs, named after their sources.
    fn run(&self, jobs: Vec<(&'static str, Job)>) -> Vec<Report>;
}

/// Runs one job after the other on the caller's thread, without a deadline: for tests and small devices.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inline;

impl Runner for Inline {
    fn run(&self, jobs: Vec<(&'static str, Job)>) -> Vec<Report> {
        let report = |(_, job): (&'static str, Job)| Report {
            outcome: job().map_or_else(Outcome::Failed, Outcome::Done),
            milliseconds: 0.0,
        };
        jobs.into_iter().map(report).collect()
    }
}

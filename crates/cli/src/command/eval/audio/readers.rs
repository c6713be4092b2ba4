//! Files of a data set are read like those of a scan: in worker processes, one for each core that works.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, anyhow, bail};
use audio::{Block, Sound, SoundBuilder};
use scan::worker::{Answer, Job, Limits, Listened, Worker, WorkerCommand};

use crate::listening;

/// Worker processes that are idle, and how more of them are started.
#[derive(Debug)]
pub(super) struct Readers {
    command: WorkerCommand,
    limits: Limits,
    idle: Mutex<Vec<Worker>>,
}

impl Readers {
    /// Readers that may use what one of a scan may.
    pub(super) fn new() -> Result<Self> {
        Ok(Self { command: listening::command()?, limits: Limits::default(), idle: Mutex::default() })
    }

    /// Does something with a worker that nobody else has meanwhile.
    fn with<T>(&self, work: impl FnOnce(&mut Worker) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Not in one expression: that would hold the lock for as long as the worker works.
        let waiting = idle().pop();
        let mut worker = waiting.unwrap_or_else(|| Worker::new(self.command.clone(), self.limits));
        let done = work(&mut worker);
        idle().push(worker);
        done
    }

    /// The analysis of the file at `path`.
    pub(super) fn listen(&self, path: &Path) -> Result<Listened> {
        match self.with(|worker| worker.ask(&Job::listen(path)))? {
            Answer::Listened(listened) => Ok(*listened),
            Answer::Refused(why) => bail!(why),
            _ => bail!("the worker answered something else; please report it"),
        }
    }

    /// The samples of the file at `path` as they were decoded, to `take` block by block with their rate.
    pub(super) fn decode(&self, path: &Path, mut take: impl FnMut(&Block, u32) -> Result<()>) -> Result<()> {
        let mut failure = None;
        let mut block = Block::default();
        let decoded = self.with(|worker| {
            worker.decode(path, &mut |shape, samples| {
                let Some((_, samples)) = samples else { return Ok(()) };
                block.channel_count = shape.channel_count.into();
                block.samples.clear();
                block.samples.extend_from_slice(samples);
                take(&block, shape.rate_hz).map_err(|error| {
                    failure = Some(error);
                    std::io::Error::other("what is read is not usable")
                })
            })
        });
        match (decoded, failure) {
            (_, Some(failure)) => Err(failure),
            (Err(error), None) => Err(anyhow!(error)),
            (Ok(_), None) => Ok(()),
        }
    }

    /// The sound of the file at `path`.
    pub(super) fn sound(&self, path: &Path) -> Result<Sound> {
        let mut sound = SoundBuilder::default();
        self.decode(path, |block, rate_hz| Ok(sound.push(block, rate_hz)?))?;
        Ok(sound.finish(0)?)
    }
}

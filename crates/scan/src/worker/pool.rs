//! Outside: one worker a core, fed from one queue.

use std::thread;

use crossbeam_channel::{Sender, unbounded};
use tokio::sync::mpsc;

use super::job::{Answer, Job};
use super::limits::Limits;
use super::process::{Failure, Worker, WorkerCommand};

/// A few workers that take jobs in the order in which they come.
#[derive(Debug)]
pub struct Pool {
    jobs: Sender<(u64, Job)>,
    answers: mpsc::UnboundedReceiver<(u64, Result<Answer, Failure>)>,
    waiting_count: usize,
}

impl Pool {
    /// A pool of `worker_count` workers, each of which starts when it is needed.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub fn new(command: &WorkerCommand, limits: Limits, worker_count: usize) -> std::io::Result<Self> {
        let (jobs, queue) = unbounded::<(u64, Job)>();
        let (done, answers) = mpsc::unbounded_channel();
        for _ in 0..worker_count.max(1) {
            let (queue, done, command) = (queue.clone(), done.clone(), command.clone());
            let name = "segue-worker".to_owned();
            thread::Builder::new().name(name).spawn(move || {
                let mut worker = Worker::new(command, limits);
                for (ticket, job) in queue {
                    let answer = worker.ask(&job);
                    if done.send((ticket, answer)).is_err() {
                        break;
                    }
                }
            })?;
        }
        Ok(Self { jobs, answers, waiting_count: 0 })
    }

    /// Puts a job into the queue; its answer comes with its `ticket`.
    pub fn ask(&mut self, ticket: u64, job: Job) {
        self.waiting_count += 1;
        // The workers end only after the pool.
        let _ = self.jobs.send((ticket, job));
    }

    /// The next answer, in the order in which jobs end; none where nothing is being done.
    pub async fn answer(&mut self) -> Option<(u64, Result<Answer, Failure>)> {
        if self.waiting_count == 0 {
            return None;
        }
        let answer = self.answers.recv().await?;
        self.waiting_count -= 1;
        Some(answer)
    }

    /// How many jobs have no answer yet.
    pub const fn waiting_count(&self) -> usize {
        self.waiting_count
    }
}

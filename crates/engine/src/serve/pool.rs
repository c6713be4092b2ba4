//! The threads that sources run on: nobody waits for a stuck one.
//!
//! A source that has not answered when its deadline passes is left to itself, and named in the trace.
//! As long as it is still busy it is not asked again, so that one broken source costs a few threads and no more; the
//! pool makes up for them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use recommend::Runner;
use recommend::runner::{Job, Outcome, Report};
use rustc_hash::FxHashMap;

/// Runs sources side by side under a deadline.
#[derive(Debug)]
pub struct SourcePool {
    queue: Sender<Task>,
    deadline: Duration,
    shared: Arc<Shared>,
}

/// Stuck runs of one source beyond which it is no longer asked.
const STUCK_LIMIT: usize = 2;
/// Threads at most, those lost to stuck sources included.
const THREAD_LIMIT: usize = 64;

#[derive(Debug)]
struct Shared {
    tasks: Receiver<Task>,
    thread_count: AtomicUsize,
    /// Threads that are wanted besides those that are stuck.
    thread_count_wanted: usize,
    /// Runs of each source that were given up and have not ended yet.
    stuck: Mutex<FxHashMap<&'static str, usize>>,
}

struct Task {
    index: usize,
    name: &'static str,
    job: Job,
    state: Arc<AtomicU8>,
    answers: Sender<(usize, Report)>,
}

/// Waits for a thread.
const QUEUED: u8 = 0;
/// Has a thread.
const RUNNING: u8 = 1;
/// Nobody waits for it any more.
const GIVEN_UP: u8 = 2;

impl SourcePool {
    /// A pool of so many threads, at least one, that waits for the sources of one request no longer than `deadline`.
    pub fn new(thread_count: usize, deadline: Duration) -> Self {
        let (queue, tasks) = unbounded();
        let thread_count_wanted = thread_count.clamp(1, THREAD_LIMIT);
        let shared =
            Shared { tasks, thread_count: AtomicUsize::new(0), thread_count_wanted, stuck: Mutex::default() };
        let pool = Self { queue, deadline, shared: Arc::new(shared) };
        for _ in 0..thread_count_wanted {
            pool.add_thread();
        }
        pool
    }

    fn add_thread(&self) {
        if self.shared.thread_count.load(Ordering::Relaxed) >= THREAD_LIMIT {
            return;
        }
        self.shared.thread_count.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new().name("source".to_owned()).spawn(move || shared.work());
        if let Err(error) = started {
            self.shared.thread_count.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!(%error, "cannot start a thread for sources; requests will be slower");
        }
    }
}

impl Shared {
    /// One thread's life: task after task, until the pool is gone or has threads to spare.
    fn work(&self) {
        for task in &self.tasks {
            let was_late = run(task, self);
            if was_late && self.thread_count.load(Ordering::Relaxed) > self.thread_count_wanted {
                break;
            }
        }
        self.thread_count.fetch_sub(1, Ordering::Relaxed);
    }

    fn change_stuck(&self, name: &'static str, change: impl FnOnce(usize) -> usize) {
        let mut stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        let count = stuck.entry(name).or_default();
        *count = change(*count);
    }

    fn is_stuck(&self, name: &str) -> bool {
        let stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        stuck.get(name).is_some_and(|&count| count >= STUCK_LIMIT)
    }
}

/// Runs a task and sends its report; tells whether nobody was waiting any more.
fn run(task: Task, shared: &Shared) -> bool {
    if task.state.compare_exchange(QUEUED, RUNNING, Ordering::AcqRel, Ordering::Acquire).is_err() {
        return false;
    }
    let start = now();
    let outcome = match catch_unwind(AssertUnwindSafe(task.job)) {
        Ok(Ok(candidates)) => Outcome::Done(candidates),
        Ok(Err(error)) => Outcome::Failed(error),
        Err(_) => Outcome::Panicked,
    };
    let milliseconds = start.elapsed().as_secs_f32() * 1000.0;
    // Whoever asked may be gone: then nobody misses the answer.
    let _ = task.answers.send((task.index, Report { outcome, milliseconds }));
    let was_late = task.state.load(Ordering::Acquire) == GIVEN_UP;
    if was_late {
        shared.change_stuck(task.name, |count| count.saturating_sub(1));
    }
    was_late
}

#[expect(clippy::disallowed_methods, reason = "a deadline needs the monotonic clock")]
fn now() -> Instant {
    Instant::now()
}

impl Runner for SourcePool {
    fn run(&self, jobs: Vec<(&'static str, Job)>) -> Vec<Report> {
        let start = now();
        let (answers, inbox) = bounded(jobs.len());
        let late = |_: &(&'static str, Job)| Report { outcome: Outcome::Late, milliseconds: 0.0 };
        let mut reports: Vec<Report> = jobs.iter().map(late).collect();
        let mut waiting = Vec::with_capacity(jobs.len());
        for (index, (name, job)) in jobs.into_iter().enumerate() {
            if self.shared.is_stuck(name) {
                continue;
            }
            let state = Arc::new(AtomicU8::new(QUEUED));
            waiting.push((index, name, Arc::clone(&state)));
            let task = Task { index, name, job, state, answers: answers.clone() };
            self.queue.send(task).expect("the pool holds a receiver of its own");
        }
        while !waiting.is_empty() {
            let Ok((index, report)) = inbox.recv_deadline(start + self.deadline) else { break };
            waiting.retain(|(waiting, ..)| *waiting != index);
            reports[index] = report;
        }
        for (index, name, state) in waiting {
            reports[index].milliseconds = start.elapsed().as_secs_f32() * 1000.0;
            tracing::warn!(source = name, "source is late");
            if state.swap(GIVEN_UP, Ordering::AcqRel) == RUNNING {
                self.shared.change_stuck(name, |count| count + 1);
                self.add_thread();
            }
        }
        reports
    }
}

#[cfg(test)]
mod tests {
    use recommend::SourceError;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(40);

    fn done() -> Job {
        Box::new(|| Ok(Vec::new()))
    }

    /// A job that ends when the returned sender is dropped.
    fn stuck() -> (Job, Sender<()>) {
        let (release, wait) = bounded::<()>(0);
        let job: Job = Box::new(move || {
            let _ = wait.recv();
            Ok(Vec::new())
        });
        (job, release)
    }

    fn outcomes(pool: &SourcePool, jobs: Vec<(&'static str, Job)>) -> Vec<&'static str> {
        let name = |report: &Report| match report.outcome {
            Outcome::Done(_) => "done",
            Outcome::Failed(_) => "failed",
            Outcome::Panicked => "panicked",
            Outcome::Late => "late",
        };
        pool.run(jobs).iter().map(name).collect()
    }

    #[test]
    fn a_panic_takes_nothing_else_down() {
        let pool = SourcePool::new(1, Duration::from_secs(60));
        let broken: Job = Box::new(|| panic!("broken source"));
        let failing: Job = Box::new(|| Err(SourceError::NotLearnt { what: "test models" }));
        let jobs = vec![("a", broken), ("b", failing), ("c", done())];
        assert_eq!(outcomes(&pool, jobs), ["panicked", "failed", "done"]);
    }

    #[test]
    fn a_stuck_source_is_late_and_then_left_alone_until_it_ends() {
        let pool = SourcePool::new(2, PATIENCE);
        let mut releases = Vec::new();
        for _ in 0..STUCK_LIMIT {
            let (job, release) = stuck();
            releases.push(release);
            assert_eq!(outcomes(&pool, vec![("slow", job), ("quick", done())]), ["late", "done"]);
        }
        // Two runs are stuck: the source is not asked, and the others still have threads.
        assert_eq!(outcomes(&pool, vec![("slow", done()), ("quick", done())]), ["late", "done"]);
        drop(releases);
        while pool.shared.is_stuck("slow") {
            thread::yield_now();
        }
        let patient = SourcePool { deadline: Duration::from_secs(60), ..pool };
        assert_eq!(outcomes(&patient, vec![("slow", done())]), ["done"]);
    }
}

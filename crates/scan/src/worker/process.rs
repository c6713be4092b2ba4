//! Outside: one process that does one job after the other, and is replaced when one breaks it.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use engine::FilePath;

use super::framing::{self, Message};
use super::job::{Answer, Job, Separated, StemsShape};
use super::limits::Limits;
use crate::tags::Picture;

/// How much of what a process says before it dies is kept.
const LAST_WORDS_SIZE_MAX_BYTES: u64 = 16 << 10;

/// How a worker is started: the program and the arguments that make it call [`serve`](super::serve).
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl WorkerCommand {
    /// This program itself, called with `argument`.
    ///
    /// # Errors
    /// Where the system does not say which program this is.
    pub fn this_program(argument: &str) -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, arguments: vec![argument.into()] })
    }
}

/// Why a job has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// It asked for more memory than a worker may have.
    #[error("reading it takes more than {limit_mib} MiB of memory; it is damaged, or see `--memory-mib`")]
    Memory {
        /// The limit.
        limit_mib: u64,
    },
    /// It took too long.
    #[error("reading it takes more than {limit_seconds} s; it is damaged, or see `--file-seconds`")]
    Time {
        /// The limit.
        limit_seconds: u64,
    },
    /// The process died of it.
    #[error("it makes the decoder crash ({how}); please report it")]
    Crash {
        /// How, and what it said last.
        how: String,
    },
    /// No process could be started; no fault of the file.
    #[error(
        "cannot start a worker process: {0}; check that the program is still there and processes are left"
    )]
    Start(io::Error),
}

impl Failure {
    /// Whether the file is at fault, so that trying again is no use.
    pub const fn is_of_the_file(&self) -> bool {
        !matches!(self, Self::Start(_))
    }
}

/// Why a sound was not taken apart to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeparationFailure {
    /// The worker did not do it.
    #[error(transparent)]
    Worker(#[from] Failure),
    /// The file is not usable; why, in words for its owner.
    #[error("{0}")]
    Refused(String),
    /// The model is not usable; its name and why.
    #[error("{0}")]
    ModelRefused(String),
    /// What was to take the samples did not; no fault of the file.
    #[error("{0}")]
    Sink(io::Error),
}

/// One process, started when it is needed.
#[derive(Debug)]
pub struct Worker {
    command: WorkerCommand,
    limits: Limits,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    jobs: BufWriter<ChildStdin>,
    answers: Receiver<io::Result<Option<Message<Answer>>>>,
    last_words: thread::JoinHandle<String>,
}

impl Worker {
    /// A worker that is not running yet.
    pub const fn new(command: WorkerCommand, limits: Limits) -> Self {
        Self { command, limits, running: None }
    }

    /// Does one job, waiting for it.
    ///
    /// # Errors
    /// [`Failure`]; the worker is good for the next job all the same.
    pub fn ask(&mut self, job: &Job) -> Result<Answer, Failure> {
        self.exchange(job, |message| match message {
            Message::Value(answer) => Some(answer),
            Message::Samples(_) | Message::Bytes(_) => None,
        })
    }

    /// The cover in the file at `path`; none where it has none, or can no longer be read.
    ///
    /// What the worker sends is looked at once more here: it has read bytes that nobody vouches for.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn picture(&mut self, path: &Path) -> Result<Option<Picture>, Failure> {
        let bytes = self.exchange(&Job::Picture(FilePath::of(path)), |message| match message {
            Message::Bytes(bytes) => Some(bytes),
            Message::Value(_) | Message::Samples(_) => None,
        })?;
        Ok(Picture::of(bytes))
    }

    /// Sends a job and waits for the message that `take` makes something of.
    fn exchange<T>(&mut self, job: &Job, take: impl Fn(Message<Answer>) -> Option<T>) -> Result<T, Failure> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.command, &self.limits).map_err(Failure::Start)?,
        };
        // A pipe that is broken already shows below, when no answer comes.
        let _ = framing::write(&mut running.jobs, job);
        let answer = match running.answers.recv_timeout(self.limits.wall()) {
            Ok(Ok(Some(message))) => take(message),
            Err(RecvTimeoutError::Timeout) => return Err(running.late(&self.limits)),
            _ => None,
        };
        match answer {
            Some(answer) => {
                self.running = Some(running);
                Ok(answer)
            }
            None => Err(running.autopsy(&self.limits)),
        }
    }

    /// Takes the sound of the file at `path` apart, with the model at `model` if it is there for that: `sink` first gets
    /// which stems there are, then samples of one after the other by its place among them, of one short stretch after the
    /// other.
    ///
    /// # Errors
    /// [`SeparationFailure`]; the worker is good for the next job all the same. What `sink` has taken until then is part
    /// of the sound only.
    pub fn separate(
        &mut self,
        path: &Path,
        model: Option<&Path>,
        sink: &mut impl FnMut(&StemsShape, Option<(usize, &[f32])>) -> io::Result<()>,
    ) -> Result<Separated, SeparationFailure> {
        self.stream(&Job::Separate { path: FilePath::of(path), model: model.map(FilePath::of) }, sink)
    }

    /// Decodes the file at `path` as far as it is analysed, likewise: `sink` gets the one stem that is the whole.
    ///
    /// # Errors
    /// As [`separate`](Self::separate); also where the number of channels changes on the way.
    pub fn decode(
        &mut self,
        path: &Path,
        sink: &mut impl FnMut(&StemsShape, Option<(usize, &[f32])>) -> io::Result<()>,
    ) -> Result<Separated, SeparationFailure> {
        self.stream(&Job::Decode(FilePath::of(path)), sink)
    }

    fn stream(
        &mut self,
        job: &Job,
        sink: &mut impl FnMut(&StemsShape, Option<(usize, &[f32])>) -> io::Result<()>,
    ) -> Result<Separated, SeparationFailure> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.command, &self.limits).map_err(Failure::Start)?,
        };
        // A pipe that is broken already shows below, when no answer comes.
        let _ = framing::write(&mut running.jobs, job);
        let until = now() + self.limits.wall();
        let mut shape: Option<StemsShape> = None;
        let mut next = 0;
        loop {
            let left = until.saturating_duration_since(now());
            match (running.answers.recv_timeout(left), &shape) {
                (Ok(Ok(Some(Message::Samples(samples)))), Some(shape)) => {
                    if let Err(error) = sink(shape, Some((next, &samples))) {
                        running.end();
                        return Err(SeparationFailure::Sink(error));
                    }
                    next = (next + 1) % shape.names.len();
                }
                (Ok(Ok(Some(Message::Value(Answer::Separating(told))))), None) if told.is_usual() => {
                    if let Err(error) = sink(shape.insert(told), None) {
                        running.end();
                        return Err(SeparationFailure::Sink(error));
                    }
                }
                (Ok(Ok(Some(Message::Value(Answer::Separated(separated))))), Some(_)) => {
                    self.running = Some(running);
                    return Ok(separated);
                }
                (Ok(Ok(Some(Message::Value(Answer::Refused(why))))), _) => {
                    self.running = Some(running);
                    return Err(SeparationFailure::Refused(why));
                }
                (Ok(Ok(Some(Message::Value(Answer::ModelRefused(why))))), _) => {
                    self.running = Some(running);
                    return Err(SeparationFailure::ModelRefused(why));
                }
                (Err(RecvTimeoutError::Timeout), _) => return Err(running.late(&self.limits).into()),
                _ => return Err(running.autopsy(&self.limits).into()),
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a deadline is kept by the clock; no outcome depends on it otherwise"
)]
fn now() -> Instant {
    Instant::now()
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

impl Running {
    fn start(command: &WorkerCommand, limits: &Limits) -> io::Result<Self> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let mut jobs = BufWriter::new(child.stdin.take().ok_or_else(missing)?);
        let output = child.stdout.take().ok_or_else(missing)?;
        let errors = child.stderr.take().ok_or_else(missing)?;
        // One waits for who asked, and no more are read until it is taken, so that a stream does not pile up.
        let (sender, answers) = mpsc::sync_channel(1);
        // Threads of their own, because a pipe cannot be read with a deadline.
        thread::Builder::new().name("segue-answers".to_owned()).spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let answer = framing::read_any(&mut output);
                let is_last = !matches!(answer, Ok(Some(_)));
                if sender.send(answer).is_err() || is_last {
                    break;
                }
            }
        })?;
        let last_words = thread::Builder::new().name("segue-errors".to_owned()).spawn(move || {
            let mut bytes = Vec::new();
            let mut errors = errors.take(LAST_WORDS_SIZE_MAX_BYTES);
            let _ = errors.read_to_end(&mut bytes);
            // The rest is read and thrown away, so that nobody waits on a full pipe.
            let _ = io::copy(&mut errors.into_inner(), &mut io::sink());
            String::from_utf8_lossy(&bytes).into_owned()
        })?;
        framing::write(&mut jobs, limits)?;
        Ok(Self { child, jobs, answers, last_words })
    }

    /// Ends it, since no answer came in time.
    fn late(self, limits: &Limits) -> Failure {
        self.end();
        Failure::Time { limit_seconds: limits.wall_seconds }
    }

    fn end(mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it died of.
    fn autopsy(mut self, limits: &Limits) -> Failure {
        // It closed its pipe, so it is dead or broken.
        let _ = self.child.kill();
        let status = match self.child.wait() {
            Ok(status) => status,
            Err(error) => return Failure::Crash { how: error.to_string() },
        };
        let words = self.last_words.join().unwrap_or_default();
        if words.contains("memory allocation of") || words.contains("capacity overflow") {
            return Failure::Memory { limit_mib: limits.memory_mib };
        }
        if is_out_of_time(status) {
            return Failure::Time { limit_seconds: limits.processor_seconds };
        }
        let said = words.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        Failure::Crash { how: format!("{status}: {}", said.chars().take(200).collect::<String>()) }
    }
}

#[cfg(unix)]
fn is_out_of_time(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn is_out_of_time(_status: std::process::ExitStatus) -> bool {
    false
}

//! How files of sound are read: in worker processes of this program, under limits that the user may change.

use std::io;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use scan::worker::{Limits, WorkerCommand, serve};

/// The hidden command by which this program becomes a worker.
pub(crate) const WORKER: &str = "__worker";

/// What reading one file may take.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct LimitArguments {
    /// The most memory that reading one file may take, in MiB.
    #[arg(long, value_name = "N", default_value_t = Limits::default().memory_mib,
          value_parser = clap::value_parser!(u64).range(32..=65_536))]
    memory_mib: u64,
    /// The most seconds that reading one file may take.
    #[arg(long, value_name = "N", default_value_t = Limits::default().wall_seconds,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    file_seconds: u64,
}

impl LimitArguments {
    /// The limits.
    pub(crate) fn limits(self) -> Limits {
        Limits {
            memory_mib: self.memory_mib,
            processor_seconds: self.file_seconds,
            wall_seconds: self.file_seconds,
        }
    }
}

/// How this program is started as a worker.
pub(crate) fn command() -> Result<WorkerCommand> {
    WorkerCommand::this_program(WORKER)
        .context("cannot find this program to start a worker; start it by its path")
}

/// Is a worker: answers on standard output what is asked on standard input.
pub(crate) fn be_worker() -> ExitCode {
    match serve(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody is there any more.
        Err(_) => ExitCode::FAILURE,
    }
}

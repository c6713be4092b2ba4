//! The `segue` binary: arguments in, tables or JSON out, and an exit code that tells whether the work was done.
//!
//! It decides nothing about music: every command reads its arguments, calls the layer that knows, and prints.
//!
//! | question | module |
//! |---|---|
//! | which commands are there? | [`arguments`] |
//! | what does a command do? | [`command`], one file each |
//! | where does the data lie? | [`home`] |
//! | how are files of sound read? | [`listening`] |
//! | how does a long work show its progress? | [`progress`] |
//! | how is something printed? | [`output`] |

mod arguments;
mod command;
mod data_files;
mod find;
mod home;
mod listening;
mod meter;
mod output;
mod progress;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::arguments::Arguments;
use crate::output::report_error;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Before anything else starts: a worker has one thread and as little as possible in memory.
    if arguments.is_worker() {
        return listening::be_worker();
    }
    start_log(&arguments);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report_error(&anyhow::Error::new(error).context("cannot start the runtime")),
    };
    match runtime.block_on(arguments.run()) {
        Ok(code) => code,
        // Whoever reads the output has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => report_error(&error),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Logs go to standard error: warnings by default, more with `-v`.
fn start_log(arguments: &Arguments) {
    let level = match arguments.verbosity() {
        0 => tracing::Level::WARN,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    // Colours are for eyes; in a file they are noise.
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr);
    let log = log.with_ansi(io::stderr().is_terminal());
    // The decoders' own log says of a bad file what our one line about it says better; that of pictures tells of fonts
    // and of fields too narrow to be seen.
    let targets = Targets::new()
        .with_default(level)
        .with_target("symphonia", LevelFilter::OFF)
        .with_target("usvg", LevelFilter::OFF);
    if arguments.is_log_json() {
        log.json().finish().with(targets).init();
    } else {
        log.without_time().with_target(false).finish().with(targets).init();
    }
}

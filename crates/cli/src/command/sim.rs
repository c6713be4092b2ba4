//! `segue sim`: what the simulated world can be asked for by itself.

mod compose;
mod run;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

pub(crate) use self::compose::write_wav;

/// The simulated world: music whose truth is known.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compose(compose::Arguments),
    Run(run::Arguments),
}

/// Does what was asked for.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode> {
    match arguments.command {
        Command::Compose(arguments) => compose::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
    }
}

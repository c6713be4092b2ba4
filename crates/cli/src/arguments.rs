//! What can be typed: the options for all commands, and the list of commands.

use std::process::ExitCode;

use anyhow::Result;
use clap::{ArgAction, Parser, Subcommand};

use crate::command::{
    account, analyze, demo, doctor, eval, export, import, recommend, scan, search, serve, sim, train,
};
use crate::home::HomeArguments;
use crate::listening;

/// An open music recommendation engine: it watches, learns, and answers "what next?" with reasons.
#[derive(Debug, Parser)]
#[command(name = "segue", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Begin with `segue demo`, or with your own history: `segue import spotify my_data.zip`, \
                        `segue train`, `segue recommend`."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    home: HomeArguments,
    /// Say more about what goes on, to standard error; twice says still more.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Scan(scan::Arguments),
    Analyze(analyze::Arguments),
    Import(Box<import::Arguments>),
    Train(train::Arguments),
    Recommend(recommend::Arguments),
    Search(search::Arguments),
    Serve(serve::Arguments),
    Account(account::Arguments),
    Eval(eval::Arguments),
    Sim(sim::Arguments),
    Export(export::Arguments),
    Doctor(doctor::Arguments),
    /// Read files for another process of this program; its input and output are not for people.
    #[command(name = listening::WORKER, hide = true)]
    Worker,
}

impl Arguments {
    /// Does what was asked for.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let home = self.home;
        match self.command {
            Command::Demo(arguments) => demo::run(&home, arguments).await,
            Command::Scan(arguments) => scan::run(&home, arguments).await,
            Command::Analyze(arguments) => analyze::run(&home, &arguments).await,
            Command::Import(arguments) => import::run(&home, *arguments).await,
            Command::Train(arguments) => train::run(&home, arguments).await,
            Command::Recommend(arguments) => recommend::run(&home, arguments).await,
            Command::Search(arguments) => search::run(&home, arguments).await,
            Command::Serve(arguments) => serve::run(&home, arguments).await,
            Command::Account(arguments) => account::run(&home, arguments).await,
            Command::Eval(arguments) => eval::run(&home, arguments).await,
            Command::Sim(arguments) => sim::run(arguments),
            Command::Export(arguments) => export::run(&home, arguments).await,
            Command::Doctor(arguments) => doctor::run(&home, arguments).await,
            Command::Worker => Ok(listening::be_worker()),
        }
    }

    /// Whether this process reads files for another one; then it needs nothing else that programs have.
    pub(crate) const fn is_worker(&self) -> bool {
        matches!(self.command, Command::Worker)
    }

    pub(crate) const fn verbosity(&self) -> u8 {
        // A server says at least which snapshot it loads.
        match self.command {
            Command::Serve(_) => self.verbose.saturating_add(1),
            _ => self.verbose,
        }
    }

    pub(crate) const fn is_log_json(&self) -> bool {
        matches!(&self.command, Command::Serve(arguments) if arguments.log_json)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_of_arguments_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_that_prints_results_has_json() {
        // The readme names these: a tour for people, a server, what writes JSON anyway, what prints no
        // results, and what no person calls.
        let without = ["demo", "serve", "export", "add", "password", listening::WORKER];
        let mut commands: Vec<clap::Command> = vec![Arguments::command()];
        let mut checked = 0;
        while let Some(command) = commands.pop() {
            if command.has_subcommands() {
                commands.extend(command.get_subcommands().cloned());
                continue;
            }
            let has_json = command.get_arguments().any(|argument| argument.get_long() == Some("json"));
            assert_eq!(has_json, !without.contains(&command.get_name()), "{}", command.get_name());
            checked += 1;
        }
        assert!(checked > 8);
    }
}

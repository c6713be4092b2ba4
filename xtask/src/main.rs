//! The project's own chores, in plain Rust so that they run wherever the project builds.
//!
//! `cargo xtask tidy` checks the rules of the style guide that a program can check.
//! `cargo xtask docs` writes the pages that are generated from code; with `--check` it only compares.
//! `cargo xtask test` is what CI and a newcomer run: all of the above, lints, tests and end-to-end checks.
//!
//! It deliberately knows nothing about music: whatever it prints about the code comes from the code.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the terminal")]

mod docs;
mod end_to_end;
mod finding;
mod source;
mod steps;
mod tidy;
mod tree;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::tree::Tree;

const USAGE: &str = "usage: cargo xtask COMMAND

  test            set up what the tests need and run them all
  tidy            check the rules of the style guide
  docs            write the pages that are generated from code
  docs --check    say which of them are out of date";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies below the repository")?;
    match arguments {
        ["test"] => steps::run(root),
        ["tidy"] => tidy::run(&Tree::read(root)?),
        ["docs"] => docs::write(root),
        ["docs", "--check"] => docs::check(&Tree::read(root)?),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [] => bail!("which chore?\n{USAGE}"),
        [other, ..] => bail!("there is no chore `{other}` with these arguments\n{USAGE}"),
    }
}

//! `cargo xtask test`: everything that must hold, in one command and in steps with their times.
//!
//! Quick steps come first.
//! Lints, tests and doctests share the `dev` profile, so dependencies are compiled once for them; only the
//! end-to-end checks build the release binary.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::tree::Tree;
use crate::{docs, end_to_end, tidy};

/// One step, in the directory it is given.
struct Step {
    name: &'static str,
    run: fn(&Path) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "set-up", run: set_up },
    Step { name: "format", run: format },
    Step { name: "tidy", run: |root| tidy::run(&Tree::read(root)?) },
    Step { name: "docs", run: |root| docs::check(&Tree::read(root)?) },
    Step { name: "lints", run: lints },
    Step { name: "tests", run: tests },
    Step {
        name: "doctests",
        run: |root| cargo(root, &["test", "--workspace", WITH_ALL[0], WITH_ALL[1], "--doc"]),
    },
    Step { name: "end-to-end", run: end_to_end },
];

/// Lints and tests see the optional parts too; the release binary that the end-to-end checks use is the usual one.
const WITH_ALL: [&str; 2] = ["--features", "cli/neural"];

/// Runs all steps up to the first that fails, and prints a table of times.
///
/// # Errors
/// When a step fails; the error names it.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for step in STEPS {
        println!("\n==> {}", step.name);
        let started = now();
        outcome = (step.run)(root).with_context(|| format!("the step `{}` failed", step.name));
        times.push(started.elapsed());
        println!("==> {}: {:.1} s", step.name, times[times.len() - 1].as_secs_f64());
        if outcome.is_err() {
            break;
        }
    }
    println!("\n{}", summary(&times, outcome.is_ok()));
    outcome
}

#[expect(clippy::disallowed_methods, reason = "how long a step takes is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// The table of steps that ran, of which all but perhaps the last passed.
fn summary(times: &[Duration], passed: bool) -> String {
    let mut table = format!("{:<12} {:<8} {:>9}\n", "step", "result", "seconds");
    for (index, step) in STEPS.iter().enumerate() {
        let result = match times.len() {
            count if index >= count => "not run",
            count if index + 1 == count && !passed => "FAILED",
            _ => "ok",
        };
        let seconds = times.get(index).map_or("–".to_owned(), |time| format!("{:.1}", time.as_secs_f64()));
        table.push_str(&format!("{:<12} {result:<8} {seconds:>9}\n", step.name));
    }
    let total: Duration = times.iter().sum();
    table.push_str(&format!(
        "{:<12} {:<8} {:>9.1}",
        "all",
        if passed { "ok" } else { "FAILED" },
        total.as_secs_f64()
    ));
    table
}

/// Installs what the tests use besides Rust, as far as that is possible without asking anybody.
fn set_up(_: &Path) -> Result<()> {
    if answers("strace", &["-V"]) {
        println!("strace: here");
    } else if install("strace") {
        println!("strace: installed");
    } else {
        println!(
            "strace: neither here nor installable without a password; tests that kill the store in the middle of a \
             write will say that they were skipped. Install the package `strace` to run them."
        );
    }
    let nextest = if has_nextest() { "here" } else { "not here; `cargo test` runs the tests instead" };
    println!("cargo-nextest: {nextest}");
    Ok(())
}

/// Tries to install a package on systems that have `apt-get`, as root or by `sudo` without a password.
fn install(package: &str) -> bool {
    let install = ["apt-get", "install", "--yes", "--no-install-recommends", package];
    let update = ["apt-get", "update", "--quiet"];
    [&[][..], &["sudo", "--non-interactive"]].into_iter().any(|prefix: &[&str]| {
        let run = |command: &[&str]| {
            let words: Vec<&str> = prefix.iter().chain(command).copied().collect();
            answers(words[0], &words[1..])
        };
        // The list of packages may be missing or old, as in a fresh container.
        run(&install) || (run(&update) && run(&install))
    })
}

/// Whether a program can be run and reports success; what it prints is not shown.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn has_nextest() -> bool {
    answers("cargo-nextest", &["nextest", "--version"])
}

fn format(root: &Path) -> Result<()> {
    cargo(root, &["fmt", "--all", "--check"]).context("run `cargo fmt --all`")
}

fn lints(root: &Path) -> Result<()> {
    cargo(
        root,
        &["clippy", "--workspace", "--all-targets", WITH_ALL[0], WITH_ALL[1], "--", "--deny", "warnings"],
    )
}

fn tests(root: &Path) -> Result<()> {
    if has_nextest() {
        cargo(root, &["nextest", "run", "--workspace", WITH_ALL[0], WITH_ALL[1], "--no-tests", "pass"])
    } else {
        cargo(root, &["test", "--workspace", WITH_ALL[0], WITH_ALL[1], "--lib", "--bins", "--tests"])
    }
}

fn end_to_end(root: &Path) -> Result<()> {
    if end_to_end::CHECKS.is_empty() {
        println!("no checks of the release binary yet");
        return Ok(());
    }
    cargo(root, &["build", "--release", "--package", "cli"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target"));
    let binary = root.join(target).join("release/segue").with_extension(std::env::consts::EXE_EXTENSION);
    ensure!(binary.is_file(), "the build left no binary at {}", binary.display());
    for check in end_to_end::CHECKS {
        print!("{} … ", check.name);
        std::io::stdout().flush()?;
        let started = now();
        (check.run)(&binary).with_context(|| format!("`{}` does not hold", check.name))?;
        println!("ok, {:.1} s", started.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Runs cargo in `root`; its output goes to the terminal.
fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let line = arguments.join(" ");
    println!("cargo {line}");
    let status = Command::new(&cargo)
        .args(arguments)
        .current_dir(root)
        .status()
        .with_context(|| format!("cannot start {}", cargo.display()))?;
    if !status.success() {
        bail!("`cargo {line}` ended with {status}; what it printed above says why");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_the_step_that_failed_and_those_that_did_not_run() {
        let times = [Duration::from_millis(200), Duration::from_secs(61)];
        let table = summary(&times, false);
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[1].contains("ok") && lines[1].ends_with("0.2"), "{table}");
        assert!(lines[2].contains("FAILED") && lines[2].ends_with("61.0"), "{table}");
        assert!(lines[3].contains("not run"), "{table}");
        assert!(lines[lines.len() - 1].ends_with("61.2"), "{table}");
    }

    #[test]
    fn a_program_that_is_not_there_does_not_answer() {
        assert!(!answers("segue-no-such-program", &[]));
    }
}

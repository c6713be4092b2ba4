//! `segue sim run`: closed-loop experiments in simulated worlds, recommender against recommender.

mod plot;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use indicatif::ProgressBar;
use sim::experiment::{Plan, Policy, Run, run as live};
use sim::{Family, World, WorldParams};

use self::report::{Report, Timed};
use crate::meter::Stopwatch;
use crate::output::{json, line};
use crate::progress;

/// Let simulated listeners live with recommenders for weeks, and measure how much they truly enjoy it.
///
/// Listeners live without a recommender first; then every session asks one for a slate, plays, skips and likes by the
/// hidden truth, and the recommender learns anew every few days.
/// The table shows what each recommender comes to, and how much of the way from plain iALS to an oracle that knows the
/// truth the engine goes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// By what listeners choose and enjoy, separated by commas; all of them unless told otherwise.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = families())]
    family: Vec<Family>,
    /// Who recommends, separated by commas; all of them unless told otherwise, but for those that leave a stage out.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = policies())]
    policies: Vec<Policy>,
    /// The seeds of the worlds, separated by commas.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "1")]
    seeds: Vec<u64>,
    /// Listeners in each world.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    listeners: u32,
    /// Tracks in each world.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=2_000_000))]
    tracks: u32,
    /// Weeks with a recommender.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=200))]
    weeks: u32,
    /// Days without one before, from which recommenders learn.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    history: u32,
    /// Days from one learning to the next.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
    retrain: u32,
    /// Picks in a slate.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=200))]
    slate: u16,
    /// Hours in which the plain recommenders do not bring a track up again.
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    rest: u32,
    /// Sessions of an average listener in a day; at most 20.
    #[arg(long, value_name = "N", default_value_t = 0.5)]
    sessions: f32,
    /// Experiments that run side by side; as many as there are cores unless told otherwise.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Draw what happens week by week as SVG.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// One recommender in one world.
#[derive(Clone, Copy, Debug)]
struct Task {
    family: Family,
    seed: u64,
    policy: Policy,
}

/// Runs all experiments and tells what came of them.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let plan = Plan {
        history_days: arguments.history,
        weeks: arguments.weeks,
        retrain_days: arguments.retrain,
        slate_length: arguments.slate.into(),
        rest_hours: arguments.rest,
    };
    let tasks = tasks(arguments);
    let watch = Stopwatch::start();
    let runs = run_all(arguments, &plan, &tasks)?;
    let report = Report::new(arguments, &plan, &runs, watch.elapsed())?;
    if let Some(path) = &arguments.plot {
        std::fs::write(path, plot::svg(&report)?)
            .with_context(|| format!("cannot write {}; choose another place with --plot", path.display()))?;
    }
    if arguments.json {
        json(&report)?;
    } else {
        line(report.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The engine's experiments take longest, so they come first.
fn tasks(arguments: &Arguments) -> Vec<Task> {
    let or_all = |chosen: &[Family]| if chosen.is_empty() { Family::ALL.to_vec() } else { chosen.to_vec() };
    let policies = match arguments.policies.is_empty() {
        true => Policy::ALL.to_vec(),
        false => arguments.policies.clone(),
    };
    let mut tasks: Vec<Task> = Vec::new();
    for family in or_all(&arguments.family) {
        for &seed in &arguments.seeds {
            tasks.extend(policies.iter().map(|&policy| Task { family, seed, policy }));
        }
    }
    tasks.sort_by_key(|task| !matches!(task.policy, Policy::Engine | Policy::Without(_)));
    tasks
}

fn params(arguments: &Arguments, plan: &Plan, task: Task) -> WorldParams {
    WorldParams {
        seed: task.seed,
        family: task.family,
        listener_count: arguments.listeners,
        day_count: plan.day_count(),
        sessions_per_day: arguments.sessions,
        ..WorldParams::with_track_count(arguments.tracks)
    }
}

fn run_all(arguments: &Arguments, plan: &Plan, tasks: &[Task]) -> Result<Vec<Timed>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = arguments.jobs.map_or(cores, usize::from).min(tasks.len());
    let bar = progress::of_steps(arguments.json);
    let total = tasks.len() * plan.day_count() as usize;
    progress::show(&bar, "living through days", 0, total);
    let next = AtomicUsize::new(0);
    let done = AtomicU64::new(0);
    let runs = Mutex::new(Vec::with_capacity(tasks.len()));
    let work = || -> Result<()> {
        while let Some(&task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let params = params(arguments, plan, task);
            let timed = run_one(&params, plan, task, (&bar, &done)).with_context(|| {
                format!("the {} in the {} world of seed {}", task.policy, task.family, task.seed)
            })?;
            runs.lock().unwrap_or_else(PoisonError::into_inner).push(timed);
        }
        Ok(())
    };
    let outcomes: Vec<Result<()>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    bar.finish_and_clear();
    outcomes.into_iter().collect::<Result<()>>()?;
    let mut runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    ensure!(!runs.is_empty(), "there is nothing to run; name at least one seed with --seeds");
    runs.sort_by_key(|timed| (timed.run.family, timed.run.seed, timed.run.policy));
    Ok(runs)
}

fn run_one(
    params: &WorldParams,
    plan: &Plan,
    task: Task,
    (bar, done): (&ProgressBar, &AtomicU64),
) -> Result<Timed> {
    let watch = Stopwatch::start();
    let world = Arc::new(World::new(params)?);
    let directory = tempfile::tempdir().context("cannot make a place for the engine's store")?;
    // One thread to answer and one to write; experiments run side by side.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut progress = |_| {
        bar.set_position(done.fetch_add(1, Ordering::Relaxed) + 1);
    };
    let run: Run = runtime.block_on(live(&world, plan, task.policy, directory.path(), &mut progress))?;
    Ok(Timed { run, seconds: watch.elapsed().as_secs_f64() })
}

fn families() -> impl clap::builder::TypedValueParser<Value = Family> {
    let value = |family: Family| PossibleValue::new(family.name()).help(family.promise());
    PossibleValuesParser::new(Family::ALL.map(value)).try_map(|name| name.parse::<Family>())
}

fn policies() -> impl clap::builder::TypedValueParser<Value = Policy> {
    let value = |policy: Policy| PossibleValue::new(policy.name());
    PossibleValuesParser::new(Policy::every().map(value)).try_map(|name| name.parse::<Policy>())
}

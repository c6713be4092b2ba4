//! `segue eval`: how good the models are on a published data set, under a protocol that is written down.

mod audio;
mod experiment;
mod off_policy;
mod plot;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use learn::eval::{EvalOptions, EvalReport, HoldOut, ModelReport, TASKS, task};
use learn::metrics::Metric;

use crate::data_files::DataDirectory;
use crate::home::HomeArguments;
use crate::meter::Stopwatch;
use crate::output::{json, line, table};
use crate::progress;

/// Measure models, or the analysis of sound, on a published data set.
///
/// Parameters, and which model is best, are chosen on validation data; test data is looked at once.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What is measured.
    #[arg(value_name = "TASK", value_parser = tasks())]
    task: String,
    /// The directory with the data set's files, plain or as .gz; off-policy and experiment need none.
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// The annotated tracks as a CSV table instead of a directory (audio).
    #[arg(long, value_name = "FILE", conflicts_with = "directory")]
    manifest: Option<PathBuf>,
    /// The seed of everything random.
    #[arg(long, default_value_t = EvalOptions::default().seed, value_name = "N")]
    seed: u64,
    /// The metric by which parameters are chosen, such as ndcg@10 (cf, warm, cold, hidden).
    #[arg(long, value_name = "METRIC")]
    choose_by: Option<Metric>,
    /// Only these models and their blend, separated by commas (cf, warm).
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    models: Option<Vec<String>>,
    /// How something is set aside to choose by where the set has no valid part: `tenth` of each listener's items by
    /// chance (the default), or whole `groups` of items, for a test from another time (cf).
    #[arg(long, value_name = "WAY")]
    hold_out: Option<HoldOut>,
    /// Look at so many test cases at most (sessions, sequential, playlists, audio).
    #[arg(long, value_name = "N")]
    cases: Option<usize>,
    /// Only the experiment of this name; all that the log knows without it (experiment).
    #[arg(long, value_name = "NAME")]
    experiment: Option<String>,
    /// The declared experiments, for the shares of their arms; `experiments.toml` in the data directory without it
    /// (experiment).
    #[arg(long, value_name = "FILE")]
    experiments: Option<PathBuf>,
    /// Draw a picture that compares the models, or the arms of an experiment, as SVG.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Measures and prints.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    if arguments.task == audio::NAME {
        refuse_experiment(&arguments)?;
        return run_audio(&arguments);
    }
    if arguments.task == off_policy::NAME {
        return run_off_policy(home, &arguments).await;
    }
    if arguments.task == experiment::NAME {
        return run_experiment(home, &arguments).await;
    }
    refuse_experiment(&arguments)?;
    let Some(directory) = &arguments.directory else {
        bail!(
            "`segue eval {}` reads a data set and takes no --manifest; name the directory that holds it",
            arguments.task
        );
    };
    let data = DataDirectory::open(directory)?;
    let task = task(&arguments.task).expect("only names of tasks pass");
    let options = EvalOptions {
        seed: arguments.seed,
        choose_by: arguments.choose_by,
        cases_max: arguments.cases,
        models: arguments.models,
        hold_out: arguments.hold_out,
    };
    let bar = progress::of_steps(arguments.json);
    let watch = Stopwatch::start();
    let outcome = task.run(&data, &options, &watch, &mut |step| {
        progress::show(&bar, step.stage, step.done, step.total);
    });
    bar.finish_and_clear();
    let report = outcome?;
    if let Some(path) = &arguments.plot {
        let picture = plot::svg(&report)?;
        std::fs::write(path, picture)
            .with_context(|| format!("cannot write {}; choose another place with --plot", path.display()))?;
    }
    if arguments.json {
        json(&report)?;
    } else {
        print(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses options that the task would ignore.
fn refuse(arguments: &Arguments, more: &[(&str, bool)]) -> Result<()> {
    let useless = [
        ("choose-by", arguments.choose_by.is_some()),
        ("models", arguments.models.is_some()),
        ("hold-out", arguments.hold_out.is_some()),
    ];
    refuse_given(arguments, useless.iter().chain(more))
}

/// Refuses what only experiments have a use for.
fn refuse_experiment(arguments: &Arguments) -> Result<()> {
    let useless =
        [("experiment", arguments.experiment.is_some()), ("experiments", arguments.experiments.is_some())];
    refuse_given(arguments, useless.iter())
}

fn refuse_given<'a>(
    arguments: &Arguments,
    mut useless: impl Iterator<Item = &'a (&'a str, bool)>,
) -> Result<()> {
    if let Some((option, _)) = useless.find(|(_, is_given)| *is_given) {
        bail!("`segue eval {}` has no use for --{option}; leave it out", arguments.task);
    }
    Ok(())
}

async fn run_off_policy(home: &HomeArguments, arguments: &Arguments) -> Result<ExitCode> {
    refuse_experiment(arguments)?;
    refuse(
        arguments,
        &[
            ("manifest", arguments.manifest.is_some()),
            ("cases", arguments.cases.is_some()),
            ("plot", arguments.plot.is_some()),
        ],
    )?;
    if let Some(directory) = &arguments.directory {
        bail!(
            "`segue eval off-policy` reads the log of --home and no data set; leave {} out",
            directory.display()
        );
    }
    off_policy::run(home, arguments.json).await?;
    Ok(ExitCode::SUCCESS)
}

async fn run_experiment(home: &HomeArguments, arguments: &Arguments) -> Result<ExitCode> {
    refuse(arguments, &[("manifest", arguments.manifest.is_some()), ("cases", arguments.cases.is_some())])?;
    if let Some(directory) = &arguments.directory {
        bail!(
            "`segue eval experiment` reads the log of --home and no data set; leave {} out, \
             and name one experiment with --experiment",
            directory.display()
        );
    }
    experiment::run(
        home,
        experiment::Wanted {
            name: arguments.experiment.as_deref(),
            declared: arguments.experiments.as_deref(),
            plot: arguments.plot.as_deref(),
            seed: arguments.seed,
            is_json: arguments.json,
        },
    )
    .await?;
    Ok(ExitCode::SUCCESS)
}

fn run_audio(arguments: &Arguments) -> Result<ExitCode> {
    refuse(arguments, &[("plot", arguments.plot.is_some())])?;
    let place = match (&arguments.manifest, &arguments.directory) {
        (Some(file), _) => audio::Place::Manifest(file),
        (None, Some(directory)) => audio::Place::Directory(directory),
        (None, None) => bail!("name a directory, or a table with --manifest"),
    };
    audio::run(place, arguments.seed, arguments.cases, arguments.json)?;
    Ok(ExitCode::SUCCESS)
}

fn tasks() -> PossibleValuesParser {
    let value = |task: &learn::eval::Task| {
        PossibleValue::new(task.name).help(format!("{} Reads {}", task.about, task.files))
    };
    let audio = PossibleValue::new(audio::NAME).help(audio::ABOUT);
    let own = PossibleValue::new(off_policy::NAME).help(off_policy::ABOUT);
    let experiment = PossibleValue::new(experiment::NAME).help(experiment::ABOUT);
    PossibleValuesParser::new(TASKS.iter().map(value).chain([audio, own, experiment]))
}

fn print(report: &EvalReport) -> std::io::Result<()> {
    line(format!("{} on {}, seed {}\n{}", report.task, report.data, report.seed, report.protocol))?;
    let mut names: Vec<&str> =
        report.models.iter().flat_map(|model| model.metrics.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let headings: Vec<&str> =
        ["model"].into_iter().chain(names.iter().copied()).chain(["seconds", "peak MiB"]).collect();
    let mut figures = table(&headings, &(1..headings.len()).collect::<Vec<_>>());
    for model in &report.models {
        let marked = if model.name == report.best { format!("{} *", model.name) } else { model.name.clone() };
        let peak = model.peak_rss_bytes.map_or_else(|| "–".to_owned(), |bytes| (bytes >> 20).to_string());
        let row = std::iter::once(marked)
            .chain(names.iter().map(|name| figure(model, name)))
            .chain([format!("{:.1}", model.seconds), peak]);
        figures.add_row(row);
    }
    line(figures.to_string())?;
    line("* best on validation data; in brackets half the width of the 95 % interval")?;
    print_beyond(report)?;
    for model in report.models.iter().filter(|model| !model.params.is_null()) {
        line(format!("{}: {}", model.name, model.params))?;
    }
    for skipped in &report.skipped {
        line(format!("{} took no part: {}", skipped.name, skipped.reason))?;
    }
    Ok(())
}

/// What the lists are like besides being right, where that was measured.
fn print_beyond(report: &EvalReport) -> std::io::Result<()> {
    let measured: Vec<&ModelReport> = report.models.iter().filter(|model| !model.beyond.is_empty()).collect();
    let Some(first) = measured.first() else { return Ok(()) };
    let names: Vec<&str> = first.beyond.keys().map(String::as_str).collect();
    let headings: Vec<&str> = ["model"].into_iter().chain(names.iter().copied()).collect();
    let mut figures = table(&headings, &(1..headings.len()).collect::<Vec<_>>());
    for model in measured {
        let figure = |name: &&str| {
            model.beyond.get(*name).map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
        };
        figures.add_row(std::iter::once(model.name.clone()).chain(names.iter().map(figure)));
    }
    line(figures.to_string())?;
    line(
        "coverage, Gini, novelty in bits, diversity within a list, divergence from the listener's mix of little known \
         and famous items, and the generalist–specialist score of what is recommended and of what was consumed",
    )
}

fn figure(model: &ModelReport, name: &str) -> String {
    let Some(value) = model.metrics.get(name) else { return "–".to_owned() };
    match model.ci95.get(name) {
        Some([low, high]) => format!("{value:.4} (±{:.4})", (high - low) / 2.0),
        None => format!("{value:.4}"),
    }
}
